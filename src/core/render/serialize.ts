import { compare } from '../finding.ts';
import { quote } from '../yaml/scalar.ts';

/**
 * The one YAML writer: keys sorted, block style, strings plain only where no reader can misread them, one newline at
 * the end. Equal data gives equal bytes. Undefined members are left out, as JSON does.
 */
export function serialize(value: object): string {
  return block(value, '');
}

function block(value: object, indent: string): string {
  return Array.isArray(value) ? sequence(value, indent) : mapping(value as Record<string, unknown>, indent);
}

function mapping(map: Readonly<Record<string, unknown>>, indent: string): string {
  let text = '';
  for (const key of Object.keys(map).sort(compare)) {
    const value = map[key];
    if (value === undefined) continue;
    text += `${indent}${quote(key)}:${isFilled(value) ? `\n${block(value, `${indent}  `)}` : ` ${scalar(value)}\n`}`;
  }
  return text;
}

function sequence(items: readonly unknown[], indent: string): string {
  let text = '';
  for (const item of items) {
    text += isFilled(item)
      ? `${indent}- ${block(item, `${indent}  `).slice(indent.length + 2)}`
      : `${indent}- ${scalar(item)}\n`;
  }
  return text;
}

/** A map or list with something in it: written in block style, on lines of its own. */
function isFilled(value: unknown): value is object {
  if (value === null || typeof value !== 'object') return false;
  return Array.isArray(value) ? value.length > 0 : Object.values(value).some((member) => member !== undefined);
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? '[]' : '{}';
  return JSON.stringify(value ?? null);
}
