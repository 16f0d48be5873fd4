/** What Markdown shows in another way than as the writer's own text; its lines are nobody's command. */
interface Block {
  readonly opens: RegExp;
  readonly closes: (opening: RegExpExecArray) => RegExp;
}

const BLOCKS: readonly Block[] = [
  // A fence ends with one of the same kind that is at least as long.
  { opens: /^ {0,3}(`{3,})[^`]*$/, closes: ([, fence = '']) => RegExp(`^ {0,3}\`{${fence.length},}\\s*$`) },
  { opens: /^ {0,3}(~{3,})/, closes: ([, fence = '']) => RegExp(`^ {0,3}~{${fence.length},}\\s*$`) },
  { opens: /<!--(?!.*-->)/, closes: () => /-->/ },
  { opens: /<(pre|code|blockquote)\b(?!.*<\/\1>)/i, closes: ([, tag = '']) => RegExp(`</${tag}>`, 'i') },
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
    if (!closing && !quoted && line.startsWith('/')) lines.push(line.trimEnd());
  }
  return lines;
}

/** What ends the block that a line begins. */
function closingAfter(line: string): RegExp | undefined {
  const outside = line.replace(/(`+)[^`]+\1/g, ''); // a tag within code is none
  for (const { opens, closes } of BLOCKS) {
    const opening = opens.exec(outside);
    if (opening) return closes(opening);
  }
  return undefined;
}
