import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CoalmineOctokit } from '../../src/github/octokit.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client of an installation, with what it sent so far. */
function client(id: string, answers: readonly Response[] = []) {
  const queue = [...answers];
  let sent = 0;
  const fetch = async (): Promise<Response> => {
    sent += 1;
    return queue.shift() ?? Response.json({ id: sent }, { status: 201 });
  };
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const octokit = new CoalmineOctokit({ auth: { token: 'test' }, throttle: { id }, request: { fetch }, log });
  const comment = () =>
    octokit.rest.issues.createComment({ owner: 'canary', repo: 'shop', issue_number: 1, body: 'Hi' });
  return { comment, sent: () => sent };
}

test('writes at once as long as there are few, then at the rate that GitHub takes', async () => {
  const one = client('one');
  const other = client('other');
  const comments = Array.from({ length: 22 }, one.comment);
  await vi.advanceTimersByTimeAsync(100);
  expect(one.sent()).toBe(20);
  const another = other.comment();
  await vi.advanceTimersByTimeAsync(100);
  expect(other.sent()).toBe(1);
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.sent()).toBe(21);
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.sent()).toBe(22);
  await Promise.all([...comments, another]);
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
