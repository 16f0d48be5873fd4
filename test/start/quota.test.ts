import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { REVIEW_MARKER } from '../../src/core/report/comment.ts';
import { startApp } from '../../src/start/app.ts';
import { type AnyJson, startFixture } from '../sandbox/fixture.ts';
import { startHeaderProxy } from '../support/header-proxy.ts';

/** An App on a sandbox where so many requests of 5,000 are left, with a pull request and a command on it. */
async function askWith(remaining: number) {
  const fixture = await startFixture();
  const lines: string[] = [];
  const scarce = await startHeaderProxy(fixture.sandbox.url, () => ({ 'x-ratelimit-remaining': `${remaining}` }));
  const app = await startApp({
    credentials: fixture.sandbox.app,
    apiUrl: `${scarce}/api/v3`,
    port: 0,
    host: '127.0.0.1',
    about: '',
    log: pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) }),
  });
  onTestFinished(() => app.close());
  await app.idle(); // its first sweep tells how much is left
  fixture.sandbox.deliverTo(app.webhookUrl);
  await fixture.sandbox.openSeededPull();
  await fixture.repo('writer', 'POST /issues/1/comments', { body: '/status' });
  const comments = async (): Promise<readonly string[]> => {
    const listed: readonly AnyJson[] = await fixture.repo('reader', 'GET /issues/1/comments');
    return listed.flatMap(({ body, user }) => (user.login === 'coalmine[bot]' ? [body] : []));
  };
  const answers = async () => (await comments()).filter((body) => !body.startsWith(REVIEW_MARKER));
  await vi.waitFor(async () => expect(await answers()).toHaveLength(1), { timeout: 20_000 });
  await app.idle();
  return { reviews: (await comments()).length - 1, waits: lines.filter((line) => line.includes('job postponed')) };
}

test('with less than a tenth of the quota left, commands are answered and reviews wait', async () => {
  const { reviews, waits } = await askWith(499);
  expect(reviews).toBe(0);
  expect(waits).toEqual([expect.stringContaining('review/canary/shop/1')]);
});

test('with a tenth of it left, both are done', async () => {
  expect(await askWith(500)).toEqual({ reviews: 1, waits: [] });
});
