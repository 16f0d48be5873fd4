import { compare } from '../../core/model/finding.ts';
import type { ValuesIndex } from '../gitops/snapshot.ts';

/** Which tree a file's content is taken from. */
export type Origin = 'tip' | 'head' | 'testMerge';

export interface MergedIndex {
  readonly index: ValuesIndex;
  readonly from: ReadonlyMap<string, Origin>;
  readonly unsure: readonly string[]; // changed on both sides, and how they merge is unknown
}

/**
 * The values files as merging would leave them, file by file: changed on the head only, the head's; on the base only,
 * the tip's; on both, the test merge's, else the head's, and said so.
 */
export function mergeIndex({
  base,
  tip,
  head,
  testMerge,
}: {
  readonly base: ValuesIndex;
  readonly tip: ValuesIndex;
  readonly head: ValuesIndex;
  readonly testMerge?: ValuesIndex;
}): MergedIndex {
  const index = new Map<string, NonNullable<ReturnType<ValuesIndex['get']>>>();
  const from = new Map<string, Origin>();
  const unsure: string[] = [];
  const indexes = { tip, head, testMerge: testMerge ?? head };
  for (const file of [...new Set([...tip.keys(), ...head.keys(), ...indexes.testMerge.keys()])].sort(compare)) {
    const [old, ours, theirs] = [base.get(file)?.id, tip.get(file)?.id, head.get(file)?.id];
    const both = theirs !== old && ours !== old && ours !== theirs;
    if (both && !testMerge) unsure.push(file);
    const origin: Origin = theirs === old ? 'tip' : both && testMerge ? 'testMerge' : 'head';
    const entry = indexes[origin].get(file);
    from.set(file, origin);
    if (entry) index.set(file, entry);
  }
  return { index, from, unsure };
}
