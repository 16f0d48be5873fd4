import { parseMessage } from '../../core/model/trailers.ts';
import type { CheckReport } from '../../core/report/check-run.ts';
import { formatPublicationCheck, formatSupersededCheck, saysWaiting } from '../../core/report/publication.ts';
import type { Effect, Plan } from '../effect.ts';
import type { Commit, Ports, RepositoryRef, SeenCheck } from '../ports.ts';
import { planReviewsAgain } from '../review/review-open.ts';
import type { PublicationRequest, PublicationState } from './publication-state.ts';

/** The name of the check run that a publication leaves on the merged commit. */
export const PUBLISH_CHECK = 'coalmine/publish';

/** The check run of a publication, on the commit of the default branch that it publishes. */
export function planCheck({ source }: PublicationRequest, report: CheckReport): Effect {
  return { kind: 'check', name: PUBLISH_CHECK, sha: source.sha, report };
}

/** After a kill between the commit and its check run: what should have followed is made up for. */
export async function planMissingCheck(
  { pulls }: Pick<Ports, 'pulls'>,
  {
    ends: { newest, branch },
    source,
    ref,
  }: { readonly ends: PublicationState; readonly source: Commit; readonly ref: RepositoryRef },
): Promise<Plan> {
  if (!newest) return [];
  const { subject } = parseMessage(newest.message);
  const published = { kind: 'publish', branch, subject, headlines: [subject], findings: [], waiting: [] } as const;
  const report = formatPublicationCheck(published, newest.sha);
  const seen = await pulls.fetchCheck(source.sha, PUBLISH_CHECK);
  if (seen?.completed && seen.title === report.title) return []; // one that waited for a person was completed, too
  return [{ kind: 'check', name: PUBLISH_CHECK, sha: source.sha, report }, ...planReviewsAgain(ref)];
}

/** How many merges back a check run may still wait for what another merge has overtaken. */
const OVERTAKEN = 20;

/** One that waits for a person's approval is completed already. */
function isStillWaiting(check: SeenCheck | undefined): boolean {
  return check !== undefined && (!check.completed || saysWaiting(check.title));
}

/** The check runs of merges whose publication another merge has overtaken: they say where it goes on. */
export async function planSuperseded(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  { ours, left }: PublicationState,
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
