import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request as openRequest } from 'node:http';
import { expect, test } from 'vitest';
import { createBodyReader } from '../../src/web/body.ts';
import { createGuardedServer, guardListener } from '../../src/web/guarded-server.ts';
import { createRoutes } from '../../src/web/server.ts';
import { WEBHOOK_PATH } from '../../src/web/webhooks.ts';
import { listenHere, open, readAll } from './fixture.ts';

const SECRET = 'the webhook secret';
const BODY = JSON.stringify({ action: 'opened', note: 'a payload that no log may show' });

const sign = (body: string | Buffer, secret = SECRET): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

async function start() {
  const taken: object[] = [];
  const logged: string[] = [];
  const log = (data: object, message: string): void => void logged.push(`${JSON.stringify(data)} ${message}`);
  const github = { secret: SECRET, take: async (delivery: object) => void taken.push(delivery), warn: log };
  const server = createGuardedServer();
  server.on(
    'request',
    guardListener(createRoutes({ github, flux: { token: undefined, take: () => undefined } }, 'about'), log),
  );
  const port = await listenHere(server);
  const url = `http://127.0.0.1:${port}${WEBHOOK_PATH}`;
  const post = async (body: string | Buffer, more: Record<string, string | undefined> = {}) => {
    const headers = Object.entries({ ...headersOf(body), ...more }).filter(
      (pair): pair is [string, string] => !!pair[1],
    );
    const answer = await fetch(url, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers });
    return { status: answer.status, text: await answer.text() };
  };
  return { url, port, taken, logged, post };
}

function headersOf(body: string | Buffer): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': '5fb3d2b0-0000-0000-0000-000000000000',
    'x-hub-signature-256': sign(body),
  };
}

