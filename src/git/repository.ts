import type { Commit, FileTree, Repository, TreeEntry } from '../flows/ports.ts';
import { type Identity, writeCommit } from './commit-write.ts';
import { blobId, readObjects } from './objects.ts';
import { orUndefined, runGit, runGitText } from './program.ts';

const REF = /^refs\/[^/]+\/./;
const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** A repository on disk, bare or not, through the git program. Without `identity`, git's own user is the committer. */
export function gitRepository(folder: string, identity?: Identity): Repository {
  return {
    fetchCommit: (rev) => fetchCommit(folder, rev),
    treeOf: (sha) => gitTree(folder, sha),
    fetchMergeBase: (one, other) => orUndefined(runGitText(folder, ['merge-base', one, other])),
    fetchFirstParents: (from, to, limit) => fetchFirstParents(folder, { from, to, limit }),
    fetchLog: (from, path, limit) => fetchLog(folder, { from, path, limit }),
    commit: (write) => writeCommit(folder, write, identity),
  };
}

/** Resolves any name that git knows to a commit's full SHA; undefined if there is none. */
export function resolveCommit(folder: string, name: string): Promise<string | undefined> {
  return orUndefined(runGitText(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]));
}

async function fetchCommit(folder: string, rev: string): Promise<Commit | undefined> {
  const sha = REF.test(rev) ? await orUndefined(runGitText(folder, ['show-ref', '--verify', '--hash', rev])) : rev;
  if (sha === undefined || !SHA.test(sha)) return undefined;
  const raw = await orUndefined(runGit(folder, ['cat-file', 'commit', sha]));
  return raw && parseCommit(sha, raw);
}

/** Reads a commit in git's format: headers, an empty line, the message. */
function parseCommit(sha: string, raw: Uint8Array): Commit {
  const text = new TextDecoder().decode(raw);
  const end = text.indexOf('\n\n');
  const headers = text.slice(0, end + 1);
  const parents = [...headers.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent);
  const [, seconds = 0] = /^committer .*> ([0-9]+) [-+][0-9]{4}$/m.exec(headers) ?? []; // git itself reads 0 from a broken one
  return { sha, parents, message: text.slice(end + 2).trimEnd(), date: new Date(Number(seconds) * 1000) };
}

async function fetchFirstParents(
  folder: string,
  { from, to, limit }: { readonly from: string | undefined; readonly to: string; readonly limit: number },
): Promise<readonly Commit[]> {
  const list = await runGitText(folder, ['rev-list', '--first-parent', `--max-count=${limit + 1}`, to]);
  const shas = list.split('\n');
  const end = from === undefined ? -1 : shas.indexOf(from);
  return readCommits(folder, end < 0 ? [to] : shas.slice(0, end));
}

/** Lists commits along first parents, so that a merge stands for all of its commits. */
async function fetchLog(
  folder: string,
  { from, path, limit }: { readonly from: string; readonly path: string; readonly limit: number },
): Promise<readonly Commit[]> {
  const start = await fetchCommit(folder, from);
  if (!start) return [];
  const below = path.replace(/\/$/, '');
  const options = ['--literal-pathspecs', 'rev-list', '--first-parent', `--max-count=${limit}`];
  const list = await runGitText(folder, [...options, start.sha, '--', ...(below === '' ? [] : [below])]);
  return readCommits(
    folder,
    list.split('\n').filter((line) => line !== ''),
  );
}

async function readCommits(folder: string, shas: readonly string[]): Promise<readonly Commit[]> {
  const raw = await readObjects(folder, 'commit', shas);
  return shas.map((sha) => parseCommit(sha, raw.get(sha) ?? new Uint8Array()));
}

function gitTree(folder: string, sha: string): FileTree {
  return {
    list: (below) => list(folder, sha, below),
    read: (ids) => readObjects(folder, 'blob', ids),
    idOf: (text) => blobId(new TextEncoder().encode(text), sha.length),
  };
}

async function list(folder: string, sha: string, below: string): Promise<ReadonlyMap<string, TreeEntry>> {
  const options = ['--literal-pathspecs', 'ls-tree', '-r', '-z', '--long', '--full-tree'];
  const output = await runGitText(folder, [...options, sha, ...(below === '' ? [] : ['--', `${below}/`])]);
  const files = new Map<string, TreeEntry>();
  for (const line of output.split('\0')) {
    const match = /^100(?:644|755) blob ([0-9a-f]+) +([0-9]+)\t(.+)$/s.exec(line);
    if (match?.[1] && match[2] && match[3]) files.set(match[3], { id: match[1], size: Number(match[2]) });
  }
  return files;
}
