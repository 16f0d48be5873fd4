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

/** A sentence in a comment: strangers' text is escaped, and only what is ours becomes a link. */
export function toMarkdown(sentence: Sentence): string {
  return sentence
    .map((span) => {
      if (typeof span === 'string') return markdown(span);
      if ('commit' in span) return span.commit;
      return 'code' in span ? codeSpan(span.code) : `#${span.pull}`;
    })
    .join('');
}

/** The same sentence in a terminal, or in a title, which GitHub shows as it is. */
export function toPlain(sentence: Sentence): string {
  return sentence
    .map((span) => {
      if (typeof span === 'string') return oneLine(span);
      if ('commit' in span) return span.commit;
      return 'code' in span ? oneLine(span.code) : `#${span.pull}`;
    })
    .join('');
}
