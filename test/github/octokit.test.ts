import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CoalmineOctokit } from '../../src/github/octokit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client of an installation, with what it sent so far. */
function client(id: string, answers: readonly Response[] = [], baseUrl?: string) {
  const queue = [...answers];
  let sent = 0;
  const fetch = async (): Promise<Response> => {
    sent += 1;
    return queue.shift() ?? Response.json({ id: sent }, { status: 201 });
  };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const octokit = new CoalmineOctokit({
    auth: { token: 'test' },
    throttle: { id },
    request: { fetch },
    log,
    ...(baseUrl === undefined ? {} : { baseUrl }),
  });
  const comment = () =>
    octokit.rest.issues.createComment({ owner: 'canary', repo: 'shop', issue_number: 1, body: 'Hi' });
  const commit = () =>
    octokit.rest.git.createCommit({ owner: 'canary', repo: 'shop', message: 'm', tree: 't', parents: [] });
  return { comment, commit, sent: () => sent };
}

test.each([
  ['comment', 20, 2],
  ['commit', 60, 3],
] as const)('%ss at once as long as there are few, then at the rate that GitHub takes', async (what, few, more) => {
  const one = client(`one ${what}`);
  const other = client(`other ${what}`);
  const all = Array.from({ length: few + 2 * more }, () => one[what]());
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.sent()).toBe(few);
  const another = other[what]();
  await vi.advanceTimersByTimeAsync(100);
  expect(other.sent()).toBe(1);
  await vi.advanceTimersByTimeAsync(2000);
  expect(one.sent()).toBe(few + more);
  await vi.advanceTimersByTimeAsync(2000);
  expect(one.sent()).toBe(few + 2 * more);
  await Promise.all([...all, another]);
});

test.each([
  ['https://api.shop.ghe.com', 20],
  ['https://github.example.com/api/v3', 50],
  ['http://127.0.0.1:3001/api/v3', 50],
  ['https://api.github.com.example.com', 50],
])('waits for what GitHub itself takes, and not where it runs elsewhere: %s', async (baseUrl, at) => {
  const { comment, sent } = client(baseUrl, [], baseUrl);
  const comments = Array.from({ length: 50 }, comment);
  await vi.advanceTimersByTimeAsync(1000);
  expect(sent()).toBe(at);
  await vi.advanceTimersByTimeAsync(60_000);
  await Promise.all(comments);
});

test.each([404, 405, 409, 422, 501])('takes %i for an answer', async (status) => {
  const { comment, sent } = client(`final ${status}`, [Response.json({ message: 'no' }, { status })]);
  const refused = expect(comment()).rejects.toMatchObject({ status });
  await vi.advanceTimersByTimeAsync(60_000);
  await refused;
  expect(sent()).toBe(1);
});

test('tries again after a server error', async () => {
  const { comment, sent } = client('again', [Response.json({ message: 'oops' }, { status: 502 })]);
  const written = comment();
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await written).status).toBe(201);
  expect(sent()).toBe(2);
});

test('waits once as long as a secondary rate limit asks for', async () => {
  const limit = () =>
    Response.json(
      { message: 'You have exceeded a secondary rate limit' },
      { status: 403, headers: { 'retry-after': '30' } },
    );
  const { comment, sent } = client('limited', [limit(), limit()]);
  const refused = expect(comment()).rejects.toMatchObject({ status: 403 });
  await vi.advanceTimersByTimeAsync(29_000);
  expect(sent()).toBe(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(sent()).toBe(2);
  await vi.advanceTimersByTimeAsync(120_000);
  await refused;
  expect(sent()).toBe(2);
});
