import { formatMessage } from '../../core/model/trailers.ts';
import type { Decision } from '../../core/publication/decision.ts';
import { publicationReport, subjectOf, trailersOf } from '../../core/report/commit.ts';
import { formatPublicationCheck, formatRefusalCheck } from '../../core/report/publication.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { type Effect, type Plan, PUBLISHED_COMMIT } from '../effect.ts';
import { pullsOf } from '../gitops/history.ts';
import type { Commit, Ports, Repository, RepositoryRef } from '../ports.ts';
import { planReviewsAgain } from '../review/review-open.ts';
import { planCheck, planMissingCheck, planSuperseded } from './checks.ts';
import { planFollowing, planOvertaken } from './following.ts';
import { fetchForced, fetchTrailers } from './message.ts';
import { fetchDecision, fetchLastIndex, fetchLostBranch, fetchPublicationState } from './publication-facts.ts';
import type { ApprovalRequest, PublicationRequest, PublicationState } from './publication-state.ts';

/** Plans the next part of publishing the default branch's values, with its check run on the merged commit. */
export async function publishDefaultBranch(
  ports: Pick<Ports, 'repository' | 'pulls' | 'targets' | 'now'>,
  ref: RepositoryRef,
  resume?: ApprovalRequest,
): Promise<Plan> {
  const target = await fetchPublicationRequest(ports); // 1. the commit to publish
  if (!target) return [];
  const ends = await fetchPublicationState(ports.repository, target); // 2. its settings, and the gitops branch
  if (ends.kind === 'refused') return [planCheck(target, formatRefusalCheck(ends))];
  const lost = await fetchLostBranch(ports.repository, ends); // 3. whether clusters run a branch that is gone
  if (lost) return [planCheck(target, formatRefusalCheck(lost))];
  return planPublication(ports, { ref, ends, resume }); // 4. the next part of it
}

/** What the default branch has, to be published now; undefined where there is no such branch yet. */
export async function fetchPublicationRequest({
  repository,
  pulls,
  now,
}: Pick<Ports, 'repository' | 'pulls' | 'now'>): Promise<PublicationRequest | undefined> {
  const source = await repository.fetchCommit(`refs/heads/${await pulls.fetchDefaultBranch()}`);
  return source && { source, now: now() };
}

interface Publishing {
  readonly ref: RepositoryRef;
  readonly ends: PublicationState;
  readonly resume: ApprovalRequest | undefined;
}

/** Plans the next part between these ends: what a person approved is approved as it was seen there, and nothing else. */
export async function planPublication(
  ports: Pick<Ports, 'repository' | 'pulls' | 'targets'>,
  { ref, ends: seen, resume }: Publishing,
): Promise<Plan> {
  const ends = resume ? { ...seen, target: { ...seen.target, resumed: resume.what } } : seen;
  const { repository, targets } = ports;
  const { source } = ends.target;
  if (isCurrent(ends, source)) {
    // nothing to publish: the check run that a kill left out, and how far the clusters have come
    const missing = await planMissingCheck(ports, { ends, source, ref });
    return [...missing, ...(await planFollowing(ports, ends, { ref }))];
  }
  const superseded = await planSuperseded(ports, ends, source); // a. check runs of merges that this one overtakes
  const since = await fetchLastIndex(repository, ends); // b. the values that are published: only what differs is built
  const decision = await fetchDecision(repository, ends, { since, targets }); // c. pure, once its facts are there
  switch (decision.kind) {
    case 'refused':
      return [
        ...superseded,
        planCheck(ends.target, formatRefusalCheck(decision)),
        ...(await planFollowing(ports, ends, { decision, ref })),
      ];
    case 'equal':
      return [
        ...superseded,
        ...(decision.touched
          ? [planCheck(ends.target, formatPublicationCheck(publicationReport(decision), undefined))]
          : []),
        ...(await planFollowing(ports, ends, { decision, ref })),
      ];
    case 'publish': {
      const trailers = await fetchTrailers(ports, decision, { source, ends, resume }); // d. who asked for it, and why
      const message = formatMessage({ subject: subjectOf(decision), trailers: [...trailers, ...trailersOf(decision)] });
      return [
        ...superseded, // before: once this is published, they can't be told apart any more
        ...(await planOvertaken(ports, ends, { decision, pulls: pullsOf({ message }) })),
        publication(decision, message),
        planCheck(ends.target, formatPublicationCheck(publicationReport(decision), PUBLISHED_COMMIT)),
        ...planReviewsAgain(ref),
        { kind: 'enqueue', job: { kind: 'publish', repository: ref } }, // what follows, now that this is there
      ];
    }
    default:
      return decision satisfies never;
  }
}

/**
 * The same for a local repository: no host to ask who merged, and no check run to leave. Every release is looked at,
 * whatever was published before, so that the same command says the same again.
 */
export async function publishLocally(
  repository: Repository,
  target: PublicationRequest,
  targets: Targets,
): Promise<{ readonly decision: Decision; readonly plan: Plan }> {
  const ends = await fetchPublicationState(repository, target);
  if (ends.kind === 'refused') return { decision: ends, plan: [] };
  const lost = await fetchLostBranch(repository, ends);
  if (lost) return { decision: lost, plan: [] };
  const decision = await fetchDecision(repository, ends, { since: undefined, targets });
  if (decision.kind !== 'publish') return { decision, plan: [] };
  const forced = await fetchForced(repository, decision, { source: target.source, ends });
  const message = formatMessage({
    subject: subjectOf(decision),
    trailers: [['Source-Commit', target.source.sha], ...forced, ...trailersOf(decision)],
  });
  return { decision, plan: [publication(decision, message)] };
}

function publication(
  { branch, expectedHead, files }: Extract<Decision, { kind: 'publish' }>,
  message: string,
): Extract<Effect, { kind: 'publish' }> {
  return { kind: 'publish', branch, expectedHead, files, message };
}

/** Whether the branch holds all of this very commit, as this renderer writes it. */
function isCurrent({ last, published, left }: PublicationState, source: Commit): boolean {
  return last === source.sha && published.byThisRenderer && left.broken.size === 0 && left.unfinished.size === 0;
}
