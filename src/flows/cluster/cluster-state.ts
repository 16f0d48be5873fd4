import type { ManifestSet } from '../../core/model/manifest.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import type { ClusterState } from '../../core/publication/decision.ts';
import { type Pending, podTemplates } from '../../core/publication/pending.ts';
import { servingOf } from '../../core/publication/serving.ts';
import type { ClusterReport, Failure } from '../../core/readiness/live.ts';
import { sourceOf } from '../../core/readiness/sources.ts';
import { type ReadinessSettings, type Settings, stageSettings } from '../../core/settings/settings.ts';
import { deploymentCalled } from '../../core/targets/kubernetes/names.ts';
import type { ObjectKey } from '../../core/targets/target.ts';
import { trafficOf } from '../../core/targets/traffic.ts';
import { remembered } from '../fetching.ts';
import { type History, isHold, touches } from '../gitops/history.ts';
import { fetchPublished, type Published } from '../gitops/published.ts';
import type { Commit, Repository } from '../ports.ts';
import { fetchLive, type ReportedLive } from './live.ts';

/** A release as it is published. */
export interface PublishedRelease {
  readonly id: ReleaseId;
  readonly published: ManifestSet;
}

export interface ClusterStateFacts {
  readonly tip: Commit | undefined;
  readonly history: History;
  readonly settings: Settings;
  readonly now: Date;
}

/** How far back in the history a release may still be, and which of its Deployments are ready. */
interface ConfirmedCommits {
  readonly workloads?: string; // confirmed applied
  readonly routes?: string; // applied, and what was routed before has ended
  readonly drained?: string; // workloads that were applied as long ago
  readonly routesApplied?: string;
  readonly appliedAt?: Date; // when the last cluster was heard to have both
  readonly readyAt: ReadonlyMap<string, readonly string[]> | 'all'; // Deployment -> commits; all: of `workloads`
  readonly assumed: boolean;
  readonly failures: readonly Failure[];
  readonly heard: boolean;
  readonly clusters: readonly ClusterReport[];
  readonly dueAt: readonly number[]; // times, in ms
}

/** Where these releases stand, by identity. What isn't published at all stands nowhere. */
export async function fetchClusterStates(
  repository: Repository,
  facts: ClusterStateFacts,
  releases: readonly PublishedRelease[],
): Promise<ReadonlyMap<string, ClusterState>> {
  const looking = { ...facts, publishedAt: publishedAtIn(repository) };
  const there = releases.filter(({ published }) => published.size > 0);
  const marks = await fetchMarks(
    repository,
    facts,
    there.map(({ id }) => id),
  );
  const standings = releases.map(async (release): Promise<[string, ClusterState]> => {
    const own = marks.get(identityOf(release.id));
    return [
      identityOf(release.id),
      own ? await standingOf(looking, { release, marks: own }) : absentClusterState(release),
    ];
  });
  return new Map(await Promise.all(standings));
}

/** What isn't published stands nowhere, and nothing of it is waited for. */
export function absentClusterState({ id, published }: PublishedRelease): ClusterState {
  return {
    pending: { id, published, workloads: [], routes: [], draining: [], ready: new Map() },
    applied: { workloads: true, routes: true },
    serving: { kind: 'known', traffic: trafficOf(id, published), isAssumed: false },
    assumed: false,
    failures: [],
    heard: true,
    waitsFor: [],
    confirmedBy: [],
    overdue: false,
  };
}

async function fetchMarks(
  repository: Repository,
  { tip, history, settings, now }: ClusterStateFacts,
  ids: readonly ReleaseId[],
): Promise<ReadonlyMap<string, ConfirmedCommits>> {
  const marks = new Map<string, ConfirmedCommits>();
  if (!tip) return marks;
  for (const [stage, own] of Map.groupBy(ids, (id) => id.stage)) {
    const { readiness } = stageSettings(settings, stage);
    if (sourceOf(readiness).waitsFor === 'time') {
      const assumed = await assumedMarks(history, readiness, now);
      for (const id of own) marks.set(identityOf(id), assumed);
      continue;
    }
    const facts = { branch: history, clusters: readiness.clusters, now, drain: readiness.drain * 1000 };
    for (const [identity, live] of await fetchLive(repository, own, facts))
      marks.set(identity, heardMarks(live, readiness, now));
  }
  return marks;
}

