import { spawn } from 'node:child_process';

/** How one run of the git program may be fed. */
export interface GitInput {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
}

/** The git program said no: its arguments, exit code and last words. */
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

// Handed on, not read. What git sets for its hooks must not point our calls at another repository.
const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_OBJECT_DIRECTORY, GIT_COMMON_DIR, GIT_NAMESPACE, ...inherited } =
  process.env;
const environment = { ...inherited, GIT_TERMINAL_PROMPT: '0', LC_ALL: 'C' };

/** Runs git in a folder and gives what it printed, as bytes; throws GitError on any exit code but 0. */
export function runGit(folder: string, args: readonly string[], { input, env }: GitInput = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const git = spawn('git', args, { cwd: folder, env: { ...environment, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
    const output: Buffer[] = [];
    const complaints: Buffer[] = [];
    git.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    git.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
    git.stdin.on('error', () => undefined); // git may end before it has read everything; its exit code tells
    git.on('error', reject);
    git.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(output));
      else reject(new GitError(args, code ?? -1, Buffer.concat(complaints).toString()));
    });
    git.stdin.end(input);
  });
}

/** The same, as text without the newline at its end. */
export async function runGitText(folder: string, args: readonly string[], input?: GitInput): Promise<string> {
  return (await runGit(folder, args, input)).toString().replace(/\n$/, '');
}
