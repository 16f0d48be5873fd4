import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';

/** A data directory locked by this process. */
export interface Lock {
  /** Sets this sandbox's address for the message that a second one prints. */
  announce(url: string): void;
  release(): Promise<void>;
}

/**
 * Locks a data directory. Throws if a running sandbox uses it. The lock file names a port where its owner answers with a
 * nonce: a killed process's file never gets that answer, even if another process has its port or process id now.
 */
export async function acquireLock(dataDir: string): Promise<Lock> {
  const path = join(dataDir, 'lock');
  const nonce = randomUUID();
  let url = 'an address not known yet';
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(`${nonce} ${url}\n`, () => socket.destroy()); // an open connection would delay the end
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const text = JSON.stringify({ port: (server.address() as AddressInfo).port, nonce });
  try {
    await claim(path, text);
  } catch (problem) {
    server.close();
    throw problem;
  }
  return {
    announce: (address) => {
      url = address;
    },
    release: async () => {
      await rm(path, { force: true });
      server.close();
      await once(server, 'close');
    },
  };
}

async function claim(path: string, text: string): Promise<void> {
  for (;;) {
    if (await createExclusively(path, text)) return;
    const found = await readIfExists(path);
    if (found === undefined) continue;
    const owner = await askOwner(found);
    if (owner) {
      throw new Error(
        `${dirname(path)} is in use by a sandbox at ${owner}; stop it or choose another COALMINE_DATA_DIR`,
      );
    }
    // Only one of several starts can move the file; the others find none and try again.
    const aside = `${path}.${randomUUID()}.tmp`;
    await rename(path, aside).catch(() => undefined);
    if ((await readIfExists(aside)) !== found) await rename(aside, path).catch(() => undefined);
    await rm(aside, { force: true });
  }
}

async function createExclusively(path: string, text: string): Promise<boolean> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  await writeFile(temporary, text);
  try {
    await link(temporary, path); // complete from the first moment
    return true;
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw problem;
  } finally {
    await rm(temporary);
  }
}

async function readIfExists(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

/** The address of a lock's owner; undefined for a stale lock. */
async function askOwner(lock: string): Promise<string | undefined> {
  const { port, nonce } = parseLock(lock);
  if (!port) return undefined;
  const socket = connect({ host: '127.0.0.1', port, timeout: 2000 });
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('timeout', () => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(text));
  });
  const [said, url] = [answer.slice(0, nonce.length), answer.slice(nonce.length + 1).trim()];
  return nonce !== '' && said === nonce ? url : undefined;
}

function parseLock(text: string): { port: number; nonce: string } {
  try {
    const { port, nonce } = JSON.parse(text) as { port?: unknown; nonce?: unknown };
    if (Number.isInteger(port) && (port as number) < 65536 && typeof nonce === 'string')
      return { port: port as number, nonce };
  } catch {
    // Any other content is not the lock of a running sandbox.
  }
  return { port: 0, nonce: '' };
}