test('a signed delivery is taken, as often as it comes', async () => {
  const { post, taken, logged } = await start();
  expect((await post(BODY)).status).toBe(200);
  expect((await post(BODY, { 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
  const delivery = { id: headersOf('')['x-github-delivery'], name: 'pull_request', payload: JSON.parse(BODY) };
  expect(taken).toEqual([delivery, delivery]);
  expect(logged).toEqual([]);
});

test.each<[string, string | Buffer, Record<string, string | undefined>, number, string]>([
  ['no signature', BODY, { 'x-hub-signature-256': undefined }, 400, 'x-hub-signature-256'],
  ['no event', BODY, { 'x-github-event': undefined }, 400, 'x-github-event'],
  ['no id', BODY, { 'x-github-delivery': undefined }, 400, 'x-github-delivery'],
  ['the signature of another body', BODY, { 'x-hub-signature-256': sign(`${BODY} `) }, 401, 'WEBHOOK_SECRET'],
  ['the signature of another secret', BODY, { 'x-hub-signature-256': sign(BODY, 'x') }, 401, 'WEBHOOK_SECRET'],
  ['no signature at all in its header', BODY, { 'x-hub-signature-256': 'sha256=' }, 401, 'WEBHOOK_SECRET'],
  ['a form', BODY, { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'application/json'],
  ['no JSON', `${BODY}}`, {}, 400, 'not a JSON object'],
  ['no object', '1', {}, 400, 'not a JSON object'],
  ['null', 'null', {}, 400, 'not a JSON object'],
  ['nothing', '', {}, 400, 'not a JSON object'],
  ['bytes that are no text', Buffer.from([0xff, 0xfe, 0]), {}, 400, 'not a JSON object'],
  ['a long id', BODY, { 'x-github-delivery': 'x'.repeat(10_000), 'x-hub-signature-256': 'no' }, 401, 'WEBHOOK_SECRET'],
])('a delivery with %s is refused; its payload is not logged', async (_, body, headers, status, words) => {
  const { post, taken, logged } = await start();
  const answer = await post(body, headers);
  expect(answer.status).toBe(status);
  expect(answer.text).toContain(words);
  expect(taken).toEqual([]);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatch(/webhook refused$/);
  expect(logged[0]?.length).toBeLessThan(200);
  expect(logged[0]).not.toContain('payload');
});

test('the webhooks are posted', async () => {
  const { url } = await start();
  expect((await fetch(url)).status).toBe(405);
});

const MEGABYTE = 1024 * 1024;

test('a body of 25 MB is taken, one byte more is refused before its signature is looked at', async () => {
  const { post, taken } = await start();
  const body = Buffer.from(`{"x":"${'x'.repeat(25 * MEGABYTE - 8)}"}`);
  expect((await post(body)).status).toBe(200);
  expect(taken).toHaveLength(1);
  expect((await post(Buffer.concat([body, Buffer.from(' ')]))).status).toBe(413);
  expect(taken).toHaveLength(1);
});

test('a body that announces too much is refused before any of it is read', async () => {
  const { port } = await start();
  const socket = open(port); // of the body nothing is ever sent
  const headers = Object.entries(headersOf(''))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
  socket.write(`POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: app\r\nContent-Length: ${900 * MEGABYTE}\r\n${headers}\r\n`);
  expect(await readAll(socket)).toMatch(/^HTTP\/1.1 413 /);
});

test('a body of unannounced length is refused while it comes', async () => {
  const { url, taken, logged } = await start();
  const sent = openRequest(url, { method: 'POST', headers: headersOf('') });
  sent.on('error', () => undefined);
  const answered = once(sent, 'response');
  const chunk = Buffer.alloc(MEGABYTE, 'x');
  for (let count = 0; count < 26; count += 1) sent.write(chunk); // and no end of it
  const [answer] = await answered;
  expect(answer.statusCode).toBe(413);
  expect(taken).toEqual([]);
  expect(logged.join('').length).toBeLessThan(200);
});

test('where many bodies wait at once the largest goes, and a small one is taken', async () => {
  const readBody = createBodyReader(2000);
  const server = createServer(async (request, response) => {
    const body = await readBody(request, 1500);
    response.writeHead(typeof body === 'string' ? 503 : 200, { connection: 'close' }).end(String(body));
  });
  const url = `http://127.0.0.1:${await listenHere(server)}`;
  const begin = (size: number) => {
    const sent = openRequest(url, { method: 'POST', agent: false });
    sent.on('error', () => undefined).write('x'.repeat(size));
    return { sent, answered: once(sent, 'response') };
  };
  const large = begin(1400);
  const middle = begin(700); // more than 2000 together
  const [refused] = await large.answered;
  expect(refused.statusCode).toBe(503);
  const small = begin(10);
  for (const { sent } of [middle, small]) sent.end();
  for (const { answered } of [middle, small]) expect((await answered)[0].statusCode).toBe(200);
});

test('the bodies of all webhooks together have at most 128 MiB', async () => {
  const { url, logged } = await start();
  const begin = (size: number) => {
    const sent = openRequest(url, { method: 'POST', headers: headersOf(''), agent: false });
    sent.on('error', () => undefined).write(Buffer.alloc(size, 'x'));
    return { sent, answered: once(sent, 'response') };
  };
  const others = [1, 2, 3, 4, 5].map(() => begin(24 * MEGABYTE)); // 120 MiB
  const largest = begin(24 * MEGABYTE + 1); // and no end of any
  const [refused] = await Promise.race([largest, ...others].map(({ answered }) => answered));
  expect(refused.statusCode).toBe(503);
  expect(logged).toEqual(['{"status":503,"delivery":"5fb3d2b0-0000-0000-0000-000000000000"} webhook refused']);
  for (const { sent } of [...others, largest]) sent.destroy();
});

test('a sender who goes away leaves nothing behind', async () => {
  const readBody = createBodyReader(1000);
  const results: unknown[] = [];
  const server = createServer(async (request, response) => {
    const body = await readBody(request, 1000);
    results.push(String(body));
    if (typeof body !== 'string' || body !== 'gone') response.end('ok');
    server.emit('read');
  });
  const port = await listenHere(server);
  const read = once(server, 'read');
  const socket = open(port);
  socket.write(`POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 999\r\n\r\n${'x'.repeat(900)}`);
  await once(server, 'request');
  socket.destroy();
  await read;
  expect(results).toEqual(['gone']);
  const again = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: 'y'.repeat(900) });
  expect(again.status).toBe(200);
});
