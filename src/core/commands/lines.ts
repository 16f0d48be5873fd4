import { joinReferences } from '../model/references.ts';

/** What closes a block that a line opens, which Markdown shows in another way than as the writer's own text. */
type Block = (line: string) => RegExp | undefined;

/** A fence ends with one of the same kind that is at least as long. */
function fence(opens: RegExp, kind: string): Block {
  return (line) => {
    const length = opens.exec(line)?.[1]?.length;
    return length === undefined ? undefined : RegExp(`^ {0,3}${kind}{${length},}\\s*$`);
  };
}

/** Only behind the last end on a line can be a beginning without one: to look from each would take too long. */
function element(begins: RegExp, end: string): Block {
  return (line) => {
    const text = line.toLowerCase();
    const rest = text.slice(Math.max(0, text.lastIndexOf(end)));
    return begins.test(rest) ? RegExp(end, 'i') : undefined;
  };
}

const BLOCKS: readonly Block[] = [
  fence(/^ {0,3}(`{3,})[^`]*$/, '`'),
  fence(/^ {0,3}(~{3,})/, '~'),
  element(/<!--/, '-->'),
  ...['pre', 'code', 'blockquote'].map((tag) => element(RegExp(`<${tag}\\b`), `</${tag}>`)),
];

/**
 * The lines of a comment that begin with "/" and are its writer's own words: not quoted, not code, not in an HTML
 * comment. An indented line doesn't begin with "/".
 */
export function commandLines(text: string): readonly string[] {
  const lines: string[] = [];
  let closing: RegExp | undefined;
  let quoted = false; // Markdown counts the next line to a quote as well, unless it is empty
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (closing) {
      if (closing.test(line)) closing = undefined;
      continue;
    }
    closing = closingAfter(line);
    const isQuote = /^ {0,3}>/.test(line);
    quoted = isQuote ? !/^[ >]*$/.test(line) : quoted && line.trim() !== '';
    if (!closing && !quoted && line.startsWith('/')) lines.push(joinReferences(line.trimEnd())); // a name that was copied from a commit
  }
  return lines;
}

/** What ends the block that a line begins. */
function closingAfter(line: string): RegExp | undefined {
  const outside = line.replace(/(?<!`)(`+)[^`]+\1/g, ''); // a tag within code is none
  for (const opens of BLOCKS) {
    const closing = opens(outside);
    if (closing) return closing;
  }
  return undefined;
}
