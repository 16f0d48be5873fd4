import { expect, test } from 'vitest';
import { type AnyJson, type Fixture, startFixture } from './fixture.ts';

const pulls = '/repos/canary/shop/pulls';

async function writeOn(fixture: Fixture, branch: string, path: string, text = `${path}\n`): Promise<string> {
  const at = `/contents/${path}`;
  const known = await fixture.call('anonymous', `GET /repos/canary/shop${at}?ref=${branch}`);
  const put = await fixture.repo('writer', `PUT ${at}`, {
    message: `Write ${path}`,
    content: Buffer.from(text).toString('base64'),
    branch,
    ...(known.status === 200 ? { sha: known.body.sha } : {}),
  });
  return put.commit.sha;
}

async function startWithPull(): Promise<Fixture> {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  return fixture;
}

async function merge(fixture: Fixture, body: object): Promise<AnyJson> {
  return fixture.repo('writer', 'PUT /pulls/1/merge', body);
}

async function mainCommits(fixture: Fixture): Promise<AnyJson[]> {
  return fixture.repo('anonymous', 'GET /commits');
}

test("the seed's pull request is opened once, by the writer", async () => {
  const fixture = await startWithPull();
  await fixture.sandbox.openSeededPull();
  const opened = await fixture.hooks.next('pull_request.opened');
  expect(opened.payload.complaints).toBeUndefined();
  expect(opened.payload).toMatchObject({ number: 1, sender: { login: 'writer' }, installation: { id: 1 } });
  await fixture.restart();
  await fixture.sandbox.openSeededPull();
  expect(await fixture.repo('anonymous', `GET /pulls?state=all`)).toHaveLength(1);
  const pull = await fixture.repo('anonymous', 'GET /pulls/1');
  expect(pull).toMatchObject({ mergeable: true, mergeable_state: 'clean', commits: 1, changed_files: 1, additions: 1 });
});

test('a pull request is opened, edited, pushed to, closed and opened again', async () => {
  const { hooks, ...fixture } = await startWithPull();
  const head = (await fixture.repo('anonymous', 'GET /pulls/1')).head.sha;
  await fixture.repo('writer', 'PATCH /pulls/1', { title: 'Other', body: 'Text' });
  const edited = await hooks.next('pull_request.edited');
  expect(edited.payload.changes.title.from).toBe('Take the canary of echo to 25 percent');
  const after = await writeOn({ hooks, ...fixture }, 'writer/echo-25', 'more.txt');
  const moved = await hooks.next('pull_request.synchronize');
  expect(moved.payload).toMatchObject({ before: head, after, pull_request: { head: { sha: after }, commits: 2 } });
  await fixture.repo('writer', 'PATCH /pulls/1', { state: 'closed' });
  expect((await hooks.next('pull_request.closed')).payload.pull_request).toMatchObject({ merged: false });
  const last = await writeOn({ hooks, ...fixture }, 'writer/echo-25', 'while-closed.txt');
  await fixture.repo('writer', 'PATCH /pulls/1', { state: 'open' });
  const reopened = await hooks.next('pull_request.reopened');
  expect(reopened.payload.pull_request).toMatchObject({ state: 'open', head: { sha: last } });
  for (const { payload } of [edited, moved, reopened]) expect(payload.complaints).toBeUndefined();
  expect(await fixture.repo('anonymous', 'GET /pulls/1/commits')).toHaveLength(3);
  const files = await fixture.repo('anonymous', 'GET /pulls/1/files');
  expect(files.map(({ filename }: AnyJson) => filename)).toContain('while-closed.txt');
});

test('a branch that goes closes its pull request', async () => {
  const fixture = await startWithPull();
  await fixture.call('writer', 'DELETE /repos/canary/shop/git/refs/heads/writer/echo-25');
  expect((await fixture.hooks.next('pull_request.closed')).payload.pull_request.merged).toBe(false);
  const reply = await fixture.call('writer', `PATCH ${pulls}/1`, { state: 'open' });
  expect(reply.status).toBe(422);
});

