import { quote } from './scalar.ts';

/**
 * The one YAML writer: keys sorted, block style, strings plain only where no reader can misread them, one newline at
 * the end. Equal data gives equal bytes. Undefined members are left out, as JSON does.
 */
export function serialize(value: object): string {
  const parts: string[] = []; // joined once: text that grows bit by bit costs several times its size
  block(parts, value, '', '');
  return parts.join('');
}

/** Writes a map or list whose first line begins with `first`, the others with `indent`. */
function block(parts: string[], value: object, indent: string, first: string): void {
  if (Array.isArray(value)) sequence(parts, value, indent, first);
  else mapping(parts, value as Record<string, unknown>, indent, first);
}

function mapping(parts: string[], map: Readonly<Record<string, unknown>>, indent: string, first: string): void {
  let start = first;
  for (const key of Object.keys(map).sort()) {
    const value = map[key];
    if (value === undefined) continue;
    parts.push(start, quoted(key));
    start = indent;
    if (isFilled(value)) {
      parts.push(':\n');
      block(parts, value, `${indent}  `, `${indent}  `);
    } else parts.push(': ', scalar(value), '\n');
  }
}

function sequence(parts: string[], items: readonly unknown[], indent: string, first: string): void {
  let start = first;
  for (const item of items) {
    if (isFilled(item)) block(parts, item, `${indent}  `, `${start}- `);
    else parts.push(start, '- ', scalar(item), '\n');
    start = indent;
  }
}

/** A map or list with something in it: written in block style, on lines of its own. */
function isFilled(value: unknown): value is object {
  if (value === null || typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length > 0 : Object.values(value).some((member) => member !== undefined);
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return JSON.stringify(value ?? null);
}

/** Short texts as they were quoted before: most of what is written are the same few keys and words. */
const known = new Map<string, string>();
const MAX_KNOWN = 2000;
const MAX_LENGTH = 40;

function quoted(text: string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  const now = quote(text);
  if (text.length <= MAX_LENGTH && known.size < MAX_KNOWN) known.set(text, now);
  return now;
}
