import { spawn } from 'node:child_process';

/** Input and environment of one run of the git program. */
export interface GitInput {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** A failure of the git program: its arguments, exit code and error output. */
export class GitError extends Error {
  override readonly name = 'GitError';
  readonly exitCode: number;
  readonly stderr: string;

  constructor(args: readonly string[], exitCode: number, stderr: string) {
    super(`git ${args.join(' ')} ended with exit code ${exitCode}: ${stderr.trim()}`);
    this.exitCode = exitCode;
    this.stderr = stderr;
  }
}

// Variables that git sets for its hooks, and that would point these calls at another repository (git rev-parse --local-env-vars).
const REPOSITORY_VARIABLES = new Set([
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_COMMON_DIR',
  'GIT_DIR',
  'GIT_GRAFT_FILE',
  'GIT_INDEX_FILE',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_SHALLOW_FILE',
  'GIT_WORK_TREE',
]);

// The process's environment, passed on to git.
const environment = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !REPOSITORY_VARIABLES.has(name))),
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};

/** Runs git in a folder and returns its output as bytes. Throws GitError for any exit code but 0. */
export function runGit(folder: string, args: readonly string[], { input, env }: GitInput = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const git = spawn('git', args, { cwd: folder, env: { ...environment, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    git.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    git.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    git.stdin.on('error', () => undefined); // git may end before it reads everything; the exit code decides
    git.on('error', reject);
    git.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new GitError(args, code ?? -1, Buffer.concat(complaints).toString()));
    });
    git.stdin.end(input);
  });
}

/** Runs git in a folder and returns its output as text, without the newline at its end. */
export async function runGitText(folder: string, args: readonly string[], input?: GitInput): Promise<string> {
  return (await runGit(folder, args, input)).toString().replace(/\n$/, '');
}

/** Returns the answer of a run of git, or undefined if it failed. */
export async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}
