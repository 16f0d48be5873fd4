import { expect, test } from 'vitest';
import { liveOf, type ReportFacts } from '../../../src/core/readiness/live.ts';
import {
  formatClusters,
  formatLive,
  liveFile,
  parseClusters,
  parseLive,
  type ReleaseLive,
} from '../../../src/core/readiness/live-file.ts';
import type { Word } from '../../../src/core/readiness/record.ts';

const [a, b, c] = ['a', 'b', 'c'].map((digit) => digit.repeat(40)) as [string, string, string];
const NOON = '2026-05-04T12:00:00.000Z';
const at = (seconds: number): string => new Date(Date.parse(NOON) + seconds * 1000).toISOString();

/** A word that confirms these commits at these seconds. */
function word(
  applied: readonly (readonly [string, number])[],
  ready: Record<string, string> = {},
  failed?: string,
): Word {
  return {
    commit: applied.at(-1)?.[0] ?? a,
    said: NOON,
    applied: applied.map(([commit, second]) => ({ commit, at: at(second) })),
    ready: Object.fromEntries(Object.entries(ready).map(([name, commit]) => [name, { commit, file: b }])),
    ...(failed === undefined ? {} : { failed: { commit: c, at: NOON, message: failed } }),
  };
}

const facts: ReportFacts = {
  spoken: ['eu', 'us'],
  clusters: [],
  history: [c, b, a],
  now: new Date(at(60)),
  drain: 30_000,
};

const both: ReleaseLive = new Map([
  [
    'eu',
    {
      workloads: word([[c, 5]], { 'echo-v1': c, 'echo-v2': c }),
      routes: word([
        [a, 0],
        [c, 40],
      ]),
    },
  ],
  ['us', { workloads: word([[b, 9]], { 'echo-v1': b }, 'no'), routes: word([[b, 20]]) }],
]);

test('live is what every cluster has confirmed, since the last of them has', () => {
  expect(liveOf(both, facts)).toEqual({
    workloads: { commit: b, at: at(9) },
    routes: { commit: b, at: at(40) },
    drained: a,
    drainedWorkloads: b,
    ready: new Map([['echo-v1', [b, c]]]),
    failures: [{ cluster: 'us', part: 'workloads', commit: c, at: NOON, message: 'no' }],
    clusters: ['eu', 'us'],
  });
});

test.each<[string, ReleaseLive, Partial<ReportFacts>, object]>([
  ['one cluster alone counts', both, { clusters: ['eu'] }, { workloads: { commit: c, at: at(5) }, clusters: ['eu'] }],
  ['a newly listed cluster counts from its first word', both, { clusters: ['eu', 'asia'] }, { clusters: ['eu'] }],
  [
    'a cluster that has spoken of others only holds it up',
    both,
    { spoken: ['asia', 'eu', 'us'] },
    { workloads: undefined, ready: new Map() },
  ],
  ['nobody has spoken', new Map(), { spoken: [] }, { workloads: undefined, clusters: [] }],
  [
    'none that counts has spoken',
    both,
    { clusters: ['asia'] },
    { workloads: undefined, ready: new Map(), clusters: [] },
  ],
  [
    'a commit that is no longer in the history confirms nothing',
    both,
    { history: [c] },
    { drained: undefined, drainedWorkloads: undefined, workloads: undefined, ready: new Map() },
  ],
  ['later everything has drained', both, { now: new Date(at(90)) }, { drained: b }],
])('%s', (_, live, more, expected) => {
  const found = liveOf(live, { ...facts, ...more });
  for (const [key, value] of Object.entries(expected)) expect(found[key as keyof typeof found], key).toEqual(value);
});

test('what is written down is read back', () => {
  expect(parseLive(formatLive(both))).toEqual(both);
  expect(liveFile({ namespace: 'team', name: 'echo' })).toBe('releases/team/echo.yml');
  const clusters = new Map([['eu', NOON]]);
  expect(parseClusters(formatClusters(clusters))).toEqual(clusters);
});

test.each([
  [''],
  ['a: ['],
  ['- a'],
  ['eu: 1'],
  ['eu: {domains: {}}'],
  ['eu: {routes: {commit: main}}'],
  [
    formatLive(both)
      .replaceAll(`commit: ${a}`, 'commit: main')
      .replaceAll(`commit: ${c}`, 'commit: main')
      .replaceAll(`commit: ${b}`, 'commit: 1'),
  ],
])('what somebody has edited into something else is as if it were never said: %j', (text) => {
  expect([...parseLive(text).values()].flatMap((parts) => Object.values(parts))).toEqual([]);
  expect(parseClusters(text).size).toBe(0);
});
