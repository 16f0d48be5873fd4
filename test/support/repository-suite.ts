import { describe, expect, test } from 'vitest';
import type { Repository } from '../../src/flows/ports.ts';
import { git, IMPORTED, importCommit } from './git.ts';

/** A repository as the port sees it, and the folder where git has it. */
export interface OpenRepository {
  readonly repository: Repository;
  readonly folder: string; // a git repository, bare or not, with a commit on its default branch
}

/** What any Repository promises; the branches below `suite/` are its own. */
export function repositorySuite(name: string, open: () => Promise<OpenRepository>): void {
  describe(`${name}: fetchCommit`, () => {
    test('finds branches and full SHAs', async () => {
      const { repository, folder } = await open();
      const message = 'Canary to 25 %\n\nWith “quotes”.\n\nPull-Request: #12\nRequested-By: writer\n';
      const one = await importCommit(folder, { branch: 'suite/one', files: { a: 'a\n' } });
      const two = await importCommit(folder, { branch: 'suite/two', files: { b: 'b\n' } });
      const merge = await importCommit(folder, { branch: 'suite/merge', parents: [one, two], message });
      for (const rev of ['refs/heads/suite/merge', merge]) {
        const commit = await repository.fetchCommit(rev);
        expect(commit).toMatchObject({ sha: merge, parents: [one, two], date: IMPORTED });
        expect(commit?.message.trimEnd()).toBe(message.trimEnd());
      }
      expect(await repository.fetchCommit('refs/heads/suite/one')).toMatchObject({ sha: one, parents: [] });
      await git(folder, ['update-ref', 'refs/heads/suite/one', two]);
      expect(await repository.fetchCommit('refs/heads/suite/one')).toMatchObject({ sha: two });
    });

    test('finds nothing else', async () => {
      const { repository, folder } = await open();
      const sha = await importCommit(folder, { branch: 'suite/one', files: { a: 'a\n' } });
      const tree = await git(folder, ['rev-parse', `${sha}^{tree}`]);
      const others = ['suite/one', sha.slice(0, 10), 'HEAD', '', '--all', tree, sha.replace(/./g, 'a')];
      const branches = ['refs/heads/suite', 'refs/heads/suite/none', 'refs/heads/suite/one^0', 'refs/heads/'];
      for (const rev of [...others, ...branches]) expect(await repository.fetchCommit(rev), rev).toBeUndefined();
    });
  });

  treeTests(name, open);
  historyTests(name, open);
  commitTests(name, open);
}

function treeTests(name: string, open: () => Promise<OpenRepository>): void {
  const ODD = ['with space.yaml', 'quo"te\\.yaml', 'new\nline\ttab.yaml', 'grün 🐤.yaml', '-dash.yaml', 'a*[b].yaml'];

  describe(`${name}: a tree`, () => {
    test('lists files with their ids and sizes, and neither links nor submodules', async () => {
      const { repository, folder } = await open();
      const sha = await importCommit(folder, {
        files: {
          'values/echo.yaml': 'deployment: {}\n',
          'values/deep/er/x.yaml': 'ä',
          'values/empty.yaml': '',
          'values/run.sh': { script: '#!/bin/sh\n' },
          'values/link.yaml': { link: 'echo.yaml' },
          'values/module': { submodule: 'a'.repeat(40) },
          'values2/other.yaml': '2\n',
          'linked-folder': { link: 'values' },
          file: 'not a folder\n',
        },
      });
      const tree = repository.treeOf(sha);
      const files = await tree.list('values');
      expect([...files.keys()].sort()).toEqual([
        'values/deep/er/x.yaml',
        'values/echo.yaml',
        'values/empty.yaml',
        'values/run.sh',
      ]);
      expect(files.get('values/deep/er/x.yaml')).toEqual({ id: tree.idOf('ä'), size: 2 });
      expect([...(await tree.list('')).keys()].sort()).toEqual(
        [...[...files.keys()].sort(), 'values2/other.yaml', 'file'].sort(),
      );
      expect([...(await tree.list('values/deep')).keys()]).toEqual(['values/deep/er/x.yaml']);
      for (const folder of ['none', 'file', 'linked-folder', 'val*']) {
        expect((await tree.list(folder)).size, folder).toBe(0);
      }
    });

    test('lists and reads files of any name and content', async () => {
      const { repository, folder } = await open();
      const contents = Object.fromEntries(ODD.map((path, index) => [`odd/${path}`, `text ${index}\r\n\0`]));
      const sha = await importCommit(folder, { files: { ...contents, 'odd/empty': '' } });
      const tree = repository.treeOf(sha);
      const files = await tree.list('odd');
      expect([...files.keys()].sort()).toEqual([...Object.keys(contents), 'odd/empty'].sort());
      const ids = [...files.values()].map(({ id }) => id);
      const read = await tree.read([...ids, ...ids.slice(0, 1)]);
      const texts = [...files].map(([path, { id }]) => [path, new TextDecoder().decode(read.get(id))]);
      expect(Object.fromEntries(texts)).toEqual({ ...contents, 'odd/empty': '' });
      expect((await tree.read([])).size).toBe(0);
    });
  });
}

