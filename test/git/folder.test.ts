import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { folderTree } from '../../src/git/folder.ts';
import { createFolder } from '../support/git.ts';

function folderOf(files: Readonly<Record<string, string>>): string {
  const root = createFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

test('lists what git would list of a folder, with the ids that git would give', async () => {
  const root = folderOf({
    'values/echo.yaml': 'ä\n',
    'values/deep/x "y".yaml': '',
    'values.yaml': '1\n',
    '.git/config': '[core]\n',
    'module/.git': 'gitdir: elsewhere\n',
    'module/values.yaml': '2\n',
    'node_modules/package/values.yaml': '3\n',
  });
  symlinkSync('echo.yaml', join(root, 'values/link.yaml'));
  symlinkSync('values', join(root, 'linked'));
  execFileSync('sh', ['-c', 'mkfifo "$0"', join(root, 'values/pipe')]);
  const tree = folderTree(root);
  const files = await tree.list('');
  expect([...files.keys()]).toEqual(['values/deep/x "y".yaml', 'values/echo.yaml', 'values.yaml']);
  expect(files.get('values/echo.yaml')).toEqual({ id: tree.idOf('ä\n'), size: 3 });
  expect(tree.idOf('')).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391'); // as git knows it
  expect([...(await tree.list('values')).keys()]).toEqual(['values/deep/x "y".yaml', 'values/echo.yaml']);
});

test('an absent folder, a file in its place and a link to a folder are empty', async () => {
  const root = folderOf({ 'real/a.yaml': 'a\n', file: 'f\n' });
  symlinkSync('real', join(root, 'linked'));
  mkdirSync(join(root, 'outer'));
  symlinkSync('../real', join(root, 'outer/linked'));
  const tree = folderTree(root);
  for (const folder of ['none', 'file', 'linked', 'outer/linked', 'file/below']) {
    expect((await tree.list(folder)).size, folder).toBe(0);
  }
});

test('a link to the root itself is followed', async () => {
  const root = folderOf({ 'a.yaml': 'a\n' });
  const link = join(createFolder(), 'work');
  symlinkSync(root, link);
  expect([...(await folderTree(link).list('')).keys()]).toEqual(['a.yaml']);
});

test('reads by id what was listed, and only looks at the size of what is too large', async () => {
  const root = folderOf({ 'a.yaml': 'a\n', 'large.yaml': 'x'.repeat(1024 * 1024 + 1) });
  const tree = folderTree(root);
  const files = await tree.list('');
  const id = files.get('a.yaml')?.id ?? '';
  expect(new TextDecoder().decode((await tree.read([id])).get(id))).toBe('a\n');
  expect(files.get('large.yaml')?.size).toBe(1024 * 1024 + 1);
  expect((await tree.read([files.get('large.yaml')?.id ?? ''])).size).toBe(0);
});
