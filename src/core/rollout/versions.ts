import { nearest } from '../model/nearest.ts';
import type { Traffic } from '../model/traffic.ts';
import type { Way } from './way.ts';

/**
 * Why a version can't be meant that isn't deployed, and what to type for the one that was most likely meant; undefined
 * where it is deployed. `ways`: the same command for each version that it could be.
 */
export function unknownVersion(
  version: string,
  versions: readonly string[],
  ways: readonly Way[],
): { readonly reason: string; readonly ways: readonly Way[] } | undefined {
  if (versions.includes(version)) return undefined;
  const known = `it has ${knownVersions(versions)}`;
  const reason = (hint: string) => `it has no version "${named(version)}"; ${hint}`;
  const [, weight] = /^(\d{1,3})%?$/.exec(version) ?? [];
  if (weight !== undefined) {
    const way = { verb: 'promote', words: `to ${weight}` } as const;
    return { reason: reason(`${known}; a weight is written "to ${weight}"`), ways: [way] };
  }
  const meant = nearest(version, versions);
  if (meant === undefined) return { reason: reason(known), ways };
  const near = ways.filter(({ words }) => words === meant || words?.endsWith(` ${meant}`));
  const hint = `did you mean "${named(meant)}"? It has ${knownVersions(versions)}`;
  return { reason: reason(hint), ways: near.length > 0 ? near : ways };
}

/** Maximum number of versions named, and of characters of a name that has errors: it may be as long as its file. */
const LISTED = 20;
const NAME = 100;

/** Some versions by name, and how many more there are. */
export function knownVersions(versions: readonly string[]): string {
  const more = versions.length > LISTED ? [`${versions.length - LISTED} more`] : [];
  return [...versions.slice(0, LISTED).map(named), ...more].join(', ');
}

/** A version's name as far as it is readable. */
export function named(version: string): string {
  return version.length > NAME ? `${version.slice(0, NAME)}...` : version;
}

/** `v1 serves everything`, or `v1 serves 50% and v2 50%`. Requests that are told apart by a header don't count. */
export function servesText({ primary, canary }: Pick<Traffic, 'primary' | 'canary'>): string {
  const weight = canary?.weight ?? 0;
  if (!canary || weight === 0) return `${named(primary)} serves everything`;
  if (weight === 100) return `${named(canary.version)} serves everything`;
  return `${named(primary)} serves ${100 - weight}% and ${named(canary.version)} ${weight}%`;
}