function historyTests(name: string, open: () => Promise<OpenRepository>): void {
  describe(`${name}: history`, () => {
    test('merge bases', async () => {
      const { repository, folder } = await open();
      const root = await importCommit(folder, { files: { a: '1\n' } });
      const left = await importCommit(folder, { parents: [root], files: { a: '2\n' } });
      const right = await importCommit(folder, { parents: [root], files: { b: '2\n' } });
      const stranger = await importCommit(folder, { files: { c: '1\n' } });
      expect(await repository.fetchMergeBase(left, right)).toBe(root);
      expect(await repository.fetchMergeBase(root, right)).toBe(root);
      expect(await repository.fetchMergeBase(left, left)).toBe(left);
      expect(await repository.fetchMergeBase(left, stranger)).toBeUndefined();
    });

    test('first parents', async () => {
      const { repository, folder } = await open();
      const d = await importCommit(folder, { message: 'd' });
      const c = await importCommit(folder, { parents: [d], message: 'c' });
      const side = await importCommit(folder, { parents: [c], message: 'side' });
      const b = await importCommit(folder, { parents: [c, side], message: 'b' });
      const a = await importCommit(folder, { parents: [b], message: 'a' });
      const walk = async (from: string | undefined, limit: number) => {
        const commits = await repository.fetchFirstParents(from, a, limit);
        return commits.map(({ message }) => message.trim()).join('');
      };
      expect(await walk(d, 9)).toBe('abc');
      expect(await walk(c, 2)).toBe('ab');
      expect(await walk(d, 2)).toBe('a'); // too far away
      expect(await walk(side, 9)).toBe('a'); // on another branch
      expect(await walk(undefined, 9)).toBe('a');
      expect(await walk(a, 9)).toBe('');
      expect(await repository.fetchFirstParents(c, a, 9)).toMatchObject([
        { sha: a, date: IMPORTED },
        { sha: b, parents: [c, side], date: IMPORTED },
      ]);
    });

    test('the commits that changed a folder or a file', async () => {
      const { repository, folder } = await open();
      const files = { 'apps/echo/a.yaml': '1\n', 'apps/echo2/a.yaml': '1\n', 'apps/*/a.yaml': '1\n' };
      const first = await importCommit(folder, { files, message: 'first' });
      const other = await importCommit(folder, { parents: [first], files: { 'apps/echo2/a.yaml': '2\n' } });
      const second = await importCommit(folder, { parents: [other], files: { 'apps/echo/b.yaml': '1\n' } });
      const gone = { 'apps/echo/a.yaml': undefined, 'apps/echo/b.yaml': undefined };
      const third = await importCommit(folder, { branch: 'suite/log', parents: [second], files: gone });
      const log = async (path: string, limit = 9, from = third) =>
        (await repository.fetchLog(from, path, limit)).map(({ sha }) => sha);
      expect(await log('apps/echo')).toEqual([third, second, first]);
      expect(await log('apps/echo/')).toEqual([third, second, first]);
      expect(await log('apps/echo/a.yaml')).toEqual([third, first]);
      expect(await log('apps/echo', 2)).toEqual([third, second]);
      expect(await log('apps/echo', 9, second)).toEqual([second, first]);
      expect(await log('apps/*')).toEqual([first]);
      expect(await log('', 9)).toEqual([third, second, other, first]);
      expect(await log('apps/none')).toEqual([]);
      expect(await log('apps/echo', 9, 'refs/heads/suite/log')).toEqual([third, second, first]);
      for (const from of ['refs/heads/suite/none', 'a'.repeat(40), 'suite/log', '--all', ''])
        expect(await log('apps/echo', 9, from), from).toEqual([]);
      expect(await repository.fetchLog(third, 'apps/echo', 9)).toMatchObject([
        { parents: [second], date: IMPORTED },
        {},
        { parents: [], message: expect.stringMatching(/^first\n?$/), date: IMPORTED },
      ]);
    });
  });
}

