import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { createFolder, runGit, startFixture } from './fixture.ts';
import { optionsFor } from './options.ts';

test('everything is there after a restart', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const { head } = await fixture.repo('anonymous', 'GET /pulls/1');
  const comment = await fixture.repo('writer', 'POST /issues/1/comments', { body: 'Stay' });
  await fixture.repo('reader', `POST /issues/comments/${comment.id}/reactions`, { content: 'heart' });
  const check = await fixture.repo('bot', 'POST /check-runs', { name: 'coalmine', head_sha: head.sha });
  await fixture.repo('writer', `POST /statuses/${head.sha}`, { state: 'success' });
  await fixture.hooks.next('status');
  const { app } = fixture.sandbox;
  await fixture.restart();
  expect({ ...fixture.sandbox.app, apiUrl: '' }).toEqual({ ...app, apiUrl: '' });
  expect((await fixture.repo('anonymous', 'GET /issues/1/comments'))[0]).toMatchObject({
    body: 'Stay',
    reactions: { heart: 1 },
  });
  expect(await fixture.repo('anonymous', `GET /check-runs/${check.id}`)).toMatchObject({ name: 'coalmine' });
  expect(await fixture.repo('anonymous', `GET /commits/${head.sha}/statuses`)).toHaveLength(1);
  expect((await fixture.call('app', 'GET /app/hook/deliveries')).body.length).toBeGreaterThan(3);
});

test('app.json holds what an App needs, for its owner only', async () => {
  const { sandbox, dataDir } = await startFixture();
  const path = join(dataDir, 'app.json');
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(sandbox.app);
  expect(Object.keys(sandbox.app)).toEqual(['appId', 'privateKey', 'webhookSecret', 'fluxToken', 'apiUrl']);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('a new repository is published once, after its first commit', async () => {
  const published: string[] = [];
  const dataDir = await createFolder();
  const { seed } = optionsFor(dataDir);
  const publish = async (bare: string): Promise<void> => {
    published.push(await runGit(bare, ['log', '--format=%an %s', 'main']));
    await runGit(bare, ['update-ref', 'refs/heads/gitops', 'main']);
  };
  for (const _ of ['first', 'second']) {
    const sandbox = await startSandbox(optionsFor(dataDir, { seed: { ...seed, publish } }));
    await sandbox.close();
  }
  expect(published).toEqual(['admin Add the services and their values']);
  expect(await runGit(join(dataDir, 'canary/shop.git'), ['branch', '--list', 'gitops'])).toContain('gitops');
});

test('a publication that fails leaves no half repository', async () => {
  const dataDir = await createFolder();
  const { seed } = optionsFor(dataDir);
  const fail = async (): Promise<void> => {
    throw new Error('no');
  };
  await expect(startSandbox(optionsFor(dataDir, { seed: { ...seed, publish: fail } }))).rejects.toThrow('no');
  const sandbox = await startSandbox(optionsFor(dataDir));
  await sandbox.close();
});

test('a second start on a folder in use is refused', async () => {
  const { sandbox, dataDir } = await startFixture();
  await expect(startSandbox(optionsFor(dataDir))).rejects.toThrow(
    `${dataDir} is in use by a sandbox at ${sandbox.url}; stop it or choose another COALMINE_DATA_DIR`,
  );
});

test('a port that is taken is said with the way out, and the folder is free again', async () => {
  const { sandbox } = await startFixture();
  const dataDir = await createFolder();
  const { port } = new URL(sandbox.url);
  await expect(startSandbox(optionsFor(dataDir, { port: Number(port) }))).rejects.toThrow(
    `port ${port} is in use; set another one with SANDBOX_PORT`,
  );
  await (await startSandbox(optionsFor(dataDir))).close();
});

test('of several starts at once, one gets the folder', async () => {
  const dataDir = await createFolder();
  await writeFile(join(dataDir, 'lock'), '{"port":1,"nonce":"stale"}');
  const starts = await Promise.allSettled([1, 2, 3, 4].map(() => startSandbox(optionsFor(dataDir))));
  const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
  for (const sandbox of started) await sandbox.close();
  expect(started).toHaveLength(1);
});

test('what a killed process left does not stop the next one', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  await fixture.sandbox.close();
  const bare = join(fixture.dataDir, 'canary/shop.git');
  await runGit(bare, ['update-ref', 'refs/heads/fix.tmp/tmp_x', 'main']);
  const locks = ['HEAD.lock', 'packed-refs.lock', 'refs/heads/main.lock', 'refs/pull/1/merge.lock', 'index.x.tmp'];
  for (const name of locks) await writeFile(join(bare, name), '');
  const other = createServer((socket) => socket.end('something else\n'));
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  await writeFile(join(fixture.dataDir, 'lock'), JSON.stringify({ port, nonce: 'of a process that is gone' }));
  await writeFile(join(fixture.dataDir, 'state/pulls/2.json.tmp'), '{"id":');

  await fixture.restart();
  const { object } = await fixture.repo('anonymous', 'GET /git/ref/heads/main');
  await fixture.repo('writer', 'PUT /contents/x', { message: 'x', content: '' });
  expect(await fixture.repo('anonymous', 'GET /git/matching-refs/heads/fix.tmp/tmp_x')).toMatchObject([{ object }]);
});

test('a lock that is no lock is none', async () => {
  for (const text of ['', 'x', 'null', '{"port":99999999,"nonce":"x"}', '{"port":0,"nonce":""}']) {
    const dataDir = await createFolder();
    await writeFile(join(dataDir, 'lock'), text);
    await (await startSandbox(optionsFor(dataDir))).close();
  }
});

test('a push that was not told before a kill is told by the next start', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  await fixture.sandbox.close();
  const bare = join(fixture.dataDir, 'canary/shop.git');
  const tree = await runGit(bare, ['rev-parse', 'writer/echo-25^{tree}']);
  const sha = await runGit(bare, ['commit-tree', tree, '-p', 'writer/echo-25', '-m', 'Pushed']);
  await runGit(bare, ['update-ref', 'refs/heads/writer/echo-25', sha]);
  await fixture.restart();
  expect((await fixture.hooks.next('pull_request.synchronize')).payload.after).toBe(sha);
});

