import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { parseMessage, trailer, trailers } from '../../core/model/trailers.ts';
import type { Commit, Repository } from '../ports.ts';

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

/** The same history without holds: they publish nothing, and whoever asks what was published sees through them. */
export function publicationsOf(history: History): History {
  const isPublication = (commit: Commit) => !isHold(commit);
  return {
    backTo: async (isWanted) => {
      return (await history.backTo((commit) => isPublication(commit) && isWanted(commit))).filter(isPublication);
    },
  };
}

/** The newest commit of a history. */
export async function fetchNewest(history: History): Promise<Commit | undefined> {
  return (await history.backTo(() => true))[0];
}

/** Says of a commit of ours that it holds a release (`set`), or lets it go again (`lifted`). */
export const HOLD_TRAILER = 'Hold';

/** What that trailer says. */
export const HELD = 'set';
export const LIFTED = 'lifted';

/** Whether a commit of the gitops branch is a hold. */
export function isHold(commit: Commit): boolean {
  return saidBy(commit).hold;
}

/** The commit that it says it approaches; none: somebody else made it. */
export function sourceOf(commit: Commit): string | undefined {
  return saidBy(commit).source;
}

/** The identities of the releases that it says it changes: a hold names one and changes none. */
export function releasesOf(commit: Commit): readonly string[] {
  return [...saidBy(commit).releases];
}

/** The identities of the releases that a hold names. */
export function releasesHeld({ message }: Commit): readonly string[] {
  return trailers(parseMessage(message), 'Release');
}

/** The pull requests that it says it carries. */
export function pullsOf({ message }: Commit): readonly number[] {
  return trailers(parseMessage(message), 'Pull-Request').flatMap((text) => {
    const number = /^#(\d+)$/.exec(text)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** Whether a commit changed a release: ours say so; one made by hand may have changed any. */
export function touches(commit: Commit, id: ReleaseId): boolean {
  const { hold, source, releases } = saidBy(commit);
  return releases.has(identityOf(id)) || (source === undefined && !hold);
}

interface Said {
  readonly hold: boolean;
  readonly source: string | undefined;
  readonly releases: ReadonlySet<string>;
}

/** What commits say, read once: of thousands of releases each is asked about. */
const said = new WeakMap<Commit, Said>();

function saidBy(commit: Commit): Said {
  const before = said.get(commit);
  if (before) return before;
  const message = parseMessage(commit.message);
  const hold = trailer(message, HOLD_TRAILER) !== undefined;
  const releases = new Set(hold ? [] : trailers(message, 'Release'));
  const now = { hold, source: trailer(message, 'Source-Commit'), releases };
  said.set(commit, now);
  return now;
}
