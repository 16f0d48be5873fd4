import { describe, expect, test } from 'vitest';
import { FILE_START, type Finding } from '../../../src/core/model/finding.ts';
import type { Failure } from '../../../src/core/readiness/live.ts';
import { guardSentence } from '../../../src/core/report/guards.ts';
import { toMarkdown } from '../../../src/core/report/sentence.ts';
import { type Guard, type GuardFacts, guardsOf, type LiveCondition } from '../../../src/core/rollout/guards.ts';
import { expectTame, NASTY } from '../report/strangers.ts';

const at = (time: string) => new Date(`2026-05-04T${time}Z`);
const NOW = at('12:00:00');
const finding = (rule: string, change: Partial<Finding> = {}): Finding => ({
  rule,
  severity: 'error',
  file: 'charts-values/echo.yaml',
  path: '',
  range: { ...FILE_START, line: 7 },
  message: `${rule} it is`,
  ...change,
});
const failure = (change: Partial<Failure> = {}): Failure => ({
  cluster: 'eu',
  part: 'workloads',
  commit: 'abc',
  at: '2026-05-04T11:00:00Z',
  message: 'timeout waiting for: [Deployment/echo/echo-v2]',
  ...change,
});
const live = (change: Partial<LiveCondition> = {}): LiveCondition => ({
  isLive: true,
  since: at('11:00:00'),
  assumed: false,
  heard: true,
  overdue: false,
  failures: [],
  waitsFor: [],
  confirmedBy: [],
  ...change,
});
const facts = (change: Partial<GuardFacts> = {}): GuardFacts => ({
  name: 'echo',
  file: 'charts-values/echo.yaml',
  commit: '0123456789abcdef',
  before: [],
  after: [],
  live: live(),
  rollout: { soak: 0, gates: [] },
  statuses: new Map(),
  hold: undefined,
  skipsSoak: false,
  now: NOW,
  ...change,
});
const soaked = (soak: number, change: Partial<GuardFacts> = {}) => facts({ rollout: { soak, gates: [] }, ...change });
const gated = (statuses: GuardFacts['statuses'], change: Partial<GuardFacts> = {}) =>
  facts({ rollout: { soak: 0, gates: ['errors'] }, statuses, ...change });
const stepping = (after: readonly Finding[], before: readonly Finding[] = []) =>
  facts({ rollout: { soak: 0, gates: [], maxStep: 10 }, after, before });

/** A guard in short: `met`, `unmet`, or `unmet, not passable`; and its text. */
const inShort = (guard: Guard) =>
  `${guard.state}${guard.passable ? '' : ', not passable'}: ${toMarkdown(guardSentence(guard))}`;

test('where all is well every guard is met, in the order in which people read', () => {
  const all = facts({
    rollout: { soak: 300, gates: ['errors', 'latency'], maxStep: 50 },
    statuses: new Map([
      ['errors', 'success'],
      ['latency', 'success'],
      ['other', 'failure'],
    ]),
  });
  expect(guardsOf(all).map(inShort)).toEqual([
    'met: the values have no errors (`charts-values/echo.yaml`)',
    'met: the last step is live, since 2026-05-04 11:00:00 UTC',
    'met: it has soaked for 5m',
    'met: the gate `errors` is open',
    'met: the gate `latency` is open',
    'met: the step is no larger than 50%',
    'met: it has the pods for its share',
    'met: there is no hold',
  ]);
});

test('what the settings ask nothing for is not said', () => {
  expect(guardsOf(facts())).toHaveLength(4);
});

const PLACE = '`charts-values/echo.yaml:7`';

