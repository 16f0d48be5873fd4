import { runGit, runGitText } from '../../git/program.ts';
import { askOnce } from './remember.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export interface Commit {
  readonly sha: string;
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  readonly message: string;
}

export const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

const fields = ['%H', '%T', '%P', '%an', '%ae', '%at', '%cn', '%ce', '%ct', '%B'];

/** Reads the commits of `git log` with these arguments, in its order. */
export async function readCommits(folder: string, args: readonly string[]): Promise<Commit[]> {
  return toCommits(await runGit(folder, questionFor(args)));
}

/** Reads one commit by its SHA. */
export async function readCommit(folder: string, sha: string): Promise<Commit> {
  const [commit] = toCommits(await askOnce(folder, questionFor(['--no-walk', sha, '--']), [sha]));
  if (!commit) throw new Error(`no commit ${sha}`);
  return commit;
}

function questionFor(args: readonly string[]): string[] {
  return ['log', '-z', `--format=${fields.join('%x00')}`, ...args];
}

function toCommits(answer: Buffer): Commit[] {
  const parts = answer.toString().replace(/\n$/, '').split('\0');
  return Array.from({ length: Math.floor(parts.length / fields.length) }, (_, index) =>
    toCommit(parts.slice(index * fields.length, (index + 1) * fields.length)),
  );
}

function toCommit(parts: readonly string[]): Commit {
  const part = (index: number): string => parts[index] ?? '';
  const person = (at: number): Person => ({ name: part(at), email: part(at + 1), date: formatSeconds(part(at + 2)) });
  return {
    sha: part(0),
    tree: part(1),
    parents: part(2).split(' ').filter(Boolean),
    author: person(3),
    committer: person(6),
    message: part(9).trimEnd(),
  };
}

function formatSeconds(seconds: string): string {
  return `${new Date(Number(seconds) * 1000).toISOString().slice(0, 19)}Z`;
}

/** Writes a commit object, without moving a ref. */
export async function createCommit(folder: string, commit: Omit<Commit, 'sha'>): Promise<string> {
  const { tree, parents, author, committer, message } = commit;
  return runGitText(folder, ['commit-tree', tree, ...parents.flatMap((parent) => ['-p', parent])], {
    input: message.endsWith('\n') ? message : `${message}\n`,
    env: {
      GIT_AUTHOR_NAME: author.name,
      GIT_AUTHOR_EMAIL: author.email,
      GIT_AUTHOR_DATE: author.date,
      GIT_COMMITTER_NAME: committer.name,
      GIT_COMMITTER_EMAIL: committer.email,
      GIT_COMMITTER_DATE: committer.date,
    },
  });
}

/** Counts the commits of `git rev-list` with these arguments. */
export async function countCommits(folder: string, args: readonly string[]): Promise<number> {
  return Number(
    await askOnce(
      folder,
      ['rev-list', '--count', ...args],
      args.flatMap((arg) => arg.split('..')),
    ),
  );
}
