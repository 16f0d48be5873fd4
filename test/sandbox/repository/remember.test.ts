import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askOnce } from '../../../src/sandbox/repository/remember.ts';
import { createRepository } from '../../support/cli.ts';

test('what git said of an object it is not asked again, and of a name it is', async () => {
  const { folder, git, commit } = await createRepository({ 'a.txt': 'a' });
  const sha = await git('rev-parse', 'HEAD');
  const ask = async (name: string) => (await askOnce(folder, ['cat-file', 'commit', name], [name])).toString();
  const first = await ask(sha);
  expect(first).toContain('A change');
  expect(await ask('main')).toBe(first);

  const next = await commit({ 'a.txt': 'b' });
  expect(await ask('main')).toContain(`parent ${sha}`);
  await expect(ask('f'.repeat(40))).rejects.toThrow();

  await rm(join(folder, '.git/objects'), { recursive: true });
  expect(await ask(sha)).toBe(first);
  await expect(ask(next)).rejects.toThrow();
  await expect(ask('main')).rejects.toThrow();
});
