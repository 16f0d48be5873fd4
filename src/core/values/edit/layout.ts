import {
  type CST,
  isAlias,
  isCollection,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  visit,
  type YAMLMap,
} from 'yaml';
import { join } from '../../model/pointer.ts';
import { valueAt } from './data.ts';
import type { Style } from './write.ts';

/** A piece of text to be replaced. */
export interface Splice {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** A key with its value, where they stand. */
export interface Entry {
  readonly key: Scalar;
  readonly value: Node | null;
  readonly token: CST.CollectionItem;
  readonly map: YAMLMap;
  readonly above: Entry | undefined; // the entry that this one's map is the value of
}

/** The nodes of a YAML text that is known to be readable. */
export interface Layout {
  readonly text: string;
  readonly root: Node | null;
  readonly style: Style;
}

export function layoutOf(text: string): Layout {
  const document = parseDocument<Node>(text, {
    keepSourceTokens: true,
    uniqueKeys: false,
    strict: true,
    merge: false,
    schema: 'core',
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const root = document.contents as Node | null;
  return { text, root, style: styleOf(text, root) };
}

/** Where a path leads. */
export type Found =
  | { readonly kind: 'value'; readonly value: Node | null; readonly entry: Entry | undefined } // entry: unless an item
  | Gap
  | { readonly kind: 'blocked'; readonly path: string; readonly reason: string };

/** A key that isn't written, below the last value that is. */
export interface Gap {
  readonly kind: 'missing';
  readonly value: Node | null;
  readonly above: Entry | undefined; // the entry of that value, unless it is the root or an item
  readonly rest: readonly [string, ...string[]];
  readonly merged?: string; // the path from where on a merge key gives it
}

/** Follows keys through what is written; the content of an alias is written elsewhere and ends the way. */
export function find({ root }: Layout, data: unknown, keys: readonly string[]): Found {
  let value = root;
  let entry: Entry | undefined;
  let above: Entry | undefined;
  let path = '';
  for (const [index, key] of keys.entries()) {
    const child = join(path, key);
    if (isAlias(value))
      return {
        kind: 'blocked',
        path,
        reason: `${path} is the alias *${value.source}: its content is written elsewhere`,
      };
    if (isSeq(value)) {
      value = value.items[Number(key)] as Node;
      [above, entry] = [undefined, undefined];
    } else if (isMap(value)) {
      const pair = value.items.find((item) => nameOf(item) === key);
      if (!pair) {
        const merged = valueAt(data, child) === undefined ? {} : { merged: child };
        return { kind: 'missing', value, above: entry, rest: [key, ...keys.slice(index + 1)], ...merged };
      }
      if (!pair.srcToken || pair.srcToken.start.some(({ type }) => type === 'explicit-key-ind'))
        return { kind: 'blocked', path, reason: `the key of ${child} is written with "?"` };
      above = entry;
      entry = { key: pair.key as Scalar, value: pair.value as Node, token: pair.srcToken, map: value, above };
      value = pair.value as Node | null;
    } else {
      return { kind: 'missing', value, above: entry, rest: [key, ...keys.slice(index + 1)] };
    }
    path = child;
  }
  return { kind: 'value', value, entry };
}

function nameOf({ key }: Pair): string | undefined {
  if (!isScalar(key)) return undefined;
  return key.type === Scalar.PLAIN && key.tag === undefined ? key.source : String(key.value ?? '');
}

/** The entries of a map that it has written itself. */
export function entriesOf(map: YAMLMap, above: Entry | undefined): readonly Entry[] {
  return (map.items as readonly Pair[]).flatMap(({ key, value, srcToken }) =>
    isScalar(key) && srcToken ? [{ key, value: value as Node | null, token: srcToken, map, above }] : [],
  );
}

const LAYOUT_ONLY = new Set(['space', 'newline', 'comment', 'comma']);

/** Where an entry begins: at its key, or at the key's anchor. */
export function startOf({ token, key }: Entry): number {
  return token.start.find(({ type }) => !LAYOUT_ONLY.has(type))?.offset ?? offsetsOf(key)[0];
}

type Parts = Pick<Entry, 'key' | 'value' | 'token'>;

/** Where the ":" of an entry ends, or the anchor or tag behind it; where there is none, its key. */
export function headEnd({ token, key }: Parts): number {
  const last = token.sep?.findLast(({ type }) => !LAYOUT_ONLY.has(type));
  return last ? last.offset + last.source.length : offsetsOf(key)[1];
}

/** Where the content of an entry ends: before the blanks and comments that follow it. */
export function endOf(entry: Parts, text: string): number {
  const { value } = entry;
  return isWritten(value) ? nodeEnd(value, text) : headEnd(entry);
}

/** Whether a value has any text. Nothing tells where an empty one stands among the comments behind its key. */
export function isWritten(value: Node | null): value is Node {
  return value !== null && offsetsOf(value)[1] > offsetsOf(value)[0];
}

function nodeEnd(node: Node, text: string): number {
  const [from, to] = offsetsOf(node);
  if (isCollection(node) && !node.flow) {
    const last = node.items.at(-1);
    if (!isPair(last)) return last ? nodeEnd(last as Node, text) : to;
    const { key, value, srcToken } = last as Pair<Scalar, Node | null>;
    return srcToken ? endOf({ key, value, token: srcToken }, text) : to;
  }
  if (!isScalar(node) || (node.type !== Scalar.BLOCK_LITERAL && node.type !== Scalar.BLOCK_FOLDED)) return to;
  return to - (/\r?\n$/.exec(text.slice(Math.max(from, to - 2), to))?.[0].length ?? 0); // blanks count with "+" alone
}

/** Offsets of a node's own text. */
export function offsetsOf(node: Node): readonly [from: number, to: number] {
  return [node.range?.[0] ?? 0, node.range?.[1] ?? 0];
}

/** The start of a line; that of the first is behind the byte order mark. */
export function lineStart(text: string, offset: number): number {
  const before = offset === 0 ? -1 : text.lastIndexOf('\n', offset - 1);
  return before < 0 && text.startsWith('\ufeff') ? 1 : before + 1;
}

/** The start of the next line, or the end of the text. */
export function lineEnd(text: string, offset: number): number {
  return text.indexOf('\n', offset) + 1 || text.length;
}

/** Column of an entry, from 0. */
export function columnOf(entry: Entry, text: string): number {
  return columnAt(text, startOf(entry));
}

/** Whether nothing but blanks stands before an offset on its line. */
export function beginsLine(text: string, offset: number): boolean {
  return /^[ \t]*$/.test(text.slice(lineStart(text, offset), offset));
}

/** Where the lines of a block entry end: comments that are indented deeper than its key are inside it. */
export function linesEnd(entry: Entry, text: string): number {
  const column = columnOf(entry, text);
  let end = lineEnd(text, endOf(entry, text));
  for (let at = end; at < text.length; ) {
    const next = lineEnd(text, at);
    const [, indent, rest = ''] = /^( *)(.*)/.exec(text.slice(at, next)) ?? [];
    if (rest.startsWith('#') && (indent ?? '').length > column) end = next;
    else if (rest.trim() !== '') break;
    at = next;
  }
  return end;
}

function styleOf(text: string, root: Node | null): Style {
  let step: number | undefined;
  let listStep: number | undefined;
  visit(root, {
    Pair(_, pair, parents) {
      const map = parents.at(-1);
      const value = pair.value;
      if (!isMap(map) || map.flow || !isCollection(value) || value.flow || !value.range) return;
      const below = columnAt(text, value.range[0]) - columnAt(text, offsetsOf(pair.key as Node)[0]);
      if (isMap(value) && below > 0) step ??= below;
      if (isSeq(value)) listStep ??= below;
    },
  });
  const newline = /\r?\n/.exec(text)?.[0] ?? '\n';
  return { newline, step: step ?? 2, listStep: listStep ?? step ?? 2 };
}

function columnAt(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}
