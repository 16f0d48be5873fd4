import { once } from 'node:events';
import { createServer, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startApp } from '../../src/start/app.ts';
import { type AnyJson, startFixture } from '../sandbox/fixture.ts';

const AHEAD = 5 * 24 * 3_600_000; // ms; longer than a command waits for its answer

/** A door to the sandbox whose answers are dated by a clock that is behind. */
async function startDoor(target: string): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const passed = openRequest(`${target}${url}`, { method, headers: { ...headers, host: new URL(target).host } });
    passed.on('response', (answer) => {
      const date = new Date(Date.now() - AHEAD).toUTCString();
      outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a clock that is five days ahead: the sweep finds the command of a minute ago, and the log says what is wrong', async () => {
  const fixture = await startFixture({ clock: () => new Date(Date.now() - AHEAD) });
  await fixture.sandbox.openSeededPull();
  await fixture.repo('writer', 'POST /issues/1/comments', { body: '/status' });
  const lines: string[] = [];
  const app = await startApp({
    credentials: fixture.sandbox.app,
    apiUrl: `${await startDoor(fixture.sandbox.url)}/api/v3`,
    port: 0,
    host: '127.0.0.1',
    about: '',
    log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
  });
  onTestFinished(() => app.close());
  await vi.waitFor(
    async () => {
      const comments: readonly AnyJson[] = await fixture.repo('reader', 'GET /issues/1/comments');
      const ours = comments.filter(({ body, user }) => user.login === 'coalmine[bot]' && /echo/.test(body));
      expect(ours.length).toBeGreaterThan(1); // the review, and the answer
    },
    { timeout: 20_000 },
  );
  expect(lines.filter((line) => line.includes("clock is not GitHub's"))).toHaveLength(1);
});
