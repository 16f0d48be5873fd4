import { describe, expect, test } from 'vitest';
import type { Traffic } from '../../../src/core/model/traffic.ts';
import type { Serving } from '../../../src/core/publication/serving.ts';
import type { Failure } from '../../../src/core/readiness/live.ts';
import { SUMMARY_LIMIT, sizeOf } from '../../../src/core/report/budget.ts';
import {
  FOLLOWING_MARKER,
  type Followed,
  type FollowedState,
  formatFollowing,
} from '../../../src/core/report/following.ts';
import {
  type ClusterReports,
  formatPublicationCheck,
  formatSupersededCheck,
  heardLines,
  type PublicationReport,
  saysWaiting,
  type WaitingRelease,
} from '../../../src/core/report/publication.ts';

const heard = (change: Partial<ClusterReports> = {}): ClusterReports => ({
  assumed: false,
  heard: true,
  overdue: false,
  failures: [],
  waitsFor: [],
  confirmedBy: [],
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
      '- hotel waits until v2 is ready (Deployment echo-v2) (1 of 3 parts are published).\n  Unknown: no cluster has confirmed it within `readiness.deadline`; a later report goes on by itself. To see why: `flux get kustomizations -A` there, and `coalmine doctor`.',
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

describe('what a merged pull request says of a release', () => {
  type Published = Extract<FollowedState, { kind: 'published' }>;
  const traffic = (weight: number): Traffic => ({ paths: ['/echo'], primary: 'v1', canary: { version: 'v2', weight } });
  const known: Serving = { kind: 'known', traffic: traffic(25), isAssumed: false };
  const state = (change: Partial<Published> = {}): Published => ({
    kind: 'published',
    commit: '0123456789abcdef',
    applied: { workloads: true, routes: true },
    standing: heard(),
    ...change,
  });
  const followed = (change: Partial<Published> = {}, name = 'echo'): Followed => ({
    name,
    serving: known,
    state: state(change),
  });
  const half = { workloads: true, routes: false };
  const until = 'v2 is ready (Deployment echo-v2)';
  const bar = (one: string, other: string) => `\`\`\`text\nv1 ${one}\nv2 ${other}\n\`\`\``;
  const QUARTER = bar('███████████████░░░░░  75%', '█████░░░░░░░░░░░░░░░  25%');

  test.each<[string, Partial<Published>, string]>([
    ['live', {}, 'published in `0123456`, applied'],
    ['assumed', { standing: heard({ assumed: true }) }, 'published in `0123456`, taken for applied'],
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
      'published in `0123456`, **unknown**\n  Unknown: no cluster has confirmed it within `readiness.deadline`; a later report goes on by itself. To see why: `flux get kustomizations -A` there, and `coalmine doctor`.',
    ],
  ])('%s', (_, change, line) => {
    expect(formatFollowing([followed(change)])).toBe(
      `${FOLLOWING_MARKER}\n\n### echo: v1 serves 75% and v2 25%\n${QUARTER}\n- echo: ${line}`,
    );
  });

  test.each<[string, Serving, string]>([
    ['what is known, first', known, `### echo: v1 serves 75% and v2 25%\n${QUARTER}`],
    ['nothing', { kind: 'known', traffic: undefined, isAssumed: false }, '### echo: nothing serves'],
    [
      'what is taken for it',
      { ...known, isAssumed: true },
      `### echo: v1 serves 75% and v2 25%, as far as time tells\n${QUARTER}`,
    ],
    [
      'what served when it was last confirmed',
      { kind: 'changing', last: traffic(25) },
      `### echo: v1 serves 75% and v2 25%, as last confirmed\n${QUARTER}`,
    ],
    [
      'that it is unknown, without a bar',
      { kind: 'unknown', last: traffic(0) },
      '### echo: what serves is unknown; last confirmed: v1 serves everything',
    ],
    ['that nothing was ever confirmed', { kind: 'unknown' }, '### echo: what serves is unknown'],
  ])('it begins with %s', (_, serving, text) => {
    expect(formatFollowing([{ ...followed(), serving }])).toBe(
      `${FOLLOWING_MARKER}\n\n${text}\n- echo: published in \`0123456\`, applied`,
    );
  });

  test.each<[string, FollowedState, string]>([
    ['waits', { kind: 'waiting', until, standing: heard() }, `not published yet, waits until ${until}`],
    [
      'has errors',
      { kind: 'broken', file: 'charts-values/echo.yaml', errors: 2 },
      '**not published**: `charts-values/echo.yaml` has 2 errors. The cluster is unchanged',
    ],
    [
      'is refused',
      { kind: 'refused' },
      '**not published**: the check `coalmine/publish` says why. The cluster is unchanged',
    ],
    ['asks for nothing new', { kind: 'equal' }, 'nothing to publish: the gitops branch has it already'],
  ])('what is merged and %s', (_, state, line) => {
    const [, text = ''] = formatFollowing([{ name: 'echo', serving: known, state }]).split(`${QUARTER}\n`);
    expect(text).toBe(`- echo: ${line}`);
  });

  test('what was overtaken says by what, and what served then', () => {
    const at = new Date('2026-05-04T12:00:00Z');
    const state: FollowedState = {
      kind: 'superseded',
      pulls: [8],
      source: 'abcdef0123',
      what: 'canary v2 25% -> none',
      at,
    };
    const line = '**echo: superseded by #8**: canary v2 25% -> none.';
    expect(formatFollowing([{ name: 'echo', state }])).toBe(`${FOLLOWING_MARKER}\n\n${line}`);
    expect(formatFollowing([{ name: 'echo', state, serving: known }])).toBe(
      `${FOLLOWING_MARKER}\n\n${line} At that time (2026-05-04 12:00:00 UTC) v1 serves 75% and v2 25%:\n${QUARTER}`,
    );
    const { what, ...pushed } = state;
    expect(formatFollowing([{ name: 'echo', state: { ...pushed, pulls: [] } }])).toContain(
      '**echo: superseded by `abcdef0`**.',
    );
    expect(formatFollowing([{ name: 'echo', state: { ...pushed, pulls: [8, 9] } }])).toContain('by #8 and #9**');
  });

  test('a line for each release', () => {
    expect(formatFollowing([followed(), followed({}, 'beta')]).match(/^- \w+:/gm)).toEqual(['- echo:', '- beta:']);
  });

  test('what Flux quotes of somebody’s manifest stays words', () => {
    const message = 'denied:\n<!-- coalmine:review -->\n`x` **@all** \u202e</details>';
    const text = formatFollowing([followed({ applied: half, standing: heard({ failures: [failure({ message })] }) })]);
    expect(text.split('\n').filter((line) => line.startsWith('<!--'))).toEqual([FOLLOWING_MARKER]);
    expect(text.split('\n')).toHaveLength(9);
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
  ['the only one', [{ cluster: 'default' }], false, 'Waits for cluster `default` (never heard).'],
  [
    'one that is silent for too long, which may be gone',
    [{ cluster: 'eu', heardAt: '2026-05-04T12:00:00.000Z' }],
    true,
    'Unknown: cluster `eu` (last heard 2026-05-04 12:00:00 UTC) has not confirmed it within `readiness.deadline`; a later report goes on by itself. To see why: `flux get kustomizations -A` there, and `coalmine doctor`.',
  ],
])('what is waited for is named: %s', (_, waitsFor, overdue, expected) => {
  expect(heardLines(heard({ waitsFor, overdue }))).toEqual(expected === undefined ? [] : [expected]);
});

test('the same failure of several clusters is said once', () => {
  const message = 'health check failed after 5m0.02s: timeout waiting for: [Deployment/echo/echo-v2]';
  const failures = [
    failure({ message }),
    failure({ message: message.replace('5m0.02s', '5m1.4s'), cluster: 'us' }),
    failure({ part: 'routes', message: 'denied' }),
  ];
  expect(heardLines(heard({ failures, overdue: true }))).toEqual([
    `Flux (eu, workloads; us, workloads): \`${message}\``,
    'Flux (eu, routes): `denied`',
  ]);
});
