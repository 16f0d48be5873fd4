import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { createCache } from '../../src/github/cache.ts';
import { mockRepository, REPO, sha, treeAnswer } from './fixture.ts';

const root = (id: string): string => `GET ${REPO}/git/trees/${sha(id)}`;
const below = (id: string): string => `GET ${REPO}/git/trees/${sha(id)}?recursive=1`;
const entry = (id: string) => ({ id: sha(id), size: 7 });

test('lists every file of a commit in one request; links and submodules are none', async () => {
  const { repository, answer, requests } = mockRepository();
  const lines = [
    `100644 ${sha('1')} a.yaml`,
    `040000 ${sha('2')} targets`,
    `100755 ${sha('3')} charts/run`,
    `120000 ${sha('4')} link`,
    `160000 ${sha('5')} module`,
  ];
  answer(below('a'), 200, treeAnswer(sha('a'), lines));
  const expected = [
    ['a.yaml', entry('1')],
    ['charts/run', entry('3')],
  ];
  expect([...(await repository.treeOf(sha('a')).list(''))]).toEqual(expected);
  expect([...(await repository.treeOf(sha('a')).list(''))]).toEqual(expected);
  expect(requests).toHaveLength(1);
});

test('walks down to a folder, and asks for a folder that two commits share only once', async () => {
  const cache = createCache();
  const { repository, answer, requests } = mockRepository(cache);
  answer(root('a'), 200, treeAnswer(sha('a'), [`040000 ${sha('1')} apps`, `100644 ${sha('9')} appsx`]));
  answer(root('b'), 200, treeAnswer(sha('b'), [`040000 ${sha('1')} apps`]));
  answer(root('1'), 200, treeAnswer(sha('1'), [`040000 ${sha('2')} echo`]));
  answer(below('2'), 200, treeAnswer(sha('2'), [`040000 ${sha('3')} routes`, `100644 ${sha('4')} routes/table.yaml`]));
  const expected = [['apps/echo/routes/table.yaml', entry('4')]];
  expect([...(await repository.treeOf(sha('a')).list('apps/echo'))]).toEqual(expected);
  expect([...(await repository.treeOf(sha('b')).list('apps/echo'))]).toEqual(expected);
  expect(requests).toHaveLength(4);
});

test('finds nothing in a folder that is not there or is a file', async () => {
  const { repository, answer } = mockRepository();
  answer(root('a'), 200, treeAnswer(sha('a'), [`100644 ${sha('1')} apps`, `160000 ${sha('2')} module`]));
  const tree = repository.treeOf(sha('a'));
  expect(await Promise.all(['apps', 'module', 'apps/echo', 'none'].map((folder) => tree.list(folder)))).toEqual(
    Array.from({ length: 4 }, () => new Map()),
  );
});

test('goes folder by folder where GitHub cuts a list off', async () => {
  const { repository, answer } = mockRepository();
  answer(below('a'), 200, treeAnswer(sha('a'), [`100644 ${sha('1')} a`], true));
  answer(
    root('a'),
    200,
    treeAnswer(sha('a'), [`100644 ${sha('1')} a`, `040000 ${sha('2')} b`, `040000 ${sha('3')} c`]),
  );
  answer(below('2'), 200, treeAnswer(sha('2'), [], true));
  answer(root('2'), 200, treeAnswer(sha('2'), [`040000 ${sha('4')} x`]));
  answer(below('4'), 200, treeAnswer(sha('4'), [`100644 ${sha('5')} y`]));
  answer(below('3'), 200, treeAnswer(sha('3'), [`100644 ${sha('6')} z`]));
  expect([...(await repository.treeOf(sha('a')).list(''))]).toEqual([
    ['a', entry('1')],
    ['b/x/y', entry('5')],
    ['c/z', entry('6')],
  ]);
});

test('fails rather than take a part of a folder for all of it', async () => {
  const { repository, answer } = mockRepository();
  answer(below('a'), 200, treeAnswer(sha('a'), [], true));
  answer(root('a'), 200, treeAnswer(sha('a'), [`100644 ${sha('1')} a`], true));
  await expect(repository.treeOf(sha('a')).list('')).rejects.toThrow('the root folder');
});

test('says which folder GitHub cuts off', async () => {
  const { repository, answer } = mockRepository();
  answer(root('a'), 200, treeAnswer(sha('a'), [`040000 ${sha('1')} apps`]));
  answer(below('1'), 200, treeAnswer(sha('1'), [], true));
  answer(root('1'), 200, treeAnswer(sha('1'), [`040000 ${sha('2')} echo`]));
  answer(below('2'), 200, treeAnswer(sha('2'), [], true));
  answer(root('2'), 200, treeAnswer(sha('2'), [`100644 ${sha('3')} a`], true));
  await expect(repository.treeOf(sha('a')).list('apps')).rejects.toThrow(
    `the folder apps/echo (tree ${sha('2')}) has too many entries for GitHub to list; split it into folders`,
  );
});

test('never asks for a file that is too large for any use', async () => {
  const { repository, answer, requests } = mockRepository();
  const listed = treeAnswer(sha('a'), [`100644 ${sha('1')} a`]);
  answer(below('a'), 200, { ...listed, tree: listed.tree.map((line) => ({ ...line, size: 100_000_000 })) });
  const tree = repository.treeOf(sha('a'));
  const [[, { id }] = ['', { id: '' }]] = await tree.list('');
  await expect(tree.read([id])).rejects.toThrow('a file of 100000000 bytes is too large to read');
  expect(requests).toHaveLength(1);
});

test('reads contents, each once', async () => {
  const { repository, answer, requests } = mockRepository();
  const blob = (id: string, content: string) => ({ sha: sha(id), size: 3, node_id: 'B', content, encoding: 'base64' });
  answer(`GET ${REPO}/git/blobs/${sha('1')}`, 200, blob('1', 'w6Ri\nYw==\n'));
  answer(`GET ${REPO}/git/blobs/${sha('2')}`, 200, blob('2', ''));
  const tree = repository.treeOf(sha('a'));
  expect(await tree.read([sha('1'), sha('1')])).toEqual(new Map([[sha('1'), new TextEncoder().encode('äbc')]]));
  expect(await tree.read([sha('1'), sha('2')])).toEqual(
    new Map([
      [sha('1'), new TextEncoder().encode('äbc')],
      [sha('2'), new Uint8Array()],
    ]),
  );
  await tree.read([sha('2')]);
  expect(requests).toHaveLength(2);
  expect(await tree.read([])).toEqual(new Map());
});

test('names a text as git does', () => {
  const { repository } = mockRepository();
  const text = 'weight: 25 # für Echo\n';
  const expected = execFileSync('git', ['hash-object', '--stdin'], { input: text, encoding: 'utf8' }).trim();
  expect(repository.treeOf(sha('a')).idOf(text)).toBe(expected);
});
