import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../src/core/report/budget.ts';
import { formatGuards } from '../../../src/core/report/guards.ts';
import { foldGuards, formatByHand, formatMoved, formatStays, formatUnmet } from '../../../src/core/report/rollout.ts';
import type { Guard, GuardFact } from '../../../src/core/rollout/guards.ts';
import { expectTame, NASTY } from './strangers.ts';

const guard = (state: Guard['state'], fact: GuardFact, passable = true): Guard => ({ state, fact, passable });
const met = guard('met', { code: 'live', assumed: false });
const unmet = guard('unmet', { code: 'gate-closed', gate: 'errors', status: 'pending', commit: undefined });
const unknown = guard('unknown', { code: 'gate-unseen', gate: 'latency' });
const error = guard('unmet', { code: 'not-live', waitsFor: [], confirmedBy: [] }, false);
const headline = 'canary v2 0% -> 50%';

describe('what was done', () => {
  test('says where it went, and what one should know of it', () => {
    const text = formatMoved({
      name: 'echo',
      headline,
      where: ['#5', 'merged as 1a2b3c4'],
      notes: [
        { code: 'old-primary-stays', version: 'v1' },
        { code: 'stay-deployed', versions: ['v2', 'v3'] },
      ],
    });
    expect(text).toBe(
      '**echo: canary v2 0% -> 50%**: #5, merged as 1a2b3c4.\n- v1 stays deployed until a later promotion drops it\n- v2 and v3 stay deployed, without traffic',
    );
  });

  test('without notes is a line', () => {
    expect(formatMoved({ name: 'echo', headline, where: ['#5'], notes: [] })).toBe(
      '**echo: canary v2 0% -> 50%**: #5.',
    );
  });

  test('and what was not', () => {
    expect(formatStays('echo', { code: 'serves-already', version: 'v1' })).toBe(
      'echo: v1 serves everything already. Nothing was done.',
    );
  });

  test('with the lines to type at its end, one for each choice', () => {
    const ways = [{ verb: 'promote', words: 'v3' }, { verb: 'rollback' }] as const;
    expect(formatStays('echo', { code: 'serves-already', version: 'v1' }, ways)).toBe(
      'echo: v1 serves everything already. Nothing was done. To type: `/promote echo v3` or `/rollback echo`',
    );
  });
});

describe('what a promotion asks for', () => {
  test('is a line each', () => {
    expect(formatGuards([met, unmet, unknown])).toEqual([
      '✅ the last step is live',
      '❌ the gate `errors` is pending',
      "❓ whether the gate `latency` is open can't be seen here",
    ]);
  });

  test.each([
    [[met, met], 'All 2 checks are met'],
    [[met, unmet, unknown], '1 of 3 checks are met'],
    [[unmet], '0 of 1 checks are met'],
  ])('folded says how much of it is met: %#', (guards, summary) => {
    const lines = formatGuards(guards).map((line) => `- ${line}`);
    expect(foldGuards(guards)).toBe(`<details><summary>${summary}</summary>\n\n${lines.join('\n')}\n\n</details>`);
  });
});

describe('a promotion that has to wait', () => {
  const nobody = { permission: undefined, users: [], teams: [] } as const;
  const some = { ...nobody, users: ['ada'], teams: ['platform'] } as const;
  const way = '\n\nOverride: `/promote echo --force "reason"` (allowed: `ada`, the team `platform`).';
  test.each([
    ['can be forced by those whom the settings name', [met, unmet, unknown], some, way],
    ['but not past an error', [met, unmet, error], some, ''],
    ['nor where the settings name none', [met, unmet], nobody, ''],
  ])('%s', (_, guards, force, expected) => {
    const lines = formatGuards(guards).map((line) => `- ${line}`);
    expect(formatUnmet({ name: 'echo', headline, guards, force })).toBe(
      `**echo: canary v2 0% -> 50%** has to wait. Nothing was done.\n\n${lines.join('\n')}${expected}\n\nOnce all of it is met, type: \`/promote echo\``,
    );
  });
});

describe('what somebody has to write by hand', () => {
  const reason = '/a is an alias';
  const patch = '--- a/echo.yaml\n+++ b/echo.yaml\n@@ -1 +1 @@\n-a\n+b\n';

  test('comes with the patch that does it', () => {
    expect(formatByHand({ name: 'echo', reason, patch, headline })).toBe(
      '**echo: canary v2 0% -> 50%** has to be written by hand: /a is an alias. Nothing was done. This patch does it:\n\n' +
        `\`\`\`diff\n${patch}\`\`\``,
    );
  });

  test('or without, where none can be made', () => {
    expect(formatByHand({ name: 'echo', reason, patch: undefined })).toBe(
      '**echo** has to be written by hand: /a is an alias. Nothing was done.',
    );
  });

  test('and half a patch is of no use', () => {
    const line = '+x: ü\n';
    const fits = formatByHand({ name: 'echo', reason, patch: line.repeat(3000) });
    expect(fits).toContain(`\`\`\`diff\n${line.repeat(3000)}\`\`\``);
    const long = formatByHand({ name: 'echo', reason, patch: line.repeat(200_000 / 6) });
    expect(long).toBe(
      '**echo** has to be written by hand: /a is an alias. Nothing was done. The patch is too long for a comment.',
    );
    const wide = formatByHand({ name: 'echo', reason, patch: '\u202e'.repeat(8000) }); // each is shown as \u202e
    expect(wide).toMatch(/too long for a comment\.$/);
  });
});

describe('the words of others', () => {
  test('stay words', () => {
    const name = NASTY;
    for (const text of [
      formatMoved({ name, headline: NASTY, where: ['#5'], notes: [] }),
      formatStays(name, { code: 'serves-already', version: NASTY }),
      formatUnmet({ name, headline: NASTY, guards: [met], force: { permission: 'admin', users: [NASTY], teams: [] } }),
      formatByHand({ name, reason: NASTY, patch: undefined, headline: NASTY }),
      formatByHand({ name, reason: NASTY, patch: `${NASTY}\n\`\`\`\n${NASTY}\n` }),
    ]) {
      expectTame(text);
    }
  });

  test('are cut', () => {
    const long = '@'.repeat(200_000);
    for (const text of [
      formatMoved({ name: 'echo', headline: long, where: ['#5'], notes: [] }),
      formatUnmet({
        name: 'echo',
        headline: long,
        guards: [met],
        force: { permission: 'admin', users: [], teams: [] },
      }),
      formatByHand({ name: 'echo', reason: long, patch: undefined, headline: long }),
    ]) {
      expect(sizeOf(text)).toBeLessThan(17_000);
    }
  });
});
