import { printable } from '../core/model/printable.ts';

/** The end of a refusal that comes with a patch. */
export function formatPatchHint(patch: string | undefined): string {
  return patch === undefined ? '' : '; to make this change, review the patch above and apply it by hand';
}

/** Formats a diff for the terminal: escapes invisible characters, except a carriage return at a line's end. */
export function formatPatch(patch: string): string {
  return patch
    .split('\n')
    .map((line) => (line.endsWith('\r') ? `${printable(line.slice(0, -1))}\r` : printable(line)))
    .join('\n');
}
