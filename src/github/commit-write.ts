import { type CommitWrite, parentOf, type RefWrite, refOf } from '../flows/ports.ts';
import { isLost, statusOf, unlessAbsent, withHostRefusal } from './absent.ts';
import { type GitObjects, toCommit } from './objects.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

// Limits of one request: GitHub refuses trees with more text.
const MAX_BYTES = 1_000_000;
const MAX_ENTRIES = 500;

type File = readonly [path: string, text: string | undefined];

interface WriteContext {
  readonly octokit: GitHub;
  readonly repository: RepositoryName;
  readonly objects: GitObjects;
}

/** Writes one commit on a ref that must still be at `expectedHead`. Returns its SHA, or 'moved'. */
export async function writeCommit(context: WriteContext, write: CommitWrite | RefWrite): Promise<string | 'moved'> {
  const { octokit, repository, objects } = context;
  const { expectedHead, message } = write;
  const tree = await writeTree(context, write);
  const parent = parentOf(write);
  const parents = parent === undefined ? [] : [parent];
  const isMoved = write.onto !== undefined && write.onto !== expectedHead;
  const head = isMoved && expectedHead !== undefined ? await objects.fetchCommit(expectedHead) : undefined;
  if (head?.tree === tree && head.parents.join() === parents.join()) {
    return (await fetchRef(context, refOf(write))) === expectedHead ? head.sha : 'moved';
  }
  // Without author and committer, GitHub signs the commit in the App's name.
  const { data } = await withHostRefusal(octokit.rest.git.createCommit({ ...at(repository), message, tree, parents }));
  objects.keepCommit(toCommit(data));
  objects.keepWritten({ tree, parent, files: write.files });
  const force = isMoved && expectedHead !== undefined;
  // GitHub does not check the old head of a forced update, so it is checked here, just before. Only the App writes to such branches.
  if (force && (await fetchRef(context, refOf(write))) !== expectedHead) return 'moved';
  const ref = refOf(write);
  const isDone = await pointRef(context, { ref, expectedHead, sha: data.sha, force });
  return isDone ? data.sha : 'moved';
}

function at({ owner, name }: RepositoryName) {
  return { owner, repo: name };
}

async function writeTree(
  { octokit, repository, objects }: WriteContext,
  write: CommitWrite | RefWrite,
): Promise<string> {
  const parent = parentOf(write);
  let tree = parent === undefined ? undefined : await treeOf(objects, parent);
  for (const files of chunks([...write.files])) {
    const base = tree === undefined ? {} : { base_tree: tree };
    try {
      const { data } = await octokit.rest.git.createTree({ ...at(repository), ...base, tree: files.map(toLine) });
      tree = data.sha;
    } catch (error) {
      throw statusOf(error) === 409 ? withoutCommits(repository, error) : error;
    }
  }
  if (tree === undefined) throw new Error(`a first commit on ${refOf(write)} needs at least one file`);
  return tree;
}

async function treeOf(objects: GitObjects, sha: string): Promise<string> {
  const commit = await objects.fetchCommit(sha);
  if (!commit) throw new Error(`the parent commit ${sha} does not exist`);
  return commit.tree;
}

function withoutCommits({ owner, name }: RepositoryName, cause: unknown): Error {
  return new Error(
    `${owner}/${name} is empty: push a first commit, since GitHub's API cannot write to an empty repository`,
    { cause },
  );
}

function toLine([path, text]: File) {
  const content = text === undefined ? { sha: null } : { content: text };
  return { path, mode: '100644' as const, type: 'blob' as const, ...content };
}

function chunks(files: readonly File[]): File[][] {
  const all: File[][] = [];
  let bytes = 0;
  for (const file of files) {
    const size = Buffer.byteLength(file[1] ?? '');
    const last = all.at(-1);
    if (last && last.length < MAX_ENTRIES && bytes + size <= MAX_BYTES) {
      last.push(file);
      bytes += size;
    } else {
      all.push([file]);
      bytes = size;
    }
  }
  return all;
}

// The part of a ref's name that GitHub's addresses leave out.
const REFS = 'refs/';

async function fetchRef({ octokit, repository }: WriteContext, ref: string): Promise<string | undefined> {
  const asked = octokit.rest.git.getRef({ ...at(repository), ref: ref.slice(REFS.length) });
  return (await unlessAbsent(asked, [404, 409]))?.data.object.sha;
}

/**
 * Points a ref at a new commit; returns false if the ref moved. Unless forced, `expectedHead` is the commit's only parent,
 * so that a fast-forward works from no other commit. After a lost answer, or a refused retry, reads the ref again.
 */
async function pointRef(
  context: WriteContext,
  wanted: { ref: string; expectedHead: string | undefined; sha: string; force: boolean },
): Promise<boolean> {
  try {
    await sendRef(context, wanted);
    return true;
  } catch (error) {
    const isMoved = statusOf(error) === 422 && MOVED.test(String(error));
    if (!isMoved && !isLost(error)) return withHostRefusal(Promise.reject(error));
    if ((await fetchRef(context, wanted.ref)) === wanted.sha) return true;
    if (isMoved) return false;
    throw error;
  }
}

async function sendRef(
  { octokit, repository }: WriteContext,
  { ref, expectedHead, sha, force }: Parameters<typeof pointRef>[1],
): Promise<void> {
  if (expectedHead === undefined) {
    await octokit.rest.git.createRef({ ...at(repository), ref, sha });
  } else {
    // No automatic retry of a forced update: it could undo what another process wrote after the first request.
    const once = force ? { request: { retries: 0 } } : {};
    await octokit.rest.git.updateRef({ ...at(repository), ref: ref.slice(REFS.length), sha, force, ...once });
  }
}

// GitHub's words for a branch that moved. A rule that refuses the push is a 422 too, and must not match.
const MOVED = /not a fast.?forward|reference (?:does not exist|already exists)/i;
