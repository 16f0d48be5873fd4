import { nearest } from '../model/nearest.ts';
import type { Shares } from '../refusal.ts';

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
export function servesText({ primary, canary }: Shares): string {
  const weight = canary?.weight ?? 0;
  if (!canary || weight === 0) return `${named(primary)} serves everything`;
  if (weight === 100) return `${named(canary.version)} serves everything`;
  return `${named(primary)} serves ${100 - weight}% and ${named(canary.version)} ${weight}%`;
}

/** What to say of a version that a release does not deploy, with the one that was most likely meant. */
export function unknownVersionText(version: string, versions: readonly string[]): string {
  const meant = nearest(version, versions);
  const [, weight] = /^(\d{1,3})%?$/.exec(version) ?? [];
  const hint =
    weight !== undefined
      ? `it has ${knownVersions(versions)}; a weight is written "to ${weight}"`
      : meant === undefined
        ? `it has ${knownVersions(versions)}`
        : `did you mean "${named(meant)}"? It has ${knownVersions(versions)}`;
  return `it has no version "${named(version)}"; ${hint}`;
}
