import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createGuardedServer, guardListener, readTarget } from '../../src/web/guarded-server.ts';
import { createRoutes } from '../../src/web/server.ts';
import { startFixture } from '../sandbox/fixture.ts';
import { listenHere, open, readAll, sendRaw } from './fixture.ts';

const hooks = {
  github: { secret: 'a secret', take: async () => undefined, warn: () => undefined },
  flux: { token: 'a token that is long', take: () => undefined },
};

async function startGuardedServer(
  listener: Parameters<typeof guardListener>[0],
  times?: Parameters<typeof createGuardedServer>[0],
) {
  const faults: object[] = [];
  const server = createGuardedServer(times);
  server.on(
    'request',
    guardListener(listener, (data, message) => faults.push({ ...data, message })),
  );
  return { port: await listenHere(server), faults };
}

test.each<[string, string | undefined]>([
  ['/', '/'],
  ['//', '//'],
  ['//[x', '//[x'],
  ['/a?b=c', '/a'],
  ['/%zz%', '/%zz%'],
  ['http://host/a', '/a'],
  ['HTTP://host', '/'],
  ['http://[', undefined],
  ['*', undefined],
  ['host:443', undefined],
  ['ftp://host/a', undefined],
  ['', undefined],
])('the target %s is the path %s', (url, path) => {
  expect(readTarget({ url })?.path).toBe(path);
});

test('every text is a target or none, and never throws', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (url) => void readTarget({ url })));
  fc.assert(fc.property(fc.webUrl(), (url) => readTarget({ url })?.path.startsWith('/') === true));
});

const REQUESTS = [
  'GET // HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET //[x HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET http://[ HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /canary/%zz/%E0%A4%A HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /api/v3/repos/%E0%A4%A/%zz/pulls HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /canary/shop/commit/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /canary/shop/blob/--output=x/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET /canary/shop.git/info/refs?service=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'PROPFIND / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'NOSUCH / HTTP/1.1\r\nHost: localhost\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'GET / HTTP/1.1\r\n\r\n',
  'GET / HTTP/1.0\r\n\r\n',
  'GET / HTTP/9.9\r\n\r\n',
  `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`,
  `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  'POST /api/flux HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'POST /api/flux HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'POST /api/flux HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n',
  'POST /api/github/webhooks HTTP/1.1\r\nHost: localhost\r\nExpect: a miracle\r\nContent-Length: 1\r\n\r\nx',
  'POST /api/v3/graphql HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx',
  '\0\0\0\0',
  '\r\n\r\n\r\n',
];

const requestLine = fc
  .tuple(
    fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'DELETE', 'PATCH', 'TRACE'),
    fc.oneof(
      fc.string({ maxLength: 40 }),
      fc
        .array(
          fc.constantFrom('/', '//', '[', '%', '%00', '%2f', '..', '?', '#', 'http:', 'canary', 'shop', 'api/v3'),
          {
            maxLength: 8,
          },
        )
        .map((parts) => `/${parts.join('')}`),
    ),
  )
  .map(([method, target]) => `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n`);

async function checkSurvives(port: number, path: string): Promise<void> {
  for (const bytes of REQUESTS) await sendRaw(port, bytes);
  await fc.assert(
    fc.asyncProperty(requestLine, async (bytes) => void (await sendRaw(port, bytes))),
    { numRuns: 150 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 200 }),
      async (bytes) => void (await sendRaw(port, Buffer.from(bytes))),
    ),
    { numRuns: 50 },
  );
  expect((await fetch(`http://localhost:${port}${path}`)).status).toBe(200);
}

// A fault that nothing catches fails the run of vitest itself, as an unhandled error.
test("no request line ends the App's server, or is answered with a fault", async () => {
  const { port, faults } = await startGuardedServer(createRoutes(hooks, 'about'));
  for (const target of ['http://[', '*']) {
    expect(await sendRaw(port, `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
  }
  expect(await sendRaw(port, 'GET // HTTP/1.1\r\nHost: localhost\r\n\r\n')).toMatch(/^HTTP\/1.1 404 /);
  await checkSurvives(port, '/healthz');
  expect(faults).toEqual([]);
});

test("no request line ends the sandbox's server, or is answered with a fault", async () => {
  const { sandbox } = await startFixture(); // it fails where a request failed
  await checkSurvives(Number(new URL(sandbox.url).port), '/');
});

test.each<[string, Parameters<typeof guardListener>[0]]>([
  [
    'throws',
    () => {
      throw new Error('planted');
    },
  ],
  ['rejects', async () => Promise.reject(new Error('planted'))],
])('a listener that %s is answered with 500 once, and logged', async (_, listener) => {
  const { port, faults } = await startGuardedServer(listener);
  const answer = await sendRaw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1.1 500 /);
  expect(answer).not.toContain('planted');
  expect(faults).toMatchObject([{ message: 'request failed', method: 'GET', err: { message: 'planted' } }]);
});

test('a listener that fails half-way cuts the connection', async () => {
  const { port, faults } = await startGuardedServer((_, response) => {
    response.writeHead(200, { 'content-length': '10' }).write('half');
    throw new Error('planted');
  });
  expect(await sendRaw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.toContain('500');
  expect(faults).toHaveLength(1);
});

test.each([
  ['nothing at all', ''],
  ['half of its headers', 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '],
  ['half of its body', 'POST /api/flux HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf'],
])('a client that sends %s is cut off in time', async (_, bytes) => {
  const times = { headersTimeout: 50, requestTimeout: 100, connectionsCheckingInterval: 20 };
  const { port, faults } = await startGuardedServer(createRoutes(hooks, 'about'), times);
  const socket = open(port); // stays open on its side
  socket.write(bytes);
  expect(await readAll(socket)).toMatch(/^(?:HTTP\/1.1 408 |$)/);
  expect(faults).toEqual([]);
});

test('without other times the server has limits of time and of connections', () => {
  const { headersTimeout, requestTimeout, timeout, maxConnections } = createGuardedServer();
  expect({ headersTimeout, requestTimeout, timeout, maxConnections }).toEqual({
    headersTimeout: 10_000, // ms; GitHub itself gives up then
    requestTimeout: 60_000,
    timeout: 120_000,
    maxConnections: 1_000,
  });
});
