import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createCache } from '../../src/github/cache.ts';
import { CoalmineOctokit } from '../../src/github/octokit.ts';
import { githubPulls } from '../../src/github/pulls.ts';
import { githubRepository } from '../../src/github/repository.ts';
import { githubTips } from '../../src/github/tips.ts';
import { type AnyJson, type Fixture, startFixture } from './fixture.ts';

let clients = 0;

async function ask({ sandbox }: Fixture, token: string, body: object) {
  const answer = await fetch(`${new URL(sandbox.apiUrl).origin}/api/graphql`, {
    method: 'POST',
    headers: token === '' ? {} : { authorization: `bearer ${token}` },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as AnyJson };
}

function queryOf(...ids: readonly string[]): string {
  const fields = ids.map((id, index) => `b${index}: object(oid: "${id}") { ... on Blob { text } }`);
  return `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${fields.join(' ')} } }`;
}

function idOf(content: Buffer): string {
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

const SHOP = { owner: 'canary', name: 'shop' };

test('gives texts by their ids; null for what is no text, and for what is not there', async () => {
  const fixture = await startFixture();
  const contents = [Buffer.from('für Echo\n'), Buffer.from([0, 1, 2]), Buffer.from('')];
  for (const [index, content] of contents.entries()) {
    const file = { message: 'More', content: content.toString('base64') };
    await fixture.repo('writer', `PUT /contents/more/${index}`, file);
  }
  const commit = await fixture.repo('reader', 'GET /commits/main');
  const ids = [...contents.map(idOf), 'a'.repeat(40), commit.sha];
  const query = queryOf(...ids);
  const { status, body } = await ask(fixture, 'reader-token', { query, variables: SHOP });
  expect(status).toBe(200);
  expect(body.data.repository).toEqual({
    b0: { text: 'für Echo\n' },
    b1: { text: null },
    b2: { text: '' },
    b3: null,
    b4: null,
  });
});

test('refuses what it does not know, in the way of GraphQL', async () => {
  const fixture = await startFixture();
  const query = queryOf('a'.repeat(40));
  expect(await ask(fixture, '', { query, variables: SHOP })).toMatchObject({ status: 401 });
  expect(await ask(fixture, 'anonymous', { query, variables: SHOP })).toMatchObject({ status: 401 });
  const other = await ask(fixture, 'reader-token', { query, variables: { owner: 'canary', name: 'none' } });
  expect(other).toMatchObject({ status: 200, body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND' }] } });
  const about = (fields: string) => `query { repository(owner: "canary", name: "shop") { ${fields} } }`;
  for (const [wrong, message] of [
    ['{ viewer { login } }', 'Expected query, but found {'],
    ['query { viewer { login } }', 'The sandbox answers queries about one repository only'],
    [`${query} { }`, 'Expected one query, but { follows'],
    [about('name~'), 'Nothing can be made of "~'],
    [about('name'), "Field 'name' doesn't exist on type 'Repository'"],
    [about('defaultBranchRef { target { ... on Commit { url } } }'), "Field 'url' doesn't exist on type 'Commit'"],
    [about('pullRequests(states: OPEN) { nodes { number } }'), 'You must provide a `first` or `last` value'],
    [about('pullRequests(states: OPEN, first: 101) { nodes { number } }'), 'You must provide'],
    ['query { repository(owner: "canary"', 'Expected more, but the query ends'],
    [3, 'must be a string'],
  ])
    expect((await ask(fixture, 'reader-token', { query: wrong, variables: SHOP })).body).toMatchObject({
      errors: [{ message: expect.stringContaining(String(message)) }],
    });
  const many = queryOf(...Array.from({ length: 1001 }, () => 'a'.repeat(40)));
  expect((await ask(fixture, 'reader-token', { query: many, variables: SHOP })).body).toMatchObject({
    errors: [{ type: 'MAX_NODE_LIMIT_EXCEEDED' }],
  });
});

/** A client of the App, and what it asks for. Without `has` it asks a server that has no GraphQL. */
async function startClient({ call, sandbox }: Fixture, has = true) {
  const { body } = await call('app', 'POST /app/installations/1/access_tokens', {});
  const asked: string[] = [];
  clients += 1;
  const octokit = new CoalmineOctokit({
    auth: { token: body.token },
    baseUrl: sandbox.apiUrl,
    throttle: { id: `graphql ${clients}` },
    request: {
      fetch: (url: string, options: RequestInit) => {
        asked.push(`${options.method} ${new URL(url).pathname}`);
        return has || !url.endsWith('/graphql') ? fetch(url, options) : new Response('{}', { status: 404 });
      },
    },
  });
  return { octokit, asked };
}

test('the App reads many files with it', async () => {
  const fixture = await startFixture();
  const { octokit, asked } = await startClient(fixture);
  for (const index of [1, 2, 3, 4])
    await fixture.repo('writer', `PUT /contents/more/${index}`, { message: 'More', content: btoa(`${index}`) });
  await fixture.repo('writer', 'PUT /contents/more/binary', { message: 'More', content: btoa('\0\x01') });
  const repository = githubRepository(octokit, SHOP, createCache());
  const main = await repository.fetchCommit('refs/heads/main');
  const tree = repository.treeOf(main?.sha ?? '');
  const files = await tree.list('');
  const contents = await tree.read([...files.values()].map(({ id }) => id));
  const texts = [...files].map(([path, { id }]) => [path, new TextDecoder().decode(contents.get(id))]);
  expect(Object.fromEntries(texts)).toMatchObject({ 'README.md': '# Shop\n', 'more/3': '3', 'more/binary': '\0\x01' });
  const of = (path: RegExp) => asked.filter((one) => path.test(one)).length;
  expect([of(/^POST \/api\/graphql$/), of(/\/git\/blobs\//)]).toEqual([1, 1]);
});

describe.each([
  ['with GraphQL', true],
  ['without', false],
])('%s', (_, has) => {
  test('the App finds the open pull requests and its check runs on their heads', async () => {
    const fixture = await startFixture();
    const { octokit, asked } = await startClient(fixture, has);
    const pulls = githubPulls(octokit, SHOP, { id: 1, slug: 'coalmine' });
    const main = (await fixture.repo('reader', 'GET /commits/main')).sha;
    const heads: string[] = [];
    for (const number of [1, 2, 3, 4]) {
      await fixture.repo('writer', 'POST /git/refs', { ref: `refs/heads/b${number}`, sha: main });
      const file = { message: 'More', branch: `b${number}`, content: btoa(`${number}`) };
      heads.push((await fixture.repo('writer', `PUT /contents/more/${number}`, file)).commit.sha);
      await fixture.repo('writer', 'POST /pulls', { title: `${number}`, head: `b${number}`, base: 'main' });
    }
    await fixture.repo('writer', 'PATCH /pulls/2', { state: 'closed' });
    const write = (head: string | undefined, basis: string | undefined, conclusion?: 'success') => {
      const report = { title: 'Reviewed', summary: 'Fine', annotations: [], conclusion };
      return pulls.writeCheck({ name: 'coalmine', sha: head ?? '', report, ...(basis === undefined ? {} : { basis }) });
    };
    await write(heads[2], 'old', 'success');
    await write(heads[2], 'rests on this', 'success'); // the same words: only that is written
    await write(heads[3], undefined);
    const other = { name: 'another', head_sha: heads[0], status: 'completed', conclusion: 'success' };
    await fixture.call('app', 'GET /app');
    await octokit.rest.checks.create({ owner: SHOP.owner, repo: SHOP.name, ...other } as never);
    asked.length = 0;
    const byNumber = [...(await pulls.fetchOpenReviews('coalmine'))].sort((one, two) => one.pull - two.pull);
    expect(byNumber).toEqual([
      { pull: 1, base: 'main' },
      { pull: 3, base: 'main', check: { completed: true, basis: 'rests on this' } },
      { pull: 4, base: 'main', check: { completed: false } },
    ]);
    expect(asked).toHaveLength(has ? 1 : 5);
    await write(heads[2], undefined, 'success'); // one that rests on nothing does not keep the words of one that did
    const after = (await pulls.fetchOpenReviews('coalmine')).find(({ pull }) => pull === 3);
    expect(after?.check?.basis).toBe('-');
  });

  test('the App finds the default branch, and the tips of refs; what it asks for again is told anew', async () => {
    const fixture = await startFixture();
    const { octokit, asked } = await startClient(fixture, has);
    const main = (await fixture.repo('reader', 'GET /commits/main')).sha;
    await fixture.repo('writer', 'POST /git/refs', { ref: 'refs/heads/gitops', sha: main });
    await fixture.repo('writer', 'POST /git/refs', { ref: 'refs/coalmine/live', sha: main });
    const cache = createCache();
    const start = () => {
      const tips = githubTips(octokit, SHOP, cache);
      const pulls = githubPulls(octokit, SHOP, { id: 1, slug: 'coalmine' }, { tips, cache });
      return { pulls, repository: githubRepository(octokit, SHOP, cache, tips) };
    };
    const plain = githubRepository(octokit, SHOP, createCache());
    const refs = [
      'refs/heads/main',
      'refs/heads/gitops',
      'refs/coalmine/live',
      'refs/heads/gone',
      'refs/coalmine/gone',
    ];
    const expected = await Promise.all(refs.map((ref) => plain.fetchCommit(ref)));
    expect(expected.map((commit) => commit?.sha)).toEqual([main, main, main, undefined, undefined]);
    for (const round of ['first', 'second']) {
      const { pulls, repository } = start();
      expect(await pulls.fetchDefaultBranch()).toBe('main');
      const found = [];
      for (const ref of refs) found.push(await repository.fetchCommit(ref));
      expect([round, ...found.slice(0, 2)]).toEqual([round, ...expected.slice(0, 2)]);
      expect(found.map((commit) => commit?.sha)).toEqual(expected.map((commit) => commit?.sha));
    }

    const { pulls, repository } = start();
    asked.length = 0;
    await pulls.fetchDefaultBranch();
    await Promise.all(refs.slice(0, 2).map((ref) => repository.fetchCommit(ref)));
    expect(asked).toHaveLength(has ? 1 : 3);
    const file = { message: 'More', branch: 'gitops', content: btoa('more') };
    const { commit } = await fixture.repo('writer', 'PUT /contents/more', file);
    expect((await repository.fetchCommit('refs/heads/gitops'))?.sha).toBe(commit.sha);
    const files = new Map([['less', 'less\n']]);
    const written = await repository.commit({ branch: 'main', expectedHead: main, files, message: 'Less' });
    expect((await repository.fetchCommit('refs/heads/main'))?.sha).toBe(written);
    expect([...(await repository.treeOf(written).list('')).keys()].sort()).toContain('less');
  });

  test.each([
    [
      'a file changed, one added and one gone',
      { 'README.md': 'Other\n', 'more/new': 'new\n', 'charts-values/echo.yaml': undefined },
    ],
    ['a folder where a file was', { 'README.md': undefined, 'README.md/inside': 'new\n' }],
    ['a file where a folder was', { 'charts-values': 'a file\n' }],
  ])('the App knows what it has written itself: %s', async (_, changes) => {
    const fixture = await startFixture();
    const { octokit, asked } = await startClient(fixture, has);
    const repository = githubRepository(octokit, SHOP, createCache());
    const main = await repository.fetchCommit('refs/heads/main');
    await repository.treeOf(main?.sha ?? '').list('');
    const files = new Map(Object.entries(changes));
    const written = await repository.commit({ branch: 'main', expectedHead: main?.sha, files, message: 'More' });
    asked.length = 0;
    const known = await repository.treeOf(written).list('');
    const isTurned = Object.keys(changes).length !== 3;
    expect(asked.length).toBe(isTurned ? 1 : 0);
    const fresh = await githubRepository(octokit, SHOP, createCache()).treeOf(written).list('');
    expect(new Map([...known].sort())).toEqual(new Map([...fresh].sort()));
  });
});
