import { GitError } from '../git/program.ts';

const CODES = ['ENOSPC', 'EDQUOT', 'EFBIG'];
const WORDS = /No space left on device|Disk quota exceeded|File too large/; // git's, by LC_ALL=C

/** The message for a full disk; undefined for every other problem. */
export function explainFullDisk(problem: unknown): string | undefined {
  const isOfGit = problem instanceof GitError && WORDS.test(problem.stderr);
  if (!isOfGit && !CODES.includes(String((problem as NodeJS.ErrnoException | undefined)?.code))) return undefined;
  return 'The disk of the sandbox is full; its stored data is safe. Free some space in its data directory and try again';
}
