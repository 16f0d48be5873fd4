import type { ErrorObject } from 'ajv/dist/2020.js';
import { nearest } from '../model/nearest.ts';
import { join } from '../model/pointer.ts';
import { meantValue, missingKey, notOneKey, sameEntry, unusableKey, wrongValue } from './words.ts';

/** Something that a schema doesn't allow, in words, and where: at a key, or at its value. */
export interface Fault {
  readonly path: string;
  readonly about: 'key' | 'value';
  readonly message: string;
  readonly replacement?: string;
}

/** The data that a schema was held against, and how it is spoken of. */
export interface CheckedValue {
  readonly root: unknown;
  /** What stands at a path, where it stands there without quotes. */
  writtenAt(path: string): string | undefined;
  /** The path by which a reader knows what is at this one. */
  shownAt(path: string): string;
}

/** The errors of a schema as faults: in words, and a typo said once, at its place. */
export function faultsOf(errors: readonly ErrorObject[], judged: CheckedValue): readonly Fault[] {
  const meant = new Set(
    errors.flatMap((error) => {
      const unknown = unknownKey(error);
      return unknown?.meant === undefined ? [] : [join(error.instancePath, unknown.meant)];
    }),
  );
  const isMeant = ({ keyword, instancePath, params }: ErrorObject) =>
    (keyword === 'required' && meant.has(join(instancePath, params.missingProperty))) ||
    (keyword === 'oneKey' && (params.keys as readonly string[]).some((key) => meant.has(join(instancePath, key))));
  return errors.flatMap((error) => (isMeant(error) ? [] : (faultOf(error, judged) ?? [])));
}

function faultOf(error: ErrorObject, judged: CheckedValue): Fault | undefined {
  const { root, writtenAt } = judged;
  const { keyword, params, propertyName, instancePath: at } = error;
  const name = { root, path: at, shown: judged.shownAt(at) };
  const unknown = unknownKey(error);
  if (unknown) {
    const { key, path, known, meant } = unknown;
    return {
      path,
      about: 'key',
      message: `unknown key "${key}"${meant === undefined ? `; known keys: ${known.join(', ')}` : `; did you mean "${meant}"?`}`,
      ...(meant === undefined ? {} : { replacement: meant }),
    };
  }
  if (keyword === 'required')
    return { path: join(at, params.missingProperty), about: 'key', message: missingKey(name, error) };
  if (keyword === 'oneKey') {
    const second = (params.found as readonly string[])[1];
    return { path: second === undefined ? at : join(at, second), about: 'key', message: notOneKey(name, error) };
  }
  if (keyword === 'x-kubernetes-list-map-keys') {
    const [entry, like] = [params.entry, params.like].map((index) => {
      return { root, path: join(at, index), shown: judged.shownAt(join(at, index)) };
    });
    if (!entry || !like) return undefined;
    return { path: join(entry.path, params.keys[0]), about: 'value', message: sameEntry(entry, like, params.keys) };
  }
  if (keyword === 'propertyNames') return undefined; // what is wrong with the name follows from its own error
  if (propertyName !== undefined)
    return { path: join(at, propertyName), about: 'key', message: unusableKey(name, error) };
  const written = writtenAt(at);
  const replacement = meantValue(error, written);
  return {
    path: at,
    about: 'value',
    message: wrongValue(name, error, written),
    ...(replacement === undefined ? {} : { replacement }),
  };
}

interface UnknownKey {
  readonly key: string;
  readonly path: string;
  readonly known: readonly string[];
  readonly meant?: string;
}

/**
 * What an error says about a key that the schema doesn't know: the known one that it most likely is, unless that is there
 * too or can't have such a value. `port: 8080` isn't meant to be `pod`, which is a map.
 */
export function unknownKey({ keyword, params, instancePath, parentSchema, data }: ErrorObject): UnknownKey | undefined {
  if (keyword !== 'additionalProperties') return undefined;
  const key = String(params.additionalProperty);
  const properties = (parentSchema?.properties as Readonly<Record<string, { type?: unknown }>> | undefined) ?? {};
  const known = Object.keys(properties);
  const value = (data as Readonly<Record<string, unknown>>)[key];
  const meant = nearest(
    key,
    known.filter((name) => !(name in (data as object)) && mayBe(properties[name]?.type, value)),
  );
  return { key, path: join(instancePath, key), known, ...(meant === undefined ? {} : { meant }) };
}

/** Whether a value may be meant for a key of these types; a reference to another schema says nothing of them here. */
function mayBe(type: unknown, value: unknown): boolean {
  const types = [type].flat().filter((each) => each !== undefined);
  if (types.length === 0 || value === null || value === undefined) return true;
  if (Array.isArray(value)) return types.includes('array');
  if (typeof value === 'object') return types.includes('object');
  return types.some((each) => each !== 'object' && each !== 'array'); // of the wrong kind of scalar a quote may be missing
}
