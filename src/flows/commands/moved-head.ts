import { decideHead } from '../../core/commands/seen-head.ts';
import { formatHeadRefusal } from '../../core/report/head.ts';
import { REVIEW_CHECK } from '../review/review.ts';
import { isFor } from '../rollout/proposal.ts';
import type { Asked, CommandPorts } from './outcome.ts';
import { lineOf } from './writing.ts';

/**
 * Why a command is not written onto its pull request's branch: the head is another one than when the comment was written,
 * or its author couldn't have seen the review of it. Undefined where it may be.
 */
export async function fetchMovedHead({ repository, pulls }: CommandPorts, asked: Asked, verb: string) {
  const { pull, comment, heard } = asked;
  const { sha: head, branch } = pull.head;
  const commit = await repository.fetchCommit(head);
  if (commit && isFor(commit, comment)) return undefined; // our own, for another release of the same comment
  const [reviewed, pushes] = await Promise.all([
    pulls.fetchCheckStart(head, REVIEW_CHECK),
    pull.head.fork ? undefined : pulls.fetchPushes(branch),
  ]);
  const verdict = decideHead({ head, written: comment.createdAt, reviewed, pushes, heard });
  if (verdict === 'same') return undefined;
  return formatHeadRefusal(verdict, { head, branch, check: REVIEW_CHECK, line: lineOf(asked, verb) });
}
