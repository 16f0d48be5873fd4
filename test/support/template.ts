import { existsSync } from 'node:fs';
import { cp, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';

const made = new Map<string, Promise<string>>();

/** Fills a folder as `make` would, which is called once in a run of all tests: copying is faster than making anew. */
export async function copyTemplate(
  name: string,
  folder: string,
  make: (folder: string) => Promise<void>,
): Promise<void> {
  const known = made.get(name) ?? makeTemplate(name, make);
  made.set(name, known);
  await cp(await known, folder, { recursive: true });
}

/** The folder of a template; where another process was faster it is that one's. */
async function makeTemplate(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const template = join(inject('templates'), name);
  if (existsSync(template)) return template;
  const draft = await mkdtemp(`${template}-`);
  await make(draft);
  await rename(draft, template).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY') throw error;
    await rm(draft, { recursive: true, force: true });
  });
  return template;
}
