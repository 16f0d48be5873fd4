import { expect, test } from 'vitest';
import type { ValuesIndex } from '../../../src/flows/gitops/snapshot.ts';
import { mergeIndex } from '../../../src/flows/review/merge-index.ts';

/** One file in one tree, by its content; nothing where the tree hasn't got it. */
function indexOf(content: string): ValuesIndex {
  const entry = { id: content, size: 1, file: 'f', release: { namespace: 'f', name: 'f' } };
  return new Map(content === '' ? [] : [['f', entry]]);
}

test.each([
  // base, tip, head, test merge (- is unknown) -> content, origin, unsure
  ['nobody changes it', 'a', 'a', 'a', '-', 'a', 'tip', false],
  ['the head changes it', 'a', 'a', 'b', '-', 'b', 'head', false],
  ['the base branch changes it', 'a', 'b', 'a', '-', 'b', 'tip', false],
  ['the base branch changes it, with a test merge', 'a', 'b', 'a', 'b', 'b', 'tip', false],
  ['both change it alike', 'a', 'b', 'b', '-', 'b', 'head', false],
  ['both change it, no test merge', 'a', 'b', 'c', '-', 'c', 'head', true],
  ['both change it, with a test merge', 'a', 'b', 'c', 'bc', 'bc', 'testMerge', false],
  ['the head adds it', '', '', 'b', '-', 'b', 'head', false],
  ['the base branch adds it', '', 'b', '', '-', 'b', 'tip', false],
  ['both add it alike', '', 'b', 'b', '-', 'b', 'head', false],
  ['both add it, no test merge', '', 'b', 'c', '-', 'c', 'head', true],
  ['both add it, with a test merge', '', 'b', 'c', 'bc', 'bc', 'testMerge', false],
  ['the head removes it', 'a', 'a', '', '-', '', 'head', false],
  ['the base branch removes it', 'a', '', 'a', '-', '', undefined, false],
  ['both remove it', 'a', '', '', '-', '', undefined, false],
  ['the head removes what the base branch changes', 'a', 'b', '', '-', '', 'head', true],
  ['the same, with a test merge that keeps it', 'a', 'b', '', 'b', 'b', 'testMerge', false],
  ['the base branch removes what the head changes', 'a', '', 'b', '-', 'b', 'head', true],
  ['the same, with a test merge that removes it', 'a', '', 'b', '', '', 'testMerge', false],
] as const)('%s', (_, base, tip, head, testMerge, content, origin, unsure) => {
  const merged = mergeIndex({
    base: indexOf(base),
    tip: indexOf(tip),
    head: indexOf(head),
    ...(testMerge === '-' ? {} : { testMerge: indexOf(testMerge) }),
  });
  expect(merged.index.get('f')?.id ?? '').toBe(content);
  if (content !== '') expect(merged.from.get('f')).toBe(origin);
  expect(merged.unsure).toEqual(unsure ? ['f'] : []);
});

test('files are sorted, whichever tree they come from', () => {
  const named = (...names: string[]): ValuesIndex =>
    new Map(names.map((file) => [file, { id: file, size: 1, file, release: { namespace: file, name: file } }]));
  const { index } = mergeIndex({ base: named(), tip: named('c', 'a'), head: named('B', 'b') });
  expect([...index.keys()]).toEqual(['B', 'a', 'b', 'c']);
});
