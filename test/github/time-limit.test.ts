import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { CoalmineOctokit } from '../../src/github/octokit.ts';
import { fetchWithin } from '../../src/github/time-limit.ts';

const LIMIT = 150; // ms
const ANSWER = JSON.stringify({ id: 1, full_name: 'canary/shop' });
let clients = 0;

async function addressOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A server that answers requests one after the other in these ways, and with the last one from then on. */
async function startServer(...ways: readonly ((response: ServerResponse) => void)[]) {
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume();
    ways[Math.min(asked, ways.length - 1)]?.(response);
    asked += 1;
  });
  const url = await addressOf(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url, asked: () => asked };
}

function client(baseUrl: string, retries = 3) {
  clients += 1;
  return new CoalmineOctokit({
    auth: { token: 'test' },
    baseUrl,
    throttle: { id: `limit ${clients}` },
    retry: { retries, retryAfterBaseValue: 1 },
    request: { fetch: fetchWithin(LIMIT) },
  });
}

const well = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
};
const hanging = (): void => {};
const slow = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
  const timer = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(timer));
};
const cutShort = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': ANSWER.length });
  response.write(ANSWER.slice(0, 9), () => response.destroy());
};
const cutChunk = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(ANSWER.slice(0, 9), () => response.destroy());
};
const closedEarly = (response: ServerResponse): void => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json; charset=utf-8\r\nconnection: close\r\n\r\n';
  response.socket?.end(`${head}${ANSWER.slice(0, 9)}`); // no length, no chunks: the end of the connection is the end
};
const neverEnds = (response: ServerResponse): void => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(ANSWER);
};

const WAYS = { hanging, slow, cutShort, cutChunk, closedEarly, neverEnds };

test.each(Object.entries(WAYS))('a lost answer (%s) is asked for again', async (_, way) => {
  const { url, asked } = await startServer(way, well);
  const { data } = await client(url).rest.repos.get({ owner: 'canary', repo: 'shop' });
  expect(data).toMatchObject({ full_name: 'canary/shop' });
  expect(asked()).toBe(2);
});

test.each(Object.entries(WAYS))(
  'answers that are lost each time (%s) are a failure in a short time',
  async (_, way) => {
    const { url } = await startServer(way);
    const before = performance.now();
    await expect(client(url, 1).rest.repos.get({ owner: 'canary', repo: 'shop' })).rejects.toMatchObject({
      status: 500,
    });
    expect(performance.now() - before).toBeLessThan(20 * LIMIT);
  },
);

test('says how long it waited', async () => {
  const { url } = await startServer(hanging);
  await expect(client(url, 0).rest.repos.get({ owner: 'canary', repo: 'shop' })).rejects.toThrow(
    'no complete answer within 0.15 s',
  );
});

test('a server that takes connections and says nothing', async () => {
  const sockets: Socket[] = [];
  const server = createSocketServer({ allowHalfOpen: true }, (socket) => void sockets.push(socket.resume()));
  const url = await addressOf(server);
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await expect(client(url, 0).rest.repos.get({ owner: 'canary', repo: 'shop' })).rejects.toThrow('no complete answer');
});

test('an error is handed on with its status, and an empty answer is one', async () => {
  const { url } = await startServer(
    (response) => response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}'),
    (response) => response.writeHead(204).end(),
  );
  const octokit = client(url);
  await expect(octokit.rest.repos.get({ owner: 'canary', repo: 'shop' })).rejects.toMatchObject({ status: 404 });
  const gone = await octokit.rest.git.deleteRef({ owner: 'canary', repo: 'shop', ref: 'heads/gone' });
  expect(gone).toMatchObject({ status: 204, url: expect.stringContaining('/git/refs/heads') });
});
