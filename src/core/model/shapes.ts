import type { Fields } from './fields.ts';

/** A map; undefined for anything else. */
export function readMap(value: unknown): Fields | undefined {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** Text; undefined for anything else. */
export function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** A number without a fraction, of at most 15 digits; undefined for anything else. */
export function readWholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 1e15 ? value : undefined;
}

/** The members of a map that are text; undefined for anything but a map. */
export function readTexts(value: unknown): Readonly<Record<string, string>> | undefined {
  const map = readMap(value);
  return (
    map &&
    Object.fromEntries(Object.entries(map).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  );
}

/** A member for an object literal, left out where there is no value. */
export function only<K extends string, T>(key: K, value: T | undefined): { readonly [key in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: T };
}
