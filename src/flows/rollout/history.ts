import { holdFile, releaseFolder } from '../../core/model/places.ts';
import type { ReleaseId } from '../../core/model/release.ts';
import { type HistoryEntry, readHistory } from '../../core/rollout/history.ts';
import { historyOf } from '../gitops/history.ts';
import type { Commit, Repository } from '../ports.ts';

/** What happened to a release on the gitops branch, newest first: what was published of it, and its holds. */
export async function fetchHistory(
  repository: Repository,
  { tip, id, name }: { readonly tip: Commit | undefined; readonly id: ReleaseId; readonly name: string },
  limit: number,
): Promise<readonly HistoryEntry[]> {
  const commits = await historyOf(repository, tip).touching([releaseFolder(id), holdFile(id)], limit);
  return readHistory(id, commits, name);
}
