import { open, readFile, rename, rm } from 'node:fs/promises';

/** Writes a file so that a kill at any moment, and a full disk, leave either the old text or the new one. */
export async function replaceFile(path: string, text: string, mode = 0o644): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    const file = await open(temporary, 'w', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (problem) {
    await rm(temporary, { force: true }).catch(() => undefined); // half a file would keep what room is left
    throw problem;
  }
}

/** The text of a file; undefined where there is none. What can't be read is no empty file, and throws. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (problem) {
    if ((problem as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw problem;
  }
}
