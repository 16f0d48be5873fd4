import { expect, test } from 'vitest';
import { sweepRepository } from '../../../src/flows/sweep/sweep.ts';
import { fakeWorld, outline, SHOP } from '../../support/fakes.ts';

test('enqueues the publication, and a review where none was finished', async () => {
  const { pulls, now, repository } = fakeWorld();
  const pull = (number: number, open = true) => {
    const head = { sha: `head${number}`, branch: 'b', fork: false };
    pulls.pulls.set(number, { number, open, ours: false, head, base: 'main' });
  };
  for (const number of [1, 2, 3]) pull(number);
  pull(4, false);
  pulls.checks.set('coalmine head1', { completed: true, title: 'done' });
  pulls.checks.set('coalmine head2', { completed: false, title: 'half-way' });
  pulls.checks.set('coalmine/publish head3', { completed: true, title: 'another' });
  const plan = await sweepRepository({ pulls, now, repository }, SHOP);
  expect(outline(plan)).toEqual(['enqueue publish', 'enqueue review #2', 'enqueue review #3']);
  expect(plan[1]).toEqual({ kind: 'enqueue', job: { kind: 'review', repository: SHOP, pull: 2 } });
});
