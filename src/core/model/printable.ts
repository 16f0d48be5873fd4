import { escapeInvisible } from './invisible.ts';

// Values, file names and branch names are strangers' input: wherever they are printed, they go through one of these.

/** Text on one line, with control and bidirectional characters made visible. */
export function oneLine(text: string): string {
  return escapeInvisible(text);
}

/** Text on one line, cut to a length that a person reads: a name in a values file may have 200,000 letters. */
export function brief(text: string): string {
  const line = oneLine(text.slice(0, BRIEF + 1));
  return line.length > BRIEF ? `${line.slice(0, BRIEF - 3)}...` : line;
}

const BRIEF = 1000;

/** The same for text of several lines: newlines and tabs stay. */
export function printable(text: string): string {
  return text
    .split('\n')
    .map((line) => line.split('\t').map(oneLine).join('\t'))
    .join('\n');
}
