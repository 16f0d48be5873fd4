import type { Commit } from '../flows/ports.ts';
import { orUndefined, runGit, runGitText } from './program.ts';
import { gitRepository } from './repository.ts';

/** Whether this is a valid branch name for git. */
export async function isBranchName(folder: string, name: string): Promise<boolean> {
  return (await orUndefined(runGit(folder, ['check-ref-format', `refs/heads/${name}`]))) !== undefined;
}

/** Finds the working tree that has this branch checked out; if the branch moved, its files would look reverted. */
export async function findCheckout(folder: string, branch: string): Promise<string | undefined> {
  const trees = (await runGitText(folder, ['worktree', 'list', '--porcelain'])).split('\n\n');
  const found = trees.find((tree) => tree.split('\n').includes(`branch refs/heads/${branch}`));
  return found?.split('\n')[0]?.replace(/^worktree /, '');
}

/** A remote's branch as last fetched. */
export interface RemoteBranch {
  readonly name: string; // origin/gitops
  readonly tip: Commit;
}

/** Fetches the remotes' branches of that name from the local repository. */
export async function fetchRemoteBranches(folder: string, branch: string): Promise<readonly RemoteBranch[]> {
  const format = '--format=%(objectname) %(refname:lstrip=2)';
  const list = await runGitText(folder, ['for-each-ref', format, `refs/remotes/*/${branch}`]);
  const lines = list.split('\n').filter((line) => line !== '');
  const found = await Promise.all(
    lines.map(async (line) => {
      const [sha = '', name = ''] = line.split(' ');
      const tip = await gitRepository(folder).fetchCommit(sha);
      return tip && { name, tip };
    }),
  );
  return found.filter((each) => each !== undefined);
}

/** Creates a branch that does not exist yet. */
export async function startBranch(folder: string, branch: string, sha: string): Promise<void> {
  await runGit(folder, ['update-ref', `refs/heads/${branch}`, sha, '0'.repeat(sha.length)]);
}

/** The remote to push to: the only one, or origin. */
export async function findRemote(folder: string): Promise<string | undefined> {
  const remotes = (await runGitText(folder, ['remote'])).split('\n').filter((name) => name !== '');
  return remotes.length === 1 ? remotes[0] : remotes.find((name) => name === 'origin');
}

/** The address of that remote. */
export async function fetchRemoteAddress(folder: string): Promise<string | undefined> {
  const remote = await findRemote(folder);
  return remote === undefined ? undefined : orUndefined(runGitText(folder, ['remote', 'get-url', remote]));
}
