import { unlessAbsent } from './absent.ts';
import { type Blob, blobId, githubBlobs } from './blobs.ts';
import type { Cache } from './cache.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

export interface CommitObject {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly date: Date; // committer date
}

/** A line of a tree; `path` is relative to that tree. */
export interface TreeLine {
  readonly path: string;
  readonly mode: string;
  readonly sha: string;
  readonly size: number;
}

export interface TreeObject {
  readonly lines: readonly TreeLine[];
  readonly truncated: boolean;
}

/** Git's objects in one repository. An object with a SHA never changes, so it is fetched once. */
export interface GitObjects {
  fetchCommit(sha: string): Promise<CommitObject | undefined>;
  /** Caches a commit that came with another answer. */
  keepCommit(commit: CommitObject): void;
  /** Fetches a tree by its SHA or by that of a commit. */
  fetchTree(sha: string, depth: 'folder' | 'recursive'): Promise<TreeObject>;
  /** All files below the tree of a commit, where that is known already. */
  findFiles(commit: string): readonly TreeLine[] | undefined;
  /** Keeps what a commit that is written now comes to: its files, where those of its parent are known, and their texts. */
  keepWritten(written: {
    readonly tree: string; // SHA
    readonly parent: string | undefined; // commit
    readonly files: ReadonlyMap<string, string | undefined>;
  }): void;
  /** Fetches the contents of blobs by SHA, many in one request. */
  fetchBlobs(blobs: readonly Blob[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Fetches the best common ancestor of two commits; undefined if there is none. */
  fetchMergeBase(one: string, other: string): Promise<string | undefined>;
}

// Approximate memory of an object beside its text.
const OVERHEAD = 100;

/** The modes of regular files in a tree. */
export const FILE_MODES: ReadonlySet<string> = new Set(['100644', '100755']);

/** A commit in the form of GitHub's Git database. */
interface RawCommit {
  readonly sha: string;
  readonly tree: { readonly sha: string };
  readonly parents: readonly { readonly sha: string }[];
  readonly message: string;
  readonly committer: { readonly date: string };
}

/** Reads a commit from an answer of GitHub's. */
export function toCommit({ sha, tree, parents, message, committer }: RawCommit): CommitObject {
  const date = new Date(committer.date);
  return { sha, tree: tree.sha, parents: parents.map((parent) => parent.sha), message, date };
}

export function githubObjects(octokit: GitHub, { owner, name }: RepositoryName, cache: Cache): GitObjects {
  const { git, repos } = octokit.rest;
  const repository = { owner, repo: name };
  const keyOf = (kind: string, sha: string): string => `${owner}/${name} ${kind} ${sha}`;
  const findCommit = (sha: string) => cache.find<CommitObject>(keyOf('commit', sha));
  /** Commits share trees: a merge has the one that was reviewed. */
  const treeOf = (sha: string): string => findCommit(sha)?.tree ?? sha;
  const blobs = githubBlobs(octokit, { owner, name }, cache);

  async function loadCommit(sha: string): Promise<CommitObject | undefined> {
    const answer = await unlessAbsent(git.getCommit({ ...repository, commit_sha: sha }), [404, 409, 422]);
    return answer && toCommit(answer.data);
  }

  async function loadTree(sha: string, depth: 'folder' | 'recursive'): Promise<TreeObject> {
    const recursive = depth === 'recursive' ? { recursive: '1' } : {};
    const { data } = await git.getTree({ ...repository, tree_sha: sha, ...recursive });
    const lines = data.tree.map((line) => ({ path: line.path, mode: line.mode, sha: line.sha, size: line.size ?? 0 }));
    return { lines, truncated: data.truncated };
  }

  async function loadMergeBase(one: string, other: string): Promise<string | undefined> {
    const basehead = `${one}...${other}`;
    const compared = repos.compareCommitsWithBasehead({ ...repository, basehead, per_page: 1 });
    return (await unlessAbsent(compared, [404]))?.data.merge_base_commit.sha;
  }

  function findFiles(commit: string): readonly TreeLine[] | undefined {
    const whole = cache.find<TreeObject>(keyOf('recursive', treeOf(commit)));
    return whole && !whole.truncated ? whole.lines.filter(({ mode }) => FILE_MODES.has(mode)) : undefined;
  }

  return {
    fetchCommit: (sha) => cache.fetch(keyOf('commit', sha), () => loadCommit(sha), commitBytes),
    keepCommit: (commit) => cache.keep(keyOf('commit', commit.sha), commit, commitBytes(commit)),
    fetchTree(sha, depth) {
      const tree = treeOf(sha);
      return cache.fetch(keyOf(depth, tree), () => loadTree(tree, depth), treeBytes);
    },
    findFiles,
    keepWritten({ tree, parent, files }) {
      for (const text of files.values()) if (text !== undefined) blobs.keep(text);
      const before = parent === undefined ? [] : findFiles(parent);
      if (!before || isTurned(before, [...files.keys()])) return;
      const lines = [...before.filter(({ path }) => !files.has(path)), ...[...files].flatMap(toLine)];
      cache.keep(keyOf('recursive', tree), { lines, truncated: false }, treeBytes({ lines, truncated: false }));
    },
    fetchBlobs: blobs.fetch,
    fetchMergeBase: (one, other) =>
      cache.fetch(
        keyOf('merge-base', `${one} ${other}`),
        () => loadMergeBase(one, other),
        () => OVERHEAD,
      ),
  };
}

function commitBytes({ parents, message }: CommitObject): number {
  return OVERHEAD * (1 + parents.length) + 2 * message.length;
}

function treeBytes({ lines }: TreeObject): number {
  return lines.reduce((sum, { path }) => sum + OVERHEAD + 2 * path.length, OVERHEAD);
}

/** Whether a file comes where a folder was, or the other way round: then more goes than is said. */
function isTurned(before: readonly TreeLine[], written: readonly string[]): boolean {
  const paths = new Set(before.map(({ path }) => path));
  const folders = new Set([...paths].flatMap(foldersOf));
  return written.some((path) => folders.has(path) || foldersOf(path).some((folder) => paths.has(folder)));
}

function foldersOf(path: string): readonly string[] {
  const segments = path.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
}

function toLine([path, text]: readonly [string, string | undefined]): readonly TreeLine[] {
  return text === undefined ? [] : [{ path, mode: '100644', sha: blobId(text), size: Buffer.byteLength(text) }];
}
