import type { Draft } from '../model/draft.ts';
import type { Fields } from '../model/fields.ts';
import { join, keysOf, valueIn } from '../model/pointer.ts';

/** The keys that lead to a place. */
export type Keys = readonly string[];

/** Gives for a place in a rendered object the one in the values that it speaks of; none: it follows from a name, or from us. */
export type PlacesOf = (keys: Keys) => Keys;

/** A place in the values file; or, where its value was merged from the settings, the version that it was merged into. */
export interface WrittenPlace {
  readonly path: string;
  readonly fromSettings: boolean;
  readonly isKey: boolean; // what is spoken of is a key there: the name of a variable
}

/**
 * Where a place in a version was written: in the version, in the file's defaults or in the settings', as far down as
 * one of them has it, and of several that have as much of it in the first.
 */
export function writtenPlaceOf(draft: Draft, defaults: Fields, place: string): WrittenPlace {
  const [top, name, ...keys] = keysOf(place);
  if (top !== 'deployment' || name === undefined) return { path: place, fromSettings: false, isKey: false };
  const own = join('/deployment', name);
  for (let length = keys.length; length > 0; length--) {
    const [shared, rest] = [keys.slice(0, length), keys.slice(length)];
    for (const layer of [own, '/defaults']) {
      const found = withinLayer(draft.valueAt(layer), shared);
      if (!found) continue;
      const path = [...found, ...rest].reduce((parent: string, key) => join(parent, key), layer);
      return { path, fromSettings: false, isKey: keys[0] === 'env' && keys[2] === 'name' && found.length === 2 };
    }
    if (withinLayer(defaults, shared)) return { path: own, fromSettings: true, isKey: true };
  }
  return { path: own, fromSettings: false, isKey: true };
}

/** The keys that lead to a place in one layer, where variables stand by name or in a list; undefined if it isn't there. */
function withinLayer(layer: unknown, keys: Keys): Keys | undefined {
  const [first, name, field, ...rest] = keys;
  const env = first === 'env' && name !== undefined ? valueIn(layer, ['env']) : undefined;
  if (env === undefined) return valueIn(layer, keys) === undefined ? undefined : keys;
  if (!Array.isArray(env)) return valueIn(env, [name ?? '']) === undefined ? undefined : ['env', name ?? ''];
  const index = env.findLastIndex((item) => valueIn(item, ['name']) === name);
  const inList = ['env', String(index), ...(field === undefined ? [] : [field, ...rest])];
  return index < 0 || valueIn(layer, inList) === undefined ? undefined : inList;
}
