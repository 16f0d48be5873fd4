import type { FluxEvent } from './event.ts';
import { readUnready, withoutDuration } from './health.ts';

/** A commit that was confirmed, and when we heard of it. */
export interface Confirmed {
  readonly commit: string;
  readonly at: string;
}

/** A Deployment that was confirmed ready: in which commit, and the id of its file there. */
export interface Ready {
  readonly commit: string;
  readonly file: string;
}

/** What one cluster's Flux has said of one Kustomization, as far as it matters for what is published next. */
export interface Word {
  readonly uid?: string; // another one is another Kustomization: of a cluster made anew, of a release that came back
  readonly commit: string; // of the newest event that was taken
  readonly said: string; // that event's own time
  readonly applied: readonly Confirmed[]; // oldest first: the newest that all traffic has left for sure, and all since
  readonly ready: Readonly<Record<string, Ready>>; // by Deployment
  readonly failed?: { readonly commit: string; readonly at: string; readonly message: string };
}

/** What git says about the commit of an event. */
export interface EventFacts {
  /** The branch's commits after that one. */
  readonly newer: ReadonlySet<string>;
  /** Whether a commit after `since`, up to that one, touched the release. */
  readonly touchedSince: (since: string) => boolean;
  readonly namespace: string;
  /** The Deployments in that commit, with the ids of their files; empty for routes. */
  readonly deployments: ReadonlyMap<string, string>;
  readonly now: Date;
  readonly drain: number; // ms for which what was confirmed before is kept
}

/**
 * Takes an event: the word as it is afterwards, or the very same one where there is nothing new to keep. That is so for
 * what is only under way, what is older than what was heard before, what was heard before, and any success of a release
 * that waits for nothing.
 */
export function record(word: Word | undefined, event: FluxEvent, facts: EventFacts): Word | undefined {
  if (event.outcome === 'progressing') return word;
  const before = word && isSameLife(word, event) ? word : undefined;
  if (word && (before ? isOld(before, event, facts) : event.at < word.said)) return word;
  if (before && !isNews(before, event, facts)) return word;
  const { uid } = event.kustomization;
  return {
    ...(uid === undefined ? {} : { uid }),
    commit: event.revision.sha,
    said: event.at,
    applied: appliedAfter(before?.applied ?? [], event, facts),
    ready: readyAfter(before?.ready ?? {}, event, facts),
    ...(event.outcome === 'failed'
      ? { failed: { commit: event.revision.sha, at: facts.now.toISOString(), message: event.message } }
      : {}),
  };
}

function isSameLife({ uid }: Word, { kustomization }: FluxEvent): boolean {
  return uid === undefined || kustomization.uid === undefined || uid === kustomization.uid;
}

/** Flux's events come in any order: the branch's own says which is newer, and of one commit the cluster's clock. */
function isOld({ commit, said }: Word, { revision, at }: FluxEvent, { newer }: EventFacts): boolean {
  return commit === revision.sha ? at < said : newer.has(commit);
}

function isNews(before: Word, event: FluxEvent, { touchedSince }: EventFacts): boolean {
  const { failed } = before;
  if (event.outcome === 'failed') {
    return !failed || touchedSince(failed.commit) || withoutDuration(failed.message) !== withoutDuration(event.message);
  }
  const last = before.applied.at(-1);
  return !last || failed !== undefined || touchedSince(last.commit);
}

/** Flux checks health after it has applied and pruned everything; any other failure may have left something undone. */
function isApplied({ outcome, reason }: FluxEvent): boolean {
  return outcome === 'applied' || reason === 'HealthCheckFailed';
}

function appliedAfter(before: readonly Confirmed[], event: FluxEvent, { now, drain }: EventFacts): Word['applied'] {
  const { sha } = event.revision;
  if (!isApplied(event) || before.at(-1)?.commit === sha) return before;
  const all = [...before, { commit: sha, at: now.toISOString() }];
  const first = all.findLastIndex(({ at }) => isDrained(at, now, drain));
  return all.slice(Math.max(0, first));
}

/** Whether what was confirmed then has been so for long enough that no request is on the way by what was before it. */
export function isDrained(at: string, now: Date, drain: number): boolean {
  return Date.parse(at) + drain <= now.getTime();
}

function readyAfter(before: Word['ready'], event: FluxEvent, { deployments, namespace }: EventFacts): Word['ready'] {
  if (!isApplied(event)) return before; // what ran before runs on
  const { named, othersReady } = event.outcome === 'applied' ? ALL_READY : readUnready(event.message);
  const entries = [...deployments].flatMap(([name, file]): [string, Ready][] => {
    if (named.has(`${namespace}/${name}`)) return [];
    const known = Object.hasOwn(before, name) ? before[name] : undefined;
    if (othersReady) return [[name, { commit: event.revision.sha, file }]];
    return known?.file === file ? [[name, known]] : []; // a changed one may have lost the pods that were ready
  });
  return Object.fromEntries(entries);
}

const ALL_READY = { named: new Set<string>(), othersReady: true };
