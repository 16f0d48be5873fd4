import type { Push } from '../core/commands/seen-head.ts';
import type { BranchAccess } from '../core/doctor/access.ts';
import type { FluxEvent } from '../core/readiness/event.ts';
import type { CheckReport } from '../core/report/check-run.ts';
import type { Suggestion } from '../core/report/suggestion.ts';
import type { Permission } from '../core/settings/settings.ts';
import type { Targets } from '../core/targets/targets.ts';

/** A regular file in a tree: the id of its content (git's blob SHA) and its size in bytes. */
export interface TreeEntry {
  readonly id: string;
  readonly size: number;
}

/** Files at rest: a commit, or a folder on disk. Symbolic links and submodules are not files. */
export interface FileTree {
  /** The files below a folder ('' is the root), by their full path. A folder that isn't there is empty. */
  list(folder: string): Promise<ReadonlyMap<string, TreeEntry>>;
  /** The contents by id; every id must come from `list`. */
  read(ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** The id that a text would have as a file. */
  idOf(text: string): string;
}

export interface Commit {
  readonly sha: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author?: string; // login, where the host knows it
  readonly date: Date; // when it was committed
}

/** One commit on top of a ref, and only if the ref still is where it was seen. */
export interface RefWrite {
  readonly ref: string; // its full name: refs/coalmine/live
  readonly expectedHead: string | undefined; // undefined: it isn't there yet
  /**
   * The commit to write on top of, in place of `expectedHead`: the ref is moved there though it isn't straight on. Where
   * it has this very tree and parent already, nothing is written.
   */
  readonly onto?: string;
  readonly files: ReadonlyMap<string, string | undefined>; // path -> text; undefined removes the file
  readonly message: string;
}

/** The same for a branch, by its short name. */
export type CommitWrite = Omit<RefWrite, 'ref'> & { readonly branch: string };

/** The full name of the ref that is written. */
export function refOf(write: CommitWrite | RefWrite): string {
  return 'ref' in write ? write.ref : `refs/heads/${write.branch}`;
}

/** What a commit is written on top of: its only parent; undefined for the first of all. */
export function parentOf({
  expectedHead,
  onto = expectedHead,
}: Pick<RefWrite, 'expectedHead' | 'onto'>): string | undefined {
  return onto;
}

/** A git repository, on GitHub or on disk. */
export interface Repository {
  /** The commit that the full name of a ref (`refs/heads/<branch>`) or a full SHA names; undefined if there is none. */
  fetchCommit(rev: string): Promise<Commit | undefined>;
  treeOf(sha: string): FileTree;
  /** The best common ancestor; undefined where histories are unrelated. */
  fetchMergeBase(one: string, other: string): Promise<string | undefined>;
  /** Commits from `to` back along first parents to `from` (left out), newest first, at most `limit`; [to] where `from` isn't among them. */
  fetchFirstParents(from: string | undefined, to: string, limit: number): Promise<readonly Commit[]>;
  /** The commits up to that one that changed something below a path (a folder, or a file), newest first, at most `limit`. */
  fetchLog(from: string, path: string, limit: number): Promise<readonly Commit[]>;
  /** Writes one commit by compare-and-swap: its SHA, or 'moved' when the ref is no longer at `expectedHead`. */
  commit(write: CommitWrite | RefWrite): Promise<string | 'moved'>;
}

export interface Pull {
  readonly number: number;
  readonly open: boolean;
  readonly ours: boolean; // we opened it
  readonly head: { readonly sha: string; readonly branch: string; readonly fork: boolean };
  readonly base: string; // branch
  readonly mergeCommit?: string; // of the test merge while open, of the merge once merged
  readonly mergedBy?: string; // login
}

/** A comment in a pull request's conversation. */
export interface Comment {
  readonly id: number;
  readonly pull: number | undefined; // undefined: it isn't on a pull request
  readonly author: string; // login
  readonly authorId?: number; // where the host says it
  readonly by: 'person' | 'bot' | 'us';
  readonly body: string;
  readonly createdAt: Date;
  readonly edited: boolean;
}

/** How we react to a comment: taken up, done, refused. */
export type Reaction = 'eyes' | 'rocket' | 'confused';

/** An existing check run, as far as it tells whether there is something to write. */
export interface SeenCheck {
  readonly completed: boolean;
  readonly title: string;
}

/** An open pull request, and our check run on its head, where there is one. */
export interface OpenReview {
  readonly pull: number;
  readonly base: string; // branch
  readonly check?: Pick<SeenCheck, 'completed'> & { readonly basis?: string }; // as it was written with it
}

/** What the host doesn't let us write, in its own words: a rule of the repository, or a right that the App wasn't given. */
export class HostRefusal extends Error {
  override readonly name = 'HostRefusal';
}

/** Files of the repository that can't be listed or read, in words for those who can change them: a repeat won't help. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** How a merge went. `moved`: the head or the base is another one by now. */
export type Merge =
  | { readonly kind: 'merged'; readonly sha: string }
  | { readonly kind: 'refused'; readonly why: string } // in the host's own words
  | { readonly kind: 'moved' };

/** The state of a commit status. */
export type StatusState = 'success' | 'pending' | 'failure' | 'error';

/** Pull requests, and the branches that they are from. */
export interface PullRequests {
  fetchDefaultBranch(): Promise<string>;
  fetchPull(number: number): Promise<Pull | undefined>;
  /** The pull requests that were merged by exactly this commit; empty where the server can't say. */
  fetchMergedBy(commit: string): Promise<readonly Pull[]>;
  /** The pull requests from that branch of this very repository, open or not, newest first. */
  fetchPullsFrom(branch: string): Promise<readonly Pull[]>;
  /** The moves of a branch of this repository, newest first, at most 100; undefined where the server doesn't list them. */
  fetchPushes(branch: string): Promise<readonly Push[] | undefined>;
  /** All open pull requests, with our newest check run of that name on the head of each. */
  fetchOpenReviews(name: string): Promise<readonly OpenReview[]>;
}

/** What Coalmine does with pull requests of its own. */
export interface PullRequestWrites {
  /** Opens a pull request, or says this in the one that is open from that branch; its number. */
  openPull(wanted: {
    readonly branch: string;
    readonly isNew?: boolean; // the branch was made just now
    readonly base: string;
    readonly title: string;
    readonly body: string;
  }): Promise<number>;
  /** Merges exactly that head, by whichever way the repository allows. */
  mergePull(wanted: {
    readonly pull: number;
    readonly head: string; // SHA
    readonly title: string;
    readonly message: string; // of the merge commit, below its title
  }): Promise<Merge>;
  /** Removes a branch; nothing where it isn't there. */
  removeBranch(branch: string): Promise<void>;
}

/** What is said on pull requests. */
export interface Comments {
  fetchComment(id: number): Promise<Comment | undefined>;
  /** The pull request that a comment is on. */
  fetchPullOf(comment: number): Promise<number | undefined>;
  /** Comments of the whole repository that were made or edited since then. */
  fetchComments(since: Date): Promise<readonly Comment[]>;
  /** Whether our comment with that marker is there. */
  hasComment(comment: { readonly pull: number; readonly marker: string }): Promise<boolean>;
  /** Says this in our comment with that marker; makes one where there is none, unless `editOnly`. */
  writeComment(comment: {
    readonly pull: number;
    readonly marker: string;
    readonly body: string;
    readonly editOnly: boolean;
  }): Promise<void>;
  /** Says this at the end of our comment with that marker, in place of what was said there before; nothing where there is none. */
  writeSection(section: {
    readonly pull: number;
    readonly marker: string;
    readonly section: string; // Markdown, begins with a marker of its own
    readonly sectionMarker: string;
  }): Promise<void>;
  /** Reacts to a comment; twice is once. */
  react(reaction: { readonly comment: number; readonly reaction: Reaction }): Promise<void>;
}

/** Check runs of Coalmine, and what others say of a commit. */
export interface Checks {
  /** The newest commit status of each context on a commit. */
  fetchStatuses(sha: string): Promise<ReadonlyMap<string, StatusState>>;
  /** When our first check run of that name on a commit was started. */
  fetchCheckStart(sha: string, name: string): Promise<Date | undefined>;
  /** Our newest check run of that name on a commit. */
  fetchCheck(sha: string, name: string): Promise<SeenCheck | undefined>;
  /** Says this in our check run of that name on that commit; makes one where there is none. */
  writeCheck(check: {
    readonly name: string;
    readonly sha: string;
    readonly report: CheckReport;
    readonly basis?: string; // a few words kept with it, at most 255 characters, which no page shows
  }): Promise<void>;
}

/** Suggested changes on the lines of a pull request. */
export interface Suggestions {
  /**
   * Makes these our suggestions on a pull request whose head is that commit: takes back others of ours that no one
   * replied to. One whose line the host doesn't take is left out, and all of them where it has no suggestions.
   */
  writeSuggestions(wanted: {
    readonly pull: number;
    readonly head: string;
    readonly suggestions: readonly Suggestion[];
  }): Promise<void>;
}

/** Who may do what. */
export interface People {
  /** What a user may do in the repository, as of now. */
  fetchPermission(login: string): Promise<Permission>;
  /** Whether a user is in that team of the organization; of a team that Coalmine can't see, no one is. */
  isInTeam(team: string, login: string): Promise<boolean>;
  /** The e-mail address on a user's public profile. */
  fetchEmail(login: string): Promise<string | undefined>;
}

/** All of a host of pull requests. Every write is found again and left alone when it already says the same. */
export interface Pulls extends PullRequests, PullRequestWrites, Comments, Checks, Suggestions, People {}

/** What the host lets the App do. */
export interface Access {
  /** What is in force for a branch, whether or not it is there. */
  fetchBranchAccess(branch: string): Promise<BranchAccess>;
}

/** Which repository, seen through which installation of the App. */
export interface RepositoryRef {
  readonly installation?: number; // none: looked up where it is needed
  readonly owner: string;
  readonly name: string;
}

/** Keys, not facts: the job reads the world again when it runs. Only Flux's events can't be asked for again. */
export type Job =
  | { readonly kind: 'review'; readonly repository: RepositoryRef; readonly pull: number }
  /** Those of the open pull requests whose review would say something else by now. */
  | { readonly kind: 'review-open'; readonly repository: RepositoryRef }
  | {
      readonly kind: 'review-group'; // of a merge queue
      readonly repository: RepositoryRef;
      readonly base: string; // SHA that the group is to be merged into
      readonly head: string; // SHA of the group
    }
  | { readonly kind: 'publish'; readonly repository: RepositoryRef }
  /** A comment that may have commands: who may run none of them is refused without a turn among the writers. */
  | { readonly kind: 'comment'; readonly repository: RepositoryRef; readonly pull: number; readonly comment: number }
  | {
      readonly kind: 'command';
      readonly repository: RepositoryRef;
      readonly pull: number;
      readonly comment: number;
      readonly head?: string; // SHA of the pull request's head when the comment was heard of
    }
  | { readonly kind: 'flux-events'; readonly repository: RepositoryRef; readonly events: readonly FluxEvent[] }
  | { readonly kind: 'sweep'; readonly repository: RepositoryRef };

export interface Jobs {
  /**
   * Takes a job on. One that is waiting already is not taken twice, only its events are; one that is running runs once
   * more afterwards.
   */
  enqueue(job: Job): void;
  /** The same, once this time has passed; the earliest of several. Lost with the process: a sweep finds what is due. */
  enqueueLater(job: Job, seconds: number): void;
  /** Resolves when nothing is waiting, running or due to be tried again. */
  idle(): Promise<void>;
  /** Takes nothing more on and waits for what is running. */
  close(): Promise<void>;
}

export interface Ports {
  readonly repository: Repository;
  readonly pulls: Pulls;
  readonly jobs: Pick<Jobs, 'enqueue' | 'enqueueLater'>;
  readonly targets: Targets; // what renders, with the templates that were read at the start
  readonly now: () => Date;
}
