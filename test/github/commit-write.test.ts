import { expect, test } from 'vitest';
import type { CommitWrite } from '../../src/flows/ports.ts';
import { commitAnswer, mockRepository, REPO, type RepositoryMock, sha, treeAnswer } from './fixture.ts';

const PATCH = `PATCH ${REPO}/git/refs/heads/gitops`;
const GET = `GET ${REPO}/git/ref/heads/gitops`;
const refAnswer = { ref: 'refs/heads/gitops', node_id: 'R', object: { type: 'commit', sha: sha('c') } };

function writeOf(more: Partial<CommitWrite> = {}): CommitWrite {
  const files = new Map([
    ['apps/echo.yaml', 'weight: 25\n'],
    ['apps/old.yaml', undefined],
  ]);
  return { branch: 'gitops', expectedHead: sha('a'), files, message: 'echo: canary v2 25%\n', ...more };
}

/** Everything up to the branch itself. */
function mockObjects({ answer }: RepositoryMock): void {
  answer(`GET ${REPO}/git/commits/${sha('a')}`, 200, commitAnswer(sha('a')));
  answer(`POST ${REPO}/git/trees`, 201, treeAnswer(sha('1'), []));
  answer(`POST ${REPO}/git/commits`, 201, commitAnswer(sha('c'), [sha('a')]));
}

test('writes tree, commit and branch, and knows the commit afterwards', async () => {
  const mock = mockRepository();
  mockObjects(mock);
  mock.answer(PATCH, 200, refAnswer);
  expect(await mock.repository.commit(writeOf())).toBe(sha('c'));
  expect(mock.requests.slice(1).map(({ body }) => body)).toEqual([
    {
      base_tree: sha('e'),
      tree: [
        { path: 'apps/echo.yaml', mode: '100644', type: 'blob', content: 'weight: 25\n' },
        { path: 'apps/old.yaml', mode: '100644', type: 'blob', sha: null },
      ],
    },
    { message: 'echo: canary v2 25%\n', tree: sha('1'), parents: [sha('a')] },
    { sha: sha('c'), force: false },
  ]);
  expect(await mock.repository.fetchCommit(sha('c'))).toMatchObject({ parents: [sha('a')] });
});

test.each(['Update is not a fast forward', 'Reference does not exist'])('says "moved" for: %s', async (message) => {
  const mock = mockRepository();
  mockObjects(mock);
  mock.answer(PATCH, 422, { message });
  mock.answer(GET, 200, { ...refAnswer, object: { type: 'commit', sha: sha('f') } });
  expect(await mock.repository.commit(writeOf())).toBe('moved');
});

test.each([
  ['found', 'c', 'resolves', sha('c')],
  ['a failure where the branch is elsewhere', 'a', 'rejects', undefined],
])('a branch moved without an answer is %s', async (_, at, how, expected) => {
  const mock = mockRepository();
  mockObjects(mock);
  for (let times = 0; times < 4; times += 1) mock.answer(PATCH, 502, { message: 'Server Error' });
  mock.answer(GET, 200, { ...refAnswer, object: { type: 'commit', sha: sha(at) } });
  const written = mock.repository.commit(writeOf());
  if (how === 'resolves') expect(await written).toBe(expected);
  else await expect(written).rejects.toThrow('Server Error');
});

test('a branch is made once, though the answer was lost and the repeat refused', async () => {
  const mock = mockRepository();
  mockObjects(mock);
  mock.answer(`POST ${REPO}/git/refs`, 502, { message: 'Server Error' });
  mock.answer(`POST ${REPO}/git/refs`, 422, { message: 'Reference already exists' });
  mock.answer(GET, 200, refAnswer);
  expect(await mock.repository.commit(writeOf({ expectedHead: undefined, onto: sha('a') }))).toBe(sha('c'));
});

test('never forces a branch twice by itself', async () => {
  const mock = mockRepository();
  mockObjects(mock);
  const there = { ...refAnswer, object: { type: 'commit', sha: sha('b') } };
  mock.answer(`GET ${REPO}/git/commits/${sha('b')}`, 200, commitAnswer(sha('b'), [sha('d')]));
  mock.answer(GET, 200, there);
  mock.answer(PATCH, 502, { message: 'Server Error' });
  mock.answer(GET, 200, refAnswer);
  expect(await mock.repository.commit(writeOf({ expectedHead: sha('b'), onto: sha('a') }))).toBe(sha('c'));
});

test('fails where a rule of the repository refuses the push', async () => {
  const mock = mockRepository();
  mockObjects(mock);
  mock.answer(PATCH, 422, { message: 'Repository rule violations found' });
  await expect(mock.repository.commit(writeOf())).rejects.toThrow('rule violations');
});

test('starts a branch without parents', async () => {
  const mock = mockRepository();
  const write = writeOf({ expectedHead: undefined, files: new Map([['a', 'a\n']]) });
  for (const _ of ['first', 'second']) {
    mock.answer(`POST ${REPO}/git/trees`, 201, treeAnswer(sha('1'), []));
    mock.answer(`POST ${REPO}/git/commits`, 201, commitAnswer(sha('c')));
  }
  mock.answer(`POST ${REPO}/git/refs`, 201, refAnswer);
  mock.answer(`POST ${REPO}/git/refs`, 422, { message: 'Reference already exists' });
  mock.answer(GET, 200, { ...refAnswer, object: { type: 'commit', sha: sha('f') } });
  expect(await mock.repository.commit(write)).toBe(sha('c'));
  expect(mock.requests.map(({ body }) => body)).toEqual([
    { tree: [{ path: 'a', mode: '100644', type: 'blob', content: 'a\n' }] },
    { message: write.message, tree: sha('1'), parents: [] },
    { ref: 'refs/heads/gitops', sha: sha('c') },
  ]);
  expect(await mock.repository.commit(write)).toBe('moved');
});

