/**
 * What a line of our own Markdown says, without its markup: the way back from `markdown` and `code`, for a terminal that is
 * to say the same as a comment. What isn't of theirs stays as it is.
 */
export function plain(text: string): string {
  return text.replace(MARKUP, (whole, fence?: string, inside = '', escaped?: string) => {
    if (escaped !== undefined) return escaped;
    if (fence === undefined) return MEANS[whole] ?? '';
    return fence.length > 1 || inside === '  ' ? inside.slice(1, -1) : inside;
  });
}

/** A code span, what was escaped, bold, and the entities: read from left to right, as they were written. */
const MARKUP = /(`+)(.*?[^`])\1(?!`)|\\([\\`*_[\]#|~])|\*\*|&amp;|&lt;|&#8203;/gs;

/** All other markup stands for nothing. */
const MEANS: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<' };
