import { describe, expect, test } from 'vitest';
import { formatStatus, type ReleaseStatus, stateText, statusLines } from '../../../src/core/report/status.ts';
import type { LiveCondition } from '../../../src/core/rollout/guards.ts';
import type { RolloutState } from '../../../src/core/rollout/promote.ts';
import { expectTame, NASTY } from './strangers.ts';

const at = new Date('2026-05-04T12:00:00Z');
const live = (change: Partial<LiveCondition> = {}): LiveCondition => ({
  isLive: true,
  since: at,
  assumed: false,
  heard: true,
  overdue: false,
  failures: [],
  waitsFor: [],
  confirmedBy: [],
  ...change,
});
const traffic = (weight: number, version = 'v2') => ({
  paths: ['/echo'],
  primary: 'v1',
  canary: { version, weight },
});
const status = (change: Partial<ReleaseStatus> = {}): ReleaseStatus => ({
  name: 'echo',
  state: { kind: 'shifting', version: 'v2', weight: 25 },
  desired: traffic(25),
  source: 'abcdef0123',
  published: { traffic: traffic(25), commit: '0123456789', at },
  isPublished: true,
  live: live(),
  serving: { kind: 'known', traffic: traffic(25), isAssumed: false },
  hold: undefined,
  next: '/promote: canary v2 25% -> 50%',
  ...change,
});
const line = (what: string, change: Partial<ReleaseStatus>) => new Map(statusLines(status(change))).get(what);

test.each<[RolloutState | undefined, string]>([
  [{ kind: 'stable' }, 'stable: it runs the primary alone'],
  [{ kind: 'dark', versions: ['v2', 'v3'] }, 'dark: v2, v3 without traffic'],
  [{ kind: 'header', version: 'v2', weight: 0 }, 'header: v2 is the canary, for testers alone'],
  [{ kind: 'shifting', version: 'v2', weight: 5 }, 'shifting: v2 is the canary, with 5%'],
  [{ kind: 'shifted', version: 'v2', weight: 100 }, 'shifted: v2 is the canary, with 100%'],
  [{ kind: 'draining', versions: ['v1'] }, 'draining: v1 was the primary, and waits to be dropped'],
  [{ kind: 'draining', versions: ['v2', 'v1'] }, 'draining: v2, v1 were the primary, and wait to be dropped'],
  [undefined, 'its values name no primary that can be read'],
])('%s: %s', (state, text) => expect(stateText(state)).toBe(text));

test('a release from all sides', () => {
  expect(formatStatus(status(), ['one', 'two'])).toBe(
    [
      '### echo: v1 serves 75% and v2 25%',
      '```text\nv1 ███████████████░░░░░  75%\nv2 █████░░░░░░░░░░░░░░░  25%\n```',
      [
        '- State: shifting: v2 is the canary, with 25%.',
        '- Desired: v1 75% v2 25%, by abcdef0.',
        '- Published: the same, in 0123456, 2026-05-04 12:00:00 UTC.',
        '- Live: all of it, since 2026-05-04 12:00:00 UTC.',
        '- Next: /promote: canary v2 25% -> 50%.',
      ].join('\n'),
      '<details><summary>History</summary>\n\n- one\n- two\n\n</details>',
    ].join('\n\n'),
  );
});

test('one that was never published', () => {
  const serving = { kind: 'known', traffic: undefined, isAssumed: false } as const;
  const text = formatStatus(
    status({ published: undefined, isPublished: false, live: live({ isLive: false }), serving }),
    [],
  );
  expect(text).toBe(
    [
      '### echo: nothing serves',
      [
        '- State: shifting: v2 is the canary, with 25%.',
        '- Desired: v1 75% v2 25%, by abcdef0.',
        '- Published: nothing yet.',
        '- Live: nothing.',
        '- Next: /promote: canary v2 25% -> 50%.',
      ].join('\n'),
    ].join('\n\n'),
  );
});

