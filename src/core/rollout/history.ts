import type { ReleaseId } from '../model/release.ts';
import { identityOf } from '../model/release.ts';
import { parseMessage, trailer, trailers } from '../model/trailers.ts';
import { sharesIn } from './primary.ts';

/** Why a person overrode the guards of a promotion. */
export const FORCED_TRAILER = 'Forced';

/** Why a release is on hold. */
export const REASON_TRAILER = 'Reason';

/** Which release a commit of the default branch rolls back. */
export const ROLLBACK_TRAILER = 'Rollback';

/** A commit of the gitops branch, as far as its history goes. */
export interface SaidCommit {
  readonly sha: string;
  readonly message: string;
  readonly date: Date;
}

/** Something that happened to a release, as the trailers of the gitops branch tell it. */
export interface HistoryEntry {
  readonly commit: string;
  readonly at: Date;
  readonly what: string; // the subject, without the release's name
  readonly from?: string; // shares: `v1 100%`
  readonly to?: string;
  readonly who: readonly string[]; // logins
  readonly why?: string;
  readonly pulls: readonly string[]; // `#12`
}

/** What happened to a release, from its commits, newest first. */
export function readHistory(id: ReleaseId, commits: readonly SaidCommit[], nameOf: string): readonly HistoryEntry[] {
  let shares: string | undefined;
  const oldestFirst = commits.toReversed().map(({ sha, message, date }): HistoryEntry => {
    const parsed = parseMessage(message);
    const now = sharesIn(parsed, id);
    const from = now === undefined ? undefined : shares;
    shares = now ?? shares;
    const why = trailer(parsed, FORCED_TRAILER) ?? trailer(parsed, REASON_TRAILER);
    return {
      commit: sha,
      at: date,
      what: whatOf(parsed.subject, [nameOf, id.name, identityOf(id)]),
      ...(from === undefined ? {} : { from }),
      ...(now === undefined ? {} : { to: now }),
      who: trailers(parsed, 'Requested-By'),
      ...(why === undefined ? {} : { why }),
      pulls: trailers(parsed, 'Pull-Request'),
    };
  });
  return oldestFirst.reverse();
}

function whatOf(subject: string, names: readonly string[]): string {
  for (const part of subject.split('; ')) {
    const name = names.find((each) => part.startsWith(`${each}: `));
    if (name !== undefined) return part.slice(name.length + 2);
  }
  return subject;
}
