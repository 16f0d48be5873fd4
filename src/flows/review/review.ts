import { isError } from '../../core/model/finding.ts';
import { formatReviewCheck } from '../../core/report/check-run.ts';
import { formatComment, formatEmptyComment, REVIEW_MARKER } from '../../core/report/comment.ts';
import { decideReview } from '../../core/report/decide-review.ts';
import type { Review } from '../../core/report/review.ts';
import { type Suggestion, suggestionsFor } from '../../core/report/suggestion.ts';
import type { Effect, Plan } from '../effect.ts';
import type { Ports, Pull } from '../ports.ts';
import { fetchComparison, REVIEWED_FILES } from './comparison.ts';
import { fetchReviewFacts } from './review-facts.ts';

/** The name of the check run that a review leaves on a pull request's head. */
export const REVIEW_CHECK = 'coalmine';

/** Reviews a pull request: what merging it would change in the cluster, and what is wrong with it. */
export async function reviewPullRequest(
  ports: Pick<Ports, 'repository' | 'pulls' | 'targets'>,
  number: number,
): Promise<Plan> {
  const pull = await ports.pulls.fetchPull(number); // 1. the pull request, as it is now
  if (!pull?.open) return [];
  const facts = await fetchReviewFacts(ports, pull); // 2. both sides, built; and what the review rests on
  if (!facts) return [];
  const review = decideReview(facts, ports.targets); // 3. pure: what changes, and what is wrong
  const suggestions = suggestionsFor(review.findings, facts.suggestible); // 4. pure: on lines that the change shows
  return planReview(pull, review, { suggestions, basis: facts.basis }); // 5. comment, suggestions, check run
}

/** Reviews what a merge queue is about to merge: a required check that doesn't answer there holds up the queue. */
export async function reviewMergeGroup(
  { repository, targets }: Pick<Ports, 'repository' | 'targets'>,
  { base, head }: { readonly base: string; readonly head: string },
): Promise<Plan> {
  const [before, after] = [repository.treeOf(base), repository.treeOf(head)];
  const sides = { before, after, base, head, limit: REVIEWED_FILES };
  const review = decideReview(await fetchComparison(repository, sides, targets), targets);
  return [reviewCheck(head, review)];
}

/** A review as writes. The check comes last: once it is there, the review is complete. */
function planReview(
  pull: Pull,
  review: Review,
  { suggestions, basis }: { readonly suggestions: readonly Suggestion[]; readonly basis: string | undefined },
): Plan {
  const quiet =
    !review.excerpt &&
    review.releases.every(({ changes, findings }) => changes.length === 0 && !findings.some(isError)) &&
    review.others.length === 0 &&
    review.findings.every((finding) => !isError(finding));
  const body = quiet ? formatEmptyComment(review.head, review.base) : formatComment(review);
  return [
    { kind: 'comment', pull: pull.number, marker: REVIEW_MARKER, body, editOnly: quiet },
    { kind: 'suggestions', pull: pull.number, head: pull.head.sha, suggestions },
    { ...reviewCheck(pull.head.sha, review), ...(basis === undefined ? {} : { basis }) },
  ];
}

function reviewCheck(sha: string, review: Review): Extract<Effect, { kind: 'check' }> {
  return { kind: 'check', name: REVIEW_CHECK, sha, report: formatReviewCheck(review) };
}
