import { request } from 'node:http';
import { expect, test } from 'vitest';
import { isOwnRequest } from '../../src/web/origin.ts';
import { runGit, startFixture } from '../sandbox/fixture.ts';

const LINK = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

test.each<[string, Record<string, string>, boolean]>([
  ['127.0.0.1 with a port', { host: '127.0.0.1:3001' }, true],
  ['localhost', { host: 'localhost' }, true],
  ['localhost in capitals', { host: 'LocalHost:1' }, true],
  ['IPv6', { host: '[::1]:3001' }, true],
  ['no host', {}, false],
  ['a name that leads here', { host: 'evil.example:3001' }, false],
  ['a name that begins like ours', { host: 'localhost.evil.example' }, false],
  ['a name that ends like ours', { host: 'evil.localhost' }, false],
  ['another address', { host: '127.0.0.2' }, false],
  ['all addresses', { host: '0.0.0.0:3001' }, false],
  ['a page of ours', { host: 'localhost:1', origin: 'http://localhost:1' }, true],
  ['a page of ours by its other name', { host: '127.0.0.1:1', origin: 'http://localhost:1' }, true],
  ['a page of another port', { host: 'localhost:1', origin: 'http://localhost:2' }, false],
  ['a page of another site', { host: 'localhost:1', origin: 'http://evil.example' }, false],
  ['a page without an origin', { host: 'localhost:1', origin: 'null' }, false],
  ['another site', { host: 'localhost:1', 'sec-fetch-site': 'cross-site' }, false],
  ['another port of this machine', { host: 'localhost:1', 'sec-fetch-site': 'same-site' }, false],
  ['a link on another site', { host: 'localhost:1', ...LINK }, true],
  ['a frame on another site', { host: 'localhost:1', ...LINK, 'sec-fetch-dest': 'iframe' }, false],
])('a request from %s', (_, headers, isOwn) => {
  expect(isOwnRequest({ method: 'GET', headers })).toBe(isOwn);
});

test('a form that a page of another site sends is no link', () => {
  expect(isOwnRequest({ method: 'POST', headers: { host: 'localhost', ...LINK } })).toBe(false);
});

const ROUTES: readonly [string, string, string?][] = [
  ['POST', '/api/v3/repos/canary/shop/issues/1/comments', '{"body":"/promote echo"}'],
  ['GET', '/api/v3/repos/canary/shop'],
  ['GET', '/canary/shop.git/info/refs?service=git-receive-pack'],
  ['POST', '/canary/shop.git/git-receive-pack', '0000'],
  ['POST', '/sandbox/flux', '{"suspended":true}'],
  ['GET', '/sandbox/flux'],
  ['PUT', '/sandbox/protection', '{"branch":"main","approvals":1}'],
  ['GET', '/'],
  ['GET', '/cluster'],
  ['GET', '/canary/shop/pull/1'],
  ['POST', '/canary/shop/pull/1/comments', 'as=admin&body=x'],
];

test('every route of the sandbox refuses foreign names and pages, with whatever token', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const { port } = new URL(fixture.sandbox.url);
  const before = await (await fetch(`${fixture.sandbox.url}/sandbox/flux`)).text();
  const foreign = [
    { host: `evil.example:${port}` },
    { host: `localhost:${port}`, origin: 'http://evil.example' },
    { host: `localhost:${port}`, 'sec-fetch-site': 'cross-site' },
  ];
  for (const [method, path, body] of ROUTES) {
    for (const headers of foreign) {
      const status = await ask(port, { method, path, headers }, body);
      expect(status, `${method} ${path} ${JSON.stringify(headers)}`).toBe(403);
    }
  }
  expect(await fixture.repo('anonymous', 'GET /issues/1/comments')).toEqual([]);
  expect(await (await fetch(`${fixture.sandbox.url}/sandbox/flux`)).text()).toBe(before);
});

test('git, the REST API and a browser get in by the name localhost', async () => {
  const { sandbox, dataDir } = await startFixture();
  const { port } = new URL(sandbox.url);
  const url = `http://localhost:${port}`;
  expect(await runGit(dataDir, ['ls-remote', `${url}/canary/shop.git`, 'refs/heads/main'])).toContain(
    'refs/heads/main',
  );
  for (const headers of [{ host: `localhost:${port}` }, { host: `localhost:${port}`, ...LINK }]) {
    expect(await ask(port, { method: 'GET', path: '/', headers })).toBe(200);
    expect(await ask(port, { method: 'GET', path: '/api/v3/repos/canary/shop', headers })).toBe(200);
  }
});

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

function ask(port: string, { method, path, headers }: Asked, body = ''): Promise<number | undefined> {
  const authorization = path.includes('.git') ? `Basic ${btoa('x:admin-token')}` : 'Bearer admin-token';
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, method, path, headers: { ...headers, authorization } };
    const sent = request(options, (answer) => resolve(answer.resume().statusCode));
    sent.on('error', reject).end(body);
  });
}