test.each([
  ['reached the base', true],
  ['did not reach the base', false],
])('a merge that %s before a kill is settled', async (_, reached) => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  await fixture.sandbox.close();
  const bare = join(fixture.dataDir, 'canary/shop.git');
  const path = join(fixture.dataDir, 'state/pulls/1.json');
  const tree = await runGit(bare, ['rev-parse', 'writer/echo-25^{tree}']);
  const sha = await runGit(bare, ['commit-tree', tree, '-p', 'main', '-m', 'Squashed']);
  const merging = { sha, by: 'writer', at: '2026-01-01T00:00:00Z' };
  await writeFile(path, JSON.stringify({ ...JSON.parse(await readFile(path, 'utf8')), merging }));
  if (reached) await runGit(bare, ['update-ref', 'refs/heads/main', sha]);
  await fixture.restart();
  const pull = await fixture.repo('anonymous', 'GET /pulls/1');
  expect(pull).toMatchObject(reached ? { merged: true, merge_commit_sha: sha } : { merged: false, state: 'open' });
});

test('what was answered before a kill is there after it', async () => {
  const dataDir = await createFolder();
  const child = spawn(process.execPath, [join(import.meta.dirname, 'process.ts'), dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const [line] = await once(child.stdout, 'data');
  const api = `${String(line).trim()}/repos/canary/shop`;
  const answered: string[] = [];
  const send = async (method: string, path: string, body: object): Promise<boolean> => {
    const headers = { authorization: 'Bearer writer-token' };
    const reply = await fetch(api + path, { method, headers, body: JSON.stringify(body) }).catch(() => undefined);
    if (reply?.ok) answered.push(path);
    return reply?.ok === true;
  };
  const writing = [
    (async () => {
      while (await send('POST', '/issues/1/comments', { body: 'Hello' }));
    })(),
    (async () => {
      for (let n = 0; await send('PUT', `/contents/file-${n}`, { message: 'x', content: '' }); n += 1) {
        if (n === 3) child.kill('SIGKILL'); // and the next request finds it dead, or dying
      }
    })(),
  ];
  await Promise.all([...writing, ended]);

  const sandbox = await startSandbox(optionsFor(dataDir));
  onTestFinished(() => sandbox.close());
  const read = async (path: string): Promise<{ name: string }[]> =>
    (await fetch(`${sandbox.apiUrl}/repos/canary/shop${path}`)).json() as Promise<{ name: string }[]>;
  const comments = answered.filter((path) => path.startsWith('/issues'));
  expect((await read('/issues/1/comments?per_page=100')).length).toBeGreaterThanOrEqual(Math.min(comments.length, 100));
  const names = (await read('/contents')).map(({ name }) => `/contents/${name}`);
  expect(names).toEqual(expect.arrayContaining(answered.filter((path) => path.startsWith('/contents'))));
  const more = {
    method: 'PUT',
    headers: { authorization: 'Bearer writer-token' },
    body: '{"message":"x","content":""}',
  };
  expect((await fetch(`${sandbox.apiUrl}/repos/canary/shop/contents/after`, more)).status).toBe(201);
});
