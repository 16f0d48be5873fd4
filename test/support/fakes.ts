import { createHash } from 'node:crypto';
import { targets } from '../../src/charts/targets.ts';
import type { Push } from '../../src/core/commands/seen-head.ts';
import { answeredBy } from '../../src/core/report/answer.ts';
import type { CheckReport } from '../../src/core/report/check-run.ts';
import { withSection } from '../../src/core/report/section.ts';
import type { Suggestion } from '../../src/core/report/suggestion.ts';
import type { Permission } from '../../src/core/settings/settings.ts';
import type { Plan } from '../../src/flows/effect.ts';
import {
  type Comment,
  type Commit,
  type CommitWrite,
  type FileTree,
  type Job,
  type Ports,
  type Pull,
  type Pulls,
  parentOf,
  type RefWrite,
  type Repository,
  refOf,
  type StatusState,
} from '../../src/flows/ports.ts';
import { type FakeProposals, fakeProposals } from './fake-proposals.ts';
import { memoryTree } from './memory-tree.ts';

type Files = ReadonlyMap<string, string>;

interface FakeCommit extends Commit {
  readonly files: Files;
}

export interface CommitToMake {
  readonly branch: string;
  readonly files: Readonly<Record<string, string | undefined>>; // undefined removes; the rest is as in the first parent
  readonly onto?: readonly string[]; // parents; default: the branch's tip
  readonly message?: string;
  readonly author?: string;
  readonly date?: Date; // default: the world's now
}

/** A repository in memory that remembers which files were read. */
export interface FakeRepository extends Repository {
  /** Puts a commit on a branch, as a push would; gives its SHA. */
  push(commit: CommitToMake): string;
  tipOf(branch: string): Commit | undefined;
  /** How a branch moved, newest first. */
  pushesOf(branch: string): readonly Push[];
  /** Puts a branch back to an earlier commit, as a force-push would. */
  rewind(branch: string, sha: string): void;
  filesOf(branch: string): Readonly<Record<string, string>>;
  filesAt(sha: string | undefined): Readonly<Record<string, string>>;
  /** Removes a branch; whether it was there. */
  remove(branch: string): boolean;
  /** Paths of the files that were read since the last call, sorted. */
  takeReads(): readonly string[];
  /** What another process does before each of the next commits. */
  interfere(...acts: readonly (() => void)[]): void;
}

