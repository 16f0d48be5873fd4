import { fetchRemoteBranches, type RemoteBranch } from '../git/branches.ts';
import { UsageError } from './command.ts';

/** Finds the branch of that name on a remote, as last fetched. Throws UsageError if several remotes have it. */
export async function fetchRemoteBranch(root: string, branch: string): Promise<RemoteBranch | undefined> {
  const [found, other] = await fetchRemoteBranches(root, branch);
  if (found && other) {
    throw new UsageError(
      `${branch} is on several remotes (${found.name}, ${other.name}); start it from the right one, such as: git branch ${branch} ${found.name}`,
    );
  }
  return found;
}
