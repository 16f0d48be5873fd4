import { releaseFolder } from '../../core/model/places.ts';
import type { ReleaseId } from '../../core/model/release.ts';
import { LIVE_REF } from '../../core/readiness/live-file.ts';
import { sourceOf } from '../../core/readiness/sources.ts';
import type { Refusal } from '../../core/refusal.ts';
import { stateOf } from '../../core/rollout/promote.ts';
import { historyOf } from '../gitops/history.ts';
import type { Commit, Repository } from '../ports.ts';
import { fetchRolling, fetchRollout, type RolloutFacts, type RolloutScope } from './facts.ts';
import { fetchPastOfValues } from './past-values.ts';

/** A release as a clone sees it. */
export interface LocalRollout extends RolloutFacts {
  /** Versions beside the primary that may have been it before: there isn't enough of the history here to tell. */
  readonly doubtful: readonly string[];
}

/** Looks at a release in a clone, which may lack what the App always has: the gitops branch, what clusters said, the past. */
export async function fetchLocalRollout(repository: Repository, scope: RolloutScope): Promise<LocalRollout> {
  const facts = await fetchRollout(repository, scope);
  const { tip } = scope.ends;
  return tip ? withTip(repository, facts, tip) : withoutBranch(repository, facts, scope);
}

async function withTip(repository: Repository, facts: RolloutFacts, tip: Commit): Promise<LocalRollout> {
  const { settings, standing, entry } = facts;
  const isTold =
    sourceOf(settings.readiness).waitsFor === 'time' || (await repository.fetchCommit(LIVE_REF)) !== undefined;
  const unseen = besideOf(facts);
  const isWhole = unseen.length === 0 || (await isHistoryWhole(repository, entry.release, tip));
  return {
    ...facts,
    ...(isTold ? {} : { standing: { ...standing, untold: true } }),
    doubtful: isWhole ? [] : unseen,
  };
}

/** Whether what is here of the branch goes back to where the release begins: a shallow clone's doesn't. */
async function isHistoryWhole(repository: Repository, id: ReleaseId, tip: Commit): Promise<boolean> {
  const oldest = (await historyOf(repository, tip).touching([releaseFolder(id)])).at(-1);
  const [parent] = oldest?.parents ?? [];
  return parent === undefined || (await repository.fetchCommit(parent)) !== undefined;
}

async function withoutBranch(
  repository: Repository,
  facts: RolloutFacts,
  { ends, entry, targets }: RolloutScope,
): Promise<LocalRollout> {
  const { draft, manifests = new Map() } = facts.built;
  const { settings, target } = ends;
  const past = await fetchPastOfValues(repository, { entry, source: target.source, settings, targets });
  const rolling = draft && (await fetchRolling(past, draft, manifests));
  const seen = { ...facts, past, rolling };
  const doubtful: string[] = [];
  for (const version of besideOf(seen)) if (!(await past.isSeenToCome(version, manifests))) doubtful.push(version);
  const standing = { ...facts.standing, applied: { workloads: false, routes: false }, untold: true } as const;
  return { ...seen, isPublished: undefined, standing, doubtful };
}

/** The versions without traffic of which it isn't known that they were primary. */
function besideOf({ rolling }: Pick<RolloutFacts, 'rolling'>): readonly string[] {
  const state = rolling && stateOf(rolling);
  return state?.kind === 'dark' ? state.versions : [];
}

/**
 * Why a step can't be told here: a version that waits for its turn and one that had it look alike, and mean the opposite.
 * A person who names the version to promote means it; on the way back one of the two would be lost.
 */
export function whyDoubtful(
  { doubtful, rolling }: LocalRollout,
  verb: 'promote' | 'rollback',
  named: string | undefined,
): Refusal | undefined {
  const isMeant =
    named !== undefined && (verb === 'promote' || (named !== rolling?.primary && !doubtful.includes(named)));
  if (doubtful.length === 0 || isMeant) return undefined;
  return { code: 'unclear', versions: doubtful, verb };
}
