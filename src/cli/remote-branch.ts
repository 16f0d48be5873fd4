import { fetchRemoteBranches, type RemoteBranch } from '../git/branches.ts';
import { UsageError } from './command.ts';

/** The branch of that name on a remote, as it was last fetched; refuses to choose between several. */
export async function fetchRemoteBranch(root: string, branch: string): Promise<RemoteBranch | undefined> {
  const [found, other] = await fetchRemoteBranches(root, branch);
  if (found && other) {
    throw new UsageError(
      `${branch} is on several remotes (${found.name}, ${other.name}): begin it yourself from the right one, git branch ${branch} ${found.name}`,
    );
  }
  return found;
}