/** Without any word from the cluster a commit is taken for applied, and its pods for ready, some time after it was made. */
async function assumedMarks(
  history: History,
  { after, drain }: ReadinessSettings,
  now: Date,
): Promise<ConfirmedCommits> {
  const isOlder = (seconds: number) => (commit: Commit) => commit.date.getTime() + seconds * 1000 <= now.getTime();
  const recent = await history.backTo(isOlder(after + drain));
  const [applied, drained] = [recent.find(isOlder(after)), recent.find(isOlder(after + drain))];
  return {
    ...(applied ? { workloads: applied.sha, routesApplied: applied.sha } : {}),
    ...(drained ? { routes: drained.sha, drained: drained.sha } : {}),
    readyAt: 'all',
    assumed: true,
    failures: [],
    heard: true,
    clusters: [],
    dueAt: recent
      .filter((commit) => !isHold(commit)) // nothing is waited for because of one
      .flatMap(({ date }) => [after, after + drain].map((seconds) => date.getTime() + seconds * 1000)),
  };
}

function heardMarks(live: ReportedLive, { drain }: ReadinessSettings, now: Date): ConfirmedCommits {
  const { workloads, routes, drained, drainedWorkloads, ready, failures, clusters, reports } = live;
  const draining = [workloads, routes].flatMap((part) => (part ? [Date.parse(part.at) + drain * 1000] : []));
  return {
    ...(workloads ? { workloads: workloads.commit } : {}),
    ...(drained === undefined ? {} : { routes: drained }),
    ...(routes ? { routesApplied: routes.commit } : {}),
    ...(workloads && routes ? { appliedAt: new Date(Math.max(Date.parse(workloads.at), Date.parse(routes.at))) } : {}),
    ...(drainedWorkloads === undefined ? {} : { drained: drainedWorkloads }),
    readyAt: ready,
    assumed: false,
    failures,
    heard: clusters.length > 0,
    clusters: reports,
    dueAt: draining.filter((time) => time > now.getTime()),
  };
}

async function standingOf(
  looking: ClusterStateLookup,
  { release, marks }: { readonly release: PublishedRelease; readonly marks: ConfirmedCommits },
): Promise<ClusterState> {
  const { id, published } = release;
  const { history, now, settings } = looking;
  const past = pastOf(looking, release);
  const touching = (await history.backTo((commit) => touches(commit, id))).at(-1);
  const [workloads, routes, settled, routed] = await Promise.all([
    past.since(marks.workloads),
    past.since(marks.routes),
    past.since(marks.drained),
    past.since(marks.routesApplied),
  ]);
  const draining = settled.slice(0, Math.max(0, settled.length - workloads.length));
  const isAt = async (mark: string | undefined) =>
    mark !== undefined &&
    (await history.backTo(({ sha }) => sha === mark)).every(({ sha }) => sha === mark || sha !== touching?.sha);
  const applied = { workloads: await isAt(marks.workloads), routes: await isAt(marks.routesApplied) };
  const confirmed = await Promise.all(
    marks.clusters.map(async (report) => (await isAt(report.workloads)) && (await isAt(report.routes))),
  );
  const waitsFor = marks.clusters.filter((_, index) => !confirmed[index]);
  const confirmedBy = marks.clusters.filter((_, index) => confirmed[index]).map(({ cluster }) => cluster);
  const silent = !marks.assumed && !(applied.workloads && applied.routes);
  const { deadline } = stageSettings(settings, id.stage).readiness;
  const deadlineAt = silent && touching ? [touching.date.getTime() + deadline * 1000] : [];
  const overdue = deadlineAt.some((time) => time <= now.getTime());
  const since = liveSinceOf(marks, touching, stageSettings(settings, id.stage).readiness);
  const due = [...marks.dueAt, ...deadlineAt].filter((time) => time > now.getTime());
  return {
    pending: {
      id,
      published,
      workloads,
      routes,
      draining,
      ready: await readyOf(past, release.id, marks),
    },
    applied,
    serving: servingOf({
      id,
      routed,
      isConfirmed: marks.routesApplied !== undefined,
      isAssumed: marks.assumed,
      isLost: overdue || marks.failures.some(({ part }) => part === 'routes'),
    }),
    assumed: marks.assumed,
    failures: marks.failures,
    heard: marks.heard,
    waitsFor: waitsFor.map(({ cluster, heardAt }) => ({ cluster, ...(heardAt === undefined ? {} : { heardAt }) })),
    confirmedBy,
    overdue,
    ...(touching ? { publishedAt: touching.date } : {}),
    ...(applied.workloads && applied.routes && since ? { liveSince: since } : {}),
    ...(due.length > 0 ? { dueIn: Math.ceil((Math.min(...due) - now.getTime()) / 1000) } : {}),
  };
}

