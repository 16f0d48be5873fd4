import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLimiters, createRetrier } from '../../src/github/pace.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('does so many at once, each key apart', async () => {
  const limiters = createLimiters({ atOnce: 2 });
  const open: (() => void)[] = [];
  const started: string[] = [];
  const act = (name: string) => {
    started.push(name);
    return new Promise<void>((resolve) => open.push(resolve));
  };
  const all = ['a', 'b', 'c'].map((name) => limiters.key('one').schedule({}, act, name));
  all.push(limiters.key('other').schedule({}, act, 'd'));
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual(['a', 'b', 'd']);
  for (const end of open) end();
  await vi.advanceTimersByTimeAsync(0);
  expect(started).toEqual(['a', 'b', 'd', 'c']);
  open.at(-1)?.();
  await Promise.all(all);
});

test('makes room for the next after a failure, and hands it on', async () => {
  const one = createLimiters({ atOnce: 1 }).key('one');
  const fails = expect(one.schedule({}, () => Promise.reject(new Error('lost')))).rejects.toThrow('lost');
  expect(await one.schedule({}, async () => 7)).toBe(7);
  await fails;
});

test.each([-6, 6])('a clock that jumps by %i hours neither stops it nor lets more through', async (hours) => {
  const one = createLimiters({ atOnce: 1, burst: 2, perMinute: 60 }).key('one');
  let done = 0;
  const act = async () => void done++;
  const all = [one.schedule({}, act), one.schedule({}, act)];
  await vi.advanceTimersByTimeAsync(0);
  vi.setSystemTime(Date.now() + hours * 3_600_000);
  all.push(...[1, 2, 3].map(() => one.schedule({}, act)));
  all.push(one.schedule({ weight: 0 }, act)); // keeps its place
  await vi.advanceTimersByTimeAsync(1_900);
  expect(done).toBe(2);
  await vi.advanceTimersByTimeAsync(200);
  expect(done).toBe(4);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(done).toBe(6);
  await Promise.all(all);
});

test('tries again when it is told to, and fails when it is not', async () => {
  const retrier = createRetrier();
  const seen: number[] = [];
  retrier.on('failed', async (_, { args, retryCount }) => {
    expect(args).toEqual(['x']);
    seen.push(retryCount);
    return retryCount < 2 ? 1_000 : undefined;
  });
  const refused = expect(retrier.schedule((name: string) => Promise.reject(new Error(name)), 'x')).rejects.toThrow('x');
  await vi.advanceTimersByTimeAsync(2_000);
  await refused;
  expect(seen).toEqual([0, 1, 2]);
});
