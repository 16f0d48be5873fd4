import { nearest } from '../model/nearest.ts';
import type { Refusal } from '../refusal.ts';
import type { Way } from './way.ts';

/** A refusal with the commands that help instead. */
export interface Declined {
  readonly refusal: Refusal;
  readonly ways: readonly Way[];
}

/**
 * Refuses a version that is not deployed, with what to type for the one that was most likely meant; undefined where it is
 * deployed. `ways`: the same command for each version that it could be.
 */
export function unknownVersion(
  version: string,
  versions: readonly string[],
  ways: readonly Way[],
): Declined | undefined {
  if (versions.includes(version)) return undefined;
  const refusal = { code: 'unknown-version', version, versions } as const;
  const [, weight] = /^(\d{1,3})%?$/.exec(version) ?? [];
  if (weight !== undefined) return { refusal, ways: [{ verb: 'promote', words: `to ${weight}` }] };
  const meant = nearest(version, versions);
  const near = meant === undefined ? [] : ways.filter(({ words }) => words === meant || words?.endsWith(` ${meant}`));
  return { refusal, ways: near.length > 0 ? near : ways };
}
