import type { FileTree } from '../ports.ts';

/** The bytes of one file; undefined where there is none. */
export async function contentOf(tree: FileTree, path: string): Promise<Uint8Array | undefined> {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const entry = (await tree.list(folder)).get(path);
  return entry && (await tree.read([entry.id])).get(entry.id);
}
