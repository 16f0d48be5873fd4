import { describe, expect, test } from 'vitest';
import { formatStatus, type ReleaseStatus, stateText, statusLines } from '../../../src/core/report/status.ts';
import type { LiveFacts } from '../../../src/core/rollout/guards.ts';
import type { RolloutState } from '../../../src/core/rollout/promote.ts';
import { expectTame, NASTY } from './strangers.ts';

const at = new Date('2026-05-04T12:00:00Z');
const live = (change: Partial<LiveFacts> = {}): LiveFacts => ({
  isLive: true,
  since: at,
  assumed: false,
  heard: true,
  overdue: false,
  failures: [],
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
      '### echo: shifting: v2 is the canary, with 25%',
      '```text\nv1 ███████████████░░░░░  75%\nv2 █████░░░░░░░░░░░░░░░  25%\n```',
      [
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
  expect(formatStatus(status({ published: undefined, isPublished: false, live: live({ isLive: false }) }), [])).toBe(
    [
      '### echo: shifting: v2 is the canary, with 25%',
      '```text\nv1 ███████████████░░░░░  75%\nv2 █████░░░░░░░░░░░░░░░  25%\n```',
      [
        '- Desired: v1 75% v2 25%, by abcdef0.',
        '- Published: nothing yet.',
        '- Live: nothing.',
        '- Next: /promote: canary v2 25% -> 50%.',
      ].join('\n'),
    ].join('\n\n'),
  );
});

test('the bar is of what is published, and there is none of what nobody can read', () => {
  const old = { traffic: traffic(5), commit: '0123456789', at };
  expect(formatStatus(status({ published: old, isPublished: false }), [])).toContain('v2 █░░░░░░░░░░░░░░░░░░░   5%');
  expect(formatStatus(status({ published: undefined, desired: undefined }), [])).not.toContain('```');
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
    ['Live', { live: live({ isLive: false, overdue: true }) }, 'unknown: nothing was heard for too long'],
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
  });

  test('stay words', () => expectTame(formatStatus(given(NASTY), [])));

  test('are cut', () => {
    const text = formatStatus({ ...given('@'.repeat(100_000)), desired: traffic(0), published: undefined }, []);
    expect(text.length).toBeLessThan(30_000);
  });
});
