import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { targets } from '../../src/charts/targets.ts';
import { publishLocally } from '../../src/flows/publish/publish.ts';
import { gitRepository } from '../../src/git/repository.ts';
import { createRepository, type Project, projectIn } from '../support/cli.ts';
import { createFolder, git } from '../support/git.ts';

export const FILE = 'charts-values/echo.yaml';
export const SETTINGS = '.github/coalmine.yml';
/** As if every cluster applied each part at once. */
export const AT_ONCE = 'readiness: { by: delay, after: 0s, drain: 0s }\n';

export function textOf({ folder }: Project, file = FILE): string {
  return readFileSync(join(folder, file), 'utf8');
}

/** A repository with that values file, published. */
export async function publishedWith(text: string, settings = AT_ONCE): Promise<Project> {
  const project = await createRepository({ [FILE]: text, [SETTINGS]: settings });
  await publish(project);
  return project;
}

/** Publishes what HEAD has, part after part: as the command does it, in less time. */
export async function publish({ folder, git }: Project): Promise<void> {
  const repository = gitRepository(folder);
  const source = await repository.fetchCommit(await git('rev-parse', 'HEAD'));
  if (!source) throw new Error('there is no commit to publish');
  for (;;) {
    const { plan } = await publishLocally(repository, { source, now: new Date() }, targets);
    const [effect] = plan;
    if (effect?.kind !== 'publish') return;
    await repository.commit(effect);
  }
}

/** What was written into the working tree, committed and published. */
export async function goOn(project: Project): Promise<void> {
  await project.commit({});
  await publish(project);
}

/** A clone as `git clone` makes it. */
export async function cloneOf(project: Project, ...args: readonly string[]): Promise<Project> {
  const folder = createFolder();
  await git(folder, ['clone', '--quiet', ...args, `file://${project.folder}`, '.']);
  return projectIn(folder);
}
