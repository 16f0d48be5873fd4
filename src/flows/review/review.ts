import type { Built } from '../../core/build/build.ts';
import { diff } from '../../core/model/diff.ts';
import { compare, isError, sortFindings } from '../../core/model/finding.ts';
import { shortNames } from '../../core/model/names.ts';
import { identityOf } from '../../core/model/release.ts';
import { parts } from '../../core/publication/parts.ts';
import { settled } from '../../core/publication/pending.ts';
import { formatReviewCheck } from '../../core/report/check-run.ts';
import { formatComment, formatEmptyComment, REVIEW_MARKER } from '../../core/report/comment.ts';
import { meaningOf } from '../../core/report/meaning.ts';
import { partsText } from '../../core/report/part.ts';
import type { Review, ReviewedRelease } from '../../core/report/review.ts';
import { type Suggestion, suggestionsFor } from '../../core/report/suggestion.ts';
import type { Targets } from '../../core/targets/targets.ts';
import type { Effect, Plan } from '../effect.ts';
import type { Ports, Pull } from '../ports.ts';
import { fetchComparison, REVIEWED_FILES, type ReviewFacts } from './comparison.ts';
import { fetchReviewFacts } from './review-facts.ts';

/** The name of the check run that a review leaves on a pull request's head. */
export const REVIEW_CHECK = 'coalmine';

/** Reviews a pull request: what merging it would change in the cluster, and what is wrong with it. */
export async function reviewPullRequest(
  ports: Pick<Ports, 'repository' | 'pulls' | 'targets'>,
  number: number,
): Promise<Plan> {
  const pull = await ports.pulls.fetchPull(number);
  if (!pull?.open) return [];
  const facts = await fetchReviewFacts(ports, pull);
  if (!facts) return [];
  const review = decideReview(facts, ports.targets);
  return planReview(pull, review, {
    suggestions: suggestionsFor(review.findings, facts.suggestible),
    basis: facts.basis,
  });
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

/** Of so many releases at most, on both sides, the parts are counted. */
const COUNTED = 100;

/** Compares both sides; pure. A release is reviewed when its file changes, its manifests differ, or it breaks. */
export function decideReview(
  { before, after, changedFiles, besides, settingsFindings, holds, base, head, notes, excerpt }: ReviewFacts,
  targets: Targets,
): Review {
  const counted = after.builds.length + before.builds.length <= COUNTED;
  const nameOf = shortNames([
    ...new Map([...before.builds, ...after.builds].map(({ id }) => [identityOf(id), id])).values(),
  ]);
  const old = new Map(before.builds.map((built) => [identityOf(built.id), built]));
  const now = new Map(after.builds.map((built) => [identityOf(built.id), built]));
  const releases = [...new Set([...old.keys(), ...now.keys()])]
    .sort(compare)
    .flatMap((identity): readonly ReviewedRelease[] => {
      const [was, is] = [old.get(identity), now.get(identity)];
      const { id, file } = (is ?? was) as Built;
      const broken = is !== undefined && is.manifests === undefined;
      const [from, to] = [was?.manifests ?? new Map(), is?.manifests ?? new Map()];
      const changes = broken ? [] : diff(from, to);
      const hold = holds.get(identity);
      const breaks = broken && was?.release !== undefined;
      if (!changedFiles.has(file) && changes.length === 0 && !breaks) return [];
      return [
        {
          name: nameOf(id),
          changes,
          findings: is?.findings ?? [],
          ...(hold ? { hold } : {}),
          ...(changes.length > 0 ? { meaning: meaningOf(id, from, to) } : {}),
          ...(changes.length > 0 && counted ? { parts: partsText(id, parts(settled(id, from), to, targets)) } : {}),
        },
      ];
    });
  return {
    base,
    head,
    releases,
    notes,
    ...(excerpt ? { excerpt } : {}),
    others: diff(before.domains, after.domains),
    findings: sortFindings([...settingsFindings, ...besides, ...releases.flatMap(({ findings }) => findings)]),
  };
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
