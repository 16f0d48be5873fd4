import { findingsOf } from '../core/finding.ts';
import { FORMAT_FILE, releaseIdFrom } from '../core/places.ts';
import { identityOf } from '../core/release.ts';
import type { Charts } from '../core/render/charts.ts';
import { domainsOf } from '../core/render/domains.ts';
import { FORMAT_TEXT } from '../core/render/manifest-set.ts';
import type { CheckReport } from '../core/report/check-run.ts';
import { formatPublicationCheck, formatRefusalCheck } from '../core/report/publication.ts';
import { SETTINGS_FILE, type Settings } from '../core/settings/settings.ts';
import { formatMessage, parseMessage, trailer } from '../core/trailers.ts';
import { type Decision, decidePublication, type Moving } from './decide-publication.ts';
import { type Plan, PUBLISHED_COMMIT } from './effect.ts';
import type { Commit, FileTree, Ports, Pull, Repository } from './ports.ts';
import { fetchPublished, type Published } from './published.ts';
import { fetchBuilt, fetchIndex, fetchSettings, sameSettings, type ValuesIndex } from './snapshot.ts';

/** The name of the check run that a publication leaves on the merged commit. */
export const PUBLISH_CHECK = 'coalmine/publish';

/** What is to be published, and onto what. */
export interface Target {
  readonly source: Commit;
  readonly branch?: string; // default: the settings' gitops branch
  readonly tip?: Commit; // to plan on top of, instead of the branch's own
}

/** Plans the publication of the default branch's values, with its check run on the published commit. */
export async function publishDefaultBranch(ports: Pick<Ports, 'repository' | 'pulls'>, charts: Charts): Promise<Plan> {
  const source = await ports.repository.fetchCommit(`refs/heads/${await ports.pulls.fetchDefaultBranch()}`);
  if (!source) return [];
  const decision = await fetchDecision(ports.repository, { source }, charts);
  if (decision.kind === 'current') return planMissingCheck(ports, decision, source, charts);
  const check = { kind: 'check', name: PUBLISH_CHECK, sha: source.sha } as const;
  if (decision.kind === 'refused') return [{ ...check, report: formatRefusalCheck(decision) }];
  if (decision.kind === 'equal') {
    return decision.touched ? [{ ...check, report: formatPublicationCheck(decision, undefined) }] : [];
  }
  const message = await messageOf(ports, decision, source);
  return [
    { kind: 'publish', branch: decision.branch, expectedHead: decision.expectedHead, files: decision.files, message },
    { ...check, report: formatPublicationCheck(decision, PUBLISHED_COMMIT) },
  ];
}

/** The same for a local repository: no host to ask who merged, and no check run to leave. */
export async function publishLocally(
  repository: Repository,
  target: Target,
  charts: Charts,
): Promise<{ readonly decision: Publication; readonly plan: Plan }> {
  const decision = await fetchDecision(repository, target, charts);
  if (decision.kind !== 'publish') return { decision, plan: [] };
  const message = formatMessage({
    subject: decision.subject,
    trailers: [['Source-Commit', target.source.sha], ...decision.trailers],
  });
  const { branch, expectedHead, files } = decision;
  return { decision, plan: [{ kind: 'publish', branch, expectedHead, files, message }] };
}

/** A decision, or that the branch already was published from this very commit. */
export type Publication = Decision | { readonly kind: 'current'; readonly branch: string; readonly tip: Commit };

/** Gathers what a publication is decided from, in proportion to what changed since the last one, and decides. */
async function fetchDecision(repository: Repository, target: Target, charts: Charts): Promise<Publication> {
  const { source } = target;
  const tree = repository.treeOf(source.sha);
  const read = await fetchSettings(tree);
  if (!read.ok) {
    return {
      kind: 'refused',
      findings: findingsOf(read),
      reason: `${SETTINGS_FILE} has errors; nothing is published until they are fixed`,
    };
  }
  const settings = read.value;
  const branch = target.branch ?? settings.gitops;
  const tip = target.tip ?? (await repository.fetchCommit(`refs/heads/${branch}`));
  const last = tip && trailer(parseMessage(tip.message), 'Source-Commit');
  if (tip && last === source.sha && !target.tip) return { kind: 'current', branch, tip };

  const [index, published] = await Promise.all([fetchIndex(tree, settings), fetchPublished(repository, tip)]);
  const since =
    published.files.get(FORMAT_FILE)?.id === published.idOf(FORMAT_TEXT)
      ? await fetchLastIndex(repository, last, settings)
      : undefined;
  const moving = [
    ...(await fetchMoving({ tree, settings, index, since, published }, charts)),
    ...(await fetchGone({ index, since, published })),
  ];
  return decidePublication(
    {
      branch,
      expectedHead: tip?.sha,
      last,
      moving,
      domains: domainsOf(settings, charts),
      files: published.files,
      idOf: published.idOf,
      hasValues: index.size > 0,
    },
    charts,
  );
}

