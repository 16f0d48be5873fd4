/** What GitHub takes: characters in a comment, bytes in a check run's summary. */
export const COMMENT_LIMIT = 65_536;
export const SUMMARY_LIMIT = 65_535;

const encoder = new TextEncoder();

/** The size of a text as GitHub counts it for a check run; for a comment it is at least what GitHub counts. */
export function sizeOf(text: string): number {
  return encoder.encode(text).length;
}

export interface Fitted {
  readonly text: string;
  readonly shown: number;
}

/** Joins as many whole blocks as fit, never a part of one: a cut fence or tag would swallow the rest of the page. */
export function fitBlocks(blocks: readonly string[], limit: number): Fitted {
  const taken: string[] = [];
  let size = 0;
  for (const block of blocks) {
    const more = sizeOf(block) + 2;
    if (size + more > limit) continue; // a smaller one may still fit
    size += more;
    taken.push(block);
  }
  return { text: taken.join('\n\n'), shown: taken.length };
}
