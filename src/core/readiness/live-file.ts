import { load } from 'js-yaml';
import { identityOf, type ReleaseId } from '../model/release.ts';
import { serialize } from '../yaml/serialize.ts';
import type { Part } from './kustomization.ts';
import type { Word } from './record.ts';

/** What is known of a release in each cluster, as far as anything was said. */
export type ReleaseLive = ReadonlyMap<string, Partial<Readonly<Record<Part, Word>>>>;

/** Where it is written down. A ref outside `refs/heads`: it is no branch to work on, and no push to it starts anything. */
export const LIVE_REF = 'refs/coalmine/live';

/** When each cluster was first heard of, by name. */
export const CLUSTERS_FILE = 'clusters.yml';

/** The file of a release in that ref's tree. */
export function liveFile(id: ReleaseId): string {
  return `releases/${identityOf(id)}.yml`;
}

/** Writes what is known of a release. */
export function formatLive(live: ReleaseLive): string {
  return serialize(Object.fromEntries(live));
}

/**
 * Reads it back. A record that Coalmine did not write like this (a person edited it) counts as never said: Flux says everything
 * again, and what isn't confirmed is only waited for.
 */
export function parseLive(text: string): ReleaseLive {
  const clusters = Object.entries(fieldsOf(loadOrNothing(text))).map(([cluster, parts]) => {
    const words = Object.entries(fieldsOf(parts)).filter(([part, word]) => isPart(part) && isWord(word));
    return [cluster, Object.fromEntries(words)] as const;
  });
  return new Map(clusters);
}

export function formatClusters(since: ReadonlyMap<string, string>): string {
  return serialize(Object.fromEntries(since));
}

export function parseClusters(text: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(fieldsOf(loadOrNothing(text))).flatMap(([cluster, since]) => {
      return isTime(since) ? [[cluster, since] as const] : [];
    }),
  );
}

function loadOrNothing(text: string): unknown {
  try {
    return load(text);
  } catch {
    return undefined;
  }
}

function isPart(part: string): part is Part {
  return part === 'workloads' || part === 'routes';
}

function isWord(value: unknown): value is Word {
  const { uid, commit, said, applied, ready, failed } = fieldsOf(value);
  return (
    (uid === undefined || typeof uid === 'string') &&
    isSha(commit) &&
    isTime(said) &&
    Array.isArray(applied) &&
    applied.map(fieldsOf).every((each) => isSha(each.commit) && isTime(each.at)) &&
    Object.values(fieldsOf(ready))
      .map(fieldsOf)
      .every((each) => isSha(each.commit) && isSha(each.file)) &&
    (failed === undefined || isFailure(fieldsOf(failed)))
  );
}

function isFailure({ commit, at, message }: Readonly<Record<string, unknown>>): boolean {
  return isSha(commit) && isTime(at) && typeof message === 'string';
}

function isSha(value: unknown): value is string {
  return typeof value === 'string' && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
}

function isTime(value: unknown): value is string {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {};
}
