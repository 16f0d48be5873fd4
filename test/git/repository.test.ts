import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { gitRepository, resolveCommit } from '../../src/git/repository.ts';
import { createFolder, git, importCommit } from '../support/git.ts';
import { type OpenRepository, repositorySuite } from '../support/repository-suite.ts';

/** Surroundings as hostile as a user's own can be: read by src/git when it is loaded. */
const hostile = vi.hoisted(() => ({ folder: `${process.env.TMPDIR ?? '/tmp'}/coalmine-hostile-${process.pid}` }));
vi.hoisted(() => {
  const elsewhere = `${hostile.folder}/elsewhere`;
  process.env.GIT_DIR = `${elsewhere}/.git`;
  process.env.GIT_WORK_TREE = elsewhere;
  process.env.GIT_INDEX_FILE = `${elsewhere}/index`;
  process.env.GIT_OBJECT_DIRECTORY = `${elsewhere}/objects`;
  process.env.GIT_CONFIG_GLOBAL = `${hostile.folder}/gitconfig`;
  process.env.GIT_CONFIG_NOSYSTEM = '1';
});
mkdirSync(join(hostile.folder, 'hooks'), { recursive: true });
writeFileSync(
  join(hostile.folder, 'gitconfig'),
  `[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n[log]\n\tshowSignature = true\n[core]\n\tquotePath = false\n\thooksPath = ${hostile.folder}/hooks\n[color]\n\tui = always\n`,
);
for (const hook of ['pre-commit', 'commit-msg', 'reference-transaction']) {
  writeFileSync(join(hostile.folder, 'hooks', hook), '#!/bin/sh\nexit 1\n');
  chmodSync(join(hostile.folder, 'hooks', hook), 0o755);
}
afterAll(() => rmSync(hostile.folder, { recursive: true, force: true }));

async function open(...options: string[]): Promise<OpenRepository> {
  const folder = createFolder();
  await git(folder, ['init', '--quiet', '--initial-branch=main', ...options]);
  await importCommit(folder, { branch: 'main', files: { 'README.md': 'Shop\n' } });
  return { folder, repository: gitRepository(folder) };
}

repositorySuite('git, bare', () => open('--bare'));
repositorySuite('git, with a working tree', () => open());

const WRITE = { branch: 'gitops', expectedHead: undefined, files: new Map([['a.yaml', 'a\n']]), message: 'first\n' };

describe('on disk', () => {
  test('an unborn branch is no commit, and a first one can be written beside it', async () => {
    const folder = createFolder();
    await git(folder, ['init', '--quiet', '--initial-branch=main']);
    const repository = gitRepository(folder);
    expect(await repository.fetchCommit('refs/heads/main')).toBeUndefined();
    expect(await resolveCommit(folder, 'HEAD')).toBeUndefined();
    const sha = await repository.commit(WRITE);
    expect(await git(folder, ['rev-parse', 'gitops'])).toBe(sha);
    expect(existsSync(join(folder, 'a.yaml'))).toBe(false);
  });

  test('commits are of the user that git knows, of whom the caller names, else of coalmine', async () => {
    const { folder, repository } = await open();
    const who = async (sha: string) => git(folder, ['log', '-1', '--format=%an <%ae> %cn', sha]);
    expect(await who(await repository.commit(WRITE))).toBe('coalmine <coalmine@localhost> coalmine');
    await git(folder, ['config', 'user.name', 'Grün']);
    await git(folder, ['config', 'user.email', 'g@example.com']);
    expect(await who(await repository.commit({ ...WRITE, branch: 'two' }))).toBe('Grün <g@example.com> Grün');
    const bot = gitRepository(folder, { name: 'bot[bot]', email: 'bot@example.com' });
    expect(await who(await bot.commit({ ...WRITE, branch: 'three' }))).toBe('bot[bot] <bot@example.com> bot[bot]');
  });

  test("a commit leaves index and working tree alone, and nothing of its own in git's folder", async () => {
    const { folder, repository } = await open();
    await git(folder, ['reset', '--hard', '--quiet']);
    writeFileSync(join(folder, 'README.md'), 'edited\n');
    const index = readFileSync(join(folder, '.git/index'));
    const before = readdirSync(join(folder, '.git')).sort();
    await repository.commit(WRITE);
    expect(readFileSync(join(folder, '.git/index')).equals(index)).toBe(true);
    expect(await git(folder, ['status', '--short'])).toBe('M README.md');
    expect(readdirSync(join(folder, '.git')).sort()).toEqual(before);
    expect(await git(folder, ['for-each-ref', 'refs/coalmine'])).toBe('');
  });

  test.each([
    ['a name that git refuses', 'a..b', 'bad name'],
    ['a branch below another', 'main/sub', "'refs/heads/main' exists"],
  ])('%s is a failure, not a branch that moved', async (_, branch, words) => {
    const { repository } = await open();
    await expect(repository.commit({ ...WRITE, branch })).rejects.toThrow(words);
  });

  test('what a killed git left locked is a failure with its words', async () => {
    const { folder, repository } = await open();
    await git(folder, ['config', 'core.packedRefsTimeout', '0']);
    writeFileSync(join(folder, '.git/refs/heads/gitops.lock'), '');
    await expect(repository.commit(WRITE)).rejects.toThrow('gitops.lock');
  });

  test('a repository with longer ids works alike', async () => {
    const folder = createFolder();
    await git(folder, ['init', '--quiet', '--object-format=sha256']);
    const repository = gitRepository(folder);
    const sha = await repository.commit(WRITE);
    expect(sha).toHaveLength(64);
    const tree = repository.treeOf(sha);
    expect((await tree.list('')).get('a.yaml')?.id).toBe(tree.idOf('a\n'));
    expect(await repository.fetchCommit('refs/heads/gitops')).toMatchObject({ sha, parents: [] });
    expect(await repository.commit({ ...WRITE, expectedHead: sha, message: 'second\n' })).toHaveLength(64);
  });

  test('in the log of a folder a merge stands for what it brought', async () => {
    const { folder, repository } = await open();
    const root = await importCommit(folder, { files: { 'a/1': '1\n', b: '1\n' } });
    const side = await importCommit(folder, { parents: [root], files: { 'a/1': '2\n' } });
    const base = await importCommit(folder, { parents: [root], files: { b: '2\n' } });
    const merge = await importCommit(folder, { parents: [base, side], files: { 'a/1': '2\n' } });
    expect((await repository.fetchLog(merge, 'a', 9)).map(({ sha }) => sha)).toEqual([merge, root]);
  });

  test('resolveCommit takes any name that git knows, and nothing for an option', async () => {
    const { folder } = await open();
    const sha = await git(folder, ['rev-parse', 'main']);
    await git(folder, ['tag', '--annotate', '--message=one', 'v1', sha]);
    for (const name of ['main', 'v1', sha.slice(0, 8), 'main^{commit}'])
      expect(await resolveCommit(folder, name), name).toBe(sha);
    for (const name of ['none', '--all', '', 'main~5']) expect(await resolveCommit(folder, name), name).toBeUndefined();
  });

  test('a failure of git tells its arguments and last words', async () => {
    const { repository } = await open();
    await expect(repository.treeOf('none').list('')).rejects.toThrow(/git .*ls-tree.* none .*exit code 128: .*none/s);
    const lost = repository.treeOf('none').read(['a'.repeat(40)]);
    await expect(lost).rejects.toThrow(`git has no blob ${'a'.repeat(40)}`);
    await expect(gitRepository(join(tmpdir(), 'not-there')).treeOf('a').list('')).rejects.toThrow('ENOENT');
  });
});