test.each([
  ['no commits', { head: 'same' }, 'No commits between main and same'],
  ['an open one already', { head: 'writer/echo-25' }, 'A pull request already exists for canary:writer/echo-25.'],
  ['no such head', { head: 'none' }, undefined],
  ['no such base', { head: 'same', base: 'none' }, undefined],
  ['no title', { head: 'same', title: '' }, undefined],
])('%s: no pull request', async (_, changed, message) => {
  const fixture = await startWithPull();
  const { object } = await fixture.repo('anonymous', 'GET /git/ref/heads/main');
  await fixture.repo('writer', 'POST /git/refs', { ref: 'refs/heads/same', sha: object.sha });
  const reply = await fixture.call('writer', `POST ${pulls}`, { title: 'New', base: 'main', ...changed });
  expect(reply).toMatchObject({ status: 422, body: { message: 'Validation Failed' } });
  expect(reply.body.errors[0].message).toBe(message);
});

test('merging makes a merge commit with both parents', async () => {
  const fixture = await startWithPull();
  const before = await fixture.repo('anonymous', 'GET /pulls/1');
  const { sha } = await merge(fixture, { commit_title: 'Say so', commit_message: 'and why', sha: before.head.sha });
  const commit = await fixture.repo('anonymous', `GET /commits/${sha}`);
  expect(commit.commit.message).toBe('Say so\n\nand why');
  expect(commit.parents.map((parent: AnyJson) => parent.sha)).toEqual([before.base.sha, before.head.sha]);
  const closed = await fixture.hooks.next('pull_request.closed');
  expect(closed.payload.complaints).toBeUndefined();
  expect(closed.payload.pull_request).toMatchObject({
    merged: true,
    merge_commit_sha: sha,
    merged_by: { login: 'writer' },
    state: 'closed',
  });
  expect((await fixture.hooks.next('push')).payload).toMatchObject({ ref: 'refs/heads/main', after: sha });
  const brought = await fixture.repo('anonymous', `GET /commits/${sha}/pulls`);
  expect(brought.map(({ number }: AnyJson) => number)).toEqual([1]);
  expect((await fixture.call('writer', `PUT ${pulls}/1/merge`, {})).status).toBe(405);
});

