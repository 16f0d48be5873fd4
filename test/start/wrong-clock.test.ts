import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startApp } from '../../src/start/app.ts';
import { type AnyJson, startFixture } from '../sandbox/fixture.ts';
import { startHeaderProxy } from '../support/header-proxy.ts';

const AHEAD = 5 * 24 * 3_600_000; // ms; longer than a command waits for its answer

test('a clock that is five days ahead: the sweep finds the command of a minute ago, and the log says what is wrong', async () => {
  const fixture = await startFixture({ clock: () => new Date(Date.now() - AHEAD) });
  await fixture.sandbox.openSeededPull();
  await fixture.repo('writer', 'POST /issues/1/comments', { body: '/status' });
  const behind = await startHeaderProxy(fixture.sandbox.url, () => ({
    date: new Date(Date.now() - AHEAD).toUTCString(),
  }));
  const lines: string[] = [];
  const app = await startApp({
    credentials: fixture.sandbox.app,
    apiUrl: `${behind}/api/v3`,
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
  expect(lines.filter((line) => line.includes("clock differs from GitHub's"))).toHaveLength(1);
});
