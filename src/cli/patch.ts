import { printable } from '../core/report/escape.ts';

/** A diff for the terminal: what can't be seen is made visible, but for the line ends of the file. */
export function shown(patch: string): string {
  return patch
    .split('\n')
    .map((line) => (line.endsWith('\r') ? `${printable(line.slice(0, -1))}\r` : printable(line)))
    .join('\n');
}
