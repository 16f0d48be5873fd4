import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../src/core/commands/index.ts';
import { parseComment } from '../../../src/core/commands/parse.ts';
import { answeredBy, formatAnswer, formatHelp, formatMisused, formatUnknown } from '../../../src/core/report/answer.ts';
import { COMMENT_LIMIT, sizeOf } from '../../../src/core/report/budget.ts';
import { formatByHand } from '../../../src/core/report/rollout.ts';
import { defaults } from '../support.ts';
import { expectTame, NASTY } from './strangers.ts';

describe('an answer', () => {
  test('has a paragraph for each command, and is found again', () => {
    const body = formatAnswer(42, ['one', 'two']);
    expect(body).toBe('<!-- coalmine:answer 42 -->\n\none\n\ntwo\n');
    expect(answeredBy(body)).toBe(42);
  });

  test('is none of ours where the marker stands elsewhere', () => {
    expect(answeredBy(`> ${formatAnswer(42, [])}`)).toBeUndefined();
    expect(answeredBy('<!-- coalmine:answer x -->')).toBeUndefined();
  });

  test.each([
    ['many', Array.from({ length: 7000 }, () => formatUnknown('promte', 'promote'))],
    [
      'large',
      Array.from({ length: 10 }, () => formatByHand({ name: 'echo', reason: 'x', patch: '+ü\n'.repeat(7000) })),
    ],
  ])('to %s commands has room, also for what comes of a merge', (_, texts) => {
    const body = formatAnswer(42, texts);
    expect(sizeOf(body)).toBeLessThanOrEqual(COMMENT_LIMIT - 4000);
    expect(sizeOf(body)).toBeGreaterThan(50_000);
    expect(answeredBy(body)).toBe(42);
    expect(body.split('\n\n')[1]).toBe('_The rest of this is too long for a comment._');
    expect(body).toContain(texts[0]);
  });

  test('of a single endless line is left out', () => {
    expect(sizeOf(formatAnswer(42, ['x'.repeat(200_000)]))).toBeLessThan(200);
  });
});

describe('a word that is none of ours', () => {
  test('is told what was meant, and that a new comment is needed', () => {
    expect(formatUnknown('rolback', 'rollback')).toBe(
      'There is no command `/rolback`. Nothing was done; an edited comment isn\'t read again, a new one is. Did you mean this, which takes traffic back to where it was, at once: it changes routes only, removes no version, and leaves a hold? `/rollback [release...] [to version] ["why"]`',
    );
  });
});

describe('a command that was written wrong', () => {
  test('is told how it is written', () => {
    expect(formatMisused('hold', 'it takes one reason')).toBe(
      '`/hold`: it takes one reason. Nothing was done. It is written `/hold [release...] ["why"]`',
    );
  });

  test.each([
    `/promote --${NASTY.replace(/\r\n/g, ' ')}`,
    `/hold "a" "${NASTY.replace(/\r\n/g, ' ')}"`,
    `/resume "${NASTY.replace(/\r\n/g, ' ')}"`,
    `/promote --${'@'.repeat(60_000)}`,
    `/resume "${'`'.repeat(60_000)}"`,
  ])('whatever it says: %#', (line) => {
    const [parsed] = parseComment(line);
    if (parsed?.kind !== 'misused') throw new Error(`read as ${parsed?.kind}`);
    const text = formatMisused(parsed.verb, parsed.problem);
    expectTame(text);
    expect(text.split('\n')).toHaveLength(1);
    expect(sizeOf(text)).toBeLessThan(9000);
  });
});

describe('the commands', () => {
  const { commands } = defaults;

  test('with who may use each', () => {
    expect(formatHelp(COMMANDS, commands).split('\n')).toEqual([
      '| line | what it does | who may |',
      '| --- | --- | --- |',
      '| `/promote [release...] [version] [to N] [full] [--force "why"]` | moves the canary one step on: to testers, to more of the traffic, to primary; at last it removes the old version | `write` |',
      '| `/rollback [release...] [to version] ["why"]` | takes traffic back to where it was, at once: it changes routes only, removes no version, and leaves a hold | `write` |',
      "| `/deploy [release] version [image]` | adds a version without traffic: a copy of the primary's block, with that image | `write` |",
      '| `/drop [release] version` | removes an idle version: one that takes no traffic and is not the primary | `write` |',
      '| `/hold [release...] ["why"]` | stops `/promote` and `/deploy` of a release, until `/resume` | `write` |',
      '| `/resume [release...]` | lifts a hold, or approves a publication that is waiting or was refused | `write` |',
      '| `/status [release...]` | shows what is desired, published and live, and what `/promote` would do | `read` |',
      '| `/help` | lists the commands, and who may use each here | `read` |',
      '',
      'Without the name of a release, a command is about those that this pull request changes. `--force` is for nobody.',
    ]);
  });

  test('without, where the settings can not be read', () => {
    const lines = formatHelp(COMMANDS, undefined).split('\n');
    expect(lines.slice(0, 2)).toEqual(['| line | what it does |', '| --- | --- |']);
    expect(lines[9]).toBe('| `/help` | lists the commands, and who may use each here |');
    expect(lines.at(-1)).toMatch(/`--force` is for those whom the settings name\.$/);
  });

  test('with users and teams, whatever they are called', () => {
    const users = ['alice', 'a|b', NASTY];
    const force = { permission: 'admin', users: ['bob'], teams: ['on|call'] } as const;
    const text = formatHelp(COMMANDS, {
      ...commands,
      help: { permission: undefined, users, teams: ['platform'] },
      force,
    });
    const row = text.split('\n').find((line) => line.startsWith('| `/help`'));
    expect(row).toContain('| `alice`, `a\\|b`, ');
    expect(row).toMatch(/, the team `platform` \|$/);
    expect(row?.match(/(?<!\\)\|/g)).toHaveLength(4); // three cells
    expect(text).toContain('`--force` is for `admin`, `bob`, the team `on|call`.');
    expectTame(text);
  });
});