function fakeRepository(now: () => Date): FakeRepository {
  const commits = new Map<string, FakeCommit>();
  const refs = new Map<string, string>();
  const pushes: (Push & { readonly ref: string })[] = [];
  const headOf = (branch: string) => `refs/heads/${branch}`;
  const interference: (() => void)[] = [];
  let reads: string[] = [];

  const keep = (commit: Omit<FakeCommit, 'sha'>): string => {
    const sha = createHash('sha1').update(`commit ${commits.size}`).digest('hex');
    commits.set(sha, { ...commit, sha });
    return sha;
  };
  const move = (ref: string, sha: string, ours = false): void => {
    refs.set(ref, sha);
    pushes.unshift({ ref, after: sha, at: now(), ours });
  };
  const filesAt = (sha: string | undefined): Files =>
    (sha === undefined ? undefined : commits.get(sha)?.files) ?? new Map();

  async function commit(write: CommitWrite | RefWrite): Promise<string | 'moved'> {
    interference.shift()?.();
    const { expectedHead, files, message } = write;
    if (refs.get(refOf(write)) !== expectedHead) return 'moved';
    const parent = parentOf(write);
    const parents = parent === undefined ? [] : [parent];
    const made = { parents, message, date: now(), files: withChanges(filesAt(parent), files) };
    const there = write.onto === undefined ? undefined : commits.get(expectedHead ?? '');
    const isThere =
      JSON.stringify([there?.parents, [...(there?.files ?? [])].sort()]) ===
      JSON.stringify([parents, [...made.files].sort()]);
    if (there && isThere) return there.sha;
    const sha = keep(made);
    move(refOf(write), sha, true);
    return sha;
  }

  function ancestors(sha: string): ReadonlySet<string> {
    const found = new Set([sha]);
    for (const each of found) for (const parent of commits.get(each)?.parents ?? []) found.add(parent);
    return found;
  }

  /** Whether a commit changed something below a path, as against its first parent. */
  function changed({ files, parents }: FakeCommit, path: string): boolean {
    const before = filesAt(parents[0]);
    const paths = [...new Set([...before.keys(), ...files.keys()])];
    return paths.some((each) => isBelow(path, each) && before.get(each) !== files.get(each));
  }

  return {
    fetchCommit: async (rev) => commits.get(rev.startsWith('refs/') ? (refs.get(rev) ?? '') : rev),
    treeOf: (sha) => watchedTree(filesAt(sha), (path) => reads.push(path)),
    fetchMergeBase: async (one, other) => {
      const [ofOne, ofOther] = [ancestors(one), ancestors(other)];
      // Parents are kept before their children: the last one that is common is no other's ancestor.
      return [...commits.keys()].reverse().find((sha) => ofOne.has(sha) && ofOther.has(sha));
    },
    async fetchLog(from, path, limit) {
      const found: FakeCommit[] = [];
      let at = commits.get(from.startsWith('refs/') ? (refs.get(from) ?? '') : from);
      for (; at && found.length < limit; at = commits.get(at.parents[0] ?? '')) if (changed(at, path)) found.push(at);
      return found;
    },
    async fetchFirstParents(from, to, limit) {
      const walked: FakeCommit[] = [];
      let at: string | undefined = to;
      while (at !== undefined && at !== from && walked.length <= limit) {
        const found = commits.get(at);
        if (!found) break;
        walked.push(found);
        at = found.parents[0];
      }
      return from !== undefined && at === from && walked.length <= limit ? walked : walked.slice(0, 1);
    },
    commit,
    push({ branch, files, onto, message = 'A change', author, date = now() }) {
      const tip = refs.get(headOf(branch));
      const parents = onto ?? (tip === undefined ? [] : [tip]);
      const sha = keep({
        parents,
        message,
        date,
        files: withChanges(filesAt(parents[0]), new Map(Object.entries(files))),
        ...(author === undefined ? {} : { author }),
      });
      move(headOf(branch), sha);
      return sha;
    },
    tipOf: (branch) => commits.get(refs.get(headOf(branch)) ?? ''),
    pushesOf: (branch) => pushes.filter(({ ref }) => ref === headOf(branch)),
    rewind: (branch, sha) => move(headOf(branch), sha),
    filesOf: (branch) => Object.fromEntries(filesAt(refs.get(headOf(branch)))),
    filesAt: (sha) => Object.fromEntries(filesAt(sha)),
    remove: (branch) => refs.delete(headOf(branch)),
    takeReads() {
      const taken = reads.sort();
      reads = [];
      return taken;
    },
    interfere: (...acts) => void interference.push(...acts),
  };
}

function watchedTree(files: Files, onRead: (path: string) => void): FileTree {
  const tree = memoryTree(files);
  return {
    ...tree,
    read(ids) {
      for (const [path, text] of files) if (ids.includes(tree.idOf(text))) onRead(path);
      return tree.read(ids);
    },
  };
}

function isBelow(folder: string, path: string): boolean {
  const plain = folder.replace(/\/$/, '');
  return plain === '' || path === plain || path.startsWith(`${plain}/`);
}

function withChanges(files: Files, changes: ReadonlyMap<string, string | undefined>): Files {
  const all = new Map([...files, ...changes]);
  return new Map([...all].flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])));
}

export interface FakePulls extends Pulls, FakeProposals {
  /** Pull requests by number; a test may put others there. */
  readonly pulls: Map<number, Pull>;
  /**
   * `check coalmine 1a2b3c4: success, title`, `comment #1: body`, `section #1: section`, `section of answer 7: section`,
   * `react eyes to 7`, `suggest #1 file:line`, `open #5 from branch: title`, `edit #5: title`, `merge #5` and
   * `remove branch`, in the order in which they were written; of the suggestions only new ones.
   */
  readonly written: string[];
  readonly suggestions: Map<number, readonly Suggestion[]>;
  readonly comments: Map<number, string>; // the one of a pull request
  readonly conversation: Map<number, Comment>; // what others said, by id
  readonly answers: Map<number, string>; // to comments, by their id
  readonly permissions: Map<string, Permission>; // default: read
  readonly teams: Map<string, readonly string[]>; // slug -> logins
  readonly checks: Map<string, { readonly completed: boolean; readonly title: string; readonly basis?: string }>;
  readonly checkStarts: Map<string, Date>; // `name sha` -> when the first of them was started
  readonly listsPushes: { value: boolean }; // an older server doesn't
  readonly statuses: Map<string, Map<string, StatusState>>; // SHA -> context -> state
  readonly emails: Map<string, string>; // login -> address
}

