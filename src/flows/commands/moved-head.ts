import { decideHead, type Push } from '../../core/commands/seen-head.ts';
import { formatHeadRefusal } from '../../core/report/head.ts';
import { REVIEW_CHECK } from '../review/review.ts';
import { isFor } from '../rollout/proposal.ts';
import type { CommandPorts, CommandRequest } from './outcome.ts';
import { lineOf } from './writing.ts';

/**
 * Why a command is not written onto its pull request's branch: the head is another one than when the comment was written,
 * or its author couldn't have seen the review of it. Undefined where it may be.
 */
export async function fetchMovedHead({ repository, pulls }: CommandPorts, asked: CommandRequest, verb: string) {
  const { pull, comment, heard } = asked;
  const { sha: head, branch } = pull.head;
  const isOurs = async (sha: string) => {
    const commit = await repository.fetchCommit(sha);
    return commit !== undefined && isFor(commit, comment);
  };
  const all = pull.head.fork ? undefined : await pulls.fetchPushes(branch);
  if (await isOurs(head)) {
    if (!all) return undefined; // nothing but the commit itself says whose it is
    if (all[0]?.after !== head) throw new Error(`the list of pushes does not have ${head} yet`); // the job is tried again
  }
  const pushes = all && (await withoutOurs(all, isOurs));
  const seen = all?.[0]?.after === head ? (pushes?.[0]?.after ?? head) : head; // below what this comment has led to
  const reviewed = await pulls.fetchCheckStart(seen, REVIEW_CHECK);
  const verdict = decideHead({ head: seen, written: comment.createdAt, reviewed, pushes, heard });
  if (verdict === 'same') return undefined;
  return formatHeadRefusal(verdict, { head, branch, check: REVIEW_CHECK, line: lineOf(asked, verb) });
}

/** The pushes below those of the App for the same comment, which brought other releases. Anyone may write a commit like ours. */
async function withoutOurs(
  pushes: readonly Push[],
  isOurs: (sha: string) => Promise<boolean>,
): Promise<readonly Push[]> {
  const [newest, ...others] = pushes;
  return newest?.ours && (await isOurs(newest.after)) ? withoutOurs(others, isOurs) : pushes;
}
