import { Scalar } from 'yaml';
import { escapeInvisible } from '../../model/invisible.ts';
import { doubleQuoted, quote } from '../../yaml/scalar.ts';
import type { Json } from './data.ts';

/** How a file is laid out, so that new lines look like the ones that are there. */
export interface Style {
  readonly newline: string;
  readonly step: number; // columns by which a block is indented
  readonly listStep: number; // columns by which a list is indented below its key: often 0
}

/** A value that fits on one line, with the quotes of what it replaces where they can hold it. */
export function scalarText(value: string | number | boolean | null, old?: Scalar.Type): string {
  if (typeof value !== 'string') return String(value);
  if (old === Scalar.QUOTE_SINGLE && escapeInvisible(value) === value) return `'${value.replaceAll("'", "''")}'`;
  return old === Scalar.QUOTE_DOUBLE ? doubleQuoted(value) : quote(value);
}

/** An entry of a block map as lines, without line ends. */
export function blockEntry(key: string, value: Json, column: number, style: Style): readonly string[] {
  const head = `${' '.repeat(column)}${quote(key)}:`;
  if (!isBlock(value)) return [`${head} ${flowText(value)}`];
  const below = Array.isArray(value) ? style.listStep : style.step;
  return [head, ...blockLines(value, column + below, style)];
}

/** What stands below a key: the entries of a map or the items of a list. */
export function blockLines(value: Json, column: number, style: Style): readonly string[] {
  if (!Array.isArray(value)) {
    return Object.entries(value as Record<string, Json>).flatMap(([key, inner]) =>
      blockEntry(key, inner, column, style),
    );
  }
  return (value as readonly Json[]).flatMap((item) => {
    const dash = `${' '.repeat(column)}- `;
    if (!isBlock(item) || Array.isArray(item)) return [`${dash}${flowText(item)}`];
    const [first = '', ...rest] = blockLines(item, column + 2, style);
    return [`${dash}${first.trimStart()}`, ...rest];
  });
}

/** A value within braces or on one line; as JSON where its neighbours are. */
export function flowText(value: Json, json = false): string {
  if (Array.isArray(value)) return `[${value.map((item) => flowText(item, json)).join(', ')}]`;
  if (typeof value === 'string') return json ? doubleQuoted(value) : quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([key, inner]) => flowEntry(key, inner, json))
    .join(', ')}}`;
}

export function flowEntry(key: string, value: Json, json = false): string {
  return `${json ? doubleQuoted(key) : quote(key)}: ${flowText(value, json)}`;
}

/** Whether a value takes lines of its own: a map or a list with something in it. */
export function isBlock(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
