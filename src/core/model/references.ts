/** Stands within what GitHub would link, and is not to be seen. */
const BREAK = '\u200b';

/**
 * What GitHub makes a link, a notice or a closed issue of: mentions, numbers of issues (`#12`, `GH-12`), commits (7 to 40 hex
 * digits), addresses. Quotes and backslashes don't keep it from that, a zero-width space does.
 */
const REFERENCE = /[@#]|\bGH-(?=\d)|:(?=\/\/)|\bwww(?=\.)|\b[0-9a-f]{7,40}\b/gi;

/** The longest run of hex digits that is never taken for a commit. */
const HEX_RUN = /[0-9a-f]{6}(?=[0-9a-f])/gi;

/** Text in which nothing is a reference: by default with characters that `joinReferences` takes out again. */
export function breakReferences(text: string, mark = BREAK): string {
  return text.replace(REFERENCE, (found) =>
    /^[0-9a-f]{7,}$/i.test(found) ? found.replace(HEX_RUN, `$&${mark}`) : `${found}${mark}`,
  );
}

/** The text as it was before its references were broken. */
export function joinReferences(text: string): string {
  return text.replaceAll(BREAK, '');
}
