import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FluxEvent } from '../../../src/core/readiness/event.ts';
import { type EventFacts, record, type Word } from '../../../src/core/readiness/record.ts';

/** The commits of a branch, oldest first; `sha(3)` is the fourth. */
const sha = (commit: number): string => commit.toString(16).padStart(40, '0');
const LENGTH = 8;
const START = Date.parse('2026-05-04T03:00:00Z');
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

interface Said {
  readonly commit: number;
  readonly second?: number; // of the event; it is heard at once
  readonly failed?: string;
  readonly reason?: string;
  readonly uid?: string;
}

function eventOf({ commit, second = commit, failed, reason, uid = 'u1' }: Said): FluxEvent {
  return {
    by: 'flux',
    kustomization: { namespace: 'echo', name: 'echo-workloads', uid },
    revision: { branch: 'gitops', sha: sha(commit) },
    outcome: failed === undefined ? 'applied' : 'failed',
    reason: reason ?? (failed === undefined ? 'ReconciliationSucceeded' : 'HealthCheckFailed'),
    message: failed ?? 'done',
    cluster: 'default',
    at: at(second),
  };
}

/** A release that each of these commits has touched, by default all; each has the Deployments of its commit. */
function takerOf(touching: readonly number[] = range(0, LENGTH), deployments: (commit: number) => object = () => ({})) {
  return (word: Word | undefined, said: Said, more: Partial<EventFacts> = {}): Word | undefined =>
    record(word, eventOf(said), {
      newer: new Set(range(said.commit + 1, LENGTH).map(sha)),
      touchedSince: (since) => range(Number.parseInt(since, 16) + 1, said.commit + 1).some((c) => touching.includes(c)),
      namespace: 'echo',
      deployments: new Map(Object.entries(deployments(said.commit))),
      now: new Date(at(said.second ?? said.commit)),
      drain: 30_000,
      ...more,
    });
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

const appliedIn = (word: Word | undefined) => word?.applied.map(({ commit }) => Number.parseInt(commit, 16));
const readyIn = (word: Word | undefined) =>
  Object.fromEntries(
    Object.entries(word?.ready ?? {}).map(([name, { commit }]) => [name, Number.parseInt(commit, 16)]),
  );

test('the first success is kept, with every Deployment of its commit', () => {
  const take = takerOf([], () => ({ 'echo-v1': 'a', 'echo-v2': 'b' }));
  expect(take(undefined, { commit: 2 })).toEqual({
    uid: 'u1',
    commit: sha(2),
    said: at(2),
    applied: [{ commit: sha(2), at: at(2) }],
    ready: { 'echo-v1': { commit: sha(2), file: 'a' }, 'echo-v2': { commit: sha(2), file: 'b' } },
  });
});

test('what is said again, is under way, is older, or is of a release that waits for nothing, is not kept', () => {
  const take = takerOf([0, 3, 5]);
  const word = take(undefined, { commit: 3 });
  expect(take(word, { commit: 3 })).toBe(word);
  expect(take(word, { commit: 3, second: 600 })).toBe(word);
  expect(take(word, { commit: 1, second: 600 })).toBe(word);
  expect(take(word, { commit: 4 })).toBe(word);
  expect(record(word, { ...eventOf({ commit: 5 }), outcome: 'progressing' }, {} as EventFacts)).toBe(word);
  expect(appliedIn(take(word, { commit: 6 }))).toEqual([3, 6]);
});

test('of what was applied is kept what may still be answering: the newest that is drained, and all since', () => {
  const take = takerOf();
  let word = take(undefined, { commit: 0, second: 0 });
  word = take(word, { commit: 1, second: 20 });
  word = take(word, { commit: 2, second: 29 });
  expect(appliedIn(word)).toEqual([0, 1, 2]);
  word = take(word, { commit: 3, second: 50 });
  expect(appliedIn(word)).toEqual([1, 2, 3]);
  word = take(word, { commit: 4, second: 500 });
  expect(appliedIn(word)).toEqual([3, 4]);
});

const waiting = (...names: string[]) =>
  `health check failed after 5m0s: timeout waiting for: [${names.map((name) => `Deployment/echo/${name} status: 'InProgress'`).join(', ')}]`;

test('a failed health check confirms what it names as applied, and all others as ready', () => {
  const take = takerOf(range(0, LENGTH), () => ({ 'echo-v1': 'a', 'echo-v2': 'b' }));
  const before = take(undefined, { commit: 1 });
  const word = take(before, { commit: 2, failed: waiting('echo-v2') });
  expect(appliedIn(word)).toEqual([1, 2]);
  expect(readyIn(word)).toEqual({ 'echo-v1': 2 });
  expect(word?.failed).toEqual({ commit: sha(2), at: at(2), message: waiting('echo-v2') });
});

test('one that failed early says nothing of what it does not name: what was ready and has not changed stays so', () => {
  const files = (commit: number) => ({ 'echo-v1': 'a', 'echo-v2': 'b', 'echo-v3': `c${commit}` });
  const take = takerOf(range(0, LENGTH), files);
  const early = waiting('echo-v2').replace('timeout waiting for', 'failed early due to stalled resources');
  const word = take(take(undefined, { commit: 1 }), { commit: 2, failed: early });
  expect(readyIn(word)).toEqual({ 'echo-v1': 1 });
  expect(appliedIn(word)).toEqual([1, 2]);
});

test('any other failure confirms nothing, and takes nothing back', () => {
  const take = takerOf(range(0, LENGTH), (commit): object => (commit === 1 ? { 'echo-v1': 'a' } : { 'echo-v2': 'b' }));
  const before = take(undefined, { commit: 1 });
  const word = take(before, { commit: 2, failed: 'dry-run failed', reason: 'ReconciliationFailed' });
  expect(word?.applied).toEqual(before?.applied);
  expect(word?.ready).toEqual(before?.ready);
  expect(word?.failed?.message).toBe('dry-run failed');
});

test('a failure is kept once, whatever time it took, and a success takes it away', () => {
  const take = takerOf([1], () => ({ 'echo-v1': 'a' }));
  const word = take(take(undefined, { commit: 1 }), { commit: 2, failed: waiting('echo-v1') });
  expect(readyIn(word)).toEqual({});
  const again = waiting('echo-v1').replace('5m0s', '5m0.03s');
  expect(take(word, { commit: 2, second: 100, failed: again })).toBe(word);
  expect(take(word, { commit: 3, second: 100, failed: again })).toBe(word);
  const healed = take(word, { commit: 3, second: 200 });
  expect(healed?.failed).toBeUndefined();
  expect(readyIn(healed)).toEqual({ 'echo-v1': 3 });
});

test('a success after a failure that changed nothing is kept too, though no commit came between', () => {
  const take = takerOf([1], () => ({ 'echo-v1': 'a' }));
  const word = take(take(undefined, { commit: 1 }), { commit: 2, failed: 'no', reason: 'BuildFailed' });
  expect(readyIn(word)).toEqual({ 'echo-v1': 1 });
  expect(take(word, { commit: 2, second: 50 })?.failed).toBeUndefined();
});

test('of two words about one commit the later one holds, however they arrive', () => {
  const take = takerOf();
  const healed = take(undefined, { commit: 1, second: 20 });
  expect(take(healed, { commit: 1, second: 10, failed: waiting('x') })).toBe(healed);
  expect(take(healed, { commit: 1, second: 30, failed: waiting('x') })?.failed).toBeDefined();
});

test('a Kustomization made anew has applied nothing until it says so, and its predecessor is heard no more', () => {
  const take = takerOf(range(0, LENGTH), () => ({ 'echo-v1': 'a' }));
  const before = take(undefined, { commit: 3, second: 10 });
  const anew = take(before, { commit: 3, second: 20, uid: 'u2', failed: 'no', reason: 'BuildFailed' });
  expect(anew).toMatchObject({ uid: 'u2', applied: [], ready: {} });
  expect(take(anew, { commit: 4, second: 15, uid: 'u1' })).toBe(anew);
  expect(appliedIn(take(anew, { commit: 3, second: 30, uid: 'u2' }))).toEqual([3]);
});

const said = fc.record({
  commit: fc.nat({ max: LENGTH - 1 }),
  late: fc.nat({ max: 5 }),
  failed: fc.option(fc.constantFrom('no', waiting('echo-v1')), { nil: undefined }),
  reason: fc.constantFrom('HealthCheckFailed', 'ReconciliationFailed'),
});

test('in whatever order, however often and with whatever gaps events come, only what was said is confirmed', () => {
  fc.assert(
    fc.property(fc.array(said, { maxLength: 12 }), fc.array(fc.nat({ max: LENGTH - 1 })), (all, touching) => {
      const take = takerOf(touching, () => ({ 'echo-v1': 'a' }));
      let word: Word | undefined;
      for (const { commit, late, failed, reason } of all) {
        word = take(word, { commit, second: 10 * commit + late, ...(failed === undefined ? {} : { failed, reason }) });
      }
      const confirmed = all.filter((each) => each.failed === undefined || each.reason === 'HealthCheckFailed');
      const newest = Math.max(-1, ...confirmed.map(({ commit }) => commit));
      const last = appliedIn(word)?.at(-1) ?? -1;
      expect(last).toBeLessThanOrEqual(newest);
      const told = appliedIn(word) ?? [];
      expect(told).toEqual(told.toSorted((a, b) => a - b));
      expect(told.every((commit) => confirmed.some((each) => each.commit === commit))).toBe(true);
      for (const commit of Object.values(readyIn(word))) {
        expect(all.some((each) => each.commit === commit && each.failed === undefined)).toBe(true);
      }
    }),
  );
});

test('the newest success of a branch that touches the release each time is always known in the end', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: LENGTH - 1 }), { minLength: 1 }), (commits) => {
      const take = takerOf();
      const word = commits.reduce<Word | undefined>((before, commit) => take(before, { commit }), undefined);
      expect(appliedIn(word)?.at(-1)).toBe(Math.max(...commits));
    }),
  );
});
