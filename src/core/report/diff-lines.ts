import { structuredPatch } from 'diff';

/** A review shows so many lines around each change. */
const CONTEXT = 3;

/** Texts that differ in more lines than this take too long to compare. */
const EDITS = 500;

/**
 * The lines of the later text that a review of the change shows, counted from 1: what was added, and the context around
 * changes. All of them in a new file, none where the two differ too much to say.
 */
export function shownLines(before: string | undefined, after: string): ReadonlySet<number> {
  if (before === undefined) return new Set(after.split('\n').map((_, index) => index + 1));
  const options = { context: CONTEXT, maxEditLength: EDITS };
  const hunks = structuredPatch('', '', before, after, undefined, undefined, options)?.hunks ?? [];
  return new Set(
    hunks.flatMap(({ newStart, newLines }) => Array.from({ length: newLines }, (_, index) => newStart + index)),
  );
}
