import fc from 'fast-check';
import markdownIt from 'markdown-it';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/model/finding.ts';
import { type Suggestion, suggestionsFor } from '../../../src/core/report/suggestion.ts';
import { check, echo, withCanary, withVersion } from '../support.ts';

/** What taking a suggestion would write, as a reader of Markdown finds it: `line: text`. */
function offered({ line, body }: Suggestion): string {
  const blocks = markdownIt({ html: true })
    .parse(body, {})
    .filter(({ type, info }) => type === 'fence' && info === 'suggestion');
  expect(blocks, body).toHaveLength(1);
  return `${line}: ${blocks[0]?.content.replace(/\n$/, '')}`;
}

/** What is suggested for a values file that is new, or was like that before. */
function suggested(after: string, before?: string): readonly string[] {
  return suggestionsFor(
    check(after),
    new Map([[echo.file, { after, ...(before === undefined ? {} : { before }) }]]),
  ).map(offered);
}

/** Values whose canary's version is this text. */
const canary = (written: string) => withCanary().replace('    version: v2', `    version: ${written}`);

describe('the whole line, with what the finding offers', () => {
  test.each([
    ['a word', canary('v3'), ['8:     version: v2']],
    ['in quotes', canary('"v3"'), ['8:     version: v2']],
    ['before a comment', canary("v3 # it's `new`"), ["8:     version: v2 # it's `new`"]],
    ['before a fence', canary('v3 # ```'), ['8:     version: v2 # ```']],
    ['before what HTML would hide', canary('v3 # <!-- & -->'), ['8:     version: v2 # <!-- & -->']],
    [
      'before letters of more than one code unit',
      canary('v3 # 🐤 kanarek żółty'),
      ['8:     version: v2 # 🐤 kanarek żółty'],
    ],
    ['before blanks', canary('v3  \t'), ['8:     version: v2  \t']],
    ['a key', withVersion('replica: 2'), ['4:     replicas: 2']],
    ['what needs quotes', withVersion('labels: { build: 1e3, ok: on }'), ['4:     labels: { build: "1e3", ok: "on" }']],
    ['at the end of a file without newline', canary('v3').trimEnd(), ['8:     version: v2']],
    [
      'two on two lines',
      canary('v22').replace('version: v1', 'version: v11'),
      ['6:     version: v1', '8:     version: v2'],
    ],
    ['without a finding', withCanary('weight: 5'), []],
    ['a finding that offers nothing', canary('[]'), []],
  ])('%s', (_, values, expected) => {
    expect(suggested(values)).toEqual(expected);
  });
});

describe('none where the line would not be what it seems', () => {
  test.each([
    ['in CRLF', canary('v3').replaceAll('\n', '\r\n')],
    ['with what turns the direction of text', canary('v3 # \u202e1v')],
    ['with a blank of no width', canary('v3 # a\u200bb')],
    ['with a byte order mark', '\ufeffdeployment: { v1: { replica: 2 } }\nroutes: { primary: { version: v1 } }\n'],
    ['too long to be read', canary(`v3 # ${'x'.repeat(1000)}`)],
  ])('%s', (_, values) => {
    expect(check(values).some(({ replacement }) => replacement !== undefined)).toBe(true);
    expect(suggested(values)).toEqual([]);
  });
});

describe('only lines of the pull request', () => {
  const lines = (at: number) => `# a\n# b\n# c\n${canary('v3')}`.split('\n').with(at, '# changed').join('\n');
  const before = `# a\n# b\n# c\n${canary('v3')}`;

  test('what it changes, and three lines around', () => {
    expect(suggested(canary('v3'), canary('v2'))).toEqual(['8:     version: v2']);
    expect(suggested(`${canary('v3')}# x\n# y\n# z\n`, canary('v3'))).toEqual(['8:     version: v2']);
    expect(suggested(lines(0), before)).toEqual([]);
    expect(suggested(canary('v3'), canary('v3'))).toEqual([]);
  });

  test('of files that were read for it', () => {
    expect(suggestionsFor(check(canary('v3')), new Map())).toEqual([]);
  });
});