test('starts a branch on another commit', async () => {
  const mock = mockRepository();
  mockObjects(mock);
  mock.answer(`POST ${REPO}/git/refs`, 201, refAnswer);
  const write = writeOf({ expectedHead: undefined, onto: sha('a') });
  expect(await mock.repository.commit(write)).toBe(sha('c'));
  expect(mock.requests.slice(1).map(({ body }) => body)).toMatchObject([
    { base_tree: sha('e') },
    { message: write.message, tree: sha('1'), parents: [sha('a')] },
    { ref: 'refs/heads/gitops', sha: sha('c') },
  ]);
});

test.each([
  ['where it is expected', 'a', 'c'],
  ['when another process moved it first', 'd', undefined],
])('moves a branch onto another commit %s, with a look first', async (_, head, made) => {
  const mock = mockRepository();
  mock.answer(`GET ${REPO}/git/commits/${sha('b')}`, 200, commitAnswer(sha('b')));
  mock.answer(`GET ${REPO}/git/commits/${sha('a')}`, 200, commitAnswer(sha('a')));
  mock.answer(`POST ${REPO}/git/trees`, 201, treeAnswer(sha('1'), []));
  mock.answer(`POST ${REPO}/git/commits`, 201, commitAnswer(sha('c'), [sha('b')]));
  mock.answer(`GET ${REPO}/git/ref/heads/gitops`, 200, {
    ...refAnswer,
    object: { ...refAnswer.object, sha: sha(head) },
  });
  if (made) mock.answer(PATCH, 200, refAnswer);
  expect(await mock.repository.commit(writeOf({ onto: sha('b') }))).toBe(made ? sha(made) : 'moved');
  const bodies = mock.requests.map(({ body }) => body);
  expect(bodies).toContainEqual({ message: 'echo: canary v2 25%\n', tree: sha('1'), parents: [sha('b')] });
  if (made) expect(bodies.at(-1)).toEqual({ sha: sha('c'), force: true });
});

test.each([
  ['entries', 1100, 'x', [500, 500, 100]],
  ['bytes', 5, 'ä'.repeat(200_000), [2, 2, 1]],
])('sends a large tree in parts, each on top of the last: by %s', async (_, count, text, expected) => {
  const mock = mockRepository();
  mock.answer(`GET ${REPO}/git/commits/${sha('a')}`, 200, commitAnswer(sha('a')));
  for (const id of ['1', '2', '3']) mock.answer(`POST ${REPO}/git/trees`, 201, treeAnswer(sha(id), []));
  mock.answer(`POST ${REPO}/git/commits`, 201, commitAnswer(sha('c')));
  mock.answer(PATCH, 200, refAnswer);
  const files = new Map(Array.from({ length: count }, (_, index) => [`f${index}`, text]));
  await mock.repository.commit(writeOf({ files }));
  const trees = mock.requests.filter(({ operation }) => operation.endsWith('/trees')).map(({ body }) => body);
  expect(trees.map(({ tree }) => tree.length)).toEqual(expected);
  expect(trees.map(({ base_tree }) => base_tree)).toEqual([sha('e'), sha('1'), sha('2')]);
  expect(mock.requests.at(-2)?.body.tree).toBe(sha('3'));
});

test('says what to do about an empty repository', async () => {
  const mock = mockRepository();
  mock.answer(`POST ${REPO}/git/trees`, 409, { message: 'Git Repository is empty.' });
  const write = writeOf({ expectedHead: undefined, files: new Map([['a', 'a\n']]) });
  await expect(mock.repository.commit(write)).rejects.toThrow('canary/shop is empty');
});

test('writes a ref that is no branch by its full name, first and later', async () => {
  const mock = mockRepository();
  const { branch: _, ...rest } = writeOf({ files: new Map([['a', 'a\n']]) });
  const write = { ...rest, ref: 'refs/coalmine/live' };
  mock.answer(`POST ${REPO}/git/trees`, 201, treeAnswer(sha('1'), []));
  mock.answer(`POST ${REPO}/git/commits`, 201, commitAnswer(sha('a')));
  mock.answer(`POST ${REPO}/git/refs`, 201, { ...refAnswer, ref: write.ref });
  expect(await mock.repository.commit({ ...write, expectedHead: undefined })).toBe(sha('a'));
  expect(mock.requests.at(-1)?.body).toEqual({ ref: 'refs/coalmine/live', sha: sha('a') });
  mock.answer(`POST ${REPO}/git/trees`, 201, treeAnswer(sha('2'), []));
  mock.answer(`POST ${REPO}/git/commits`, 201, commitAnswer(sha('c'), [sha('a')]));
  mock.answer(`PATCH ${REPO}/git/refs/coalmine/live`, 422, { message: 'Update is not a fast forward' });
  mock.answer(`GET ${REPO}/git/ref/coalmine/live`, 200, { ...refAnswer, object: { type: 'commit', sha: sha('f') } });
  expect(await mock.repository.commit(write)).toBe('moved');
});
