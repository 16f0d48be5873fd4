import { identityOf, type ReleaseId } from '../core/release.ts';
import { parseMessage, trailer, trailers } from '../core/trailers.ts';
import type { Commit, Repository } from './ports.ts';

/** How far back a branch is looked at: what is older is behind every cluster that still says anything. */
const FURTHEST = 200;

/** A branch's commits along first parents, newest first, read as far back as somebody asks. */
export interface History {
  /** Commits from the tip back to the first that is wanted, that one included; all that there are where none is. */
  backTo(isWanted: (commit: Commit) => boolean): Promise<readonly Commit[]>;
}

export function historyOf(repository: Pick<Repository, 'fetchCommit'>, tip: Commit | undefined): History {
  const commits: Commit[] = tip ? [tip] : [];
  let ended = !tip;
  let reading: Promise<void> | undefined; // several may ask at once
  const readOn = (): Promise<void> => {
    reading ??= readNext().finally(() => {
      reading = undefined;
    });
    return reading;
  };
  const readNext = async (): Promise<void> => {
    const parent = commits.at(-1)?.parents[0];
    const next = parent === undefined || commits.length >= FURTHEST ? undefined : await repository.fetchCommit(parent);
    if (next) commits.push(next);
    else ended = true;
  };
  return {
    async backTo(isWanted) {
      for (let index = 0; ; index++) {
        if (index === commits.length && !ended) await readOn();
        const commit = commits[index];
        if (!commit) return [...commits];
        if (isWanted(commit)) return commits.slice(0, index + 1);
      }
    },
  };
}

/** Whether a commit changed a release: ours say so; one made by hand may have changed any. */
export function touches(commit: Commit, id: ReleaseId): boolean {
  const changed = changedIn.get(commit) ?? releasesIn(commit);
  changedIn.set(commit, changed);
  return changed === 'any' || changed.has(identityOf(id));
}

/** What commits say, read once: of thousands of releases each is asked about. */
const changedIn = new WeakMap<Commit, ReadonlySet<string> | 'any'>();

function releasesIn({ message }: Commit): ReadonlySet<string> | 'any' {
  const parsed = parseMessage(message);
  return trailer(parsed, 'Source-Commit') === undefined ? 'any' : new Set(trailers(parsed, 'Release'));
}
