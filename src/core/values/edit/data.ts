import { keysOf, parentOf } from '../../model/pointer.ts';

/** What a YAML file can hold. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** One change of a values file. Paths are JSON pointers. */
export type Edit =
  /** Changes or adds a scalar; parents that are missing are added. */
  | { readonly kind: 'set'; readonly path: string; readonly value: string | number | boolean }
  /** Adds an entry of a map right behind another one, as its copy; comments and anchors stay with the original. */
  | { readonly kind: 'copy'; readonly from: string; readonly to: string }
  /** Adds a block, or replaces what is there, with the comments inside it. */
  | { readonly kind: 'put'; readonly path: string; readonly value: Json }
  /** Takes a key away with its lines, and the comments inside and on them. */
  | { readonly kind: 'remove'; readonly path: string };

/** Whether two values say the same; the order of a map's keys says nothing. */
export function sameData(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => sameData(item, other[index]));
  }
  if (isMapping(one) && isMapping(other)) {
    const keys = Object.keys(one);
    return (
      keys.length === Object.keys(other).length &&
      keys.every((key) => Object.hasOwn(other, key) && sameData(one[key], other[key]))
    );
  }
  return Object.is(one, other);
}

/** The value at a JSON pointer; undefined where there is none. */
export function valueAt(data: unknown, path: string): unknown {
  let value = data;
  for (const key of keysOf(path)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

type Changed = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly reason: string };

/** The data as it should be after an edit; or why there is no such data. */
export function changeData(data: unknown, edit: Edit): Changed {
  const wrong = misfit(data, edit);
  if (wrong !== undefined) return { ok: false, reason: wrong };
  switch (edit.kind) {
    case 'set':
    case 'put':
      return placed(data, edit.path, cloned(edit.value));
    case 'copy':
      return placed(data, edit.to, cloned(valueAt(data, edit.from)));
    case 'remove':
      return { ok: true, data: valueAt(data, edit.path) === undefined ? data : without(data, keysOf(edit.path)) };
  }
}

/** What makes an edit meaningless for this data. */
function misfit(data: unknown, edit: Edit): string | undefined {
  if (edit.kind === 'copy') {
    const { from, to } = edit;
    if (parentOf(from) !== parentOf(to)) return `${from} and ${to} are not in one block`;
    if (valueAt(data, from) === undefined) return `there is no ${from} to copy`;
    if (valueAt(data, to) !== undefined) return `${to} is there already`;
    if (!isMapping(valueAt(data, parentOf(from)))) return `${parentOf(from)} is a list`;
    return undefined;
  }
  if (!/^(?:\/|$)/.test(edit.path)) return `"${edit.path}" is not a JSON pointer`;
  if (edit.path === '') return 'the whole file is no place for an edit';
  const now = valueAt(data, edit.path);
  if (edit.kind === 'set' && typeof now === 'object' && now !== null) return `${edit.path} holds a block, not a value`;
  if (edit.kind !== 'remove' && !writable(edit.value)) return 'a number that is none, or half a character';
  if (edit.kind === 'remove' && now !== undefined && Array.isArray(valueAt(data, parentOf(edit.path))))
    return `${edit.path} is an item of a list`;
  return undefined;
}

function writable(value: Json): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (value === null || typeof value === 'boolean') return true;
  return Object.entries(value).every(([key, inner]) => key.isWellFormed() && writable(inner));
}

function placed(data: unknown, path: string, value: unknown): Changed {
  const place = (at: unknown, [key, ...rest]: readonly string[], above: string): unknown => {
    if (key === undefined) return value;
    if (Array.isArray(at)) {
      if (!/^\d+$/.test(key) || Number(key) >= at.length) throw new Misplaced(`${above} has no item ${key}`);
      return at.map((item, index) => (index === Number(key) ? place(item, rest, `${above}/${key}`) : item));
    }
    if (at !== null && at !== undefined && typeof at !== 'object')
      throw new Misplaced(`${above} holds a value, no block`);
    const copy: Record<string, unknown> = Object.assign(Object.create(null), at);
    copy[key] = place(copy[key], rest, `${above}/${key}`);
    return copy;
  };
  try {
    return { ok: true, data: place(data, keysOf(path), '') };
  } catch (error) {
    if (error instanceof Misplaced) return { ok: false, reason: error.message };
    throw error;
  }
}

class Misplaced extends Error {}

function without(at: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(at)) return at.map((item, index) => (index === Number(key) ? without(item, rest) : item));
  const copy: Record<string, unknown> = Object.assign(Object.create(null), at);
  if (rest.length === 0) delete copy[key];
  else copy[key] = without(copy[key], rest);
  return copy;
}

function cloned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cloned);
  if (!isMapping(value)) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, inner] of Object.entries(value)) copy[key] = cloned(inner);
  return copy;
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
