import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/core/readiness/live.ts';
import { SUMMARY_LIMIT, sizeOf } from '../../../src/core/report/budget.ts';
import { FOLLOWING_MARKER, type Followed, formatFollowing } from '../../../src/core/report/following.ts';
import {
  formatPublicationCheck,
  formatSupersededCheck,
  type Heard,
  heardLines,
  type PublicationReport,
  saysWaiting,
  type WaitingRelease,
} from '../../../src/core/report/publication.ts';

const heard = (change: Partial<Heard> = {}): Heard => ({
  assumed: false,
  heard: true,
  overdue: false,
  failures: [],
  waitsFor: [],
  ...change,
});
const failure = (change: Partial<Failure> = {}): Failure => ({
  cluster: 'eu',
  part: 'workloads',
  commit: 'abc',
  at: '2026-05-04T12:00:00Z',
  message: 'timeout waiting for: [Deployment/echo/echo-v2]',
  ...change,
});
const waiting = (change: Partial<WaitingRelease> = {}): WaitingRelease => ({
  name: 'echo',
  until: 'v2 is ready (Deployment echo-v2)',
  person: false,
  number: 1,
  of: 3,
  standing: heard(),
  ...change,
});
const person = waiting({ until: 'somebody confirms to stop v1', person: true, number: 2 });
const equal = (...all: readonly WaitingRelease[]): PublicationReport => ({
  kind: 'equal',
  branch: 'gitops',
  findings: [],
  waiting: all,
});
const part = (number: number, ...all: readonly WaitingRelease[]): PublicationReport => ({
  ...equal(...all),
  kind: 'publish',
  subject: `echo: x (${number}/3)`,
  headlines: [`echo: x (${number}/3)`],
  published: [{ number, of: 3 }],
});

describe('the check run of a publication', () => {
  const UNTIL = 'echo waits until v2 is ready (Deployment echo-v2)';
  test.each<[string, PublicationReport, string | undefined, string]>([
    ['goes on while parts remain', part(1), undefined, 'echo: x (1/3)'],
    ['ends with the last of them', part(3), 'success', 'echo: x (3/3)'],
    ['goes on while another release waits', part(3, waiting({ name: 'beta' })), undefined, 'echo: x (3/3); beta waits'],
    ['goes on while a cluster is waited for', equal(waiting()), undefined, UNTIL],
    ['needs a person', equal(person), 'action_required', 'echo waits until somebody confirms to stop v1'],
    ['goes on, though another waits for a person', equal(person, waiting({ name: 'beta' })), undefined, 'echo waits'],
    [
      'fails with Flux',
      equal(waiting({ standing: heard({ failures: [failure()] }) })),
      'failure',
      'echo failed: timeout waiting for: [Deployment/echo/echo-v2]',
    ],
    [
      'hears nothing',
      equal(waiting({ standing: heard({ overdue: true }) })),
      undefined,
      `${UNTIL} (unknown: nothing heard)`,
    ],
  ])('%s', (_, report, conclusion, title) => {
    const check = formatPublicationCheck(report, report.kind === 'publish' ? 'abc' : undefined);
    expect(check.conclusion).toBe(conclusion);
    expect(check.title.slice(0, title.length)).toBe(title);
    expect(saysWaiting(check.title)).toBe(report.waiting.some(({ standing }) => standing.failures.length === 0));
  });

  test('says in a line each what is waited for, who said what, and the way out', () => {
    const { summary } = formatPublicationCheck(
      equal(
        person,
        waiting({ name: 'beta', standing: heard({ failures: [failure()] }) }),
        waiting({ name: 'golf', of: 1, standing: heard({ heard: false, overdue: true }) }),
        waiting({ name: 'hotel', standing: heard({ overdue: true }) }),
        waiting({ name: 'india', standing: heard({ assumed: true }) }),
      ),
      undefined,
    );
    expect(summary.split(/\n+(?=- )/)).toEqual([
      'Nothing more can be published to gitops yet.',
      '- echo waits until somebody confirms to stop v1 (2 of 3 parts are published); `/resume` on the pull request, or `coalmine publish --resume`, confirms it.',
      '- beta waits until v2 is ready (Deployment echo-v2) (1 of 3 parts are published).\n  Flux (eu, workloads): `timeout waiting for: [Deployment/echo/echo-v2]`',
      '- golf waits until v2 is ready (Deployment echo-v2).\n  No cluster has ever answered; `coalmine doctor` says what is missing.',
      '- hotel waits until v2 is ready (Deployment echo-v2) (1 of 3 parts are published).\n  Unknown: no cluster has confirmed it within `readiness.deadline`. A later report goes on by itself; if a cluster was renamed or removed, list those that are left under `readiness.clusters`.',
      '- india waits until v2 is ready (Deployment echo-v2) (1 of 3 parts are published).\n  No cluster says so: some time after its commit a part is taken for applied (`readiness.by: delay`).',
    ]);
  });

  test('has room for a thousand releases that wait', () => {
    const { summary, title } = formatPublicationCheck(
      equal(...Array.from({ length: 1000 }, (_, index) => waiting({ name: `release-${index}` }))),
      undefined,
    );
    expect(sizeOf(summary)).toBeLessThanOrEqual(SUMMARY_LIMIT);
    expect(title.length).toBeLessThan(300);
  });

  test('of an overtaken merge says where it goes on', () => {
    const sha = 'a'.repeat(40);
    const check = formatSupersededCheck(sha);
    expect(check).toMatchObject({ conclusion: 'neutral', title: 'goes on with aaaaaaa' });
    expect(check.summary).toContain(`Before all of its parts were published, ${sha} was merged.`);
  });
});

