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
  const readOn = async (): Promise<void> => {
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
export function touches({ message }: Commit, id: ReleaseId): boolean {
  const parsed = parseMessage(message);
  return trailer(parsed, 'Source-Commit') === undefined || trailers(parsed, 'Release').includes(identityOf(id));
}
