import { randomUUID } from 'node:crypto';
import { access, chmod, constants, lstat, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Replaces a file's content, completely or not at all, and keeps its mode. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await access(path, constants.W_OK); // a rename asks for the folder's permission only
  const mode = (await lstat(path)).mode & 0o7777;
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await writeFile(temporary, text, { flag: 'wx', flush: true });
    await chmod(temporary, mode);
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
