import { COMMENT_LIMIT } from './budget.ts';
import { formatDifference } from './comment.ts';
import { code, markdown } from './escape.ts';
import type { Review } from './review.ts';

/** By whom, and where, a pull request of ours was asked for. */
export interface Origin {
  readonly comment: { readonly author: string };
  readonly pull: number;
  readonly line: string; // `/promote echo`
  readonly forced?: string; // why
}

/** Room for the words above the difference. */
const HEAD = 8_000;

/** The description of a pull request of ours: who asked, what it does, and how the manifests change. */
export function formatProposal({ comment, pull, line, forced }: Origin, review: Review, note?: string): string {
  const head = [
    `${code(comment.author)} asked for this in #${pull}: ${code(line)}`,
    ...(forced === undefined ? [] : [`Forced, because: ${markdown(forced)}`]),
    ...(note === undefined ? [] : [`${markdown(capital(note))}.`]),
  ].join('\n\n');
  return `${head.slice(0, HEAD)}\n\n${formatDifference(review, COMMENT_LIMIT - HEAD - 100)}\n`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