/** When a release was live at last: heard of, or so long after its commit as is taken for enough. */
function liveSinceOf(
  { assumed, appliedAt }: ConfirmedCommits,
  touching: Commit | undefined,
  { after }: ReadinessSettings,
): Date | undefined {
  if (!assumed) return appliedAt;
  return touching && new Date(touching.date.getTime() + after * 1000);
}

/** What all releases are looked up in. */
interface ClusterStateLookup extends ClusterStateFacts {
  readonly publishedAt: (commit: string) => Promise<Published>;
}

/** The gitops branch at a commit, listed once for all releases. */
function publishedAtIn(repository: Repository): ClusterStateLookup['publishedAt'] {
  return remembered((commit: string) => fetchPublished(repository.treeOf(commit)));
}

/** The trees of one release on the gitops branch. */
interface PublishedTrees {
  /** From that commit up to the published one, oldest first; without a commit all that there ever were. */
  since(commit: string | undefined): Promise<readonly ManifestSet[]>;
  treeAt(commit: string): Promise<ManifestSet>;
}

function pastOf(
  { history, publishedAt }: Pick<ClusterStateLookup, 'history' | 'publishedAt'>,
  { id, published }: PublishedRelease,
): PublishedTrees {
  const treeAt = async (commit: string) => (await publishedAt(commit)).fetchTexts(identityOf(id), published);
  return {
    treeAt,
    async since(mark) {
      const commits = await history.backTo(({ sha }) => sha === mark);
      const found: ManifestSet[] = [];
      for (const [index, commit] of commits.entries()) {
        const isOldest = index === commits.length - 1;
        if (!touches(commit, id) && !(isOldest && commit.sha === mark)) continue;
        const tree = await treeAt(commit.sha);
        if (tree.size === 0 && mark === undefined) break; // before there was such a release
        found.push(tree);
      }
      return found.reverse();
    },
  };
}

/** The pod templates that are ready: where clusters were heard at several commits, one and the same in all of them. */
async function readyOf(
  past: PublishedTrees,
  id: ReleaseId,
  { readyAt, workloads }: ConfirmedCommits,
): Promise<Pending['ready']> {
  if (readyAt === 'all') {
    const templates = workloads === undefined ? [] : podTemplates(id, await past.treeAt(workloads));
    return new Map([...templates].map(([key, text]) => [key, new Set([text])]));
  }
  const ready = new Map<ObjectKey, ReadonlySet<string>>();
  for (const [name, commits] of readyAt) {
    const key = deploymentCalled(name);
    const found = await Promise.all(
      commits.map(async (commit) => podTemplates(id, await past.treeAt(commit)).get(key)),
    );
    const [first] = found;
    if (first !== undefined && found.every((text) => text === first)) ready.set(key, new Set([first]));
  }
  return ready;
}