describe('the lines of a merged pull request', () => {
  const followed = (change: Partial<Followed> = {}): Followed => ({
    name: 'echo',
    commit: '0123456789abcdef',
    applied: { workloads: true, routes: true },
    standing: heard(),
    serving: 'v1 75% v2 25%',
    ...change,
  });
  const half = { workloads: true, routes: false };
  const until = 'v2 is ready (Deployment echo-v2)';

  test.each<[string, Partial<Followed>, string]>([
    ['serving', {}, 'published in `0123456`, applied, serving v1 75% v2 25%'],
    [
      'assumed',
      { standing: heard({ assumed: true }) },
      'published in `0123456`, taken for applied, serving v1 75% v2 25%',
    ],
    ['under way', { applied: half }, 'published in `0123456`, not applied yet'],
    [
      'a part',
      { part: '1 of 3', until },
      'published in `0123456` (part 1 of 3), applied, waits until v2 is ready (Deployment echo-v2)',
    ],
    [
      'failed',
      { applied: half, standing: heard({ failures: [failure({ part: 'routes', message: 'denied' })] }) },
      'published in `0123456`, **failed**\n  Flux (eu, routes): `denied`',
    ],
    [
      'silence',
      { applied: half, standing: heard({ overdue: true }) },
      'published in `0123456`, **unknown**\n  Unknown: no cluster has confirmed it within `readiness.deadline`. A later report goes on by itself; if a cluster was renamed or removed, list those that are left under `readiness.clusters`.',
    ],
  ])('%s', (_, change, line) => {
    expect(formatFollowing([followed(change)])).toBe(`${FOLLOWING_MARKER}\n\n### Published\n\n- echo: ${line}`);
  });

  test('a line for each release', () => {
    expect(formatFollowing([followed(), followed({ name: 'beta' })]).match(/^- \w+:/gm)).toEqual([
      '- echo:',
      '- beta:',
    ]);
  });

  test('what Flux quotes of somebody’s manifest stays words', () => {
    const message = 'denied:\n<!-- coalmine:review -->\n`x` **@all** \u202e</details>';
    const text = formatFollowing([followed({ applied: half, standing: heard({ failures: [failure({ message })] }) })]);
    expect(text.split('\n').filter((line) => line.startsWith('<!--'))).toEqual([FOLLOWING_MARKER]);
    expect(text.split('\n')).toHaveLength(6);
    expect(text).toContain('`` denied: <!-- coalmine:review --> `x` **@all** ');
    expect(text).not.toContain('\u202e');
  });
});

test.each([
  [
    'a cluster among several',
    [{ cluster: 'eu', heardAt: '2026-05-04T12:00:00.000Z' }],
    false,
    'Waits for cluster `eu` (last heard 2026-05-04 12:00:00 UTC).',
  ],
  ['one that never reported', [{ cluster: 'us' }], false, 'Waits for cluster `us` (never heard).'],
  ['the only one', [{ cluster: 'default' }], false, undefined],
  [
    'one that is silent for too long, which may be gone',
    [{ cluster: 'eu', heardAt: '2026-05-04T12:00:00.000Z' }],
    true,
    'Unknown: cluster `eu` (last heard 2026-05-04 12:00:00 UTC) has not confirmed it within `readiness.deadline`. A later report goes on by itself; if a cluster was renamed or removed, list those that are left under `readiness.clusters`.',
  ],
])('what is waited for is named: %s', (_, waitsFor, overdue, expected) => {
  expect(heardLines(heard({ waitsFor, overdue }))).toEqual(expected === undefined ? [] : [expected]);
});
