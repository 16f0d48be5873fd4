import { expect, test } from 'vitest';
import { shownLines } from '../../../src/core/report/diff-lines.ts';

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}`);
const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
const shown = (before: readonly string[] | undefined, after: readonly string[]) => [
  ...shownLines(before && text(before), text(after)),
];
const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

test('a changed line, and three lines around it', () => {
  expect(shown(numbered(20), numbered(20).with(9, 'other'))).toEqual(from(7, 13));
});

test('lines around what was taken out, and around what came', () => {
  expect(shown(numbered(20), numbered(20).toSpliced(9, 2))).toEqual(from(7, 12));
  expect(shown(numbered(20), numbered(20).toSpliced(9, 0, 'new', 'newer'))).toEqual(from(7, 14));
});

test('two places, each with its own lines', () => {
  expect(shown(numbered(20), numbered(20).with(0, 'other').with(19, 'other'))).toEqual([
    ...from(1, 4),
    ...from(17, 20),
  ]);
});

test('nothing of what is the same, and all of what is new', () => {
  expect(shown(numbered(20), numbered(20))).toEqual([]);
  expect(shown(undefined, numbered(5))).toEqual(expect.arrayContaining(from(1, 5)));
});

test('a file in which everything changes is given up soon', () => {
  const many = (word: string) => Array.from({ length: 60_000 }, (_, index) => `${word}${index}`);
  expect(shown(many('a'), many('b'))).toEqual([]);
});
