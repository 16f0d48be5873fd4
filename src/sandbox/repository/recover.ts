import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Clears what a killed process left in a bare repository: git's locks anywhere, half-written objects, and our own
 * temporary files. A branch may have nearly any name, so below `refs` only what git forbids as one is touched.
 */
export async function clearLeftovers(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const objects = join(folder, 'objects');
  const stale = entries.filter(({ name, parentPath }) => {
    if (name.endsWith('.lock')) return true;
    if (parentPath === folder) return name.includes('.tmp');
    return parentPath.startsWith(objects) && name.startsWith('tmp_');
  });
  for (const { parentPath, name } of stale) await rm(join(parentPath, name), { recursive: true, force: true });
}
