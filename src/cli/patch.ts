import { printable } from '../core/model/printable.ts';

/** What is said behind a refusal that has a patch. */
export function patchHint(patch: string | undefined): string {
  return patch === undefined ? '' : '; the patch above would do it: look at it, and apply it by hand';
}

/** A diff for the terminal: what can't be seen is made visible, but for the line ends of the file. */
export function shown(patch: string): string {
  return patch
    .split('\n')
    .map((line) => (line.endsWith('\r') ? `${printable(line.slice(0, -1))}\r` : printable(line)))
    .join('\n');
}
