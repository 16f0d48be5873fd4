import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import type { Json } from './data.ts';
import {
  beginsLine,
  columnOf,
  type Entry,
  endOf,
  entriesOf,
  headEnd,
  isWritten,
  type Layout,
  lineEnd,
  lineStart,
  linesEnd,
  offsetsOf,
  type Splice,
  startOf,
} from './layout.ts';
import { blockEntry, blockLines, flowText, isBlock, scalarText } from './write.ts';

// Changes of what stands on lines of its own.

/** Adds lines at the start of a line, or at the end of a text that has no newline there: then the lines end without. */
export function insertLines(at: number, lines: readonly string[], { text, style: { newline } }: Layout): Splice {
  const open = at > 0 && text[at - 1] !== '\n';
  const block = lines.join(newline);
  return { from: at, to: at, text: open ? `${newline}${block}` : `${block}${newline}` };
}

/** Adds an entry behind the last one of a block map. */
export function addEntry(map: YAMLMap, name: string, value: Json, layout: Layout): readonly Splice[] | undefined {
  const last = entriesOf(map, undefined).at(-1);
  if (!last || map.items.length !== entriesOf(map, undefined).length) return undefined;
  const lines = blockEntry(name, value, columnOf(last, layout.text), layout.style);
  return [insertLines(linesEnd(last, layout.text), lines, layout)];
}

/** Fills an entry that holds nothing, `{}` or null, with a block. */
export function fillEntry(entry: Entry, value: Json, layout: Layout): readonly Splice[] {
  const { text, style } = layout;
  const head = headEnd(entry);
  const column = columnOf(entry, text);
  const siblings = entriesOf(entry.map, entry.above).find((other) => isMap(other.value) && !other.value.flow);
  const [nephew] = siblings && isMap(siblings.value) ? entriesOf(siblings.value, siblings) : [];
  const below = nephew ? columnOf(nephew, text) : column + style.step;
  const lines = insertLines(linesEnd(entry, text), blockLines(value, below, style), layout);
  const end = endOf(entry, text);
  return end > head ? [{ from: head, to: end, text: '' }, lines] : [lines];
}

/** Whether a value holds nothing and is written so: `{}`, `~`, or not at all. */
export function isEmptyValue(value: Node | null, text: string): boolean {
  if (value === null) return true;
  if (isScalar(value)) return value.value === null;
  return isMap(value) && /^\{[ \t]*\}$/.test(text.slice(...offsetsOf(value)));
}

/** The new value of an entry that has one, from behind the ":" on; the comments in the old one go with it. */
export function replaceEntry(entry: Entry, value: Json, { text, style }: Layout): Splice {
  const colon = entry.token.sep?.find(({ type }) => type === 'map-value-ind');
  const from = colon ? colon.offset + 1 : headEnd(entry);
  const to = linesEnd(entry, text);
  const below = Array.isArray(value) ? style.listStep : style.step;
  const written = isBlock(value)
    ? `${style.newline}${blockLines(value, columnOf(entry, text) + below, style).join(style.newline)}`
    : ` ${flowText(value)}`;
  return { from, to, text: `${written}${text[to - 1] === '\n' ? style.newline : ''}` };
}

/** The new value of an entry that holds a scalar, or nothing. */
export function replaceScalar(entry: Entry, value: string | number | boolean | null, { text }: Layout): Splice {
  const node = entry.value;
  const head = headEnd(entry);
  if (!isWritten(node)) return { from: head, to: head, text: ` ${scalarText(value)}` };
  const type = isScalar(node) ? node.type : undefined;
  return { from: offsetsOf(node)[0], to: endOf(entry, text), text: scalarText(value, type) };
}

/** The new value of an entry in place of all that follows its ":" on the way to the old one's end: anchor and tag too. */
export function replaceAll(entry: Entry, written: string, { text }: Layout): Splice {
  const colon = entry.token.sep?.find(({ type }) => type === 'map-value-ind');
  return { from: colon ? colon.offset + 1 : headEnd(entry), to: endOf(entry, text), text: ` ${written}` };
}

/** Takes an entry away with its lines; undefined where they aren't its own. */
export function removeLines(entry: Entry, layout: Layout): readonly Splice[] | undefined {
  const { text } = layout;
  const start = startOf(entry);
  if (!beginsLine(text, start)) return undefined;
  const [from, to] = [lineStart(text, start), linesEnd(entry, text)];
  if (entry.map.items.length > 1) return [lines(text, from, to)];
  if (entry.map === layout.root)
    return [{ from, to, text: text[to - 1] === '\n' ? `{}${layout.style.newline}` : '{}' }];
  if (!entry.above) return undefined;
  const head = headEnd(entry.above);
  return [{ from: head, to: head, text: ' {}' }, lines(text, from, to)];
}

/** Lines that go; the last ones of a text without newline at its end leave it so. */
function lines(text: string, from: number, to: number): Splice {
  const open = to === text.length && text[to - 1] !== '\n';
  return { from: open ? from - (/\r?\n$/.exec(text.slice(0, from))?.[0].length ?? 0) : from, to, text: '' };
}

/** The lines of an entry under another name, without its comments and anchors. */
export function copyLines(entry: Entry, name: string, layout: Layout): readonly Splice[] | undefined {
  const { text } = layout;
  const start = startOf(entry);
  if (!beginsLine(text, start)) return undefined;
  const from = lineStart(text, start);
  const written = copyText(entry, name, text, [from, lineEnd(text, endOf(entry, text))]).replace(/\r?\n$/, '');
  return [insertLines(linesEnd(entry, text), [written], layout)];
}

/** A stretch of an entry's text under another name, without comments and anchors. */
export function copyText(entry: Entry, name: string, text: string, [from, to]: readonly [number, number]): string {
  const [keyFrom, keyTo] = offsetsOf(entry.key);
  const cuts = [{ from: keyFrom, to: keyTo, text: scalarText(name, entry.key.type) }];
  for (const token of looseTokens(entry.token)) {
    if (token.offset < from || token.offset >= to) continue;
    const end = token.offset + token.source.length;
    const first = beginsLine(text, token.offset);
    if (first && token.type === 'anchor') cuts.push({ from: token.offset, to: end + 1, text: '' });
    else if (first) cuts.push({ from: lineStart(text, token.offset), to: lineEnd(text, end), text: '' });
    else cuts.push({ from: text.slice(0, token.offset).trimEnd().length, to: end, text: '' });
  }
  return splice(
    text.slice(from, to),
    cuts.map((cut) => ({ from: cut.from - from, to: cut.to - from, text: cut.text })),
  );
}

interface LooseToken {
  readonly type: 'comment' | 'anchor';
  readonly offset: number;
  readonly source: string;
}

/** The comments and anchors in a piece of the syntax tree. */
function looseTokens(token: object): readonly LooseToken[] {
  if ('type' in token && (token.type === 'comment' || token.type === 'anchor')) return [token as LooseToken];
  return Object.values(token).flatMap((inner) =>
    typeof inner === 'object' && inner !== null ? looseTokens(inner) : [],
  );
}

/** Puts pieces in their places; none of them overlap. */
export function splice(text: string, splices: readonly Splice[]): string {
  const sorted = [...splices].sort((a, b) => a.from - b.from || a.to - b.to);
  const parts = sorted.map((piece, index) => text.slice(sorted[index - 1]?.to ?? 0, piece.from) + piece.text);
  return parts.join('') + text.slice(sorted.at(-1)?.to ?? 0);
}
