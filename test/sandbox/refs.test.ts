import { expect, test } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';

/** A commit on top of a branch, which stays where it is. */
async function commitOn(fixture: Fixture, parent: string, message = 'Change'): Promise<string> {
  const { tree } = await fixture.repo('anonymous', `GET /git/commits/${parent}`);
  return (await fixture.repo('bot', 'POST /git/commits', { message, tree: tree.sha, parents: [parent] })).sha;
}

async function tipOf(fixture: Fixture, branch = 'main'): Promise<string> {
  return (await fixture.repo('anonymous', `GET /git/ref/heads/${branch}`)).object.sha;
}

const refs = '/repos/canary/shop/git/refs';

test('a branch moves forward only, unless forced', async () => {
  const fixture = await startFixture();
  const main = await tipOf(fixture);
  const [one, other] = [await commitOn(fixture, main, 'one'), await commitOn(fixture, main, 'other')];
  await fixture.repo('bot', 'PATCH /git/refs/heads/main', { sha: one, force: false });
  const refused = await fixture.call('bot', `PATCH ${refs}/heads/main`, { sha: other, force: false });
  expect(refused).toMatchObject({ status: 422, body: { message: 'Update is not a fast forward' } });
  expect(await tipOf(fixture)).toBe(one);
  await fixture.repo('writer', 'PATCH /git/refs/heads/main', { sha: other, force: true });
  expect(await tipOf(fixture)).toBe(other);
  expect((await fixture.hooks.next('push')).payload).toMatchObject({ before: main, after: one, forced: false });
  expect((await fixture.hooks.next('push')).payload).toMatchObject({ before: one, after: other, forced: true });
});

test('of many who would move a branch at once, one does', async () => {
  const fixture = await startFixture();
  const main = await tipOf(fixture);
  const commits = await Promise.all([1, 2, 3, 4].map((n) => commitOn(fixture, main, `Change ${n}`)));
  const replies = await Promise.all(
    commits.map((sha) => fixture.call('bot', `PATCH ${refs}/heads/main`, { sha, force: false })),
  );
  expect(replies.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422]);
});

test('refs are made once, found by prefix, and removed', async () => {
  const fixture = await startFixture();
  const sha = await tipOf(fixture);
  await fixture.repo('bot', 'POST /git/refs', { ref: 'refs/heads/a/b', sha });
  await fixture.repo('bot', 'POST /git/refs', { ref: 'refs/coalmine/live', sha });
  const twice = await fixture.call('bot', `POST ${refs}`, { ref: 'refs/heads/a/b', sha });
  expect(twice).toMatchObject({ status: 422, body: { message: 'Reference already exists' } });
  const found = await fixture.repo('anonymous', 'GET /git/matching-refs/heads/a');
  expect(found.map(({ ref }: { ref: string }) => ref)).toEqual(['refs/heads/a/b']);
  expect(await fixture.repo('anonymous', 'GET /git/matching-refs/coalmine/')).toHaveLength(1);
  expect((await fixture.call('anonymous', 'GET /repos/canary/shop/git/ref/heads/a')).status).toBe(404);
  expect((await fixture.call('bot', `DELETE ${refs}/heads%2Fa%2Fb`)).status).toBe(204);
  expect((await fixture.call('bot', `DELETE ${refs}/heads/a/b`)).status).toBe(422);
});

test.each([
  ['a name outside refs', { ref: 'heads/x' }],
  ['an expression', { ref: 'refs/heads/x~1' }],
  ['an option', { ref: '--stdin' }],
  ['two dots', { ref: 'refs/heads/a..b' }],
  ['a branch below a branch', { ref: 'refs/heads/main/x' }],
  ['a lock', { ref: 'refs/heads/a.lock' }],
  ['a pull request', { ref: 'refs/pull/1/head' }],
  ['an object that is not there', { sha: '1'.repeat(40) }],
  ['no SHA', { sha: 'main' }],
])('%s makes no ref', async (_, changed) => {
  const fixture = await startFixture();
  const wanted = { ref: 'refs/heads/x', sha: await tipOf(fixture), ...changed };
  expect((await fixture.call('bot', `POST ${refs}`, wanted)).status).toBe(422);
});

test('the default branch and what is not there are not removed or moved', async () => {
  const fixture = await startFixture();
  const sha = await tipOf(fixture);
  expect((await fixture.call('admin', `DELETE ${refs}/heads/main`)).status).toBe(422);
  expect((await fixture.call('admin', `PATCH ${refs}/heads/none`, { sha })).status).toBe(422);
});

test('moves of a branch by every user are recorded, and survive a restart', async () => {
  const fixture = await startFixture();
  const main = await tipOf(fixture);
  const [one, other] = [await commitOn(fixture, main, 'one'), await commitOn(fixture, main, 'other')];
  await fixture.repo('bot', 'POST /git/refs', { ref: 'refs/heads/topic', sha: one });
  await fixture.repo('writer', 'PATCH /git/refs/heads/topic', { sha: other, force: true });
  await fixture.restart();
  const moves = async (ref: string) => {
    const listed = await fixture.repo('anonymous', `GET /activity?ref=${encodeURIComponent(ref)}`);
    return listed.map(({ before, after, activity_type: kind }: Record<string, string>) => ({ before, after, kind }));
  };
  const zero = '0'.repeat(40);
  expect(await moves('refs/heads/topic')).toEqual([
    { before: one, after: other, kind: 'force_push' },
    { before: zero, after: one, kind: 'branch_creation' },
  ]);
  expect(await moves('refs/heads/main')).toEqual([{ before: zero, after: main, kind: 'branch_creation' }]);
  expect(await fixture.repo('anonymous', 'GET /activity?per_page=1&direction=asc')).toHaveLength(1);
});
