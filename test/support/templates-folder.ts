import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of what test files copy instead of making it; see `template.ts`. */
    templates: string;
  }
}

/** Makes the folder of a run's templates, and removes it at the end. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'coalmine-templates-'));
  project.provide('templates', folder);
  return () => rm(folder, { recursive: true, force: true });
}
