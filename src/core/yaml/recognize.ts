import { join } from '../model/pointer.ts';
import type { PlainScalar } from './parsed.ts';
import { isAmbiguous, isPlainInteger } from './scalar.ts';

/** What a file says, without places. */
export interface Recognized {
  readonly value: unknown;
  readonly plain: readonly PlainScalar[];
}

/** A map being filled; what stands deeper by any number of blanks belongs to its last key. */
interface Open {
  readonly indent: number;
  readonly path: string;
  readonly map: Record<string, unknown>;
}

const TEXT = /^[\n\x20-\x7e]*$/;
const BLANK = /^ *(?:#.*)?$/;
const ENTRY =
  /^( *)([A-Za-z0-9_][A-Za-z0-9_./-]*):(?: +(?:([A-Za-z0-9_/][A-Za-z0-9_/.@+=-]*(?::[A-Za-z0-9_/.@+=-]+)*)|"([^"\\]*)"|'([^']*)'))?(?: +#.*)?$/;
const DEEPEST = 24; // less than any limit, which is for others to judge

/**
 * Reads the YAML that nearly all values files are: maps in block style, simple words, quoted text on one line, comments.
 * Undefined at anything else, right or wrong: then the YAML library has to read it. Where this answers, it says the same.
 */
export function recognize(text: string): Recognized | undefined {
  if (!TEXT.test(text)) return undefined;
  const plain: PlainScalar[] = [];
  const root: Open = { indent: 0, path: '', map: Object.create(null) };
  const open = [root];
  let waiting: { readonly within: Open; readonly name: string; readonly path: string } | undefined; // a key without a value yet
  for (const line of text.split('\n')) {
    if (BLANK.test(line)) continue;
    const entry = ENTRY.exec(line);
    if (!entry) return undefined;
    const [, blanks = '', name = '', word, double, single] = entry;
    let top = open.at(-1) ?? root;
    if (waiting) {
      if (blanks.length <= top.indent || open.length > DEEPEST) return undefined;
      top = { indent: blanks.length, path: waiting.path, map: Object.create(null) };
      waiting.within.map[waiting.name] = top.map;
      open.push(top);
      waiting = undefined;
    }
    while (blanks.length < top.indent) {
      open.pop();
      top = open.at(-1) ?? root;
    }
    if (blanks.length !== top.indent || name in top.map) return undefined;
    const path = join(top.path, name);
    plain.push({ path, source: name, value: name, isKey: true });
    if (word !== undefined) {
      const value = meaningOf(word);
      if (value === undefined) return undefined;
      top.map[name] = value;
      plain.push({ path, source: word, value, isKey: false });
    } else {
      top.map[name] = double ?? single;
      if (top.map[name] === undefined) waiting = { within: top, name, path };
    }
  }
  return waiting || plain.length === 0 ? undefined : { value: root.map, plain };
}

/** What an unquoted word means, where every reader agrees on it. */
function meaningOf(word: string): string | number | boolean | undefined {
  if (isPlainInteger(word)) return Number(word);
  if (word === 'true' || word === 'false') return word === 'true';
  return isAmbiguous(word) ? undefined : word;
}
