import { expect, test } from 'vitest';
import { REVIEWED_FILES } from '../../../src/flows/review/comparison.ts';
import { reviewMergeGroup } from '../../../src/flows/review/review.ts';
import { outline } from '../../support/fakes.ts';
import { brokenValues, values } from '../../support/values.ts';
import { annotationsOf, commentOf, push, review, worldWith } from '../rollout/proposal.ts';

/** New values files, the last of them broken. */
function newFiles(count: number): Record<string, string> {
  const nameOf = (index: number) => `charts-values/new-${String(index).padStart(4, '0')}.yaml`;
  const files = Array.from({ length: count - 1 }, (_, index) => [nameOf(index), values()] as const);
  return Object.fromEntries([...files, [nameOf(count), brokenValues()] as const]);
}

const CUT = 'showing the first 500 of 502 changed values files';
const ADVICE =
  'The others were not checked, so the check fails. Split this into pull requests of at most 500 values files.';

test('a pull request of too many values files is shown in part, and its check fails', async () => {
  const world = worldWith();
  const head = push(world, newFiles(REVIEWED_FILES + 2));
  const plan = await review(world);
  expect(outline(plan).at(-1)).toBe(`check coalmine: failure, ${CUT}`);
  expect(commentOf(plan)).toContain(`❌ **S${CUT.slice(1)}.** ${ADVICE}`);
  expect(annotationsOf(plan)).toEqual([]);
  const base = world.repository.tipOf('main')?.sha ?? '';
  expect(outline(await reviewMergeGroup(world, { base, head }))).toEqual([`check coalmine: failure, ${CUT}`]);
});

test('one of as many as are reviewed is reviewed whole', async () => {
  const world = worldWith();
  push(world, newFiles(REVIEWED_FILES));
  const plan = await review(world);
  expect(outline(plan).at(-1)).toMatch(/^check coalmine: failure, \d+ error/);
  expect(commentOf(plan)).not.toContain('Showing the first');
});