/** The values files of the last publication; undefined where everything has to be looked at again. */
async function fetchLastIndex(
  repository: Repository,
  last: string | undefined,
  settings: Settings,
): Promise<ValuesIndex | undefined> {
  const commit = last === undefined ? undefined : await repository.fetchCommit(last);
  if (!commit) return undefined;
  const tree = repository.treeOf(commit.sha);
  const read = await fetchSettings(tree);
  return read.ok && sameSettings(read.value, settings) ? fetchIndex(tree, settings) : undefined;
}

interface Gathered {
  readonly index: ValuesIndex;
  readonly since: ValuesIndex | undefined;
  readonly published: Published;
}

/** The releases whose values changed and whose manifests differ from what is published, and the broken ones. */
async function fetchMoving(
  { tree, settings, index, since, published }: Gathered & { readonly tree: FileTree; readonly settings: Settings },
  charts: Charts,
): Promise<readonly Moving[]> {
  const changed = [...index.values()].filter(({ file, id }) => since?.get(file)?.id !== id);
  const builds = await fetchBuilt(tree, changed, settings, charts);
  return Promise.all(
    builds.map(async ({ id, manifests, findings }) => {
      const owner = identityOf(id);
      const same = !manifests || published.equals(owner, manifests);
      return {
        id,
        desired: manifests,
        findings,
        published: same ? (manifests ?? new Map()) : await published.fetchTexts(owner),
      };
    }),
  );
}

/** The releases whose values file is gone. */
async function fetchGone({ index, since, published }: Gathered): Promise<readonly Moving[]> {
  const there = new Set([...index.values()].map(({ release }) => identityOf(release)));
  const candidates = since
    ? [...since.values()].map(({ release }) => identityOf(release))
    : [...published.byOwner.keys()];
  const gone = candidates.filter(
    (owner) => !owner.startsWith('domains/') && !there.has(owner) && published.byOwner.has(owner),
  );
  return Promise.all(
    gone.map(async (owner) => {
      return {
        id: releaseIdFrom(owner),
        desired: new Map<string, string>(),
        findings: [],
        published: await published.fetchTexts(owner),
      };
    }),
  );
}

/** After a kill between the commit and its check run: the check is made up for, as it would have been. */
async function planMissingCheck(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  { tip, branch }: { readonly tip: Commit; readonly branch: string },
  source: Commit,
  charts: Charts,
): Promise<Plan> {
  if ((await pulls.fetchCheck(source.sha, PUBLISH_CHECK))?.completed) return [];
  const [parent] = tip.parents;
  const before = parent === undefined ? undefined : await repository.fetchCommit(parent);
  if (!before) return [];
  const decision = await fetchDecision(repository, { source, branch, tip: before }, charts);
  if (decision.kind !== 'publish' && decision.kind !== 'equal') return [];
  const report: CheckReport = formatPublicationCheck(decision, tip.sha);
  return [{ kind: 'check', name: PUBLISH_CHECK, sha: source.sha, report }];
}

/** How many merges back a publication looks for the pull requests that it carries. */
const MERGES = 20;

/** Subject and trailers: which commit, which pull requests, who merged, which releases, with what traffic. */
async function messageOf(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  decision: Extract<Decision, { kind: 'publish' }>,
  source: Commit,
): Promise<string> {
  const commits = await repository.fetchFirstParents(decision.last, source.sha, MERGES);
  const merged = (await Promise.all(commits.map(({ sha }) => pulls.fetchMergedBy(sha)))).flat();
  return formatMessage({
    subject: decision.subject,
    trailers: [
      ['Source-Commit', source.sha],
      ...[...new Set(merged.map(({ number }) => number))]
        .sort((a, b) => a - b)
        .map((number) => ['Pull-Request', `#${number}`] as const),
      ...requestedBy(merged, source),
      ...decision.trailers,
    ],
  });
}

function requestedBy(merged: readonly Pull[], source: Commit): readonly (readonly [string, string])[] {
  const logins = merged.flatMap(({ mergedBy }) => (mergedBy === undefined ? [] : [mergedBy]));
  const who = logins.length > 0 ? [...new Set(logins)] : source.author === undefined ? [] : [source.author];
  return who.map((login) => ['Requested-By', login] as const);
}
