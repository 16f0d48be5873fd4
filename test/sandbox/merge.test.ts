import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCommit } from '../../src/sandbox/repository/commits.ts';
import { mergeInIndex, mergeTrees } from '../../src/sandbox/repository/merge.ts';
import { writeFiles } from '../../src/sandbox/repository/trees.ts';
import { createFolder, runGit } from './fixture.ts';

type Files = Readonly<Record<string, string>>;

async function commitsOf(base: Files, ours: Files, theirs: Files) {
  const folder = join(await createFolder(), 'bare.git');
  await runGit('/', ['init', '--quiet', '--bare', folder]);
  const person = { name: 'Ada', email: 'ada@sandbox.test', date: '2020-01-01T00:00:00Z' };
  const commit = async (files: Files, parents: string[]): Promise<string> => {
    const tree = await writeFiles(folder, new Map(Object.entries(files)));
    return createCommit(folder, { tree, parents, author: person, committer: person, message: 'x' });
  };
  const root = await commit(base, []);
  return { folder, base: root, ours: await commit(ours, [root]), theirs: await commit(theirs, [root]) };
}

const text = '1\n2\n3\n4\n5\n6\n';

test('an old git merges in an index as a new one does without', async () => {
  const { folder, base, ours, theirs } = await commitsOf(
    { text, gone: 'x\n' },
    { text: text.replace('1', 'one'), gone: 'x\n', mine: 'mine\n' },
    { text: text.replace('6', 'six'), 'their/file': 'theirs\n' },
  );
  const merged = await mergeInIndex(folder, base, ours, theirs);
  expect(merged).toEqual(await mergeTrees(folder, ours, theirs));
  expect(merged.kind).toBe('tree');
});

test('both see a conflict', async () => {
  const { folder, base, ours, theirs } = await commitsOf({ text: 'a\n' }, { text: 'b\n' }, { text: 'c\n' });
  expect(await mergeInIndex(folder, base, ours, theirs)).toEqual({ kind: 'conflict' });
  expect(await mergeTrees(folder, ours, theirs)).toEqual({ kind: 'conflict' });
});