test('squashing makes one commit, on top of what came meanwhile', async () => {
  const fixture = await startWithPull();
  await writeOn(fixture, 'writer/echo-25', 'two.txt');
  const main = await writeOn(fixture, 'main', 'meanwhile.txt');
  const { sha } = await merge(fixture, { merge_method: 'squash' });
  const commit = await fixture.repo('anonymous', `GET /commits/${sha}`);
  expect(commit.parents).toMatchObject([{ sha: main }]);
  expect(commit.commit.message).toMatch(/^Take the canary of echo to 25 percent \(#1\)\n\n\* .*\n\n\* Write two.txt$/);
  expect(commit.files).toHaveLength(2);
  expect(await fixture.repo('anonymous', `GET /commits/${sha}/pulls`)).toHaveLength(1);
});

test('rebasing puts each commit on top', async () => {
  const fixture = await startWithPull();
  await writeOn(fixture, 'writer/echo-25', 'two.txt');
  const main = await writeOn(fixture, 'main', 'meanwhile.txt');
  const { sha } = await merge(fixture, { merge_method: 'rebase' });
  const [last, first, base] = await mainCommits(fixture);
  expect([last.sha, base.sha]).toEqual([sha, main]);
  expect(first.commit.message).toBe('Take the canary of echo to 25 percent');
  expect(last).toMatchObject({ author: { login: 'writer' }, parents: [{ sha: first.sha }] });
  expect(await fixture.repo('anonymous', `GET /commits/${first.sha}/pulls`)).toHaveLength(1);
  expect(await fixture.repo('anonymous', `GET /commits/${main}/pulls`)).toHaveLength(0);
});

test.each(['merge', 'squash', 'rebase'])('a conflict is not merged by %s', async (method) => {
  const fixture = await startWithPull();
  await writeOn(fixture, 'main', 'charts-values/echo.yaml', 'routes:\n  canary:\n    weight: 99\n');
  const pull = await fixture.repo('anonymous', 'GET /pulls/1');
  expect(pull).toMatchObject({ mergeable: false, mergeable_state: 'dirty', merge_commit_sha: null });
  const reply = await fixture.call('writer', `PUT ${pulls}/1/merge`, { merge_method: method });
  expect(reply).toMatchObject({ status: 405, body: { message: 'Pull Request is not mergeable' } });
  expect((await fixture.repo('anonymous', 'GET /git/matching-refs/pull/1/')).map(({ ref }: AnyJson) => ref)).toEqual([
    'refs/pull/1/head',
  ]);
});

test('a head that moved and a draft are not merged', async () => {
  const fixture = await startWithPull();
  const moved = await fixture.call('writer', `PUT ${pulls}/1/merge`, { sha: '1'.repeat(40) });
  expect(moved.status).toBe(409);
  const { object } = await fixture.repo('anonymous', 'GET /git/ref/heads/main');
  await fixture.repo('writer', 'POST /git/refs', { ref: 'refs/heads/draft', sha: object.sha });
  await writeOn(fixture, 'draft', 'draft.txt');
  await fixture.repo('bot', 'POST /pulls', { title: 'Draft', head: 'draft', base: 'main', draft: true });
  expect((await fixture.call('writer', `PUT ${pulls}/2/merge`, {})).status).toBe(405);
  expect(await fixture.repo('anonymous', 'GET /pulls/2')).toMatchObject({
    draft: true,
    mergeable_state: 'draft',
    user: { login: 'coalmine[bot]', type: 'Bot' },
  });
});

test('the test merge follows head and base', async () => {
  const fixture = await startWithPull();
  const first = await fixture.repo('anonymous', 'GET /pulls/1');
  const main = await writeOn(fixture, 'main', 'meanwhile.txt');
  const second = await fixture.repo('anonymous', 'GET /pulls/1');
  expect(second.merge_commit_sha).not.toBe(first.merge_commit_sha);
  const commit = await fixture.repo('anonymous', `GET /git/commits/${second.merge_commit_sha}`);
  expect(commit.parents.map(({ sha }: AnyJson) => sha)).toEqual([main, second.head.sha]);
  const [ref] = await fixture.repo('anonymous', 'GET /git/matching-refs/pull/1/merge');
  expect(ref.object.sha).toBe(second.merge_commit_sha);
});

test('a head that reaches the base by a push counts as merged', async () => {
  const fixture = await startWithPull();
  const { head } = await fixture.repo('anonymous', 'GET /pulls/1');
  await fixture.repo('admin', 'PATCH /git/refs/heads/main', { sha: head.sha });
  const closed = await fixture.hooks.next('pull_request.closed');
  expect(closed.payload.pull_request).toMatchObject({ merged: true, merged_by: { login: 'admin' } });
});

test('pull requests are filtered, sorted and paged', async () => {
  const fixture = await startWithPull();
  const { object } = await fixture.repo('anonymous', 'GET /git/ref/heads/main');
  for (const name of ['a', 'b', 'c']) {
    await fixture.repo('writer', 'POST /git/refs', { ref: `refs/heads/${name}`, sha: object.sha });
    await writeOn(fixture, name, `${name}.txt`);
    await fixture.repo('writer', 'POST /pulls', { title: name, head: `canary:${name}`, base: 'main' });
  }
  await fixture.repo('writer', 'PATCH /pulls/2', { state: 'closed' });
  const numbers = async (query: string): Promise<number[]> =>
    (await fixture.repo('anonymous', `GET /pulls?${query}`)).map(({ number }: AnyJson) => number);
  expect(await numbers('')).toEqual([4, 3, 1]);
  expect(await numbers('state=closed')).toEqual([2]);
  expect(await numbers('state=all&direction=asc')).toEqual([1, 2, 3, 4]);
  expect(await numbers('head=canary:b')).toEqual([3]);
  expect(await numbers('base=other')).toEqual([]);
  const page = await fixture.call('anonymous', `GET ${pulls}?state=all&per_page=2`);
  expect(page.body).toHaveLength(2);
  expect(page.headers.get('link')).toBe(
    `<${fixture.sandbox.apiUrl}${pulls}?state=all&per_page=2&page=2>; rel="next", ` +
      `<${fixture.sandbox.apiUrl}${pulls}?state=all&per_page=2&page=2>; rel="last"`,
  );
  const last = await fixture.call('anonymous', `GET ${pulls}?state=all&per_page=2&page=2`);
  expect(last.headers.get('link')).toMatch(/rel="prev".*rel="first"$/);
});
