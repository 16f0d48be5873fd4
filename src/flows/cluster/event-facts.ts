import { workloadsFolder } from '../../core/model/places.ts';
import type { ReleaseId } from '../../core/model/release.ts';
import type { PartOfRelease } from '../../core/readiness/kustomization.ts';
import type { EventFacts, Word } from '../../core/readiness/record.ts';
import { isStaged } from '../../core/settings/pattern.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { deploymentIn } from '../../core/targets/kubernetes/names.ts';
import { remembered } from '../fetching.ts';
import { type History, historyOf, touches } from '../gitops/history.ts';
import type { Listing } from '../gitops/published.ts';
import type { Repository } from '../ports.ts';

/** A commit of the gitops branch that Flux speaks of. */
export interface EventFactsSource {
  readonly repository: Repository;
  readonly history: History; // of the branch as it is now
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
  const history = historyOf(repository, tip);
  const fetchSource = async (sha: string): Promise<EventFactsSource | undefined> => {
    const newer = await history.since(sha);
    if (!newer) return undefined;
    const files = await repository.treeOf(sha).list(isStaged(settings) ? '' : 'flux');
    return { repository, history, sha, newer: new Set(newer.map((each) => each.sha)), files };
  };
  return { find: remembered(fetchSource) };
}

/** What git says about an event's commit, as far as it matters beside what was known before. */
export async function fetchEventFacts(
  { repository, history, sha, newer }: EventFactsSource,
  { id, part }: PartOfRelease,
  word: Word | undefined,
): Promise<Pick<EventFacts, 'newer' | 'touchedSince' | 'namespace' | 'deployments'>> {
  const since = [word?.applied.at(-1)?.commit, word?.failed?.commit].filter((commit) => commit !== undefined);
  const touched = new Map<string, boolean>();
  for (const commit of new Set(since)) {
    const later = newer.has(commit) ? [] : await history.since(commit);
    touched.set(commit, later?.some((each) => !newer.has(each.sha) && touches(each, id)) ?? true);
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