test('the bar is of what serves, and there is none of what is unknown', () => {
  const last = traffic(5);
  expect(formatStatus(status({ serving: { kind: 'changing', last } }), [])).toMatch(
    /^### echo: v1 serves 95% and v2 5%, as last confirmed\n[\s\S]*v2 █░░░░░░░░░░░░░░░░░░░ {3}5%/,
  );
  const text = formatStatus(status({ serving: { kind: 'unknown', last } }), []);
  expect(text).toMatch(/^### echo: what serves is unknown; last confirmed: v1 serves 95% and v2 5%\n\n- State/);
});

describe('its lines', () => {
  const failure = { cluster: 'eu', part: 'routes', commit: 'abc', at: '', message: ' denied: `x`\n' } as const;
  test.each<[string, Partial<ReleaseStatus>, string | undefined]>([
    ['Desired', { desired: undefined }, 'its values have errors, in abcdef0'],
    [
      'Published',
      { isPublished: false, published: { traffic: traffic(5), commit: '0123456789', at } },
      'v1 95% v2 5%, in 0123456, 2026-05-04 12:00:00 UTC',
    ],
    [
      'Published',
      { isPublished: false, published: { traffic: undefined, commit: '0123456789', at } },
      'none, in 0123456, 2026-05-04 12:00:00 UTC',
    ],
    ['Live', { live: live({ assumed: true }) }, 'taken for live, since 2026-05-04 12:00:00 UTC (no cluster is heard)'],
    ['Live', { live: { ...live(), since: undefined as never } }, 'all of it'],
    ['Live', { live: live({ isLive: false }) }, 'not yet'],
    [
      'Live',
      { live: live({ isLive: false, waitsFor: [{ cluster: 'default', heardAt: at.toISOString() }] }) },
      'not yet: waits for cluster `default` (last heard 2026-05-04 12:00:00 UTC)',
    ],
    [
      'Live',
      { live: live({ isLive: false, waitsFor: [{ cluster: 'us' }], confirmedBy: ['eu'] }) },
      'not yet: waits for cluster `us` (never heard); `eu` has confirmed it',
    ],
    [
      'Live',
      { live: live({ isLive: false, overdue: true, waitsFor: [{ cluster: 'us' }], confirmedBy: ['eu', 'asia'] }) },
      'unknown: cluster `us` (never heard) has not confirmed it within `readiness.deadline`; a later report goes on by itself. If it was renamed or removed, write `clusters: [eu, asia]` under `readiness` in `.github/coalmine.yml`',
    ],
    [
      'Live',
      { live: live({ isLive: false, overdue: true, waitsFor: [{ cluster: 'default' }] }) },
      'unknown: cluster `default` (never heard) has not confirmed it within `readiness.deadline`; a later report goes on by itself. To see why: `flux get kustomizations -A` there, and `coalmine doctor`',
    ],
    [
      'Live',
      { live: live({ isLive: false, heard: false, overdue: true }) },
      'unknown: no cluster has ever answered; `coalmine doctor` says what is missing',
    ],
    ['Live', { live: live({ failures: [failure] }) }, '**failed**: Flux (eu, routes) says `` denied: `x` ``'],
    [
      'Hold',
      { hold: { who: 'alice', why: 'errors', when: '2026-05-04T11:41:00.000Z' } },
      'it is on hold, by `alice` since 2026-05-04 11:41:00 UTC: errors',
    ],
    ['Hold', {}, undefined],
  ])('%s: %#', (what, change, text) => expect(line(what, change)).toBe(text));
});

describe('the words of others', () => {
  const given = (text: string): ReleaseStatus => ({
    ...status({ name: text, state: { kind: 'dark', versions: [text] }, isPublished: false }),
    published: { traffic: traffic(25, text), commit: '0123456789', at },
    desired: traffic(25, text),
    hold: { who: text, why: text, when: text.slice(0, 20) },
    live: live({ failures: [{ cluster: text, part: 'routes', commit: 'abc', at: '', message: text }] }),
    serving: { kind: 'known', traffic: traffic(25, text), isAssumed: false },
  });

  test('stay words', () => expectTame(formatStatus(given(NASTY), [])));

  test('are cut', () => {
    const text = formatStatus({ ...given('@'.repeat(100_000)), desired: traffic(0), published: undefined }, []);
    expect(text.length).toBeLessThan(30_000);
  });
});
