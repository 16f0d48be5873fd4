import type { Charts } from '../core/render/charts.ts';
import { formatPublicationCheck, formatRefusalCheck } from '../core/report/publication.ts';
import type { Settings } from '../core/settings/settings.ts';
import { formatMessage } from '../core/trailers.ts';
import type { Decision } from './decide-publication.ts';
import { type Effect, type Plan, PUBLISHED_COMMIT } from './effect.ts';
import type { Commit, Ports, Pull, Repository, RepositoryRef } from './ports.ts';
import { type Ends, fetchDecision, fetchEnds, fetchLastIndex, type Target } from './publication-facts.ts';
import { touches } from './snapshot.ts';

/** The name of the check run that a publication leaves on the merged commit. */
export const PUBLISH_CHECK = 'coalmine/publish';

/** Plans the publication of the default branch's values, with its check run on the published commit. */
export async function publishDefaultBranch(
  ports: Pick<Ports, 'repository' | 'pulls'>,
  ref: RepositoryRef,
  charts: Charts,
): Promise<Plan> {
  const { repository, pulls } = ports;
  const source = await repository.fetchCommit(`refs/heads/${await pulls.fetchDefaultBranch()}`);
  if (!source) return [];
  const check = { kind: 'check', name: PUBLISH_CHECK, sha: source.sha } as const;
  const ends = await fetchEnds(repository, { source });
  if (ends.kind === 'refused') return [{ ...check, report: formatRefusalCheck(ends) }];
  if (isCurrent(ends, source)) return planMissingCheck(ports, { ends, source, ref }, charts);
  const decision = await fetchDecision(ends, await fetchLastIndex(repository, ends), charts);
  switch (decision.kind) {
    case 'refused':
      return [{ ...check, report: formatRefusalCheck(decision) }];
    case 'equal':
      return decision.touched ? [{ ...check, report: formatPublicationCheck(decision, undefined) }] : [];
    case 'publish':
      return [
        publication(decision, await messageOf(ports, decision, { source, settings: ends.settings })),
        { ...check, report: formatPublicationCheck(decision, PUBLISHED_COMMIT) },
        ...(await fetchReviewsAgain(ports, ref)),
      ];
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
  charts: Charts,
): Promise<{ readonly decision: Decision; readonly plan: Plan }> {
  const ends = await fetchEnds(repository, target);
  const decision = ends.kind === 'refused' ? ends : await fetchDecision(ends, undefined, charts);
  if (decision.kind !== 'publish') return { decision, plan: [] };
  const message = formatMessage({
    subject: decision.subject,
    trailers: [['Source-Commit', target.source.sha], ...decision.trailers],
  });
  return { decision, plan: [publication(decision, message)] };
}

function publication(
  { branch, expectedHead, files }: Extract<Decision, { kind: 'publish' }>,
  message: string,
): Extract<Effect, { kind: 'publish' }> {
  return { kind: 'publish', branch, expectedHead, files, message };
}

/** Whether the branch was published from this very commit, by a renderer that writes as this one. */
function isCurrent({ last, published }: Ends, source: Commit): boolean {
  return last === source.sha && published.byThisRenderer;
}

/** After a kill between the commit and its check run: what should have followed is made up for. */
async function planMissingCheck(
  ports: Pick<Ports, 'repository' | 'pulls'>,
  { ends: { tip, branch }, source, ref }: { readonly ends: Ends; readonly source: Commit; readonly ref: RepositoryRef },
  charts: Charts,
): Promise<Plan> {
  const { repository, pulls } = ports;
  if (!tip || (await pulls.fetchCheck(source.sha, PUBLISH_CHECK))?.completed) return [];
  const [parent] = tip.parents;
  const before = parent === undefined ? undefined : await repository.fetchCommit(parent);
  const ends = await fetchEnds(repository, { source, branch, onto: { tip: before } });
  if (ends.kind === 'refused') return [];
  const decision = await fetchDecision(ends, await fetchLastIndex(repository, ends), charts);
  if (decision.kind === 'refused') return [];
  return [
    { kind: 'check', name: PUBLISH_CHECK, sha: source.sha, report: formatPublicationCheck(decision, tip.sha) },
    ...(await fetchReviewsAgain(ports, ref)),
  ];
}

/** What is published changes what open pull requests are compared with. */
async function fetchReviewsAgain({ pulls }: Pick<Ports, 'pulls'>, repository: RepositoryRef): Promise<Plan> {
  const open = await pulls.fetchOpenPulls();
  return open.map(({ number }) => ({ kind: 'enqueue', job: { kind: 'review', repository, pull: number } }));
}

/** How many merges back a publication looks for the pull requests that it carries. */
const MERGES = 20;

/** Subject and trailers: which commit, which pull requests, who merged, which releases, with what traffic. */
async function messageOf(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  decision: Extract<Decision, { kind: 'publish' }>,
  { source, settings }: { readonly source: Commit; readonly settings: Settings },
): Promise<string> {
  const since = await repository.fetchFirstParents(decision.last, source.sha, MERGES);
  const commits = await thatMatter(repository, since, settings);
  const merged = (await Promise.all(commits.map(({ sha }) => pulls.fetchMergedBy(sha)))).flat();
  const numbers = [...new Set(merged.map(({ number }) => number))].sort((a, b) => a - b);
  return formatMessage({
    subject: decision.subject,
    trailers: [
      ['Source-Commit', source.sha],
      ...numbers.map((number) => ['Pull-Request', `#${number}`] as const),
      ...requestedBy(merged, source),
      ...decision.trailers,
    ],
  });
}

/** Of several commits those that change values or settings: the others brought nothing to publish. */
async function thatMatter(
  repository: Repository,
  commits: readonly Commit[],
  settings: Settings,
): Promise<readonly Commit[]> {
  if (commits.length < 2) return commits;
  const matter = await Promise.all(
    commits.map(({ sha, parents: [parent] }) => {
      return parent === undefined || touches(repository.treeOf(parent), repository.treeOf(sha), settings);
    }),
  );
  return commits.filter((_, index) => matter[index]);
}

function requestedBy(merged: readonly Pull[], source: Commit): readonly (readonly [string, string])[] {
  const logins = merged.flatMap(({ mergedBy }) => (mergedBy === undefined ? [] : [mergedBy]));
  const who = logins.length > 0 ? [...new Set(logins)] : source.author === undefined ? [] : [source.author];
  return who.map((login) => ['Requested-By', login] as const);
}
