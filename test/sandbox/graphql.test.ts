import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCache } from '../../src/github/cache.ts';
import { CoalmineOctokit } from '../../src/github/octokit.ts';
import { githubRepository } from '../../src/github/repository.ts';
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
  expect(await ask(fixture, 'nobody', { query, variables: SHOP })).toMatchObject({ status: 401 });
  const other = await ask(fixture, 'reader-token', { query, variables: { owner: 'canary', name: 'none' } });
  expect(other).toMatchObject({ status: 200, body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND' }] } });
  for (const wrong of ['{ viewer { login } }', `${query} { }`, query.replace('text', 'id'), 3])
    expect((await ask(fixture, 'reader-token', { query: wrong, variables: SHOP })).body).toMatchObject({
      errors: [{ message: expect.stringContaining('only the query') }],
    });
  const many = queryOf(...Array.from({ length: 1001 }, () => 'a'.repeat(40)));
  expect((await ask(fixture, 'reader-token', { query: many, variables: SHOP })).body).toMatchObject({
    errors: [{ type: 'MAX_NODE_LIMIT_EXCEEDED' }],
  });
});

test('the App reads many files with it', async () => {
  const fixture = await startFixture();
  const { body } = await fixture.call('app', 'POST /app/installations/1/access_tokens', {});
  const asked: string[] = [];
  clients += 1;
  const octokit = new CoalmineOctokit({
    auth: { token: body.token },
    baseUrl: fixture.sandbox.apiUrl,
    throttle: { id: `graphql ${clients}` },
    request: {
      fetch: (url: string, options: RequestInit) => {
        asked.push(`${options.method} ${new URL(url).pathname}`);
        return fetch(url, options);
      },
    },
  });
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
