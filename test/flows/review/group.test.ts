import { expect, test } from 'vitest';
import { reviewMergeGroup } from '../../../src/flows/review/review.ts';
import { outline } from '../../support/fakes.ts';
import { brokenValues, values } from '../../support/values.ts';
import { BETA, ECHO, push, worldWith } from '../rollout/proposal.ts';

function reviewGroup(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const world = worldWith();
  const base = world.repository.tipOf('main')?.sha ?? '';
  const head = push(world, files);
  return reviewMergeGroup(world, { base, head }).then((plan) => {
    expect(plan).toMatchObject([{ sha: head }]);
    return outline(plan);
  });
}

test('a merge group gets the check on its head, and no comment', async () => {
  expect(await reviewGroup({ [ECHO]: values(50) })).toEqual(['check coalmine: success, echo: canary v2 25% -> 50%']);
  expect(await reviewGroup({ README: 'x' })).toEqual(['check coalmine: success, nothing changes in the cluster']);
});

test('a merge group that breaks a release fails', async () => {
  const [line] = await reviewGroup({ [ECHO]: values(50), [BETA]: brokenValues() });
  expect(line).toMatch(/^check coalmine: failure/);
});
