import type { HeadVerdict } from '../commands/seen-head.ts';
import { code } from './escape.ts';

interface HeadWords {
  readonly head: string; // SHA
  readonly branch: string;
  readonly check: string; // the name of a review's check run
  readonly line: string; // to type again
}

/** Why a command is not written onto the head of a pull request, and what to type once its author has looked at it. */
export function formatHeadRefusal(
  verdict: Exclude<HeadVerdict, 'same'>,
  { head, branch, check, line }: HeadWords,
): string {
  return `${WHY[verdict](head, code(branch), code(check))} Nothing was done. To do it, comment again: ${code(line)}`;
}

const WHY: Readonly<Record<Exclude<HeadVerdict, 'same'>, (head: string, branch: string, check: string) => string>> = {
  moved: (head, branch) =>
    `The branch ${branch} has moved since this comment was written: its head is ${head} now. Look at that first.`,
  'not-reviewed': (head, branch, check) =>
    `The head of ${branch}, ${head}, is not reviewed yet, so its author can't have seen what it does. Wait for its check ${check}.`,
  'reviewed-later': (head, branch) =>
    `The head of ${branch}, ${head}, was pushed before this comment, but its review began only after it. Look at the review first.`,
  'not-listed': (head, branch) =>
    `GitHub doesn't list yet when ${head} was pushed to ${branch}, so it may have come after this comment. Wait a minute.`,
};
