import { oneLine, printable } from '../model/printable.ts';
import { breakReferences } from '../model/references.ts';

// Values, file names and branch names are strangers' input: wherever they are printed, they go through one of these, or
// through one of model/printable.ts.

/** Text within a line of Markdown: no markup, mention, reference or HTML comes out of it. */
export function markdown(text: string): string {
  const escaped = oneLine(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_[\]|~]/g, '\\$&');
  return breakReferences(escaped, '&#8203;');
}

/** Text as inline code. */
export function code(text: string): string {
  const inside = oneLine(text);
  const fence = '`'.repeat(longestRun(inside) + 1);
  return fence.length > 1 || inside === '' ? `${fence} ${inside} ${fence}` : `\`${inside}\``;
}

/** Text of several lines as a fenced block. */
export function fenced(language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${printable(text).replace(/\n$/, '')}\n${fence}`;
}

/** A value in a workflow command of GitHub Actions (`::error file=...::message`): a message, or a property. */
export function workflowCommand(text: string, place: 'message' | 'property'): string {
  const escaped = text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  return place === 'message' ? escaped : escaped.replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
