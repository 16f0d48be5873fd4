import { expect, test } from 'vitest';
import { blobId } from '../../src/github/blobs.ts';
import { createCache } from '../../src/github/cache.ts';
import { mockRepository, REPO, type RepositoryMock, sha, treeAnswer } from './fixture.ts';

const GRAPHQL = 'POST /graphql';
const TREE = `GET ${REPO}/git/trees/${sha('a')}?recursive=1`;

/** So many different texts, by their ids. */
function textsOf(count: number): ReadonlyMap<string, string> {
  return new Map(Array.from({ length: count }, (_, index) => `weight: ${index}\n`).map((text) => [blobId(text), text]));
}

function blobAnswer(id: string, text: string) {
  const content = Buffer.from(text).toString('base64');
  return { sha: id, size: text.length, node_id: 'B', content, encoding: 'base64' };
}

/** Answers one GraphQL query with these texts, in the order in which they are asked for. */
function answerQuery(mock: RepositoryMock, texts: readonly (string | null | undefined)[]): void {
  const entries = texts.map((text, index) => [`b${index}`, text === undefined ? null : { text }]);
  mock.answer(GRAPHQL, 200, { data: { repository: Object.fromEntries(entries) } });
}

function decoded(contents: ReadonlyMap<string, Uint8Array>): Record<string, string> {
  return Object.fromEntries([...contents].map(([id, bytes]) => [id, new TextDecoder().decode(bytes)]));
}

test('reads 250 files with three queries, and none of them again', async () => {
  const mock = mockRepository();
  const texts = textsOf(250);
  const [ids, contents] = [[...texts.keys()], [...texts.values()]];
  for (const from of [0, 100, 200]) answerQuery(mock, contents.slice(from, from + 100));
  const tree = mock.repository.treeOf(sha('a'));
  expect(decoded(await tree.read(ids))).toEqual(Object.fromEntries(texts));
  expect(decoded(await tree.read([...ids, ...ids]))).toEqual(Object.fromEntries(texts));
  expect(mock.requests).toHaveLength(3);
  expect(mock.requests[0]?.body).toMatchObject({
    query: expect.stringContaining(`b99: object(oid: "${ids[99]}") { ... on Blob { text } }`),
    variables: { owner: 'canary', name: 'shop' },
  });
});

test('asks for no more than a megabyte at once, by the sizes in the list', async () => {
  const mock = mockRepository();
  const texts = textsOf(6);
  const ids = [...texts.keys()];
  const answer = treeAnswer(
    sha('a'),
    ids.map((id, index) => `100644 ${id} ${index}.yaml`),
  );
  mock.answer(TREE, 200, { ...answer, tree: answer.tree.map((line) => ({ ...line, size: 400_000 })) });
  const tree = mock.repository.treeOf(sha('a'));
  await tree.list('');
  const contents = [...texts.values()];
  for (const from of [0, 2, 4]) answerQuery(mock, contents.slice(from, from + 2));
  expect((await tree.read(ids)).size).toBe(6);
  expect(mock.requests.filter(({ operation }) => operation === GRAPHQL)).toHaveLength(3);
});

test('what GraphQL does not give as it is comes through REST: bytes, a cut text, one with a mark, one that it lost', async () => {
  const mock = mockRepository();
  const texts = textsOf(6);
  const [[one = ''] = [], [two = ''] = [], [three = ''] = [], [four = ''] = []] = texts;
  answerQuery(mock, [null, 'weigh', undefined, '\uFEFFweight: 3\n', ...[...texts.values()].slice(4)]);
  for (const id of [one, two, three, four])
    mock.answer(`GET ${REPO}/git/blobs/${id}`, 200, blobAnswer(id, texts.get(id) ?? ''));
  const contents = await mock.repository.treeOf(sha('a')).read([...texts.keys()]);
  expect(decoded(contents)).toEqual(Object.fromEntries(texts));
  expect(mock.requests).toHaveLength(5);
});

const NONE = { data: { repository: null }, errors: [{ type: 'NOT_FOUND', message: 'Could not resolve' }] };

test.each([
  ['no GraphQL', 404, { message: 'Not Found' }],
  ['an answer of another kind', 200, { data: { repository: null } }],
  ['a refusal', 200, NONE],
  ['a token that may not', 403, { message: 'Resource not accessible by integration' }],
])('a server with %s is asked through REST, from then on', async (_, status, body) => {
  const cache = createCache();
  const mock = mockRepository(cache);
  mock.answer(GRAPHQL, status, body);
  const texts = textsOf(10);
  for (const [id, text] of texts) mock.answer(`GET ${REPO}/git/blobs/${id}`, 200, blobAnswer(id, text));
  const tree = mock.repository.treeOf(sha('a'));
  const ids = [...texts.keys()];
  await tree.read(ids.slice(0, 5));
  await tree.read(ids.slice(5));
  expect(mock.requests).toHaveLength(11);
});

test('a query that the server fails at is read through REST, and the next one is asked again', async () => {
  const mock = mockRepository();
  const texts = textsOf(10);
  const ids = [...texts.keys()];
  for (let times = 0; times < 4; times += 1) mock.answer(GRAPHQL, 502, { message: 'Server Error' });
  for (const id of ids.slice(0, 5))
    mock.answer(`GET ${REPO}/git/blobs/${id}`, 200, blobAnswer(id, texts.get(id) ?? ''));
  const tree = mock.repository.treeOf(sha('a'));
  await tree.read(ids.slice(0, 5));
  answerQuery(mock, [...texts.values()].slice(5));
  await tree.read(ids.slice(5));
  expect(mock.requests).toHaveLength(10);
});

test('one alone is read as it is, two with one query', async () => {
  const mock = mockRepository();
  const [[first, text], ...others] = [...textsOf(3)] as [[string, string], ...[string, string][]];
  mock.answer(`GET ${REPO}/git/blobs/${first}`, 200, blobAnswer(first, text));
  const tree = mock.repository.treeOf(sha('a'));
  await tree.read([first]);
  answerQuery(
    mock,
    others.map(([, each]) => each),
  );
  expect(decoded(await tree.read([first, ...others.map(([id]) => id)]))).toEqual(Object.fromEntries(textsOf(3)));
  expect(mock.requests).toHaveLength(2);
});
