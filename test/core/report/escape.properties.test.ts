import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { brief, oneLine, printable } from '../../../src/core/model/printable.ts';
import { fitBlocks, sizeOf } from '../../../src/core/report/budget.ts';
import { code, fenced, markdown, workflowCommand } from '../../../src/core/report/escape.ts';
import { text } from '../../support/arbitraries.ts';

describe('escapes', () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none of these may come out
  const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

  test('one line stays one line that shows all it has', () => {
    fc.assert(
      fc.property(text, (value) => {
        for (const escaped of [
          oneLine(value),
          brief(value),
          markdown(value),
          code(value),
          workflowCommand(oneLine(value), 'message'),
        ])
          expect(escaped).not.toMatch(UNSEEN);
        expect(printable(value).split('\n')).toHaveLength(value.split('\n').length);
      }),
    );
  });

  test('no HTML, mention or link comes out of Markdown', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom('<b>', '@octocat', '`', '[a](b)', '\\', 'http://x', '|', '*', '&lt;', '#1', '\n', 'a'),
          { maxLength: 12 },
        ),
        (parts) => {
          const escaped = markdown(parts.join(''));
          expect(escaped).not.toMatch(/<|@\w|:\/\/|(?<![&\\])#\d/);
          for (const mark of '`*[]|') {
            const bare = new RegExp(`(?<!\\\\)(?:\\\\\\\\)*\\${mark}`);
            expect(bare.test(escaped)).toBe(false);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('code and fences end where they should', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('`', '``', '```', '````', 'a', '\n', '</details>', '~~~'), { maxLength: 12 }),
        (parts) => {
          const value = parts.join('');
          const fence = /^`+/.exec(code(value))?.[0] ?? '';
          expect(code(value).slice(fence.length, -fence.length).split(/[^`]+/)).not.toContain(fence);
          const [open = '', ...rest] = fenced('', value).split('\n');
          expect(rest.findIndex((line) => line.startsWith(open))).toBe(rest.length - 1);
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a:b,c%\n', 'message', 'a:b,c%25%0A'],
    ['a:b,c%\r', 'property', 'a%3Ab%2Cc%25%0D'],
  ] as const)('a workflow command takes %j as a %s', (value, place, expected) => {
    expect(workflowCommand(value, place)).toBe(expected);
  });
});

test('the budget leaves out whole blocks, and no more than it must', () => {
  fc.assert(
    fc.property(
      fc.array(
        text.map((block) => `${block}x`),
        { maxLength: 20 },
      ),
      fc.nat({ max: 200 }),
      (blocks, limit) => {
        const fitted = fitBlocks(blocks, limit);
        expect(sizeOf(fitted.text)).toBeLessThanOrEqual(limit);
        const taken = blocks.filter((block) => fitted.text.includes(block));
        expect(taken.length).toBeGreaterThanOrEqual(fitted.shown);
        const smallest = Math.min(...blocks.map(sizeOf), limit);
        if (fitted.shown < blocks.length && fitted.shown === 0) expect(smallest + 2).toBeGreaterThan(limit - 2);
      },
    ),
  );
});
