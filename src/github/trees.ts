import type { FileTree, TreeEntry } from '../flows/ports.ts';
import { blobId, mapSome } from './blobs.ts';
import type { Objects, TreeLine } from './objects.ts';

const FOLDERS_AT_ONCE = 8;
const FOLDER = '040000';
const FILES = new Set(['100644', '100755']);

/** The files of a commit. `sizes`: of what was listed so far, by the id of its content. */
export function githubTree(objects: Objects, commit: string, sizes: Map<string, number>): FileTree {
  return {
    async list(folder) {
      const tree = await findFolder(objects, commit, folder);
      if (tree === undefined) return new Map();
      const prefix = folder === '' ? '' : `${folder}/`;
      const files = (await fetchLines(objects, tree)).filter(({ mode }) => FILES.has(mode));
      for (const { sha, size } of files) sizes.set(sha, size);
      return new Map(files.map(({ path, sha, size }): [string, TreeEntry] => [prefix + path, { id: sha, size }]));
    },
    read(ids) {
      return objects.fetchBlobs([...new Set(ids)].map((id) => ({ id, size: sizes.get(id) })));
    },
    idOf: blobId,
  };
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
  const below = await mapSome(lines, FOLDERS_AT_ONCE, async (line) => {
    if (line.mode !== FOLDER) return [line];
    const inside = await fetchLines(objects, line.sha);
    return inside.map((inner) => ({ ...inner, path: `${line.path}/${inner.path}` }));
  });
  return below.flat();
}
