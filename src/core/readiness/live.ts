import type { Part } from './kustomization.ts';
import type { ReleaseLive } from './live-file.ts';
import { type Confirmed, isDrained } from './record.ts';

/** What a release is known to be at, in every cluster that counts. */
export interface Live {
  /** The newest commit whose workloads every cluster has applied; none: not known, so any may be there. */
  readonly workloads?: Confirmed;
  /** The newest commit whose routes every cluster has applied, since `at`. */
  readonly routes?: Confirmed;
  /** The newest commit since whose routes all have had the time to drain: what was routed before it has ended. */
  readonly drained?: string;
  /** The same of workloads: a Service that selects a single version drains as routes do. */
  readonly drainedWorkloads?: string;
  /** The Deployments that are ready everywhere: with the pod template of each of these commits, all of them. */
  readonly ready: ReadonlyMap<string, readonly string[]>;
  readonly failures: readonly Failure[];
  /** The clusters that these were asked of; none: no cluster has ever reported. */
  readonly clusters: readonly string[];
}

/** What one cluster has reported of a release. */
export interface ClusterReport {
  readonly cluster: string;
  readonly workloads?: string; // the newest commit whose workloads it has applied
  readonly routes?: string;
  readonly heardAt?: string; // the time of its newest event; none: it has never reported this release
}

/** What Flux couldn't do, and hasn't done since. */
export interface Failure {
  readonly cluster: string;
  readonly part: Part;
  readonly commit: string;
  readonly at: string;
  readonly message: string; // Flux's own words
}

export interface ReportFacts {
  /** Clusters that have ever said anything about this repository. */
  readonly spoken: readonly string[];
  /** Clusters that count; empty: all that have spoken. One of them that never spoke doesn't count yet. */
  readonly clusters: readonly string[];
  /** The gitops branch's commits along first parents, newest first, as far back as it matters. */
  readonly history: readonly string[];
  readonly now: Date;
  readonly drain: number; // ms
}

/** What a release is at, from what was written down. A commit that isn't in the history confirms nothing. */
export function liveOf(live: ReleaseLive, { spoken, clusters, history, now, drain }: ReportFacts): Live {
  const counted = (clusters.length === 0 ? spoken : clusters.filter((name) => spoken.includes(name))).toSorted();
  const age = new Map(history.map((commit, index) => [commit, index]));
  const appliedIn = (cluster: string, part: Part): readonly Confirmed[] =>
    (live.get(cluster)?.[part]?.applied ?? []).filter(({ commit }) => age.has(commit));
  const workloads = everywhere(counted, age, (cluster) => appliedIn(cluster, 'workloads').at(-1));
  const routes = everywhere(counted, age, (cluster) => appliedIn(cluster, 'routes').at(-1));
  const drainedOf = (part: Part) =>
    everywhere(counted, age, (cluster) => appliedIn(cluster, part).findLast(({ at }) => isDrained(at, now, drain)));
  const [drained, drainedWorkloads] = [drainedOf('routes'), drainedOf('workloads')];
  return {
    ...(workloads ? { workloads } : {}),
    ...(routes ? { routes } : {}),
    ...(drained ? { drained: drained.commit } : {}),
    ...(drainedWorkloads ? { drainedWorkloads: drainedWorkloads.commit } : {}),
    ready: readyIn(live, counted, age),
    failures: counted.flatMap((cluster) => failuresIn(live, cluster)),
    clusters: counted,
  };
}

/** What one cluster has reported of a release itself. A commit that isn't in the history confirms nothing. */
export function reportOf(live: ReleaseLive, cluster: string, history: ReadonlySet<string>): ClusterReport {
  const { workloads, routes } = live.get(cluster) ?? {};
  const [ofWorkloads, ofRoutes] = [workloads, routes].map((word) => {
    return word?.applied.findLast(({ commit }) => history.has(commit))?.commit;
  });
  const heardAt = [workloads?.said, routes?.said]
    .filter((time) => time !== undefined)
    .sort()
    .at(-1);
  return {
    cluster,
    ...(ofWorkloads === undefined ? {} : { workloads: ofWorkloads }),
    ...(ofRoutes === undefined ? {} : { routes: ofRoutes }),
    ...(heardAt === undefined ? {} : { heardAt }),
  };
}

/** The oldest of what the clusters have confirmed, since the last of them has; none where one hasn't confirmed any. */
function everywhere(
  clusters: readonly string[],
  age: ReadonlyMap<string, number>,
  confirmedIn: (cluster: string) => Confirmed | undefined,
): Confirmed | undefined {
  const all = clusters.map(confirmedIn);
  const known = all.filter((each) => each !== undefined);
  if (known.length === 0 || known.length < all.length) return undefined;
  const ageOf = ({ commit }: Confirmed): number => age.get(commit) ?? 0;
  const oldest = known.reduce((a, b) => (ageOf(b) > ageOf(a) ? b : a));
  return { commit: oldest.commit, at: known.map(({ at }) => at).reduce((a, b) => (b > a ? b : a)) };
}

function readyIn(live: ReleaseLive, clusters: readonly string[], age: ReadonlyMap<string, number>): Live['ready'] {
  const words = clusters.map((cluster) => {
    const entries = Object.entries(live.get(cluster)?.workloads?.ready ?? {});
    return new Map(entries.filter(([, { commit }]) => age.has(commit)));
  });
  const [first, ...others] = words;
  const names = [...(first?.keys() ?? [])].filter((name) => others.every((other) => other.has(name)));
  return new Map(
    names.toSorted().map((name) => [name, [...new Set(words.map((word) => word.get(name)?.commit ?? ''))].toSorted()]),
  );
}

function failuresIn(live: ReleaseLive, cluster: string): readonly Failure[] {
  const parts = live.get(cluster) ?? {};
  return (['workloads', 'routes'] as const).flatMap((part) => {
    const failed = parts[part]?.failed;
    return failed ? [{ cluster, part, ...failed }] : [];
  });
}
