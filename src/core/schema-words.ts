import type { AnySchemaObject, ErrorObject } from 'ajv/dist/2020.js';
import { keysOf } from './pointer.ts';

/** A key that must be there and isn't. */
export function missingKey(root: unknown, { instancePath, params }: ErrorObject): string {
  return `"${params.missingProperty}" is missing${instancePath === '' ? '' : ` below ${nameOf(root, instancePath)}`}`;
}

/** A key that can't be one. */
export function unusableKey(root: unknown, { instancePath, propertyName, params, keyword }: ErrorObject): string {
  const why = keyword === 'pattern' ? `: a key must match ${params.pattern}` : '';
  return `"${propertyName}" can't be a key of ${nameOf(root, instancePath)}${why}`;
}

/** A value that the schema doesn't allow; `written` is what stands there, where it stands without quotes. */
export function wrongValue(
  root: unknown,
  { keyword, instancePath, data, params, parentSchema }: ErrorObject,
  written?: string,
): string {
  const name = nameOf(root, instancePath);
  const instead = `, not ${written === undefined || data === null || typeof data === 'string' ? shown(data) : written}`;
  switch (keyword) {
    case 'type':
      if (data !== null) return `${name} must be ${described(parentSchema ?? {})}${instead}`;
      return instancePath === ''
        ? `the file is empty; it must be ${described(parentSchema ?? {})}${required(parentSchema ?? {})}`
        : `${name} has no value; it must be ${described(parentSchema ?? {})}`;
    case 'minimum':
    case 'maximum':
      return `${name} must be ${described(parentSchema ?? {})}${instead}`;
    case 'enum':
      return `${name} must be one of ${(params.allowedValues as unknown[]).join(', ')}${instead}`;
    case 'minLength':
      return `${name} must not be empty`;
    case 'minProperties':
    case 'minItems':
      return `${name} needs at least one entry`;
    case 'maxProperties':
      return `${name} takes one entry only`;
    case 'pattern':
      return `${name} must match ${params.pattern}${instead}`;
    default:
      return `${name} can't be ${shown(data)}`;
  }
}

/** "50%" or "50" where a number is wanted: the number. */
export function numberMeant({ keyword, parentSchema, data }: ErrorObject, written?: string): string | undefined {
  if (keyword !== 'type' || parentSchema?.type !== 'integer' || typeof data !== 'string') return undefined;
  const digits = /^(0|[1-9][0-9]{0,8})\s*%?$/.exec(written ?? data)?.[1];
  const { minimum = 0, maximum = Infinity } = parentSchema;
  return digits === undefined || Number(digits) < minimum || Number(digits) > maximum ? undefined : digits;
}

/** What a place is called: its key, or which entry of a list it is. */
function nameOf(root: unknown, path: string): string {
  const keys = keysOf(path);
  const last = keys.at(-1);
  if (last === undefined) return 'the file';
  let parent = root;
  for (const key of keys.slice(0, -1)) parent = (parent as Record<string, unknown> | null)?.[key];
  return Array.isArray(parent) ? `entry ${Number(last) + 1} of "${keys.at(-2)}"` : `"${last}"`;
}

function shown(data: unknown): string {
  if (Array.isArray(data)) return 'a list';
  if (data === null) return 'empty';
  if (typeof data === 'object') return 'a map';
  const text = JSON.stringify(data);
  return text.length > 60 ? `${text.slice(0, 57)}..."` : text;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'a map (key: value)',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  boolean: 'true or false',
};

function described({ type, minimum, maximum }: AnySchemaObject): string {
  const types = [type]
    .flat()
    .filter((name) => name !== 'null')
    .map((name) => TYPE_NAMES[String(name)] ?? String(name));
  const within = minimum !== undefined && maximum !== undefined ? ` from ${minimum} to ${maximum}` : '';
  return `${types.join(' or ')}${within}`;
}

function required(schema: AnySchemaObject): string {
  const keys = (schema.required as readonly string[] | undefined) ?? [];
  return keys.length === 0 ? '' : ` with ${keys.map((key) => `"${key}"`).join(' and ')}`;
}
