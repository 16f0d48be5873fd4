import { createHash } from 'node:crypto';
import type { FileTree, TreeEntry } from '../flows/ports.ts';
import type { Objects, TreeLine } from './objects.ts';

const FOLDER = '040000';
const FILES = new Set(['100644', '100755']);
const AT_ONCE = 8;

/** The files of a commit. */
export function githubTree(objects: Objects, commit: string): FileTree {
  return {
    async list(folder) {
      const tree = await findFolder(objects, commit, folder);
      if (tree === undefined) return new Map();
      const prefix = folder === '' ? '' : `${folder}/`;
      const files = (await fetchLines(objects, tree)).filter(({ mode }) => FILES.has(mode));
      return new Map(files.map(({ path, sha, size }): [string, TreeEntry] => [prefix + path, { id: sha, size }]));
    },
    async read(ids) {
      const contents = await mapSome(ids, async (id) => [id, await objects.fetchBlob(id)] as const);
      return new Map(contents);
    },
    idOf: blobId,
  };
}

/** What git names a file of this text. */
export function blobId(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** The SHA by which a folder's tree can be asked for; undefined where there is no such folder. */
async function findFolder(objects: Objects, commit: string, folder: string): Promise<string | undefined> {
  let sha = commit;
  for (const segment of folder === '' ? [] : folder.split('/')) {
    const lines = await fetchFolder(objects, sha);
    const found = lines.find(({ path, mode }) => path === segment && mode === FOLDER);
    if (!found) return undefined;
    sha = found.sha;
  }
  return sha;
}

async function fetchFolder(objects: Objects, sha: string): Promise<readonly TreeLine[]> {
  const { lines, truncated } = await objects.fetchTree(sha, 'folder');
  if (truncated) throw new Error(`GitHub doesn't list all of the folder with the tree ${sha}: it has too many entries`);
  return lines;
}

/** Everything below a tree: in one request, or folder by folder where GitHub cuts that off. */
async function fetchLines(objects: Objects, sha: string): Promise<readonly TreeLine[]> {
  const whole = await objects.fetchTree(sha, 'recursive');
  if (!whole.truncated) return whole.lines;
  const lines = await fetchFolder(objects, sha);
  const below = await mapSome(lines, async (line) => {
    if (line.mode !== FOLDER) return [line];
    const inside = await fetchLines(objects, line.sha);
    return inside.map((inner) => ({ ...inner, path: `${line.path}/${inner.path}` }));
  });
  return below.flat();
}

/** Like Promise.all over a map, but only some at a time. */
async function mapSome<T, R>(items: readonly T[], map: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const work = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await map(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}
