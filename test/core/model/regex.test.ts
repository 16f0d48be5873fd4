import fc from 'fast-check';
import { RE2JS } from 're2js';
import { describe, expect, test } from 'vitest';
import { MAX_REGEX_LENGTH, MAX_REGEX_SIZE, matchesWhole, regexProblem } from '../../../src/core/model/regex.ts';
import { regexSize } from '../../../src/core/model/regex-size.ts';

describe('a regular expression that Envoy would not take', () => {
  test.each([
    ['(?:a{1000}){500}'.repeat(1), /compiles to about 5\d{5} instructions, and Gloo's limit is 1024/],
    ['((((a{100}){100}){100}){100}){100}', /more than a million instructions/],
    [`/${'(?:ab|cd){300}'}`, /compiles to about/],
    ['[a-z]{1001}', /compiles to about|invalid repeat count/],
    [`/${'a'.repeat(MAX_REGEX_LENGTH)}`, /has 1025 characters, and at most 1024 are taken/],
    ['a{1001}', /instructions|repeat/],
    [`(?P<n>${'a{1000}'.repeat(20)})`, /compiles to about 200\d\d instructions/],
    [`(?<n>${'a{1000}'.repeat(20)})`, /compiles to about 200\d\d instructions/],
    [`[${'\\pL'.repeat(330)}]`, /compiles to about/],
    ['(?=a)', /invalid/],
    ['/echo/(', /missing/],
  ])('%s', (regex, problem) => {
    expect(regexProblem(regex)).toMatch(problem);
    expect(matchesWhole(regex, 'a')).toBe(false);
  });
});

test.each([
  '/echo/[0-9]+',
  '/echo/(?:v1|v2)/.*',
  '/[a-z]{1,63}/(?i)items',
  '/\\Qa{1000}\\E',
  '/\\pL{1,20}',
  '[^/]+',
  '/(?P<id>[0-9]{1,20})',
])('an ordinary one is taken: %s', (regex) => expect(regexProblem(regex)).toBeUndefined());

const pieces = fc.letrec<{ piece: string }>((tie) => ({
  piece: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(
      'a',
      '.',
      '[a-z]',
      '[^/]',
      '\\d',
      '\\pL',
      '\\.',
      '(?:a|b)',
      '[[:alpha:]]',
      '\\Qa{9}\\E',
      'x?',
      '[]a]',
    ),
    fc.tuple(tie('piece'), fc.integer({ min: 1, max: 9 })).map(([piece, times]) => `(?:${piece}){${times}}`),
    fc.tuple(tie('piece'), fc.constantFrom('*', '+', '?', '{2,5}', '{3,}')).map(([piece, much]) => `(${piece})${much}`),
    tie('piece').map((piece) => `(?P<n>${piece}{3})`),
    tie('piece').map((piece) => `(?i:${piece})`),
    fc.tuple(tie('piece'), tie('piece')).map((both) => both.join('|')),
    fc.tuple(tie('piece'), tie('piece')).map((both) => both.join('')),
  ),
})).piece;

/** What compiling says; undefined where RE2 refuses it: repetitions within each other of more than 1,000 in all. */
function compiledSize(regex: string): number | undefined {
  try {
    return RE2JS.compile(regex).programSize();
  } catch {
    return undefined;
  }
}

test('the size that is expected is near the one that compiling gives', () => {
  fc.assert(
    fc.property(pieces, (regex) => {
      const expected = regexSize(regex);
      fc.pre(expected < 20_000);
      const actual = compiledSize(regex);
      fc.pre(actual !== undefined);
      expect(expected * 20).toBeGreaterThanOrEqual(actual - 10);
      expect(expected).toBeLessThanOrEqual(actual * 20 + 20);
    }),
    { numRuns: 500 },
  );
});

test('any text has a size, found without compiling it', () => {
  fc.assert(fc.property(fc.string({ maxLength: 200 }), (text) => regexSize(text) >= 0));
  expect(regexSize('(?:a{1000})'.repeat(500))).toBeGreaterThan(MAX_REGEX_SIZE);
});

test.each(['(?P<n>', '(?<n>', '(?i:', '(?:', '('])(
  'what a group holds has its size, however the group begins: %s',
  (start) => {
    expect(regexSize(`${start}a{1000}a{1000})`)).toBeGreaterThan(2000);
  },
);

test.each(['a[b{1000}', 'a\\p{b{1000', 'a\\x{b{1000'])(
  'RE2 refuses what is never closed, so it is not read on: %s',
  (regex) => {
    expect(regexSize(regex)).toBe(1);
    expect(regexProblem(regex)).toMatch(/missing|invalid/);
  },
);
