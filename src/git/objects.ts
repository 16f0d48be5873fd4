import { createHash } from 'node:crypto';
import { runGit } from './program.ts';

/** The id that git gives to a file of these bytes; repositories with longer ids use another hash. */
export function blobId(bytes: Uint8Array, idLength = 40): string {
  const hash = createHash(idLength === 64 ? 'sha256' : 'sha1');
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Reads any number of objects with one git process. */
export async function readObjects(
  folder: string,
  kind: 'blob' | 'commit',
  ids: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  if (ids.length === 0) return contents;
  const output = await runGit(folder, ['cat-file', '--batch'], { input: `${ids.join('\n')}\n` });
  let at = 0;
  for (const id of ids) {
    const end = output.indexOf(10, at);
    const [, type, size] = output.toString('latin1', at, end).split(' ');
    if (type !== kind) throw new Error(`git has no ${kind} ${id}`);
    const start = end + 1;
    contents.set(id, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return contents;
}
