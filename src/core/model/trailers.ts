import { escapeInvisible } from './invisible.ts';
import { breakReferences, joinReferences } from './references.ts';

/** A commit message with its trailers, as git itself reads them. */
export interface Message {
  readonly subject: string;
  readonly trailers: readonly (readonly [key: string, value: string])[];
}

/** Maximum length of what a person says in a commit message, in UTF-16 code units. */
const MAX_SAID = 500;

/** Trailers that GitHub itself reads, and references that are meant. */
const MEANT: ReadonlySet<string> = new Set(['Source-Commit', 'Pull-Request', 'Command', 'Co-authored-by']);

/** What a person said, for a commit message: one line, and not endless. */
export function writeSaid(text: string): string {
  const line = escapeInvisible(text.replace(/\s+/g, ' ').trim());
  return line.length > MAX_SAID ? `${line.slice(0, MAX_SAID - 3).replace(/[\ud800-\udbff]$/, '')}...` : line;
}

/**
 * Writes a message: the subject, and the trailers in one paragraph at its end, where git looks for them. Names and words that
 * GitHub would link, notify or close by (`gh-12`, `fixes #12`, `@org/team`) are only text; `parseMessage` gives them back.
 */
export function formatMessage({ subject, trailers }: Message): string {
  const lines = trailers.map(([key, value]) => `${key}: ${MEANT.has(key) ? onOneLine(value) : onlyText(value)}`);
  return `${[onlyText(subject), ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n')}\n`;
}

function onlyText(text: string): string {
  return breakReferences(escapeInvisible(onOneLine(text)));
}

/** A line more would be another trailer. */
function onOneLine(text: string): string {
  return text.replace(/[\r\n\u2028\u2029]+/g, ' ');
}

/** Reads a message. Lines of the last paragraph that aren't `Key: value` are no trailers. */
export function parseMessage(text: string): Message {
  const paragraphs = text.trim().split(/\n{2,}/);
  const [subject = ''] = paragraphs;
  const last = paragraphs.length > 1 ? (paragraphs.at(-1) ?? '') : '';
  const trailers = last.split('\n').flatMap((line) => {
    const match = /^([A-Za-z][A-Za-z-]*): (.+)$/.exec(line);
    return match?.[1] !== undefined && match[2] !== undefined ? [[match[1], joinReferences(match[2])] as const] : [];
  });
  return { subject: joinReferences(subject.split('\n')[0] ?? ''), trailers };
}

/** The values of a trailer that may stand several times. */
export function trailers(message: Message, key: string): readonly string[] {
  return message.trailers.filter(([name]) => name === key).map(([, value]) => value);
}

/** The value of a trailer that stands once. */
export function trailer(message: Message, key: string): string | undefined {
  return trailers(message, key)[0];
}
