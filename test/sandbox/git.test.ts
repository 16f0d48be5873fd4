import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { type Credentials, type Fixture, runGit, startFixture } from './fixture.ts';

/** Commits a file in a clone and pushes the branch. */
async function push(folder: string, branch: string, name = 'new.txt'): Promise<string> {
  await runGit(folder, ['checkout', '--quiet', '-B', branch]);
  await writeFile(join(folder, name), `${name}\n`);
  await runGit(folder, ['add', '.']);
  await runGit(folder, ['commit', '--quiet', '--message', `Add ${name}`]);
  await runGit(folder, ['push', '--quiet', 'origin', branch]);
  return runGit(folder, ['rev-parse', 'HEAD']);
}

async function pushStatus(fixture: Fixture, authorization?: string): Promise<Response> {
  const url = `${fixture.sandbox.url}/canary/shop.git/info/refs?service=git-receive-pack`;
  return fetch(url, { headers: authorization ? { authorization } : {} });
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

test('every client may clone, by the new and the old protocol, completely or shallow', async () => {
  const fixture = await startFixture();
  const folder = await fixture.clone();
  expect(await runGit(folder, ['log', '--format=%s', 'origin/main'])).toBe('Add the services and their values');
  const url = `${fixture.sandbox.url}/canary/shop.git`;
  for (const options of [['-c', 'protocol.version=0'], ['-c', 'protocol.version=1'], []]) {
    for (const depth of [['--depth=1'], ['--filter=blob:none', '--no-checkout']]) {
      const target = join(folder, `clone-${options.length}-${depth.length}-${options.at(-1) ?? ''}`);
      await runGit(folder, [...options, 'clone', '--quiet', ...depth, url, target]);
      expect(await runGit(target, ['rev-parse', 'HEAD'])).toBe(await runGit(folder, ['rev-parse', 'HEAD']));
    }
  }
});

test('a clone fetches what came since', async () => {
  const fixture = await startFixture();
  const [mine, other] = [await fixture.clone('writer'), await fixture.clone()];
  await runGit(other, ['commit', '--quiet', '--allow-empty', '--message', 'Not theirs']);
  const [one, sha] = [await push(mine, 'main', 'one'), await push(mine, 'main', 'two')];
  await runGit(other, ['-c', 'protocol.version=0', 'fetch', '--quiet', 'origin', one]);
  await runGit(other, ['fetch', '--quiet', 'origin', 'main']);
  expect(await runGit(other, ['rev-parse', 'FETCH_HEAD'])).toBe(sha);
});

test.each<Credentials>(['writer', 'admin', 'bot'])('%s pushes a branch with slashes', async (as) => {
  const fixture = await startFixture();
  await fixture.call(as, 'GET /rate_limit');
  const sha = await push(await fixture.clone(as), 'feature/a/b');
  const { payload } = await fixture.hooks.next('push');
  expect(payload).toMatchObject({ ref: 'refs/heads/feature/a/b', after: sha, created: true, forced: false });
  expect(payload.sender.login).toBe(as === 'bot' ? 'coalmine[bot]' : as);
  expect(payload.complaints).toBeUndefined();
  const branch = await fixture.repo('anonymous', 'GET /branches/feature/a/b');
  expect(branch.commit.sha).toBe(sha);
});

test('who may not push is told so', async () => {
  const fixture = await startFixture();
  const anonymous = await pushStatus(fixture);
  expect(anonymous.status).toBe(401);
  expect(anonymous.headers.get('www-authenticate')).toMatch(/^Basic /);
  expect((await pushStatus(fixture, basic('anyone', 'wrong'))).status).toBe(401);
  expect((await pushStatus(fixture, basic('reader', 'reader-token'))).status).toBe(403);
  expect((await pushStatus(fixture, basic('anyone', 'writer-token'))).status).toBe(200);
  await expect(push(await fixture.clone('reader'), 'mine')).rejects.toThrow(/403/);
});

test('a push tells what its commits did to which files', async () => {
  const fixture = await startFixture();
  const folder = await fixture.clone('writer');
  await runGit(folder, ['rm', '--quiet', 'README.md']);
  await writeFile(join(folder, 'charts-values/echo.yaml'), 'changed: true\n');
  await push(folder, 'main');
  const { payload } = await fixture.hooks.next('push');
  expect(payload.commits).toHaveLength(1);
  expect(payload.head_commit).toMatchObject({
    message: 'Add new.txt',
    added: ['new.txt'],
    removed: ['README.md'],
    modified: ['charts-values/echo.yaml'],
  });
});

test('a forced push and a deleted branch say that they are', async () => {
  const fixture = await startFixture();
  const folder = await fixture.clone('writer');
  await push(folder, 'mine');
  await runGit(folder, ['reset', '--quiet', '--hard', 'origin/main']);
  await runGit(folder, ['commit', '--quiet', '--allow-empty', '--message', 'Other']);
  await runGit(folder, ['push', '--quiet', '--force', 'origin', 'mine']);
  await runGit(folder, ['push', '--quiet', 'origin', ':mine']);
  expect((await fixture.hooks.next('push')).payload).toMatchObject({ created: true, forced: false });
  expect((await fixture.hooks.next('push')).payload).toMatchObject({ created: false, forced: true });
  const { payload } = await fixture.hooks.next('push');
  expect(payload).toMatchObject({ deleted: true, after: '0'.repeat(40), head_commit: null });
  expect(payload.complaints).toBeUndefined();
});

test("a pull request's refs can be fetched, and only the sandbox writes them", async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const folder = await fixture.clone('admin');
  await runGit(folder, ['fetch', '--quiet', 'origin', 'refs/pull/1/head', 'refs/pull/1/merge']);
  await expect(runGit(folder, ['push', 'origin', 'HEAD:refs/pull/1/head'])).rejects.toThrow(/hidden ref/);
});

test('packed bodies are unpacked, nonsense is refused', async () => {
  const fixture = await startFixture();
  const post = (body: Uint8Array<ArrayBuffer>): Promise<Response> =>
    fetch(`${fixture.sandbox.url}/canary/shop.git/git-upload-pack`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip', 'git-protocol': 'version=2' },
      body,
    });
  const listing = await post(new Uint8Array(gzipSync('0014command=ls-refs\n0000')));
  expect(await listing.text()).toContain('refs/heads/main');
  expect((await post(new TextEncoder().encode('no gzip'))).status).toBe(400);
  expect((await fetch(`${fixture.sandbox.url}/canary/shop.git/info/refs`)).status).toBe(403);
  expect((await fetch(`${fixture.sandbox.url}/canary/other.git/info/refs?service=git-upload-pack`)).status).toBe(404);
});

test('pushes and REST writes at once all arrive', async () => {
  const fixture = await startFixture();
  const clones = await Promise.all([1, 2, 3].map(() => fixture.clone('writer')));
  await Promise.all([
    ...clones.map((folder, index) => push(folder, `branch-${index}`, `file-${index}`)),
    ...[1, 2, 3].map((n) => {
      const content = { message: `Add ${n}`, content: 'aGk=' };
      return fixture.repo('writer', `PUT /contents/rest-${n}.txt`, content);
    }),
  ]);
  expect(await fixture.repo('anonymous', 'GET /branches')).toHaveLength(5);
  expect(await fixture.repo('anonymous', 'GET /commits')).toHaveLength(4);
});
