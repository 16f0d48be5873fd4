import { escapeInvisible } from './invisible.ts';

/** A commit message with its trailers, as git itself reads them. */
export interface Message {
  readonly subject: string;
  readonly trailers: readonly (readonly [key: string, value: string])[];
}

/** What keeps GitHub from linking, notifying and closing, and is not to be seen. */
const BREAK = '\u200b';

/** Maximum length of what a person says in a commit message, in UTF-16 code units. */
const MAX_SAID = 500;

/**
 * What a person said, for a commit message: one line without hidden characters, in which `fixes #12`, `@org/team`, `GH-12`
 * and addresses are only text. `readSaid` gives it back.
 */
export function writeSaid(text: string): string {
  const line = escapeInvisible(text.replace(/\s+/g, ' ').trim());
  const short = line.length > MAX_SAID ? `${line.slice(0, MAX_SAID - 3).replace(/[\ud800-\udbff]$/, '')}...` : line;
  return short.replace(/[@#]|GH-(?=\d)|:(?=\/\/)|\bwww(?=\.)/gi, `$&${BREAK}`);
}

/** What a person said in a commit message, as it was before it was written there. */
export function readSaid(text: string): string {
  return text.replaceAll(BREAK, '');
}

/** Writes a message: the subject, and the trailers in one paragraph at its end, where git looks for them. */
export function formatMessage({ subject, trailers }: Message): string {
  const lines = trailers.map(([key, value]) => `${key}: ${onOneLine(value)}`);
  return `${[onOneLine(subject), ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n')}\n`;
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
    return match?.[1] !== undefined && match[2] !== undefined ? [[match[1], match[2]] as const] : [];
  });
  return { subject: subject.split('\n')[0] ?? '', trailers };
}

/** The values of a trailer that may stand several times. */
export function trailers(message: Message, key: string): readonly string[] {
  return message.trailers.filter(([name]) => name === key).map(([, value]) => value);
}

/** The value of a trailer that stands once. */
export function trailer(message: Message, key: string): string | undefined {
  return trailers(message, key)[0];
}