function commitTests(name: string, open: () => Promise<OpenRepository>): void {
  const BRANCH = 'suite/gitops';
  const refs = (folder: string) => git(folder, ['for-each-ref', '--format=%(refname) %(objectname)']);

  describe(`${name}: commit`, () => {
    test('adds, changes and removes files on top of a branch, and leaves nothing else behind', async () => {
      const { repository, folder } = await open();
      const head = await importCommit(folder, {
        branch: BRANCH,
        files: { 'apps/echo/a.yaml': '1\n', 'apps/old/b.yaml': '1\n', 'keep "this".yaml': '1\n', 'drop\nthis': '1\n' },
      });
      const before = await refs(folder);
      const files = new Map([
        ['apps/echo/a.yaml', 'grün: "🐤"\n'],
        ['apps/echo/new "file"\\.yaml', '2\n'],
        ['apps/old/b.yaml', undefined],
        ['drop\nthis', undefined],
      ]);
      const message = 'echo: canary v2 25% -> 50%\n\nSource-Commit: abc\nTraffic: echo v1 50% v2 50%\n';
      const sha = await repository.commit({ branch: BRANCH, expectedHead: head, files, message });
      expect(await repository.fetchCommit(`refs/heads/${BRANCH}`)).toMatchObject({ sha, parents: [head] });
      expect((await git(folder, ['log', '-1', '--format=%B', sha])).trim()).toBe(message.trim());
      const tree = repository.treeOf(sha);
      const listed = await tree.list('');
      expect([...listed.keys()].sort()).toEqual([
        'apps/echo/a.yaml',
        'apps/echo/new "file"\\.yaml',
        'keep "this".yaml',
      ]);
      expect(listed.get('apps/echo/a.yaml')?.id).toBe(tree.idOf('grün: "🐤"\n'));
      expect(await refs(folder)).toBe(before.replace(head, sha));
    });

    test('starts a branch without parents', async () => {
      const { repository, folder } = await open();
      const files = new Map([['a.yaml', 'a\n']]);
      const started = Date.now() - 1000; // git and the sandbox keep whole seconds
      const sha = await repository.commit({ branch: BRANCH, expectedHead: undefined, files, message: 'first\n' });
      const commit = await repository.fetchCommit(`refs/heads/${BRANCH}`);
      expect(commit).toMatchObject({ sha, parents: [] });
      expect(commit?.date.getTime()).toBeGreaterThan(started);
      expect(commit?.date.getTime()).toBeLessThanOrEqual(Date.now());
      expect(await git(folder, ['ls-tree', '-r', '--name-only', sha])).toBe('a.yaml');
    });

    test('starts a branch on another one, with its files and history', async () => {
      const { repository, folder } = await open();
      const onto = await importCommit(folder, { files: { 'values/a.yaml': '1\n', b: { script: '1\n' } } });
      const write = { branch: BRANCH, expectedHead: undefined, onto, files: new Map([['values/a.yaml', '2\n']]) };
      const sha = await repository.commit({ ...write, message: 'first\n' });
      expect(await repository.fetchCommit(`refs/heads/${BRANCH}`)).toMatchObject({ sha, parents: [onto] });
      expect(await git(folder, ['diff', '--raw', '--abbrev=1', onto, sha])).toMatch(/^:100644 .* M\tvalues\/a.yaml$/);
      expect(await repository.commit({ ...write, message: 'second\n' })).toBe('moved');
    });

    test('moves a branch onto another commit: to its files alone, and to its history', async () => {
      const { repository, folder } = await open();
      const root = await importCommit(folder, { files: { a: '1\n', b: '1\n', 'deep/er': '1\n' } });
      const head = await importCommit(folder, {
        branch: BRANCH,
        parents: [root],
        files: { a: 'ours\n', only: 'here\n', 'deep/er': undefined },
      });
      const onto = await importCommit(folder, { parents: [root], files: { b: '2\n', c: { script: '2\n' } } });
      const files = new Map([
        ['a', '3\n'],
        ['deep/too', '3\n'],
      ]);
      const write = { branch: BRANCH, expectedHead: head, onto, files, message: 'moved over\n' };
      const sha = await repository.commit(write);
      expect(await repository.fetchCommit(`refs/heads/${BRANCH}`)).toMatchObject({ sha, parents: [onto] });
      const changed = await git(folder, ['diff', '--name-status', onto, sha]);
      expect(changed.split('\n')).toEqual(['M\ta', 'A\tdeep/too']);
      expect(await repository.commit({ ...write, message: 'late\n' })).toBe('moved');
    });

    test('writes nothing where a branch is moved to where it is, and knows it from where it only looks so', async () => {
      const { repository, folder } = await open();
      const onto = await importCommit(folder, { files: { a: '1\n' } });
      const write = { branch: BRANCH, onto, files: new Map([['a', '2\n']]), message: 'first\n' };
      const first = await repository.commit({ ...write, expectedHead: undefined });
      expect(await repository.commit({ ...write, expectedHead: first, message: 'second\n' })).toBe(first);
      const forged = await importCommit(folder, { branch: BRANCH, parents: [first], files: { b: { script: '1\n' } } });
      const second = await repository.commit({ ...write, expectedHead: forged });
      expect(await git(folder, ['ls-tree', '-r', '--name-only', second])).toBe('a');
    });

    test('writes hundreds of files at once', async () => {
      const { repository, folder } = await open();
      const files = new Map(Array.from({ length: 600 }, (_, index) => [`f/${index}.yaml`, `${index}\n`]));
      const sha = await repository.commit({ branch: BRANCH, expectedHead: undefined, files, message: 'many\n' });
      const names = (await git(folder, ['ls-tree', '-r', '--name-only', sha])).split('\n');
      expect(names).toHaveLength(600);
    });

    test.each([
      ['moved on', true, 'parent'],
      ['is there already', true, 'nothing'],
      ['is gone', false, 'parent'],
    ] as const)("says 'moved' and writes nothing where the branch %s", async (_, exists, expected) => {
      const { repository, folder } = await open();
      const parent = await importCommit(folder, { files: { a: '1\n' } });
      if (exists) await importCommit(folder, { branch: BRANCH, parents: [parent], files: { a: '2\n' } });
      const before = await refs(folder);
      const expectedHead = expected === 'parent' ? parent : undefined;
      const files = new Map([['a', 'ours\n']]);
      expect(await repository.commit({ branch: BRANCH, expectedHead, files, message: 'late\n' })).toBe('moved');
      expect(await refs(folder)).toBe(before);
    });

    test('writes a ref that is no branch, and reads it, in the same way', async () => {
      const { repository, folder } = await open();
      const LIVE = 'refs/suite/live';
      const write = { ref: LIVE, expectedHead: undefined, files: new Map([['a.yml', '1\n']]), message: 'first\n' };
      expect(await repository.fetchCommit(LIVE)).toBeUndefined();
      const before = await refs(folder);
      const first = await repository.commit(write);
      expect(await repository.fetchCommit(LIVE)).toMatchObject({ sha: first, parents: [] });
      expect(await repository.commit(write)).toBe('moved');
      const onto = { ...write, expectedHead: first, files: new Map([['b.yml', '2\n']]), message: 'second\n' };
      const second = await repository.commit(onto);
      expect(await repository.commit({ ...onto, message: 'late\n' })).toBe('moved');
      expect(await repository.fetchCommit(LIVE)).toMatchObject({ sha: second, parents: [first] });
      expect([...(await repository.treeOf(second).list('')).keys()].sort()).toEqual(['a.yml', 'b.yml']);
      expect(await repository.fetchCommit('refs/heads/live')).toBeUndefined();
      expect((await refs(folder)).split('\n').filter((line) => !before.includes(line))).toEqual([`${LIVE} ${second}`]);
    });

    test('lets one of several writers through', async () => {
      const { repository, folder } = await open();
      const head = await importCommit(folder, { branch: BRANCH, files: { a: '1\n' } });
      const writes = ['one', 'two', 'three'].map((text) =>
        repository.commit({ branch: BRANCH, expectedHead: head, files: new Map([['a', text]]), message: `${text}\n` }),
      );
      const results = await Promise.all(writes);
      const [winner, ...more] = results.filter((result) => result !== 'moved');
      expect(more).toEqual([]);
      expect(await repository.fetchCommit(`refs/heads/${BRANCH}`)).toMatchObject({ sha: winner, parents: [head] });
    });
  });
}
