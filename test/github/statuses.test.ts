import { expect, test } from 'vitest';
import { mockPulls, REPO, sha } from './fixture.ts';

const list = (page: number) => `GET ${REPO}/commits/${sha('a')}/status?per_page=100&page=${page}`;

function combined(statuses: readonly (readonly [context: string, state: string])[]) {
  const url = `https://api.github.com${REPO}/commits/${sha('a')}/status`;
  return { url, sha: sha('a'), total_count: 1, statuses: statuses.map(([context, state]) => ({ context, state })) };
}

test('reads what was said last in each context, on every page', async () => {
  const { pulls, answer } = mockPulls();
  const many = Array.from({ length: 100 }, (_, index) => [`ci/${index}`, 'success'] as const);
  answer(list(1), 200, combined(many));
  answer(
    list(2),
    200,
    combined([
      ['flux', 'pending'],
      ['lint', 'error'],
      ['test', 'failure'],
      ['odd', 'unheard of'],
    ]),
  );
  const statuses = await pulls.fetchStatuses(sha('a'));
  expect(statuses.size).toBe(103);
  expect(Object.fromEntries([...statuses].slice(-4))).toEqual({
    'ci/99': 'success',
    flux: 'pending',
    lint: 'error',
    test: 'failure',
  });
});

test.each([404, 422])('are none where the server answers %i', async (status) => {
  const { pulls, answer } = mockPulls();
  answer(list(1), status, { message: 'No commit found' });
  expect(await pulls.fetchStatuses(sha('a'))).toEqual(new Map());
});
