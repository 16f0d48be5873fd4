import { expect, test } from 'vitest';
import { type AnyJson, type Fixture, startFixture } from './fixture.ts';

async function startWithPull(clock?: () => Date): Promise<Fixture> {
  const fixture = await startFixture(clock ? { clock } : {});
  await fixture.sandbox.openSeededPull();
  return fixture;
}

const comments = '/repos/canary/shop/issues/comments';

test('a comment is written, edited and deleted, and each is told', async () => {
  const fixture = await startWithPull();
  const made = await fixture.repo('bot', 'POST /issues/1/comments', { body: '<!-- mark --> Hello' });
  expect(made).toMatchObject({ user: { login: 'coalmine[bot]', type: 'Bot' }, performed_via_github_app: { id: 1 } });
  expect(made.html_url).toBe(`${fixture.sandbox.url}/canary/shop/pull/1#issuecomment-${made.id}`);
  await fixture.repo('bot', `PATCH /issues/comments/${made.id}`, { body: 'Bye' });
  expect((await fixture.repo('anonymous', `GET /issues/comments/${made.id}`)).body).toBe('Bye');
  expect((await fixture.call('bot', `DELETE ${comments}/${made.id}`)).status).toBe(204);
  expect((await fixture.call('anonymous', `GET ${comments}/${made.id}`)).status).toBe(404);
  for (const action of ['created', 'edited', 'deleted']) {
    const { payload } = await fixture.hooks.next(`issue_comment.${action}`);
    expect(payload.complaints).toBeUndefined();
    expect(payload).toMatchObject({ issue: { number: 1, pull_request: {} }, comment: { id: made.id } });
  }
});

test('a deleted id is not given again, not even after a restart', async () => {
  const fixture = await startWithPull();
  const { id } = await fixture.repo('writer', 'POST /issues/1/comments', { body: 'One' });
  await fixture.call('writer', `DELETE ${comments}/${id}`);
  await fixture.restart();
  expect((await fixture.repo('writer', 'POST /issues/1/comments', { body: 'Two' })).id).toBe(id + 1);
});

test('comments are listed in pages, since a time, and of all issues', async () => {
  const start = Date.parse('2026-01-01T00:00:00Z');
  let minutes = 0;
  const fixture = await startWithPull(() => new Date(start + 60_000 * minutes));
  for (minutes = 1; minutes <= 5; minutes += 1) {
    await fixture.repo('writer', 'POST /issues/1/comments', { body: `Comment ${minutes}` });
  }
  const bodies = async (query: string): Promise<string[]> =>
    (await fixture.repo('anonymous', `GET /issues/1/comments?${query}`)).map(({ body }: AnyJson) => body);
  expect(await bodies('per_page=2&page=2')).toEqual(['Comment 3', 'Comment 4']);
  expect(await bodies('since=2026-01-01T00:04:00Z')).toEqual(['Comment 4', 'Comment 5']);
  expect(await bodies('per_page=1000')).toHaveLength(5);
  const all = await fixture.repo('anonymous', 'GET /issues/comments?sort=created&direction=desc&per_page=1');
  expect(all[0].body).toBe('Comment 5');
});

test('a reader comments and changes only what is his', async () => {
  const fixture = await startWithPull();
  const mine = await fixture.repo('reader', 'POST /issues/1/comments', { body: 'Mine' });
  const theirs = await fixture.repo('writer', 'POST /issues/1/comments', { body: 'Theirs' });
  await fixture.repo('reader', `PATCH /issues/comments/${mine.id}`, { body: 'Still mine' });
  expect((await fixture.call('reader', `PATCH ${comments}/${theirs.id}`, { body: 'No' })).status).toBe(403);
  expect((await fixture.call('reader', `DELETE ${comments}/${theirs.id}`)).status).toBe(403);
  expect((await fixture.call('anonymous', 'POST /repos/canary/shop/issues/1/comments', { body: 'x' })).status).toBe(
    401,
  );
});

test.each([
  ['nothing', {}],
  ['only space', { body: ' ' }],
  ['too much', { body: 'x'.repeat(65_537) }],
  ['no text', { body: 1 }],
])('%s is no comment', async (_, body) => {
  const fixture = await startWithPull();
  expect((await fixture.call('writer', 'POST /repos/canary/shop/issues/1/comments', body)).status).toBe(422);
});

test('65,536 characters are a comment, whatever their bytes', async () => {
  const fixture = await startWithPull();
  const body = '🐤'.repeat(65_536);
  expect((await fixture.repo('writer', 'POST /issues/1/comments', { body })).body).toBe(body);
});

test('reacting twice is reacting once', async () => {
  const fixture = await startWithPull();
  const { id } = await fixture.repo('writer', 'POST /issues/1/comments', { body: '/promote' });
  const path = `${comments}/${id}/reactions`;
  const first = await fixture.call('bot', `POST ${path}`, { content: 'rocket' });
  const second = await fixture.call('bot', `POST ${path}`, { content: 'rocket' });
  expect([first.status, second.status]).toEqual([201, 200]);
  expect(second.body.id).toBe(first.body.id);
  await fixture.call('reader', `POST ${path}`, { content: 'eyes' });
  expect((await fixture.repo('anonymous', `GET /issues/comments/${id}`)).reactions).toMatchObject({
    total_count: 2,
    rocket: 1,
    eyes: 1,
  });
  expect(await fixture.repo('anonymous', `GET /issues/comments/${id}/reactions?content=eyes`)).toHaveLength(1);
  expect((await fixture.call('reader', `DELETE ${path}/${first.body.id}`)).status).toBe(403);
  expect((await fixture.call('bot', `DELETE ${path}/${first.body.id}`)).status).toBe(204);
  expect((await fixture.call('bot', `POST ${path}`, { content: 'shrug' })).status).toBe(422);
});
