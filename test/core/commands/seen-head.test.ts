import { expect, test } from 'vitest';
import { decideHead, type HeadFacts, type HeadVerdict } from '../../../src/core/commands/seen-head.ts';

const at = (second: number): Date => new Date(Date.UTC(2026, 4, 4, 12, 0, second));
const pushed = (...moves: readonly (readonly [after: string, second: number])[]): HeadFacts['pushes'] =>
  moves.map(([after, second]) => ({ after, at: at(second), ours: false })).reverse();

// The command is written at second 10; the head is `b`.
const CASES: readonly (readonly [what: string, facts: Partial<HeadFacts>, verdict: HeadVerdict])[] = [
  ['pushed and reviewed before', { pushes: pushed(['a', 1], ['b', 5]), reviewed: at(7) }, 'same'],
  ['pushed after, reviewed long before elsewhere', { pushes: pushed(['a', 1], ['b', 12]), reviewed: at(2) }, 'moved'],
  ['put back to it after', { pushes: pushed(['b', 1], ['a', 5], ['b', 12]), reviewed: at(2) }, 'moved'],
  ['left and put back after', { pushes: pushed(['b', 5], ['a', 11], ['b', 12]), reviewed: at(6) }, 'same'],
  ['pushed before, reviewed after', { pushes: pushed(['b', 9]), reviewed: at(11) }, 'reviewed-later'],
  ['pushed before, not reviewed', { pushes: pushed(['b', 9]), reviewed: undefined }, 'not-reviewed'],
  ['pushed after, not reviewed', { pushes: pushed(['a', 1], ['b', 12]), reviewed: undefined }, 'moved'],
  ['all within the second', { pushes: pushed(['a', 1], ['b', 10]), reviewed: at(10) }, 'same'],
  ['within the second, reviewed elsewhere', { pushes: pushed(['a', 1], ['b', 10]), reviewed: at(9) }, 'moved'],
  ['pushed twice within the second', { pushes: pushed(['b', 1], ['a', 10], ['b', 10]), reviewed: at(2) }, 'moved'],
  ['a hundred pushes, all after', { pushes: pushed(['a', 11], ['b', 12]), reviewed: at(2) }, 'moved'],
  ['not listed yet', { pushes: pushed(['a', 1]), reviewed: at(2) }, 'not-listed'],
  ['another one when it was heard of', { pushes: pushed(['b', 5]), reviewed: at(7), heard: 'a' }, 'moved'],
  ['no list, reviewed before', { reviewed: at(7), heard: 'b' }, 'same'],
  ['no list, reviewed after', { reviewed: at(11) }, 'moved'],
  ['no list, another one when it was heard of', { reviewed: at(2), heard: 'a' }, 'moved'],
];

test.each(CASES)('a head that was %s', (_, facts, verdict) => {
  const none = { pushes: undefined, reviewed: undefined, heard: undefined };
  expect(decideHead({ head: 'b', written: at(10), ...none, ...facts })).toBe(verdict);
});
