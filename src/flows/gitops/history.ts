import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { parseMessage, trailer, trailers } from '../../core/model/trailers.ts';
import { remembered } from '../fetching.ts';
import type { Commit, Repository } from '../ports.ts';

/** Maximum number of commits that are looked back at: what is older is behind every cluster that still says anything. */
const DEPTH = 200;

/** Maximum number of a path's own commits that are looked back at. */
const PATH_DEPTH = 100;

/** A branch's commits along first parents, newest first. Nothing else walks a branch. */
export interface History {
  /** Commits from the tip back to the first that is wanted, that one included; all that there are where none is. */
  backTo(isWanted: (commit: Commit) => boolean): Promise<readonly Commit[]>;
  /** The commits after one; undefined where it isn't among the newest. */
  since(sha: string): Promise<readonly Commit[] | undefined>;
  /** The newest commits that changed something below one of these paths (folders or files). */
  touching(paths: readonly string[], limit?: number): Promise<readonly Commit[]>;
}

type Commits = Pick<Repository, 'fetchCommit' | 'fetchFirstParents' | 'fetchLog'>;

/** The history of a branch from its tip. Nothing is read before it is asked for, and no commit twice. */
export function historyOf(repository: Commits, tip: Commit | undefined): History {
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
    const next = parent === undefined || commits.length >= DEPTH ? undefined : await repository.fetchCommit(parent);
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
    since: remembered(async (sha: string) => {
      if (!tip || sha === tip.sha) return tip && [];
      const found = await repository.fetchFirstParents(sha, tip.sha, DEPTH);
      return found.at(-1)?.parents[0] === sha ? found : undefined;
    }),
    async touching(paths, limit = PATH_DEPTH) {
      if (!tip) return [];
      const logs = await Promise.all(paths.map((path) => repository.fetchLog(tip.sha, path, limit)));
      return logs.reduce(mergeLogs, []).slice(0, limit);
    },
  };
}

/** Two lists, each newest first, as one; each keeps its own order. */
function mergeLogs(one: readonly Commit[], other: readonly Commit[]): readonly Commit[] {
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

/** What was published on a branch. */
export type PublicationHistory = Pick<History, 'backTo' | 'touching'>;

/** The same history without holds: they publish nothing. */
export function publicationsOf(history: History): PublicationHistory {
  const isPublication = (commit: Commit) => !isHold(commit);
  return {
    backTo: async (isWanted) => {
      return (await history.backTo((commit) => isPublication(commit) && isWanted(commit))).filter(isPublication);
    },
    touching: async (paths, limit) => (await history.touching(paths, limit)).filter(isPublication),
  };
}

/** The newest commit of a history. */
export async function fetchNewest(history: Pick<History, 'backTo'>): Promise<Commit | undefined> {
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

/** The commit that it says it approaches; none: a person made it. */
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
export function pullsOf({ message }: Pick<Commit, 'message'>): readonly number[] {
  return trailers(parseMessage(message), 'Pull-Request').flatMap((text) => {
    const number = /^#(\d+)$/.exec(text)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** The ids of the comments that it says it was asked for by. */
export function commandsOf({ message }: Commit): readonly number[] {
  return trailers(parseMessage(message), 'Command').map(Number).filter(Number.isSafeInteger);
}

/** Whether a commit changed a release: ours say so; one made by hand may have changed any. */
export function touches(commit: Commit, id: ReleaseId): boolean {
  const { hold, source, releases } = saidBy(commit);
  return releases.has(identityOf(id)) || (source === undefined && !hold);
}

interface CommitTrailers {
  readonly hold: boolean;
  readonly source: string | undefined;
  readonly releases: ReadonlySet<string>;
}

/** What commits say, read once: of thousands of releases each is asked about. */
const said = new WeakMap<Commit, CommitTrailers>();

function saidBy(commit: Commit): CommitTrailers {
  const before = said.get(commit);
  if (before) return before;
  const message = parseMessage(commit.message);
  const hold = trailer(message, HOLD_TRAILER) !== undefined;
  const releases = new Set(hold ? [] : trailers(message, 'Release'));
  const now = { hold, source: trailer(message, 'Source-Commit'), releases };
  said.set(commit, now);
  return now;
}
