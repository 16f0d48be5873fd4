import { brief } from '../model/printable.ts';
import type { StepNote } from '../refusal.ts';
import { COMMENT_LIMIT } from './budget.ts';
import { formatDifference } from './comment.ts';
import { code, markdown } from './escape.ts';
import { noteText } from './note.ts';
import type { Review } from './review.ts';
import type { Sentence } from './sentence.ts';
import { toMarkdown } from './sentence.ts';

/** By whom, and where, a pull request of ours was asked for. */
export interface Origin {
  readonly comment: { readonly author: string };
  readonly pull: number;
  readonly line: string; // `/promote echo`
  readonly forced?: string; // why
}

/** Room for the words above the difference: each is brief, and escaping makes a letter eight. */
const HEAD = 25_000;

/** The description of a pull request of ours: who asked, what it does, and how the manifests change. */
export function formatProposal({ comment, pull, line, forced }: Origin, review: Review, note?: StepNote): string {
  const head = [
    `${code(comment.author)} asked for this in #${pull}: ${code(brief(line))}`,
    ...(forced === undefined ? [] : [`Forced, because: ${markdown(brief(forced))}`]),
    ...(note ? [`${toMarkdown(capitalized(noteText(note)))}.`] : []),
  ].join('\n\n');
  return `${head}\n\n${formatDifference(review, COMMENT_LIMIT - HEAD)}\n`;
}

/** What really happened where the branch that a pull request goes to was changed between our look at it and the merge. */
export function formatMergedElsewhere({
  base,
  wanted,
  sha,
}: {
  readonly base: string;
  readonly wanted: string;
  readonly sha: string;
}): string {
  return `**merged into ${code(base)} as ${sha}, not into ${code(wanted)}**: the base of the pull request was changed just before the merge. ${code(wanted)} is unchanged; revert ${sha} on ${code(base)} if it does not belong there`;
}

/** What is known where GitHub reported a merge, and the branch doesn't have its commit. */
export function formatMergeUnseen({
  pull,
  wanted,
  sha,
  tip,
}: {
  readonly pull: number;
  readonly wanted: string;
  readonly sha: string;
  readonly tip: string | undefined; // of the branch; undefined: it is gone
}): string {
  const there = tip === undefined ? 'there is no such branch' : `its head is ${tip}`;
  return `**merge not confirmed**: GitHub reported ${sha}, but ${code(wanted)} does not contain that commit: ${there}. Look at #${pull}: if ${code(wanted)} gets the commit, it is published by itself; else comment the command again`;
}

function capitalized([first = '', ...rest]: Sentence): Sentence {
  return typeof first === 'string' ? [`${first.charAt(0).toUpperCase()}${first.slice(1)}`, ...rest] : [first, ...rest];
}
