import { parentPort } from 'node:worker_threads';
import { targets } from '../../charts/targets.ts';
import { decideHere } from '../../flows/plan-job.ts';
import type { FileTree, Ports, TreeEntry } from '../../flows/ports.ts';
import { blobId } from '../../github/blobs.ts';
import { type FromWorker, type PortName, type Question, readError, type ToWorker, writeError } from './messages.ts';

// The worker's side: makes plans of jobs, one at a time, and calls the App for everything outside.

const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
let calls = 0;

/** The App's clock in ms, as of its last message, and when that came. */
let clock = { now: 0, at: 0 };

function send(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function call<T>(port: PortName, args: readonly unknown[]): Promise<T> {
  calls += 1;
  const number = calls;
  return new Promise<unknown>((resolve, reject) => {
    waiting.set(number, { resolve, reject });
    send({ kind: 'call', call: number, port, args });
  }) as Promise<T>;
}

/** An object whose functions are calls to the App. */
function remote<T extends object>(name: 'repository' | 'pulls'): T {
  return new Proxy({} as T, {
    get: (_, key) => (typeof key === 'string' ? (...args: unknown[]) => call([name, key], args) : undefined),
  });
}

/** A tree that fetches each of its folders once. */
function remoteTree(sha: string): FileTree {
  const folders = new Map<string, Promise<ReadonlyMap<string, TreeEntry>>>();
  return {
    list(folder) {
      const listed = folders.get(folder) ?? call<ReadonlyMap<string, TreeEntry>>(['tree', 'list'], [sha, folder]);
      folders.set(folder, listed);
      return listed;
    },
    read: (ids) => call(['tree', 'read'], [sha, ids]),
    idOf: blobId,
  };
}

function portsOf(): Ports {
  const repository = remote<Ports['repository']>('repository');
  const trees = new Map<string, FileTree>();
  const treeOf = (sha: string): FileTree => {
    const tree = trees.get(sha) ?? remoteTree(sha);
    trees.set(sha, tree);
    return tree;
  };
  return {
    repository: new Proxy(repository, { get: (target, key) => (key === 'treeOf' ? treeOf : Reflect.get(target, key)) }),
    pulls: remote('pulls'),
    jobs: { enqueue: refuseToWrite, enqueueLater: refuseToWrite },
    targets,
    now: () => new Date(clock.now + performance.now() - clock.at),
  };
}

function refuseToWrite(): never {
  throw new Error('a plan is made without writing anything');
}

function decide<Kind extends Question['kind']>(
  { kind, asked }: Extract<Question, { kind: Kind }>,
  ports: Ports,
): Promise<unknown> {
  return decideHere(kind, asked, ports);
}

parentPort?.on('message', (message: ToWorker) => {
  clock = { now: message.now, at: performance.now() };
  if (message.kind === 'decide') {
    decide(message.question, portsOf())
      .then((decision) => send({ kind: 'decided', decision }))
      .catch((error: unknown) => send({ kind: 'failed', error: writeError(error) }));
    return;
  }
  const { call: number, value, error } = message;
  const waits = waiting.get(number);
  waiting.delete(number);
  if (error) waits?.reject(readError(error));
  else waits?.resolve(value);
});
