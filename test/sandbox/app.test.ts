import { expect, test } from 'vitest';
import { createJwt, startFixture } from './fixture.ts';

test('the App knows itself and where it is installed', async () => {
  const { call } = await startFixture();
  expect((await call('app', 'GET /app')).body).toMatchObject({ id: 1, slug: 'coalmine' });
  expect((await call('app', 'GET /app/installations')).body).toMatchObject([{ id: 1, app_id: 1 }]);
  expect((await call('app', 'GET /app/installations/1')).status).toBe(200);
  expect((await call('app', 'GET /app/installations/2')).status).toBe(404);
  expect((await call('app', 'GET /repos/canary/shop/installation')).body.id).toBe(1);
  const repositories = await call('bot', 'GET /installation/repositories');
  expect(repositories.body).toMatchObject({ total_count: 1, repositories: [{ full_name: 'canary/shop' }] });
});

test('a token of the installation outlives a restart', async () => {
  const fixture = await startFixture();
  const token = await fixture.call('app', 'POST /app/installations/1/access_tokens', {});
  expect(Date.parse(token.body.expires_at)).toBeGreaterThan(Date.now() + 3_500_000);
  await fixture.restart();
  const reply = await fixture.call(`raw:${token.body.token}`, 'GET /installation/repositories');
  expect(reply.status).toBe(200);
});

test.each([
  ['too old', { exp: Math.floor(Date.now() / 1000) - 1 }],
  ['too long', { exp: Math.floor(Date.now() / 1000) + 3600 }],
  ['of another App', { iss: 7 }],
  ['from the future', { iat: Math.floor(Date.now() / 1000) + 300 }],
  ['without a time', { exp: undefined }],
])('a web token %s opens nothing', async (_, claims) => {
  const fixture = await startFixture();
  const token = createJwt(fixture.sandbox, claims);
  expect((await fixture.call(`raw:${token}`, 'GET /app')).status).toBe(401);
});

test('forged and mistaken credentials open nothing', async () => {
  const fixture = await startFixture();
  const [header, claims, signature = ''] = createJwt(fixture.sandbox).split('.');
  const other = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  const later = Math.floor(Date.now() / 1000) + 9999;
  const tokens = [`${header}.${claims}.${other}`, 'a.b.c', 'unknown-token', `ghs_${later}_${'0'.repeat(64)}`];
  for (const token of tokens) expect((await fixture.call(`raw:${token}`, 'GET /repos/canary/shop')).status).toBe(401);
  expect((await fixture.call('anonymous', 'GET /app')).status).toBe(401);
  expect((await fixture.call('admin', 'GET /app')).status).toBe(401);
  expect((await fixture.call('app', 'GET /repos/canary/shop')).status).toBe(403);
  expect((await fixture.call('bot', 'GET /user')).status).toBe(403);
  expect((await fixture.call('anonymous', 'GET /user')).status).toBe(401);
});

test('tokens are taken as bearer, as token and as password', async () => {
  const { sandbox } = await startFixture();
  const basic = `Basic ${Buffer.from('any-user:reader-token').toString('base64')}`;
  for (const authorization of ['Bearer reader-token', 'token reader-token', basic]) {
    const reply = await fetch(`${sandbox.apiUrl}/user`, { headers: { authorization } });
    expect(((await reply.json()) as { login: string }).login).toBe('reader');
  }
});

test.each([
  ['admin', 'admin'],
  ['writer', 'write'],
  ['reader', 'read'],
  ['READER', 'read'],
])('%s has the permission %s', async (login, permission) => {
  const { repo } = await startFixture();
  const answer = await repo('bot', `GET /collaborators/${login}/permission`);
  expect(answer).toMatchObject({ permission, role_name: permission });
});

test('an unknown account is not found', async () => {
  const { call } = await startFixture();
  expect((await call('bot', 'GET /repos/canary/shop/collaborators/stranger/permission')).status).toBe(404);
  expect((await call('bot', 'GET /users/stranger')).status).toBe(404);
  expect((await call('bot', 'GET /users/coalmine%5Bbot%5D')).body.type).toBe('Bot');
});

test('who may read does not write', async () => {
  const { call } = await startFixture();
  const writes: readonly [string, object][] = [
    ['PUT /repos/canary/shop/contents/x', { message: 'x', content: '' }],
    ['POST /repos/canary/shop/git/refs', { ref: 'refs/heads/x', sha: '1'.repeat(40) }],
    ['POST /repos/canary/shop/pulls', { title: 'x', head: 'writer/echo-25', base: 'main' }],
    ['PUT /repos/canary/shop/pulls/1/merge', {}],
  ];
  for (const [operation, body] of writes) {
    expect(await call('reader', operation, body)).toMatchObject({ status: 403 });
    expect(await call('anonymous', operation, body)).toMatchObject({ status: 401 });
  }
});

const oddPaths = ['a%2F..%2F..%2FREADME.md', '%00', '-x', ':(top)README.md', 'README.md%2Fx'].map(
  (path) => `GET /repos/canary/shop/contents/${path}`,
);

test('errors have the form of GitHub', async () => {
  const { call } = await startFixture();
  for (const operation of [
    'GET /nothing',
    'GET /repos/canary/other',
    'GET /repos/canary/shop/pulls/9',
    'POST /app',
    ...oddPaths,
  ]) {
    const reply = await call('anonymous', operation);
    expect(reply).toMatchObject({ status: 404, body: { message: 'Not Found', status: '404' } });
    expect(reply.body.documentation_url).toMatch(/^https:/);
    expect(reply.headers.get('x-github-request-id')).toBeTruthy();
    expect(Number(reply.headers.get('x-ratelimit-remaining'))).toBeGreaterThan(0);
  }
});

test('bodies that are no JSON object, or too large, are refused', async () => {
  const { call, repo } = await startFixture();
  const post = (body: string) => call('writer', 'POST /repos/canary/shop/git/blobs', body);
  expect(await post('{')).toMatchObject({ status: 400, body: { message: 'Problems parsing JSON' } });
  expect(await post('[]')).toMatchObject({ status: 400 });
  expect(await post(`{"content":"${'x'.repeat(26 * 1024 * 1024)}"}`)).toMatchObject({ status: 413 });
  expect((await repo('writer', 'POST /git/blobs', { content: 'x' })).sha).toBeTruthy();
});
