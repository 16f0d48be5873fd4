import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileTree, TreeEntry } from '../flows/ports.ts';
import { blobId } from './objects.ts';

/** Bytes of a file at most that are looked at for its id; a larger one gets an id by its size. */
const LARGEST = 1024 * 1024;

/** A folder on disk as a tree of files, as it stands now: what git would list, and also what it was not told of yet. */
export function folderTree(root: string): FileTree {
  const contents = new Map<string, Uint8Array>();

  async function walk(folder: string, files: Map<string, TreeEntry>): Promise<void> {
    const entries = await entriesOf(join(root, folder));
    if (folder !== '' && entries.some(({ name }) => name === '.git')) return; // another repository, or a submodule
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name === '.git' || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) await walk(path, files);
      else if (entry.isFile()) files.set(path, await entryOf(path));
    }
  }

  async function entryOf(path: string): Promise<TreeEntry> {
    const { size } = await lstat(join(root, path));
    if (size > LARGEST) return { id: `${size} bytes of ${path}`, size };
    const bytes = await readFile(join(root, path));
    const id = blobId(bytes);
    contents.set(id, bytes);
    return { id, size: bytes.length };
  }

  return {
    async list(below) {
      const files = new Map<string, TreeEntry>();
      if (await isPlainFolder(root, below)) await walk(below, files);
      return files;
    },
    read: async (ids) =>
      new Map(
        ids.flatMap((id) => {
          const bytes = contents.get(id);
          return bytes ? [[id, bytes] as const] : [];
        }),
      ),
    idOf: (text) => blobId(new TextEncoder().encode(text)),
  };
}

/** Whether a path below the root is a folder, reached through no symbolic link. The root itself may be one. */
async function isPlainFolder(root: string, path: string): Promise<boolean> {
  const segments = path.split('/').filter((segment) => segment !== '');
  for (let depth = 1; depth <= segments.length; depth++) {
    const found = await lstat(join(root, ...segments.slice(0, depth))).catch(() => undefined);
    if (!found?.isDirectory()) return false;
  }
  return true;
}

async function entriesOf(folder: string) {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
