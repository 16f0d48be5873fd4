import { runGit } from '../../git/program.ts';

const SHA = /^[0-9a-f]{40}$/;
const MAX_BYTES = 32 * 2 ** 20;

const answers = new Map<string, Buffer>(); // the oldest first
let held = 0;

/** Whether a text names an object in full, so that what it stands for never changes. */
export function isFullSha(text: string): boolean {
  return SHA.test(text);
}

/** Asks git about objects that the question names by their full SHAs: what it answered once it would answer again. */
export async function askOnce(folder: string, question: readonly string[], shas: readonly string[]): Promise<Buffer> {
  if (!shas.every(isFullSha)) return runGit(folder, question);
  const key = [folder, ...question].join('\0');
  const known = answers.get(key);
  if (known) return known;
  const answer = await runGit(folder, question);
  if (!answers.has(key)) {
    answers.set(key, answer);
    held += answer.length + key.length;
    forgetOldest();
  }
  return answer;
}

/** Keeps what is remembered within its limit. */
function forgetOldest(): void {
  for (const [key, answer] of answers) {
    if (held <= MAX_BYTES) return;
    answers.delete(key);
    held -= answer.length + key.length;
  }
}
