import { isCollection, Scalar, type YAMLMap } from 'yaml';
import {
  beginsLine,
  type Entry,
  endOf,
  entriesOf,
  headEnd,
  isWritten,
  type Layout,
  lineEnd,
  lineStart,
  offsetsOf,
  type Splice,
  startOf,
} from './layout.ts';

// Changes between braces: `canary: {version: v2, weight: 5}`.

/** Whether a map is written as JSON is: what comes is written the same way. */
export function isJson(map: YAMLMap): boolean {
  const entries = entriesOf(map, undefined);
  return entries.length > 0 && entries.every(({ key }) => key.type === Scalar.QUOTE_DOUBLE);
}

/** Adds text behind an entry: on a line of its own where that entry has one. */
export function insertBehind(entry: Entry, written: string, { text, style }: Layout): readonly Splice[] {
  const end = endOf(entry, text);
  const rest = /^([ \t]*,)?[ \t]*(?:#.*)?\r?$/.exec(text.slice(end, lineEnd(text, end)).replace(/\n$/, ''));
  const start = startOf(entry);
  if (!rest || !beginsLine(text, start)) return [{ from: end, to: end, text: `, ${written}` }];
  const at = lineEnd(text, end);
  const indent = text.slice(lineStart(text, start), start);
  const line = { from: at, to: at, text: `${indent}${written}${rest[1] ? ',' : ''}${style.newline}` };
  return rest[1] ? [line] : [{ from: end, to: end, text: ',' }, line];
}

/** Adds text to a map in braces; behind its last entry. */
export function insertInto(map: YAMLMap, written: string, layout: Layout): readonly Splice[] {
  const last = entriesOf(map, undefined).at(-1);
  if (last) return insertBehind(last, written, layout);
  const inside = offsetsOf(map)[0] + 1;
  return [{ from: inside, to: inside, text: written }];
}

/** Takes an entry out of a map in braces; undefined where that isn't plain to see. */
export function removeFrom(entry: Entry, { text }: Layout): readonly Splice[] | undefined {
  const entries = entriesOf(entry.map, undefined);
  if (entries.length !== entry.map.items.length) return undefined;
  const at = entries.findIndex(({ key }) => key === entry.key);
  const [before, after] = [entries[at - 1], entries[at + 1]];
  const [start, end] = [startOf(entry), endOf(entry, text)];
  const piece = after
    ? { from: start, to: startOf(after), text: '' }
    : before
      ? { from: endOf(before, text), to: end, text: '' }
      : { from: offsetsOf(entry.map)[0] + 1, to: offsetsOf(entry.map)[1] - 1, text: '' };
  if (!/[\n#]/.test(text.slice(piece.from, start) + text.slice(end, piece.to))) return [piece];

  const rest = /^([ \t]*,)?[ \t]*(?:#.*)?\r?\n/.exec(text.slice(end));
  if (!rest || !beginsLine(text, start) || (after && !rest[1])) return undefined;
  const lines = { from: lineStart(text, start), to: end + rest[0].length, text: '' };
  const comma = rest[1] ? undefined : entry.token.start.find(({ type }) => type === 'comma');
  return comma && comma.offset < lines.from ? [{ from: comma.offset, to: comma.offset + 1, text: '' }, lines] : [lines];
}

/** The new value of an entry in braces. */
export function replaceValue(entry: Entry, written: string): readonly Splice[] {
  const head = headEnd(entry);
  const colon = entry.token.sep?.some(({ type }) => type === 'map-value-ind') ? '' : ':';
  if (!isWritten(entry.value)) return [{ from: head, to: head, text: `${colon} ${written}` }];
  const [from, to] = offsetsOf(entry.value);
  return [{ from, to, text: written }];
}

/** Whether an entry stands between braces or brackets. */
export function isFlow(entry: Entry): boolean {
  return entry.map.flow === true;
}

/** Whether a value is a map in braces with something in it, on one line. */
export function isFilledFlow(entry: Entry, text: string): boolean {
  const { value } = entry;
  return (
    isCollection(value) &&
    value.flow === true &&
    value.items.length > 0 &&
    !text.slice(...offsetsOf(value)).includes('\n')
  );
}