// Of each case the one guard that differs from where all is well.
test.each<[string, GuardFacts, readonly string[]]>([
  [
    'values with errors: of the step there is nothing to say',
    facts({
      before: [finding('default-image', { severity: 'warning' }), finding('schema')],
      after: [finding('schema')],
    }),
    [`unmet, not passable: the values have errors: schema it is (\`schema\`, ${PLACE})`],
  ],
  ['warnings alone', facts({ before: [finding('default-image', { severity: 'warning' })] }), []],
  [
    'a step with an error',
    facts({ after: [finding('default-image', { severity: 'warning' }), finding('manifest')] }),
    [`unmet, not passable: the step would bring an error: manifest it is (\`manifest\`, ${PLACE})`],
  ],
  ['live without a time', facts({ live: { ...live(), since: undefined as never } }), ['met: the last step is live']],
  [
    'taken for live',
    facts({ live: live({ assumed: true }) }),
    ['met: the last step is taken for live, since 2026-05-04 11:00:00 UTC: no cluster is heard'],
  ],
  ['not live', facts({ live: live({ isLive: false }) }), ['unmet: the last step is not live yet']],
  [
    'silence for too long',
    facts({ live: live({ isLive: false, overdue: true }) }),
    [
      'unmet: whether the last step is live is unknown: no cluster has confirmed it within `readiness.deadline`; a later report goes on by itself. To see why: `flux get kustomizations -A` there, and `coalmine doctor`',
    ],
  ],
  [
    'no cluster ever',
    facts({ live: live({ isLive: false, heard: false, overdue: true }) }),
    [
      'unknown: whether the last step is live is unknown: no cluster has ever answered; `coalmine doctor` says what is missing',
    ],
  ],
  [
    'failed, though another cluster is live',
    facts({ live: live({ failures: [failure(), failure({ cluster: 'us' })] }) }),
    ['unmet: the last step failed: Flux (eu, workloads) says `timeout waiting for: [Deployment/echo/echo-v2]`'],
  ],
  ['just soaked', soaked(3600), ['met: it has soaked for 1h']],
  [
    'a second too early',
    soaked(3601),
    ['unmet: it has soaked for 1h of 1h1s; the time is up at 2026-05-04 12:00:01 UTC'],
  ],
  [
    'half way',
    soaked(5400, { now: at('11:45:30') }),
    ['unmet: it has soaked for 45m30s of 1h30m; the time is up at 2026-05-04 12:30:00 UTC'],
  ],
  [
    'a cluster whose clock is ahead',
    soaked(60, { live: live({ since: at('12:00:05') }) }),
    [
      'met: the last step is live, since 2026-05-04 12:00:05 UTC',
      'unmet: it has soaked for 0s of 1m; the time is up at 2026-05-04 12:01:05 UTC',
    ],
  ],
  ['full skips the soak', soaked(36_000, { skipsSoak: true }), ['met: the soak of 10h is skipped (`full`)']],
  [
    'what is not live does not soak',
    soaked(60, { live: live({ isLive: false }) }),
    ['unmet: the last step is not live yet', 'unmet: the soak of 1m begins when the last step is live'],
  ],
  [
    'nor what is live since nobody knows when',
    soaked(60, { live: { ...live(), since: undefined as never } }),
    ['met: the last step is live', 'unknown: whether it has soaked for 1m is unknown: nobody saw it become live'],
  ],
  ['a gate nobody spoke of', gated(new Map()), ['unmet: the gate `errors` is not reported on 0123456']],
  [
    'a gate nobody can have spoken of',
    gated(new Map(), { commit: undefined }),
    ['unmet: the gate `errors` is not reported'],
  ],
  ['a gate under way', gated(new Map([['errors', 'pending']])), ['unmet: the gate `errors` is pending on 0123456']],
  [
    'a closed gate',
    gated(new Map([['errors', 'failure']])),
    ['unmet: the gate `errors` has failed (failure) on 0123456'],
  ],
  ['a broken gate', gated(new Map([['errors', 'error']])), ['unmet: the gate `errors` has failed (error) on 0123456']],
  ['an open gate', gated(new Map([['errors', 'success']])), ['met: the gate `errors` is open']],
  ['nobody to ask', gated(undefined), ["unknown: whether the gate `errors` is open can't be seen here"]],
  ['a step that is small enough', stepping([]), ['met: the step is no larger than 10%']],
  [
    'a step that is too large',
    stepping([finding('step-too-large')]),
    [`unmet: step-too-large it is (\`step-too-large\`, ${PLACE})`],
  ],
  [
    'a step that is too large, where the settings only warn',
    stepping([finding('step-too-large', { severity: 'warning' })]),
    [`met: step-too-large it is (\`step-too-large\`, ${PLACE})`],
  ],
  [
    'a step of values with errors',
    stepping([], [finding('schema')]),
    [`unmet, not passable: the values have errors: schema it is (\`schema\`, ${PLACE})`],
  ],
  [
    'too few pods',
    facts({ after: [finding('too-few-replicas', { severity: 'warning' })] }),
    [`unmet: too-few-replicas it is (\`too-few-replicas\`, ${PLACE})`],
  ],
  [
    'too few pods, where the settings publish nothing then',
    facts({ after: [finding('too-few-replicas')] }),
    [`unmet, not passable: too-few-replicas it is (\`too-few-replicas\`, ${PLACE})`],
  ],
  [
    'a hold',
    facts({ hold: { who: 'alice', why: 'errors since 11:40', when: '2026-05-04T11:41:00.000Z' } }),
    ['unmet: it is on hold, by `alice` since 2026-05-04 11:41:00 UTC: errors since 11:40; `/resume echo` lifts it'],
  ],
  [
    'a hold that was edited by hand',
    facts({ hold: { who: '', why: '', when: '' } }),
    ['unmet: it is on hold, by somebody; `/resume echo` lifts it'],
  ],
  [
    'a hold without a reason',
    facts({ hold: { who: 'alice', why: '', when: '2026-05-04' } }),
    ['unmet: it is on hold, by `alice` since 2026-05-04; `/resume echo` lifts it'],
  ],
])('%s', (_, given, expected) => {
  const well = guardsOf(facts()).map(inShort);
  expect(
    guardsOf(given)
      .map(inShort)
      .filter((text) => !well.includes(text)),
  ).toEqual(expected);
});

