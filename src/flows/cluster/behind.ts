import type { BehindCluster } from '../../core/doctor/readiness.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { reportOf } from '../../core/readiness/live.ts';
import type { ReadinessSettings } from '../../core/settings/settings.ts';
import { historyOf, publicationsOf, touches } from '../gitops/history.ts';
import type { Commit, Repository } from '../ports.ts';
import type { WrittenLive } from './live.ts';

/** Maximum number of the branch's newest commits that clusters are looked up in. */
const FURTHEST = 100;

export interface BehindFacts {
  readonly log: readonly Commit[]; // of the gitops branch, newest first
  readonly releases: readonly ReleaseId[]; // of one stage
  readonly readiness: ReadinessSettings;
  readonly written: WrittenLive;
  readonly now: Date;
}

/** The newest commits of the gitops branch. */
export async function fetchBranchLog(repository: Repository, tip: Commit | undefined): Promise<readonly Commit[]> {
  return publicationsOf(historyOf(repository, tip)).touching([''], FURTHEST);
}

/** The clusters that have not confirmed what is published of some releases, by name. */
export async function fetchBehind({
  log,
  releases,
  readiness,
  written,
  now,
}: BehindFacts): Promise<readonly BehindCluster[]> {
  const spoken = [...written.clusters.keys()];
  const { clusters, deadline } = readiness;
  const counted = (clusters.length === 0 ? spoken : clusters.filter((name) => spoken.includes(name))).toSorted();
  const age = new Map(log.map(({ sha }, index) => [sha, index]));
  const known = new Set(age.keys());
  const behind = new Map(counted.map((cluster) => [cluster, { cluster, overdue: [], waiting: [] } as Behind]));
  for (const id of releases) {
    const newest = log.findIndex((commit) => touches(commit, id));
    const commit = log[newest];
    const live = await written.fetchRelease(id);
    if (live.size === 0) continue; // nothing was ever heard of it, which is told apart
    for (const found of behind.values()) {
      const { workloads, routes, heardAt } = reportOf(live, found.cluster, known);
      if (heardAt !== undefined && heardAt > (found.heardAt ?? '')) found.heardAt = heardAt;
      const isAt = [workloads, routes].every((sha) => sha !== undefined && (age.get(sha) ?? log.length) <= newest);
      if (!commit || isAt) continue;
      const isOverdue = commit.date.getTime() + deadline * 1000 <= now.getTime();
      found[isOverdue ? 'overdue' : 'waiting'].push(identityOf(id));
    }
  }
  return [...behind.values()].filter(({ overdue, waiting }) => overdue.length + waiting.length > 0);
}

interface Behind {
  readonly cluster: string;
  readonly overdue: string[];
  readonly waiting: string[];
  heardAt?: string;
}
