import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Removes what a killed process left in a bare repository: git's locks anywhere, incomplete objects, and the sandbox's
 * temporary files. A branch may have almost any name, so below `refs` only names that git forbids are removed.
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
