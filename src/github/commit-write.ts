import { type CommitWrite, parentsOf, type RefWrite, refOf } from '../flows/ports.ts';
import { statusOf } from './absent.ts';
import { type Objects, toCommit } from './objects.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

// GitHub refuses trees with much text inside.
const MAX_BYTES = 1_000_000;
const MAX_ENTRIES = 500;

type File = readonly [path: string, text: string | undefined];

interface Target {
  readonly octokit: GitHub;
  readonly repository: RepositoryName;
  readonly objects: Objects;
}

/** Writes one commit on a ref that must still be at `expectedHead`: its SHA, or 'moved'. */
export async function writeCommit(target: Target, write: CommitWrite | RefWrite): Promise<string | 'moved'> {
  const { octokit, repository, objects } = target;
  const { expectedHead, message } = write;
  const tree = await writeTree(target, write);
  const parents = [...parentsOf(write)];
  // No author and no committer: then GitHub signs it in the App's name.
  const { data } = await octokit.rest.git.createCommit({ ...at(repository), message, tree, parents });
  objects.keepCommit(toCommit(data));
  const moved = await failsAsMoved(pointRef(target, { ref: refOf(write), expectedHead, sha: data.sha }));
  return moved ? 'moved' : data.sha;
}

function at({ owner, name }: RepositoryName) {
  return { owner, repo: name };
}

async function writeTree({ octokit, repository, objects }: Target, write: CommitWrite | RefWrite): Promise<string> {
  const { expectedHead, onto = expectedHead } = write;
  let tree = onto === undefined ? undefined : await treeOf(objects, onto);
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

async function treeOf(objects: Objects, sha: string): Promise<string> {
  const commit = await objects.fetchCommit(sha);
  if (!commit) throw new Error(`the commit ${sha} to write on isn't there`);
  return commit.tree;
}

function withoutCommits({ owner, name }: RepositoryName, cause: unknown): Error {
  return new Error(`${owner}/${name} is empty: GitHub's API writes only where a first commit was pushed`, { cause });
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

// GitHub leaves this out of a ref's name in addresses.
const REFS = 'refs/';

/** A fast forward leads to the new commit only from its history: from where a parent is, or was before. */
async function pointRef(
  { octokit, repository }: Target,
  { ref, expectedHead, sha }: { ref: string; expectedHead: string | undefined; sha: string },
): Promise<void> {
  if (expectedHead === undefined) {
    await octokit.rest.git.createRef({ ...at(repository), ref, sha });
  } else {
    await octokit.rest.git.updateRef({ ...at(repository), ref: ref.slice(REFS.length), sha, force: false });
  }
}

// A rule of the repository that refuses the push is a 422 as well, and must not look like a branch that moved.
const MOVED = /not a fast.?forward|reference (?:does not exist|already exists)/i;

async function failsAsMoved(request: Promise<void>): Promise<boolean> {
  try {
    await request;
    return false;
  } catch (error) {
    if (statusOf(error) === 422 && MOVED.test(String(error))) return true;
    throw error;
  }
}
