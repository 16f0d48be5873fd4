import { describe, expect, test } from 'vitest';
import { historyMarkdown, historyText } from '../../../src/core/report/history.ts';
import { type HistoryEntry, readHistory, type SaidCommit } from '../../../src/core/rollout/history.ts';
import { expectTame, NASTY } from '../report/strangers.ts';

const id = { namespace: 'shop', name: 'echo' };

/** Commits of the gitops branch as they were made, the first one first. */
function commits(...messages: readonly (readonly string[])[]): readonly SaidCommit[] {
  return messages
    .map(([subject = '', ...trailers], index) => ({
      sha: String(index + 1).repeat(40),
      message: `${subject}\n${trailers.length > 0 ? `\n${trailers.join('\n')}\n` : ''}`,
      date: new Date(Date.UTC(2026, 4, 4, 12, index)),
    }))
    .reverse();
}

const told = (...messages: readonly (readonly string[])[]) => readHistory(id, commits(...messages), 'echo');

describe('what happened to a release', () => {
  test('the newest first, each from where the one before it has led', () => {
    const all = told(
      ['echo: first publication, v1 100%', 'Traffic: echo v1 100%', 'Requested-By: alice', 'Pull-Request: #1'],
      ['echo: start v2 (1/2)'],
      ['echo: canary v2 none -> 0% (2/2)', 'Traffic: echo v1 100%'],
      ['echo: canary v2 0% -> 25%', 'Traffic: echo v1 75% v2 25%'],
      ['echo: removed', 'Traffic: echo none'],
    );
    expect(all.map(({ what, from, to }) => [what, from, to])).toEqual([
      ['removed', 'v1 75% v2 25%', 'none'],
      ['canary v2 0% -> 25%', 'v1 100%', 'v1 75% v2 25%'],
      ['canary v2 none -> 0% (2/2)', 'v1 100%', 'v1 100%'],
      ['start v2 (1/2)', undefined, undefined],
      ['first publication, v1 100%', undefined, 'v1 100%'],
    ]);
    expect(all.at(-1)).toEqual({
      commit: '1'.repeat(40),
      at: new Date('2026-05-04T12:00:00Z'),
      what: 'first publication, v1 100%',
      to: 'v1 100%',
      who: ['alice'],
      pulls: ['#1'],
    } satisfies HistoryEntry);
  });

  test.each<[string, readonly string[], Partial<HistoryEntry>]>([
    [
      'of several releases its own',
      ['beta: starts v2; echo: canary v2 0% -> 50%; golf: removed'],
      { what: 'canary v2 0% -> 50%' },
    ],
    ['by its identity', ['beta/echo: removed; shop/echo: starts v2'], { what: 'starts v2' }],
    ['not another one that ends like it', ['beta-echo: removed; echo: starts v2'], { what: 'starts v2' }],
    ['a subject that does not name it', ['12 releases'], { what: '12 releases' }],
    ['made by hand', ['Fix it'], { what: 'Fix it', who: [], pulls: [] }],
    [
      'a hold',
      ['echo: hold', 'Requested-By: bob', 'Reason: errors since 11:40'],
      { what: 'hold', who: ['bob'], why: 'errors since 11:40' },
    ],
    ['a hold that was lifted', ['echo: hold lifted', 'Requested-By: bob'], { what: 'hold lifted', who: ['bob'] }],
    ['what was forced', ['echo: canary v2 0% -> 50%', 'Forced: the fair begins'], { why: 'the fair begins' }],
    [
      'by several',
      ['echo: x', 'Requested-By: alice', 'Requested-By: bob', 'Pull-Request: #1', 'Pull-Request: #2'],
      { who: ['alice', 'bob'], pulls: ['#1', '#2'] },
    ],
  ])('%s', (_, message, expected) => {
    expect(told(message)).toMatchObject([expected]);
  });

  test('what nobody has said is missing, not empty', () => {
    expect(told(['echo: x'])).toEqual([
      { commit: '1'.repeat(40), at: new Date('2026-05-04T12:00:00Z'), what: 'x', who: [], pulls: [] },
    ]);
    expect(readHistory(id, [], 'echo')).toEqual([]);
  });
});

describe('as a line', () => {
  const happening: HistoryEntry = {
    commit: '0123456789abcdef',
    at: new Date('2026-05-04T12:00:00.123Z'),
    what: 'canary v2 0% -> 50%',
    from: 'v1 100%',
    to: 'v1 50% v2 50%',
    who: ['alice', 'bob'],
    why: 'the fair begins',
    pulls: ['#12', '#13'],
  };

  test('of Markdown', () => {
    expect(historyMarkdown(happening)).toBe(
      '2026-05-04 12:00:00 UTC: canary v2 0% -> 50%, `v1 100% -> v1 50% v2 50%`, by alice, bob, #12, #13, because: the fair begins, `0123456`',
    );
  });

  test('of a terminal', () => {
    expect(historyText([happening, { ...happening, who: [], pulls: [] }])).toBe(
      [
        '2026-05-04 12:00:00 UTC  canary v2 0% -> 50%  v1 100% -> v1 50% v2 50%  by alice, bob  #12, #13  because: the fair begins  0123456\n',
        '2026-05-04 12:00:00 UTC  canary v2 0% -> 50%  v1 100% -> v1 50% v2 50%  because: the fair begins  0123456\n',
      ].join(''),
    );
    expect(historyText([])).toBe('');
  });

  test.each<[string, Partial<HistoryEntry>, string]>([
    ['traffic that stays is said once', { from: 'v1 100%', to: 'v1 100%' }, '`v1 100%`'],
    ['traffic that came from nowhere', { from: undefined as never, to: 'v1 100%' }, '`v1 100%`'],
  ])('%s', (_, change, part) => {
    expect(historyMarkdown({ ...happening, ...change })).toContain(`-> 50%, ${part}, by alice`);
  });

  test('nothing is left behind where nobody said why, for whom, or with what traffic', () => {
    const { from: _, to: __, why: ___, ...rest } = happening;
    expect(historyMarkdown({ ...rest, who: [], pulls: [] })).toBe(
      '2026-05-04 12:00:00 UTC: canary v2 0% -> 50%, `0123456`',
    );
  });
});

describe('what strangers wrote', () => {
  const happening: HistoryEntry = {
    commit: NASTY.slice(0, 7),
    at: new Date('2026-05-04T12:00:00Z'),
    what: NASTY,
    from: NASTY,
    to: '`v1` @all',
    who: [NASTY, 'bob'],
    why: NASTY,
    pulls: ['#12', '#13 @all', NASTY],
  };

  test('is text in Markdown', () => {
    const line = historyMarkdown(happening);
    expect(line).not.toContain('\n');
    expectTame(line);
    expect(line).toContain(', #12, because');
  });

  test('is a line of a terminal', () => {
    const text = historyText([happening]);
    expect(text).toMatch(/^[^\n]*\n$/);
    for (const hidden of ['\u202e', '\u001b', '\r']) expect(text).not.toContain(hidden);
    expect(text).toContain('\\u202e\\u001b[31m');
  });

  test('is short', () => {
    const long = '@'.repeat(200_000);
    const much = { ...happening, what: long, from: long, to: long, who: [long], why: long };
    expect(historyText([much]).length).toBeLessThan(6000);
    expect(historyMarkdown(much).length).toBeLessThan(30_000);
  });
});
