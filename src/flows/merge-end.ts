import { formatMergedElsewhere, formatMergeUnseen } from '../core/report/proposal.ts';
import type { Ports } from './ports.ts';

/** How often a branch is looked at for a merge that was reported: what is read may be older than what was written. */
const LOOKS = 3;

/**
 * What really came of a merge into a branch that was reported, in words; undefined where the branch has the commit. What the
 * host says of a pull request isn't enough: its base may be changed until the moment of the merge.
 */
export async function fetchWrongEnd(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  { pull: number, base: wanted, sha }: { readonly pull: number; readonly base: string; readonly sha: string },
): Promise<string | undefined> {
  const fetchTip = async (branch: string) => (await repository.fetchCommit(`refs/heads/${branch}`))?.sha;
  const has = async (tip: string | undefined) =>
    tip === sha || (tip !== undefined && (await repository.fetchMergeBase(tip, sha)) === sha);
  let tip: string | undefined;
  for (let look = 0; look < LOOKS; look++) {
    tip = await fetchTip(wanted);
    if (await has(tip)) return undefined;
  }
  const base = (await pulls.fetchPull(number))?.base;
  if (base !== undefined && base !== wanted && (await has(await fetchTip(base))))
    return formatMergedElsewhere({ base, wanted, sha });
  return formatMergeUnseen({ pull: number, wanted, sha, tip });
}