const FINDING = { severity: 'error', file: 'a.yaml', path: '', message: 'wrong' } as const;

/** A finding that offers a text for columns of line 1. */
function offer(column: number, endColumn: number, replacement: string, more: Partial<Finding> = {}): Finding {
  return { ...FINDING, rule: 'r', range: { line: 1, endLine: 1, column, endColumn }, replacement, ...more };
}

function suggest(findings: readonly Finding[], after: string): readonly Suggestion[] {
  return suggestionsFor(findings, new Map([['a.yaml', { after }]]));
}

describe('several on one line', () => {
  test.each([
    ['apart', [offer(1, 2, 'AA'), offer(3, 4, 'C')], '1: AAbC'],
    ['side by side', [offer(1, 2, 'A'), offer(2, 3, 'B')], '1: ABc'],
    ['that overlap: the first', [offer(1, 3, 'X'), offer(2, 4, 'Y')], '1: Xc'],
    ['of one place: the first', [offer(2, 2, 'X'), offer(2, 2, 'Y')], '1: aXbc'],
    ['three, of which the second overlaps', [offer(1, 3, 'X'), offer(2, 3, 'Y'), offer(3, 4, 'Z')], '1: XZ'],
  ])('%s', (_, findings, expected) => {
    expect(suggest(findings, 'abc\n').map(offered)).toEqual([expected]);
  });

  test('with the message and rule of each that is taken, and no other', () => {
    const [one] = suggest(
      [
        offer(1, 2, 'A', { message: 'no *a*', rule: 'first' }),
        offer(1, 3, 'X', { message: 'neither', rule: 'second' }),
        offer(3, 4, 'C', { message: 'no c, @ann', rule: 'third', severity: 'warning' }),
      ],
      'abc\n',
    );
    expect(one?.body).toBe(
      '<!-- coalmine:suggestion -->\n\n❌ no \\*a\\* (`first`)\n\n⚠️ no c, @&#8203;ann (`third`)\n\n```suggestion\nAbC\n```\n',
    );
  });
});

test.each([
  ['of several lines', offer(1, 2, 'x', { range: { line: 1, endLine: 2, column: 1, endColumn: 1 } })],
  ['that brings a line', offer(1, 2, 'x\ny')],
  ['that changes nothing', offer(1, 2, 'a')],
  ['past the end of the file', offer(1, 2, 'x', { range: { line: 9, endLine: 9, column: 1, endColumn: 2 } })],
])('none for a range or text %s', (_, finding) => {
  expect(suggest([finding], 'abc\ndef\n')).toEqual([]);
});

test('twenty at most, errors first', () => {
  const all = Array.from({ length: 30 }, (_, index) =>
    offer(1, 2, 'x', {
      severity: index < 25 ? 'warning' : 'error',
      range: { line: index + 1, endLine: index + 1, column: 1, endColumn: 2 },
    }),
  );
  const lines = suggest(all, 'abc\n'.repeat(30)).map(({ line }) => line);
  expect(lines).toEqual([26, 27, 28, 29, 30, ...Array.from({ length: 15 }, (_, index) => index + 1)]);
});

test('whatever a line holds, its suggestion is that line with the range replaced, or there is none', () => {
  const word = fc.string({
    unit: fc.constantFrom('`', '~', '<', '-', ' ', '\t', '#', 'a', 'é', '🐤', '\r', '\u202e'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(word, word, word, word, (start, old, end, now) => {
      const line = `${start}${old}${end}`;
      const found = suggest([offer(start.length + 1, start.length + old.length + 1, now)], `${line}\n`);
      const hidden = /[\r\u202e]/.test(line + now);
      expect(found.map(offered)).toEqual(hidden || now === old ? [] : [`1: ${start}${now}${end}`]);
    }),
  );
});
