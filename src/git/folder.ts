import { type Dirent, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileTree, TreeEntry } from '../flows/ports.ts';
import { blobId } from './objects.ts';

/** Maximum bytes of a file that are read for its id; a larger file gets an id from its size. */
const MAX_HASHED_BYTES = 1024 * 1024;

/**
 * A folder on disk as a tree of files in their current state: tracked and untracked files.
 * Reads synchronously: with thousands of small files, the thread pool takes several times longer.
 */
export function folderTree(root: string): FileTree {
  const contents = new Map<string, Uint8Array>();

  function walk(folder: string, files: Map<string, TreeEntry>): void {
    const entries = entriesOf(join(root, folder));
    if (folder !== '' && entries.some(({ name }) => name === '.git')) return; // another repository, or a submodule
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.name === '.git' || entry.name === 'node_modules') continue;
      if (entry.isDirectory()) walk(path, files);
      else if (entry.isFile()) files.set(path, entryOf(path));
    }
  }

  function entryOf(path: string): TreeEntry {
    const { size } = lstatSync(join(root, path));
    if (size > MAX_HASHED_BYTES) return { id: `${size} bytes of ${path}`, size };
    const bytes = readFileSync(join(root, path));
    const id = blobId(bytes);
    contents.set(id, bytes);
    return { id, size: bytes.length };
  }

  return {
    async list(below) {
      const files = new Map<string, TreeEntry>();
      if (isPlainFolder(root, below)) walk(below, files);
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

/** Whether a path below the root is a folder and contains no symbolic link. The root itself may be a link. */
function isPlainFolder(root: string, path: string): boolean {
  const segments = path.split('/').filter((segment) => segment !== '');
  return segments.every((_, depth) => isFolder(join(root, ...segments.slice(0, depth + 1))));
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
