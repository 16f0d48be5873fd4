/** A commit message with its trailers, as git itself reads them. */
export interface Message {
  readonly subject: string;
  readonly trailers: readonly (readonly [key: string, value: string])[];
}

/** Writes a message: the subject, and the trailers in one paragraph at its end, where git looks for them. */
export function formatMessage({ subject, trailers }: Message): string {
  const lines = trailers.map(([key, value]) => `${key}: ${value}`);
  return `${[subject, ...(lines.length > 0 ? [lines.join('\n')] : [])].join('\n\n')}\n`;
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
