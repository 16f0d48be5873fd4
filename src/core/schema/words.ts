import type { AnySchemaObject, ErrorObject } from 'ajv/dist/2020.js';
import { nearest } from '../model/nearest.ts';
import { keysOf } from '../model/pointer.ts';
import { doubleQuoted } from '../yaml/scalar.ts';

/** A place in the data, and the path by which a reader knows it. */
export interface Named {
  readonly root: unknown;
  readonly path: string;
  readonly shown: string;
}

/** A key that must be there and isn't. */
export function missingKey(name: Named, { params }: ErrorObject): string {
  return `"${params.missingProperty}" is missing${name.path === '' ? '' : ` below ${nameOf(name)}`}`;
}

/** A key that can't be one. */
export function unusableKey(name: Named, { propertyName, params, keyword, parentSchema }: ErrorObject): string {
  const why = keyword === 'pattern' ? `: a key must ${asked(params.pattern, parentSchema)}` : '';
  return `"${propertyName}" can't be a key of ${nameOf(name)}${why}`;
}

/** Of some keys there must be one. */
export function notOneKey(name: Named, { params: { keys, found } }: ErrorObject): string {
  return found.length === 0
    ? `${nameOf(name)} needs one of ${keys.join(', ')}`
    : `${nameOf(name)} takes only one of ${found.join(', ')}`;
}

/** Two entries of a list that nothing tells apart. */
export function sameEntry(entry: Named, like: Named, keys: readonly string[]): string {
  return `${nameOf(entry)} has the same ${keys.join(' and ')} as ${nameOf(like)}`;
}

/** A value that the schema doesn't allow; `written` is what stands there, where it stands without quotes. */
export function wrongValue(
  place: Named,
  { keyword, data, params, parentSchema }: ErrorObject,
  written?: string,
): string {
  const name = nameOf(place);
  const instead = `, not ${written === undefined || data === null || typeof data === 'string' ? shown(data) : written}`;
  switch (keyword) {
    case 'type':
      if (data !== null) return `${name} must be ${described(parentSchema ?? {})}${instead}`;
      return place.path === ''
        ? `the file is empty; it must be ${described(parentSchema ?? {})}${required(parentSchema ?? {})}`
        : `${name} has no value; it must be ${described(parentSchema ?? {})}`;
    case 'minimum':
    case 'maximum':
      return `${name} must be ${parentSchema?.$comment ?? described(parentSchema ?? {})}${instead}`;
    case 'enum':
      return `${name} must be ${oneOf(params.allowedValues)}${instead}`;
    case 'const':
      return `${name} must be ${params.allowedValue}${instead}`;
    case 'not':
      return `${name} can't be set here`;
    case 'minLength':
      return `${name} must not be empty`;
    case 'minProperties':
    case 'minItems':
      return `${name} needs at least one entry`;
    case 'weightsOfHundred':
      return `the weights of ${name} add up to ${params.sum}, not 100`;
    case 'maxProperties':
      return `${name} takes one entry only`;
    case 'pattern':
      return `${name} must ${asked(params.pattern, parentSchema)}${instead}`;
    default:
      return `${name} can't be ${shown(data)}`;
  }
}

function oneOf(words: readonly unknown[]): string {
  return words.length === 1 ? String(words[0]) : `one of ${words.join(', ')}`;
}

/** What a pattern asks for: in words, where the schema has them. */
function asked(pattern: string, schema: AnySchemaObject | undefined): string {
  return schema?.$comment === undefined ? `match ${pattern}` : `be ${schema.$comment}`;
}

/**
 * What was most likely meant, as YAML: "50%" or "50" where a number is wanted the number, `yes` for true, a number in
 * quotes where it is to be a string, and of some words the nearest.
 */
export function meantValue({ keyword, parentSchema, params, data }: ErrorObject, written?: string): string | undefined {
  const types = [parentSchema?.type].flat();
  if (keyword === 'enum') {
    const words = (params.allowedValues as unknown[]).filter((word) => typeof word === 'string');
    return typeof data === 'string' ? nearest(data, words) : undefined;
  }
  if (keyword === 'type' && types.includes('string') && /^(?:number|boolean)$/.test(typeof data))
    return doubleQuoted(written ?? String(data));
  if (typeof data !== 'string') return undefined;
  if (keyword === 'type' && types.includes('boolean')) return BOOLEANS[data.toLowerCase()];
  if (!types.includes('integer') || !(keyword === 'type' || keyword === 'pattern')) return undefined;
  const percent = keyword === 'pattern' ? '' : '\\s*%?'; // where a pattern allows strings, "101%" is another one
  const digits = new RegExp(`^(0|[1-9][0-9]{0,8})${percent}$`).exec(written ?? data)?.[1];
  const { minimum = 0, maximum = Infinity } = parentSchema ?? {};
  return digits === undefined || Number(digits) < minimum || Number(digits) > maximum ? undefined : digits;
}

const BOOLEANS: Readonly<Record<string, string>> = {
  true: 'true',
  yes: 'true',
  y: 'true',
  on: 'true',
  false: 'false',
  no: 'false',
  n: 'false',
  off: 'false',
};

/** What a place is called: its key, or which entry of a list it is. */
function nameOf({ root, path, shown }: Named): string {
  const keys = keysOf(shown);
  const last = keys.at(-1);
  if (last === undefined) return 'the file';
  let parent = root;
  for (const key of keysOf(path).slice(0, -1)) parent = (parent as Record<string, unknown> | null)?.[key];
  return Array.isArray(parent) && /^[0-9]+$/.test(last) ? `entry ${Number(last) + 1} of "${keys.at(-2)}"` : `"${last}"`;
}

function shown(data: unknown): string {
  if (Array.isArray(data)) return 'a list';
  if (data === null) return 'empty';
  if (typeof data === 'object') return 'a map';
  const text = JSON.stringify(data);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  object: 'a map (key: value)',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  boolean: 'true or false',
  number: 'a number',
};

function described({ type, minimum, maximum }: AnySchemaObject): string {
  const types = [type]
    .flat()
    .filter((name) => name !== 'null')
    .map((name) => TYPE_NAMES[String(name)] ?? String(name));
  const within = [minimum === undefined ? '' : ` from ${minimum}`, maximum === undefined ? '' : ` to ${maximum}`].join(
    '',
  );
  return `${types.join(' or ')}${within}`;
}

function required(schema: AnySchemaObject): string {
  const keys = (schema.required as readonly string[] | undefined) ?? [];
  return keys.length === 0 ? '' : ` with ${keys.map((key) => `"${key}"`).join(' and ')}`;
}