test('what is said of a step is not said twice', () => {
  const after = [finding('step-too-large'), finding('too-few-replicas', { severity: 'warning' })];
  expect(guardsOf(stepping(after)).map(({ state }) => state)).toEqual(['met', 'met', 'unmet', 'unmet', 'met']);
  expect(guardsOf(stepping([], [finding('schema')]))).toHaveLength(3); // and nothing of a step that nobody could judge
});

describe('the words of others', () => {
  const given = (text: string) =>
    facts({
      name: 'echo',
      file: text,
      rollout: { soak: 0, gates: [text], maxStep: 10 },
      statuses: undefined,
      live: live({ failures: [failure({ cluster: text, message: `\n${text}\n` })] }),
      hold: { who: text, why: text, when: '2026-05-04' },
      after: [
        finding('step-too-large', { message: text }),
        finding('too-few-replicas', { message: text }),
        finding('manifest', { message: text, file: text }),
      ],
    });

  test('stay words', () => {
    for (const guard of [
      ...guardsOf(given(NASTY)),
      ...guardsOf(facts({ before: [finding('schema', { message: NASTY })] })),
    ]) {
      const text = toMarkdown(guardSentence(guard));
      expect(text).not.toContain('\n');
      expectTame(text);
    }
  });

  test('are cut', () => {
    const long = guardsOf({
      ...given('@'.repeat(100_000)),
      file: 'echo.yaml',
      rollout: { soak: 0, gates: [], maxStep: 10 },
    }).map((guard) => toMarkdown(guardSentence(guard)));
    const [, flux] = long;
    expect(flux).toMatch(/@{997}\.\.\.`$/);
    for (const text of long.slice(2, 4)) expect(text.length).toBeLessThan(9000);
    expect(long.at(-1)?.length).toBeLessThan(10_000);
  });
});
