import type { YAMLError } from 'yaml';
import type { Finding } from '../model/finding.ts';
import { escapeInvisible } from '../model/invisible.ts';
import type { Source, Span } from './source.ts';

/** What the YAML library says, in words for an author who has never read the YAML specification. */
const WORDS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/^All mapping items must .*/, 'this key is not in the column of the others of its map; indent it as they are'],
  [/^All sequence items must .*/, 'this item is not in the column of the others of its list; indent it as they are'],
  [
    /^.* must (?:be sufficiently indented and )?end with a (.)$/,
    'a "$1" is missing: what began before is never closed',
  ],
  [/^Missing closing (.)quote$/, 'a closing $1 is missing: the quoted text before never ends'],
  [/^Implicit map keys need .*/, 'a ":" is missing after this key'],
  [/^Implicit keys .*/, 'a ":" is missing after this key, on the same line'],
  [/^Nested mappings .*/, 'a second ": " on one line; a value that has one needs quotes around it'],
  [/^A block sequence may not .*/, 'a list can\'t begin on the line of its key; begin a new line with "- "'],
  [/^Tabs are not .*/, "a tab can't indent; use spaces"],
  [/^Plain value cannot start with .*(.)$/, 'a value that begins with $1 needs quotes around it'],
  [/^Invalid escape sequence (.*)$/, '$1 means nothing between double quotes; write \\$1, or use single quotes'],
  [/^Unresolved tag: (.*)$/, 'the tag $1 means nothing here; remove it'],
  [/^Missing , (?:or : )?between flow .*/, 'a "," is missing before this'],
  [/^Unexpected flow-(?:map|seq)-end token.*: (.*)$/, '$1 closes nothing that was opened before it'],
  [
    /^(?:Unexpected .*scalar at node end|Not a YAML token).*/,
    'text after the end of a value; quotes around all of it make it one',
  ],
  [
    /^Block scalar header includes .*/,
    'text on the line of a "|" or ">"; it begins on the next line, or needs quotes around it',
  ],
  [/^Block scalar values in collections .*/, 'the text of a "|" or ">" must be indented deeper than its key'],
];

/** Errors that leave the parser in step: what it says about the lines below is true. */
const LOCAL = new Set(['BAD_DQ_ESCAPE', 'BAD_SCALAR_START', 'BAD_DIRECTIVE', 'TAG_RESOLVE_FAILED']);

const CONFLICT = /^(?:<{7} .*|={7}|>{7} .*)\r?$/m;

/** The findings for what the library found: up to the first error after which it is only guessing. */
export function syntaxFindings(source: Source, errors: readonly YAMLError[]): readonly Finding[] {
  const conflict = errors.length > 0 ? CONFLICT.exec(source.text) : null;
  if (conflict) {
    const at: Span = [conflict.index, conflict.index + conflict[0].length];
    return [source.syntax(at, 'a merge conflict was left in the file; decide what stays and remove its marks')];
  }
  const sorted = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  const guessing = sorted.findIndex(({ code }) => !LOCAL.has(code));
  const meant = guessing < 0 ? sorted : sorted.slice(0, guessing + 1);
  const end = source.text.trimEnd().length; // what is missing at the end is shown where the text ends
  return meant.map(({ pos: [from, to], message }) =>
    source.syntax([Math.min(from, end), Math.min(to, end)], inWords(message)),
  );
}

function inWords(message: string): string {
  const said = message.replaceAll('tag:yaml.org,2002:', '!!');
  const found = WORDS.find(([pattern]) => pattern.test(said));
  return escapeInvisible(found ? said.replace(...found) : `${said.slice(0, 1).toLowerCase()}${said.slice(1)}`);
}
