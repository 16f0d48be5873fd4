import { formatMessage } from '../../core/model/trailers.ts';
import type { Decision } from '../../core/publication/decision.ts';
import type { CheckReport } from '../../core/report/check-run.ts';
import { publicationReport, subjectOf, trailersOf } from '../../core/report/commit.ts';
import {
  formatPublicationCheck,
  formatRefusalCheck,
  formatSupersededCheck,
  saysWaiting,
} from '../../core/report/publication.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { type Effect, type Plan, PUBLISHED_COMMIT } from '../effect.ts';
import type { Commit, Ports, Repository, RepositoryRef, SeenCheck } from '../ports.ts';
import { planReviewsAgain } from '../review/review-open.ts';
import type { Ends, Resume, Target } from './ends.ts';
import { planFollowing } from './following.ts';
import { fetchForced, fetchTrailers } from './message.ts';
import { fetchDecision, fetchEnds, fetchLastIndex, fetchLostBranch } from './publication-facts.ts';

/** The name of the check run that a publication leaves on the merged commit. */
export const PUBLISH_CHECK = 'coalmine/publish';

/** Plans the next part of publishing the default branch's values, with its check run on the merged commit. */
export async function publishDefaultBranch(
  ports: Pick<Ports, 'repository' | 'pulls' | 'targets' | 'now'>,
  ref: RepositoryRef,
  resume?: Resume,
): Promise<Plan> {
  const target = await fetchTarget(ports);
  if (!target) return [];
  const ends = await fetchEnds(ports.repository, target);
  if (ends.kind === 'refused') return [checkOf(target, formatRefusalCheck(ends))];
  const lost = await fetchLostBranch(ports.repository, ends);
  if (lost) return [checkOf(target, formatRefusalCheck(lost))];
  return planPublication(ports, { ref, ends, resume });
}

/** What the default branch has, to be published now; undefined where there is no such branch yet. */
export async function fetchTarget({
  repository,
  pulls,
  now,
}: Pick<Ports, 'repository' | 'pulls' | 'now'>): Promise<Target | undefined> {
  const source = await repository.fetchCommit(`refs/heads/${await pulls.fetchDefaultBranch()}`);
  return source && { source, now: now() };
}

function checkOf({ source }: Target, report: CheckReport): Effect {
  return { kind: 'check', name: PUBLISH_CHECK, sha: source.sha, report };
}

interface Publishing {
  readonly ref: RepositoryRef;
  readonly ends: Ends;
  readonly resume: Resume | undefined;
}

/** Plans the next part between these ends: what somebody let go is let go of what was seen there, and of nothing else. */
export async function planPublication(
  ports: Pick<Ports, 'repository' | 'pulls' | 'targets'>,
  { ref, ends: seen, resume }: Publishing,
): Promise<Plan> {
  const ends = resume ? { ...seen, target: { ...seen.target, resumed: resume.what } } : seen;
  const { repository, targets } = ports;
  const { source } = ends.target;
  if (isCurrent(ends, source)) {
    const missing = await planMissingCheck(ports, { ends, source, ref });
    return [...missing, ...(await planFollowing(ports, ends, { waiting: [], ref }))];
  }
  const superseded = await planSuperseded(ports, ends, source);
  const decision = await fetchDecision(repository, ends, { since: await fetchLastIndex(repository, ends), targets });
  switch (decision.kind) {
    case 'refused':
      return [...superseded, checkOf(ends.target, formatRefusalCheck(decision))];
    case 'equal':
      return [
        ...superseded,
        ...(decision.touched
          ? [checkOf(ends.target, formatPublicationCheck(publicationReport(decision), undefined))]
          : []),
        ...(await planFollowing(ports, ends, { waiting: decision.waiting, ref })),
      ];
    case 'publish': {
      const trailers = await fetchTrailers(ports, decision, { source, ends, resume });
      const message = formatMessage({ subject: subjectOf(decision), trailers: [...trailers, ...trailersOf(decision)] });
      return [
        ...superseded, // before: once this is published, nobody could tell any more which they were
        publication(decision, message),
        checkOf(ends.target, formatPublicationCheck(publicationReport(decision), PUBLISHED_COMMIT)),
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
  target: Target,
  targets: Targets,
): Promise<{ readonly decision: Decision; readonly plan: Plan }> {
  const ends = await fetchEnds(repository, target);
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
function isCurrent({ last, published, left }: Ends, source: Commit): boolean {
  return last === source.sha && published.byThisRenderer && left.broken.size === 0 && left.unfinished.size === 0;
}

/** After a kill between the commit and its check run: what should have followed is made up for. */
async function planMissingCheck(
  { pulls }: Pick<Ports, 'pulls'>,
  {
    ends: { newest, branch },
    source,
    ref,
  }: { readonly ends: Ends; readonly source: Commit; readonly ref: RepositoryRef },
): Promise<Plan> {
  if (!newest) return [];
  const [subject = ''] = newest.message.split('\n');
  const published = { kind: 'publish', branch, subject, headlines: [subject], findings: [], waiting: [] } as const;
  const report = formatPublicationCheck(published, newest.sha);
  const seen = await pulls.fetchCheck(source.sha, PUBLISH_CHECK);
  if (seen?.completed && seen.title === report.title) return []; // one that waited for a person was completed, too
  return [{ kind: 'check', name: PUBLISH_CHECK, sha: source.sha, report }, ...planReviewsAgain(ref)];
}

/** How many merges back a check run may still wait for what another merge has overtaken. */
const OVERTAKEN = 20;

/** One that waits for somebody's word is completed already. */
function isStillWaiting(check: SeenCheck | undefined): boolean {
  return check !== undefined && (!check.completed || saysWaiting(check.title));
}

/** The check runs of merges whose publication another merge has overtaken: they say where it goes on. */
async function planSuperseded(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  { ours, left }: Ends,
  source: Commit,
): Promise<Plan> {
  if (ours === undefined || ours === source.sha || left.unfinished.size === 0) return [];
  const since = await repository.fetchFirstParents(ours, source.sha, OVERTAKEN);
  const overtaken = [ours, ...since.map(({ sha }) => sha).filter((sha) => sha !== source.sha)];
  const checks = await Promise.all(overtaken.map((sha) => pulls.fetchCheck(sha, PUBLISH_CHECK)));
  const report = formatSupersededCheck(source.sha);
  return overtaken
    .filter((sha, index) => sha === ours || isStillWaiting(checks[index]))
    .map((sha) => ({ kind: 'check', name: PUBLISH_CHECK, sha, report }) as const);
}
