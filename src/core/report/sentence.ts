import { oneLine } from '../model/printable.ts';
import { code as codeSpan, markdown } from './escape.ts';

/** A piece of a sentence: text (a stranger's or ours), something to type or to look up, a pull request, or a commit. */
export type Span = string | { readonly code: string } | { readonly pull: number } | { readonly commit: string };

/** What a person reads, without markup: a comment shows it as Markdown, a terminal as plain text. */
export type Sentence = readonly Span[];

/** Something to type or to look up, in a sentence. */
export function code(text: string): Span {
  return { code: text };
}

/** A commit of ours, in a sentence: its SHA, or the beginning of it. */
export function commit(sha: string): Span {
  return { commit: sha };
}

/** A pull request of ours (`#7`) or a commit, as a link where the host makes one; any other text stays text. */
export function ref(text: string): Span {
  const number = /^#(\d+)$/.exec(text)?.[1];
  if (number !== undefined) return { pull: Number(number) };
  return /^[0-9a-f]{7,40}$/.test(text) ? commit(text) : text;
}

/** A sentence in a comment: strangers' text is escaped, and only what is ours becomes a link. */
export function toMarkdown(sentence: Sentence): string {
  return render(sentence, markdown, codeSpan);
}

/** The same sentence in a terminal, or in a title, which GitHub shows as it is. */
export function toPlain(sentence: Sentence): string {
  return render(sentence, oneLine, oneLine);
}

/** The same sentence where commands are typed as `coalmine promote echo` and not in a comment. */
export function toTerminal(sentence: Sentence): string {
  return render(sentence, oneLine, (text) => oneLine(typedHere(text)));
}

function render(sentence: Sentence, ofText: (text: string) => string, ofCode: (text: string) => string): string {
  return sentence
    .map((span) => {
      if (typeof span === 'string') return ofText(span);
      if ('commit' in span) return span.commit;
      return 'code' in span ? ofCode(span.code) : `#${span.pull}`;
    })
    .join('');
}

/** A command of comments, or one of its words, as the program has it. */
function typedHere(text: string): string {
  return text
    .replace(/^\/(?=(?:promote|rollback|deploy|drop)(?: |$))/, 'coalmine ')
    .replace(/^(?=to \d+$|full$)/, '--');
}
