import { holdFile, releaseFolder } from '../../core/model/places.ts';
import type { ReleaseId } from '../../core/model/release.ts';
import { type Happening, happeningsOf } from '../../core/rollout/history.ts';
import type { Commit, Repository } from '../ports.ts';

/** What happened to a release on the gitops branch, newest first: what was published of it, and its holds. */
export async function fetchHistory(
  repository: Repository,
  { tip, id, name }: { readonly tip: Commit | undefined; readonly id: ReleaseId; readonly name: string },
  limit: number,
): Promise<readonly Happening[]> {
  if (!tip) return [];
  const [published, held] = await Promise.all(
    [releaseFolder(id), holdFile(id)].map((path) => repository.fetchLog(tip.sha, path, limit)),
  );
  return happeningsOf(id, merged(published ?? [], held ?? []), name).slice(0, limit);
}

/** Two lists, each newest first, as one; each keeps its own order. */
function merged(one: readonly Commit[], other: readonly Commit[]): readonly Commit[] {
  const [first, second] = [[...one], [...other]];
  const all = new Map<string, Commit>();
  while (first.length + second.length > 0) {
    const [a, b] = [first[0], second[0]];
    const next = a && (!b || isNewer(a, b)) ? first.shift() : second.shift();
    if (next) all.set(next.sha, next);
  }
  return [...all.values()];
}

/** Git's clock counts seconds, and a commit may be put on top of another one within the same. */
function isNewer(one: Commit, other: Commit): boolean {
  const apart = one.date.getTime() - other.date.getTime();
  return apart > 0 || (apart === 0 && !other.parents.includes(one.sha));
}
