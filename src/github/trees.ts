import { type FileTree, type TreeEntry, Unreadable } from '../flows/ports.ts';
import { blobId, mapSome } from './blobs.ts';
import { FILE_MODES, type GitObjects, type TreeLine } from './objects.ts';

/** Maximum size of a file that is read, in bytes; the flows have lower limits of their own. */
const MAX_BYTES = 32 * 1024 * 1024;
const MAX_FOLDERS = 8;
const FOLDER = '040000';

/** The files of a commit. `sizes`: the sizes listed so far, by content id. */
export function githubTree(objects: GitObjects, commit: string, sizes: Map<string, number>): FileTree {
  return {
    async list(folder) {
      const prefix = folder === '' ? '' : `${folder}/`;
      const known = objects.findFiles(commit)?.filter(({ path }) => path.startsWith(prefix));
      const files = known ?? (await fetchFiles(objects, commit, folder));
      for (const { sha, size } of files) sizes.set(sha, size);
      return new Map(files.map(({ path, sha, size }): [string, TreeEntry] => [path, { id: sha, size }]));
    },
    async read(ids) {
      const blobs = [...new Set(ids)].map((id) => ({ id, size: sizes.get(id) }));
      const large = blobs.find(({ size = 0 }) => size > MAX_BYTES);
      if (large)
        throw new Unreadable(`a file of ${large.size} bytes is too large to read (its content is ${large.id})`);
      return objects.fetchBlobs(blobs);
    },
    idOf: blobId,
  };
}

/** The files below a folder, by their full path; none where there is no such folder. */
async function fetchFiles(objects: GitObjects, commit: string, folder: string): Promise<readonly TreeLine[]> {
  const tree = await findFolder(objects, commit, folder);
  if (tree === undefined) return [];
  const files = (await fetchLines(objects, tree, folder)).filter(({ mode }) => FILE_MODES.has(mode));
  return folder === '' ? files : files.map((file) => ({ ...file, path: `${folder}/${file.path}` }));
}

/** Finds the SHA of a folder's tree; undefined if there is no such folder. */
async function findFolder(objects: GitObjects, commit: string, folder: string): Promise<string | undefined> {
  let sha = commit;
  const walked: string[] = [];
  for (const segment of folder === '' ? [] : folder.split('/')) {
    const lines = await fetchFolder(objects, sha, walked.join('/'));
    const found = lines.find(({ path, mode }) => path === segment && mode === FOLDER);
    if (!found) return undefined;
    sha = found.sha;
    walked.push(segment);
  }
  return sha;
}

async function fetchFolder(objects: GitObjects, sha: string, folder: string): Promise<readonly TreeLine[]> {
  const { lines, truncated } = await objects.fetchTree(sha, 'folder');
  if (!truncated) return lines;
  const name = folder === '' ? 'the root folder' : `the folder ${folder}`;
  throw new Unreadable(`${name} (tree ${sha}) has too many entries for GitHub to list; split it into folders`);
}

/** Fetches everything below a tree: in one request, or folder by folder if GitHub truncates that. */
async function fetchLines(objects: GitObjects, sha: string, folder: string): Promise<readonly TreeLine[]> {
  const whole = await objects.fetchTree(sha, 'recursive');
  if (!whole.truncated) return whole.lines;
  const lines = await fetchFolder(objects, sha, folder);
  const below = await mapSome(lines, MAX_FOLDERS, async (line) => {
    if (line.mode !== FOLDER) return [line];
    const inside = await fetchLines(objects, line.sha, folder === '' ? line.path : `${folder}/${line.path}`);
    return inside.map((inner) => ({ ...inner, path: `${line.path}/${inner.path}` }));
  });
  return below.flat();
}