/** Pull requests in memory, on the default branch main. */
function fakePulls(repository: FakeRepository, now: () => Date): FakePulls {
  const pulls = new Map<number, Pull>();
  const written: string[] = [];
  const checks: FakePulls['checks'] = new Map();
  const comments: FakePulls['comments'] = new Map();
  const suggestions: FakePulls['suggestions'] = new Map();
  const conversation: FakePulls['conversation'] = new Map();
  const answers: FakePulls['answers'] = new Map();
  const permissions: FakePulls['permissions'] = new Map();
  const teams: FakePulls['teams'] = new Map();
  const checkStarts: FakePulls['checkStarts'] = new Map();
  const listsPushes = { value: true };
  const statuses: FakePulls['statuses'] = new Map();
  const emails: FakePulls['emails'] = new Map();

  /** The head of an open one goes where its branch goes. */
  function followed<T extends Pull | undefined>(pull: T): T {
    const tip = pull?.open && !pull.head.fork ? repository.tipOf(pull.head.branch) : undefined;
    return pull && tip ? { ...pull, head: { ...pull.head, sha: tip.sha } } : pull;
  }

  return Object.assign(fakeProposals({ repository, pulls, written }), {
    pulls,
    written,
    checks,
    comments,
    suggestions,
    conversation,
    answers,
    permissions,
    teams,
    checkStarts,
    listsPushes,
    statuses,
    emails,
    fetchStatuses: async (sha) => statuses.get(sha) ?? new Map(),
    fetchCheckStart: async (sha, name) => checkStarts.get(`${name} ${sha}`),
    fetchPushes: async (branch) => (listsPushes.value ? repository.pushesOf(branch) : undefined),
    fetchEmail: async (login) => emails.get(login),
    fetchComment: async (id) => conversation.get(id),
    fetchPullOf: async (id) => conversation.get(id)?.pull,
    async fetchComments(since) {
      const ours = [...answers.values()].map((body, index) => commentOf({ id: 1000 + index, by: 'us', body }));
      return [...[...conversation.values()].filter(({ createdAt }) => createdAt >= since), ...ours];
    },
    hasComment: async ({ pull, marker }) =>
      answers.has(answeredBy(marker) ?? 0) || comments.get(pull)?.startsWith(marker) === true,
    fetchPermission: async (login) => permissions.get(login) ?? 'read',
    isInTeam: async (team, login) => teams.get(team)?.includes(login) === true,
    react: async ({ comment, reaction }) => void written.push(`react ${reaction} to ${comment}`),
    fetchDefaultBranch: async () => 'main',
    fetchPull: async (number) => followed(pulls.get(number)),
    fetchOpenReviews: async (name) =>
      [...pulls.values()]
        .filter(({ open }) => open)
        .map(followed)
        .map(({ number, base, head }) => {
          const check = checks.get(`${name} ${head.sha}`);
          return { pull: number, base, ...(check ? { check } : {}) };
        }),
    fetchMergedBy: async (commit) =>
      [...pulls.values()].filter(({ open, mergeCommit }) => !open && mergeCommit === commit),
    fetchCheck: async (sha, name) => checks.get(`${name} ${sha}`),
    async writeCheck({ name, sha, report, basis }) {
      if (!checkStarts.has(`${name} ${sha}`)) checkStarts.set(`${name} ${sha}`, now());
      const completed = report.conclusion !== undefined;
      checks.set(`${name} ${sha}`, { completed, title: report.title, ...(basis === undefined ? {} : { basis }) });
      written.push(`check ${name} ${sha.slice(0, 7)}: ${outcomeOf(report)}`);
    },
    async writeComment({ pull, body, editOnly }) {
      const answered = answeredBy(body);
      if (answered !== undefined) {
        answers.set(answered, body);
        written.push(`answer ${answered}`);
        return;
      }
      if (editOnly && !comments.has(pull)) return;
      comments.set(pull, body);
      written.push(`comment #${pull}: ${body}`);
    },
    async writeSection({ pull, marker, ...section }) {
      const answered = answeredBy(marker);
      const known = answered === undefined ? comments.get(pull) : answers.get(answered);
      if (!known?.startsWith(marker)) return;
      const body = withSection(known, section);
      if (body === known) return;
      if (answered === undefined) comments.set(pull, body);
      else answers.set(answered, body);
      written.push(`section ${answered === undefined ? `#${pull}` : `of answer ${answered}`}: ${section.section}`);
    },
    async writeSuggestions({ pull, suggestions: wanted }) {
      const known = new Set((suggestions.get(pull) ?? []).map((each) => JSON.stringify(each)));
      const made = wanted.filter((each) => !known.has(JSON.stringify(each)));
      suggestions.set(pull, wanted);
      written.push(...made.map(({ file, line }) => `suggest #${pull} ${file}:${line}`));
    },
  } satisfies Omit<FakePulls, keyof FakeProposals>);
}

/** A comment of a person who may write, on the pull request 1. */
export function commentOf(more: Partial<Comment> & Pick<Comment, 'id' | 'body'>): Comment {
  const createdAt = new Date('2026-05-04T13:00:00Z');
  return { pull: 1, author: 'writer', by: 'person', createdAt, edited: false, ...more };
}

function outcomeOf({ conclusion, title }: CheckReport): string {
  return `${conclusion ?? 'in progress'}, ${title}`;
}

/** The world of a flow, all in memory. */
export interface FakeWorld extends Ports {
  readonly repository: FakeRepository;
  readonly pulls: FakePulls;
  readonly enqueued: Job[];
  readonly enqueuedLater: { readonly job: Job; readonly seconds: number }[];
  /** Sets the clock, which stands still otherwise. */
  setNow(time: Date): void;
  advance(seconds: number): void;
}

export function fakeWorld(): FakeWorld {
  const enqueued: Job[] = [];
  const enqueuedLater: FakeWorld['enqueuedLater'] = [];
  let time = Date.parse('2026-05-04T12:00:00Z');
  const now = () => new Date(time);
  const repository = fakeRepository(now);
  return {
    repository,
    pulls: fakePulls(repository, now),
    jobs: {
      enqueue: (job) => void enqueued.push(job),
      enqueueLater: (job, seconds) => void enqueuedLater.push({ job, seconds }),
    },
    targets,
    enqueued,
    enqueuedLater,
    now,
    setNow: (wanted) => {
      time = wanted.getTime();
    },
    advance: (seconds) => {
      time += seconds * 1000;
    },
  };
}

/** The repository that the flows' tests work for. */
export const SHOP = { installation: 1, owner: 'canary', name: 'shop' } as const;

/** What a plan would do, a line each: enough to tell order and kind. That a pull request is to have no suggestions is none. */
export function outline(plan: Plan): readonly string[] {
  return plan.flatMap((effect) => {
    switch (effect.kind) {
      case 'comment':
        return `${effect.editOnly ? 'edit' : 'write'} comment #${effect.pull}`;
      case 'suggestions':
        return effect.suggestions.map(({ file, line }) => `suggest ${file}:${line} on #${effect.pull}`);
      case 'check':
        return `check ${effect.name}: ${outcomeOf(effect.report)}`;
      case 'publish':
        return `publish ${effect.files.size} files: ${effect.message.split('\n')[0]}`;
      case 'record':
        return `record ${[...effect.files.keys()].join(', ')}`;
      case 'propose':
        return `propose ${effect.pull.branch}: ${effect.pull.title}${effect.merge ? ', and merge' : ''}`;
      case 'section':
        return `write section of comment #${effect.pull}`;
      case 'react':
        return `react ${effect.reaction} to ${effect.comment}`;
      case 'enqueue': {
        const { job, later } = effect;
        const when = later === undefined ? '' : ` in ${later} s`;
        return `enqueue ${job.kind}${job.kind === 'review' ? ` #${job.pull}` : ''}${when}`;
      }
      default:
        return effect satisfies never;
    }
  });
}
