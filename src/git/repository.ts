import { createHash, randomUUID } from 'node:crypto';
import type { Commit, CommitWrite, FileTree, Repository, TreeEntry } from '../flows/ports.ts';
import { GitError, runGit, runGitText } from './program.ts';

/** The id that git gives to these bytes as a file. */
export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

/** Name and address that commits carry. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** A repository on disk, bare or not, through the git program. Commits are git's own user's unless somebody is named. */
export function gitRepository(folder: string, identity?: Identity): Repository {
  return {
    fetchCommit: (rev) => fetchCommit(folder, rev),
    treeOf: (sha) => gitTree(folder, sha),
    fetchMergeBase: (one, other) => orUndefined(runGitText(folder, ['merge-base', one, other])),
    fetchFirstParents: (from, to, limit) => fetchFirstParents(folder, from, to, limit),
    commit: (write) => commit(folder, write, identity),
  };
}

/** The full SHA of the commit that any name git knows stands for; undefined if there is none. */
export function resolveCommit(folder: string, name: string): Promise<string | undefined> {
  return orUndefined(runGitText(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]));
}

async function fetchCommit(folder: string, rev: string): Promise<Commit | undefined> {
  const sha = await resolveCommit(folder, rev);
  if (sha === undefined) return undefined;
  const [parents = '', ...message] = (await runGitText(folder, ['show', '--no-patch', '--format=%P%n%B', sha])).split(
    '\n',
  );
  return { sha, parents: parents.split(' ').filter((parent) => parent !== ''), message: message.join('\n') };
}

async function fetchFirstParents(
  folder: string,
  from: string | undefined,
  to: string,
  limit: number,
): Promise<readonly Commit[]> {
  const list = await runGitText(folder, ['rev-list', '--first-parent', `--max-count=${limit + 1}`, to]);
  const shas = list.split('\n');
  const end = from === undefined ? -1 : shas.indexOf(from);
  const found = await Promise.all((end < 0 ? [to] : shas.slice(0, end)).map((sha) => fetchCommit(folder, sha)));
  return found.filter((each) => each !== undefined);
}

function gitTree(folder: string, sha: string): FileTree {
  return {
    list: (below) => list(folder, sha, below),
    read: (ids) => readBlobs(folder, ids),
    idOf: (text) => blobId(new TextEncoder().encode(text)),
  };
}

async function list(folder: string, sha: string, below: string): Promise<ReadonlyMap<string, TreeEntry>> {
  const paths = below === '' ? [] : ['--', `${below}/`];
  const output = await runGitText(folder, [
    '--literal-pathspecs',
    'ls-tree',
    '-r',
    '-z',
    '--long',
    '--full-tree',
    sha,
    ...paths,
  ]);
  const files = new Map<string, TreeEntry>();
  for (const line of output.split('\0')) {
    const match = /^100(?:644|755) blob ([0-9a-f]+) +([0-9]+)\t(.+)$/s.exec(line);
    if (match?.[1] && match[2] && match[3]) files.set(match[3], { id: match[1], size: Number(match[2]) });
  }
  return files;
}

/** Reads any number of blobs with one process. */
async function readBlobs(folder: string, ids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = new Map<string, Uint8Array>();
  if (ids.length === 0) return contents;
  const output = await runGit(folder, ['cat-file', '--batch'], { input: `${ids.join('\n')}\n` });
  let at = 0;
  for (const id of ids) {
    const end = output.indexOf(10, at);
    const [, type, size] = output.toString('latin1', at, end).split(' ');
    if (type !== 'blob') throw new Error(`git has no blob ${id}`);
    const start = end + 1;
    contents.set(id, output.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return contents;
}

/** Who commits where nobody has told git a name. */
const FALLBACK_IDENTITY: Identity = { name: 'coalmine', email: 'coalmine@localhost' };

async function commit(
  folder: string,
  { branch, expectedHead, files, message }: CommitWrite,
  identity: Identity | undefined,
): Promise<string | 'moved'> {
  const ref = `refs/heads/${branch}`;
  const temporary = `refs/coalmine/writing/${randomUUID()}`;
  const who = identity ? formatIdentity(identity) : await committer(folder);
  try {
    await runGit(folder, ['fast-import', '--quiet', '--date-format=now'], {
      input: importStream({ ref: temporary, who, expectedHead, files, message }),
    });
    const sha = await runGitText(folder, ['rev-parse', temporary]);
    const nothing = '0'.repeat(sha.length);
    const moved = await orUndefined(runGitText(folder, ['update-ref', ref, sha, expectedHead ?? nothing]));
    return moved === undefined ? 'moved' : sha;
  } finally {
    await orUndefined(runGitText(folder, ['update-ref', '-d', temporary]));
  }
}

/** One commit in the language of git fast-import: blobs, tree and commit in one process, whatever their number. */
function importStream({
  ref,
  who,
  expectedHead,
  files,
  message,
}: {
  readonly ref: string;
  readonly who: string;
  readonly expectedHead: string | undefined;
  readonly files: CommitWrite['files'];
  readonly message: string;
}): string {
  const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
  const changes = [...files].map(([path, text]) => {
    return text === undefined
      ? `D ${JSON.stringify(path)}\n`
      : `M 100644 inline ${JSON.stringify(path)}\n${data(text)}`;
  });
  const parent = expectedHead === undefined ? '' : `from ${expectedHead}\n`;
  return `commit ${ref}\ncommitter ${who} now\n${data(message)}${parent}${changes.join('')}done\n`;
}

async function committer(folder: string): Promise<string> {
  const ident = await orUndefined(runGitText(folder, ['-c', 'user.useConfigOnly=true', 'var', 'GIT_COMMITTER_IDENT']));
  return ident?.replace(/ [0-9]+ [-+][0-9]{4}$/, '') ?? formatIdentity(FALLBACK_IDENTITY);
}

function formatIdentity({ name, email }: Identity): string {
  return `${name} <${email}>`;
}

/** What a question to git gives; undefined where git's answer is no. */
async function orUndefined(answer: Promise<string>): Promise<string | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
