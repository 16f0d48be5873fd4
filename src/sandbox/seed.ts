import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { runGit, runGitText } from '../git/program.ts';
import { admin, emailOf, writer } from './accounts.ts';
import { openPull } from './pull-life.ts';
import { createCommit, readCommit } from './repository/commits.ts';
import { moveRef, readRef } from './repository/refs.ts';
import { writeFiles } from './repository/trees.ts';
import type { SandboxWorld } from './world.ts';

/** The content of a new repository. */
export interface Seed {
  readonly files: ReadonlyMap<string, string>;
  /** Further work on the new bare repository after its first commit. */
  readonly publish: (bareRepository: string) => Promise<void>;
  readonly pull?: SeedPull;
}

interface SeedPull {
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly files: ReadonlyMap<string, string>;
}

/** Creates the repository if it is missing. Creates it elsewhere and then moves it, so that a kill leaves all or nothing. */
export async function seedRepository(folder: string, seed: Seed, now: string): Promise<void> {
  if (await isThere(folder)) return;
  const aside = `${folder}.new`;
  await rm(aside, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  await runGit(dirname(folder), ['init', '--quiet', '--bare', '--template=', '--initial-branch=main', aside]);
  const author = { name: admin.login, email: emailOf(admin), date: now };
  const tree = await writeFiles(aside, seed.files);
  const first = { tree, parents: [], author, committer: author, message: 'Add the services and their values' };
  const main = await createCommit(aside, first);
  await moveRef(aside, { ref: 'refs/heads/main', before: undefined, after: main });
  if (seed.pull) await createBranch(aside, seed.pull, main, now);
  await seed.publish(aside);
  await rename(aside, folder);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function createBranch(folder: string, pull: SeedPull, main: string, now: string): Promise<void> {
  const author = { name: writer.login, email: emailOf(writer), date: now };
  const tree = await writeFiles(folder, pull.files, (await readCommit(folder, main)).tree);
  const commit = { tree, parents: [main], author, committer: author, message: pull.title };
  const sha = await createCommit(folder, commit);
  await moveRef(folder, { ref: `refs/heads/${pull.branch}`, before: undefined, after: sha });
}

/** Opens the seed's pull request once: not if its branch ever had a pull request, or was deleted. */
export async function openSeedPull(world: SandboxWorld, pull: SeedPull | undefined): Promise<void> {
  if (!pull || world.state.pulls.all().some(({ head }) => head === pull.branch)) return;
  const { folder, defaultBranch } = world.repository;
  const headSha = await readRef(folder, `refs/heads/${pull.branch}`);
  const baseSha = await readRef(folder, `refs/heads/${defaultBranch}`);
  if (!headSha || !baseSha) return;
  const { title, body, branch } = pull;
  await openPull(world, writer, { title, body, draft: false, head: branch, base: defaultBranch, headSha, baseSha });
}

/** The creation time of the repository: the date of the oldest commit of its default branch. */
export async function birthOf(folder: string): Promise<string> {
  const seconds = await runGitText(folder, ['log', '--max-parents=0', '--format=%ct', 'main', '--']);
  return `${new Date(Number(seconds.split('\n').at(-1)) * 1000).toISOString().slice(0, 19)}Z`;
}
