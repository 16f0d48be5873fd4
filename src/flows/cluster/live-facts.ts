import { workloadsFolder } from '../../core/model/places.ts';
import type { ReleaseId } from '../../core/model/release.ts';
import type { PartOfRelease } from '../../core/readiness/kustomization.ts';
import type { EventFacts, Word } from '../../core/readiness/record.ts';
import { isStaged } from '../../core/settings/pattern.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { deploymentIn } from '../../core/targets/kubernetes/names.ts';
import { remembered } from '../fetching.ts';
import { touches } from '../gitops/history.ts';
import type { Listing } from '../gitops/published.ts';
import type { Commit, Repository } from '../ports.ts';

/** How far back from its tip a branch is looked at: what is older confirms nothing any more. */
const FURTHEST = 200;

/** A commit of the gitops branch that Flux speaks of. */
export interface EventFactsSource {
  readonly repository: Repository;
  readonly sha: string;
  readonly newer: ReadonlySet<string>;
  readonly files: Listing; // what Flux follows there
}

/** Looks at a branch as it is now; each commit once, however many events are about it. */
export async function openBranch(
  repository: Repository,
  settings: Settings,
): Promise<{ find(sha: string): Promise<EventFactsSource | undefined> } | undefined> {
  const tip = await repository.fetchCommit(`refs/heads/${settings.gitops}`);
  if (!tip) return undefined;
  const fetchSource = async (sha: string): Promise<EventFactsSource | undefined> => {
    const newer = await fetchSince(repository, sha, tip.sha);
    if (!newer) return undefined;
    const files = await repository.treeOf(sha).list(isStaged(settings) ? '' : 'flux');
    return { repository, sha, newer: new Set(newer.map((commit) => commit.sha)), files };
  };
  return { find: remembered(fetchSource) };
}

/** What git says about an event's commit, as far as it matters beside what was known before. */
export async function fetchEventFacts(
  { repository, sha, newer }: EventFactsSource,
  { id, part }: PartOfRelease,
  word: Word | undefined,
): Promise<Pick<EventFacts, 'newer' | 'touchedSince' | 'namespace' | 'deployments'>> {
  const since = [word?.applied.at(-1)?.commit, word?.failed?.commit].filter((commit) => commit !== undefined);
  const touched = new Map<string, boolean>();
  for (const commit of new Set(since)) {
    const between = newer.has(commit) ? [] : await fetchSince(repository, commit, sha);
    touched.set(commit, between?.some((each) => touches(each, id)) ?? true);
  }
  return {
    newer,
    touchedSince: (commit) => touched.get(commit) ?? true,
    namespace: id.namespace,
    deployments: part === 'workloads' ? await fetchDeployments(repository, sha, id) : new Map(),
  };
}

async function fetchDeployments(
  repository: Repository,
  sha: string,
  id: ReleaseId,
): Promise<ReadonlyMap<string, string>> {
  const files = await repository.treeOf(sha).list(workloadsFolder(id).replace(/\/$/, ''));
  return new Map(
    [...files].flatMap(([path, entry]) => {
      const name = deploymentIn(id, path);
      return name === undefined ? [] : [[name, entry.id] as const];
    }),
  );
}

/**
 * Looks up the branch's commits from its tip back to the oldest of some, newest first; those that it hasn't are left out.
 * Each commit is walked to once, of however many releases it is asked for.
 */
export function historyBelow(
  repository: Repository,
  tip: string,
): (commits: readonly string[]) => Promise<readonly string[]> {
  const walk = remembered(async (sha: string): Promise<readonly string[]> => {
    const since = await fetchSince(repository, sha, tip);
    return since ? [...since.map((commit) => commit.sha), sha] : [];
  });
  return async (commits) => {
    const walks = await Promise.all(commits.map(walk));
    return walks.reduce((longest, each) => (each.length > longest.length ? each : longest), []);
  };
}

/** The commits after one, newest first; undefined where it isn't among the last ones. */
async function fetchSince(repository: Repository, sha: string, tip: string): Promise<readonly Commit[] | undefined> {
  if (sha === tip) return [];
  const commits = await repository.fetchFirstParents(sha, tip, FURTHEST);
  return commits.at(-1)?.parents[0] === sha ? commits : undefined;
}
