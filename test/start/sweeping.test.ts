import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startSweeping } from '../../src/start/sweeping.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('sweeps at once and every five minutes, sooner after a failure, until it is stopped', async () => {
  const sweep = vi.fn<() => Promise<void>>(async () => undefined);
  sweep.mockRejectedValueOnce(new Error('no answer'));
  const log = { error: vi.fn<(data: object, message: string) => void>() };
  const sweeper = startSweeping(sweep, log);
  await sweeper.first;
  expect(sweep).toHaveBeenCalledTimes(1);
  expect(log.error).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(sweep).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(299_999);
  expect(sweep).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(sweep).toHaveBeenCalledTimes(3);
  await sweeper.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(sweep).toHaveBeenCalledTimes(3);
});

test('a stop waits for the sweep that is under way, and none follows it', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const sweep = vi.fn<() => Promise<void>>(() => promise);
  const sweeper = startSweeping(sweep, { error: () => undefined });
  const stopped = sweeper.stop();
  resolve();
  await stopped;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(sweep).toHaveBeenCalledTimes(1);
});
