import { describe, expect, test } from 'vitest';
import { formatOutlines, joinOutlines, type Outline, readOutlines } from '../../../src/core/targets/outline.ts';

const upstream = (name: string) => ({ namespace: 'echo', name });
const outline = (change: Partial<Outline> = {}): Outline => ({
  id: { namespace: 'echo', name: 'echo' },
  apiGroup: 'example',
  paths: [{ kind: 'prefix', path: '/echo' }],
  renders: [upstream('echo')],
  names: [],
  ...change,
});

describe('a release on its way from one outline to another', () => {
  const moved = outline({
    paths: [
      { kind: 'prefix', path: '/echo' },
      { kind: 'exact', path: '/echo' },
    ],
    renders: [upstream('echo-v1'), upstream('echo')],
    names: [upstream('outside')],
  });

  test('takes, offers and names what either has, each once', () => {
    expect(joinOutlines(outline({ names: [upstream('old')] }), moved)).toEqual({
      ...moved,
      renders: [upstream('echo'), upstream('echo-v1')],
      names: [upstream('old'), upstream('outside')],
    });
  });

  test.each([
    ['one that comes', undefined, moved],
    ['one that goes', moved, undefined],
  ])('%s has its own', (_, one, other) => {
    expect(joinOutlines(one, other)).toBe(moved);
  });

  test('one that was nowhere and goes nowhere has none', () => {
    expect(joinOutlines(undefined, undefined)).toBeUndefined();
  });

  test('is read back from the branch as it was written', () => {
    const both = joinOutlines(outline(), moved);
    expect(both && readOutlines(formatOutlines([both]))).toEqual([both]);
  });
});
