import { expect, test } from 'vitest';
import { mockPulls, REPO, sha } from './fixture.ts';

const LIST = `GET ${REPO}/activity?ref=refs%2Fheads%2Ftopic%2F1&direction=desc&per_page=100`;

test('reads when a branch moved, newest first', async () => {
  const { pulls, answer } = mockPulls();
  const move = (id: number, timestamp: string) => ({
    id,
    node_id: `A_${id}`,
    before: sha('0'),
    after: sha(String(id)),
    ref: 'refs/heads/topic/1',
    timestamp,
    activity_type: 'push',
    actor: id === 2 ? { login: 'coalmine[bot]' } : null,
  });
  answer(LIST, 200, [move(2, '2026-05-04T12:00:05Z'), move(1, '2026-05-04T12:00:00Z')]);
  expect(await pulls.fetchPushes('topic/1')).toEqual([
    { after: sha('2'), at: new Date('2026-05-04T12:00:05Z'), ours: true },
    { after: sha('1'), at: new Date('2026-05-04T12:00:00Z'), ours: false },
  ]);
});

test.each([
  [404, { message: 'Not Found' }],
  [200, []],
])('are not known where the server answers %i %j', async (status, body) => {
  const { pulls, answer } = mockPulls();
  answer(LIST, status, body);
  expect(await pulls.fetchPushes('topic/1')).toBeUndefined();
});
