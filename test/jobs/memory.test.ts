import { afterEach, describe, expect, test, vi } from 'vitest';
import { memoryJobs } from '../../src/jobs/memory.ts';
import { createRuns, describeJobs, fluxEvents, publish, reviewOf } from './queue.ts';

const quiet = { warn: () => {}, error: () => {} };

describeJobs('jobs in memory', async (run, concurrency) =>
  memoryJobs({ run, concurrency, log: quiet, retryDelays: [0, 0, 0] }),
);

describe('retries in memory', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  function start() {
    vi.useFakeTimers();
    const runs = createRuns();
    const logged: string[] = [];
    const log = {
      warn: (_: object, message: string) => void logged.push(`warn: ${message}`),
      error: (_: object, message: string) => void logged.push(`error: ${message}`),
    };
    return { ...runs, logged, jobs: memoryJobs({ run: runs.run, log, retryDelays: [1_000, 10_000] }) };
  }

  test('come after the delays, and end with the last', async () => {
    const { jobs, next, untaken, logged } = start();
    jobs.enqueue(publish);
    for (const delay of [1_000, 10_000]) {
      (await next()).fail();
      await vi.advanceTimersByTimeAsync(delay - 1);
      expect(untaken()).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
    }
    (await next()).fail();
    await jobs.idle();
    expect(vi.getTimerCount()).toBe(0);
    const again = 'warn: job failed and will be retried';
    expect(logged).toEqual([again, again, 'error: job failed; the next sweep takes it up']);
  });

  test('bring along what they are about when more comes before their time', async () => {
    const { jobs, next } = start();
    const [one, two] = [fluxEvents('one'), fluxEvents('two')];
    jobs.enqueue(one);
    await vi.advanceTimersByTimeAsync(400);
    (await next()).fail();
    await vi.advanceTimersByTimeAsync(500);
    jobs.enqueue(two);
    await vi.advanceTimersByTimeAsync(400);
    const both = await next();
    expect(both.job).toEqual({ ...one, events: [...one.events, ...two.events] });
    both.succeed();
    await jobs.idle();
  });

  test('are not waited for when the job is enqueued again, and start over', async () => {
    const { jobs, next, untaken } = start();
    jobs.enqueue(publish);
    (await next()).fail();
    await vi.advanceTimersByTimeAsync(500);
    jobs.enqueue(publish);
    (await next()).fail();
    await vi.advanceTimersByTimeAsync(999);
    expect(untaken()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    (await next()).succeed();
    await jobs.idle();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('stand for what was enqueued while the job ran into its failure', async () => {
    const { jobs, next, untaken } = start();
    jobs.enqueue(publish);
    const first = await next();
    jobs.enqueue(publish);
    first.fail();
    await vi.advanceTimersByTimeAsync(999);
    expect(untaken()).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    (await next()).succeed();
    await jobs.idle();
    expect(untaken()).toBe(0);
  });

  test('hold up no other job', async () => {
    const { jobs, next } = start();
    jobs.enqueue(publish);
    (await next()).fail();
    jobs.enqueue(reviewOf(1));
    (await next()).succeed();
    await jobs.close();
  });

  test('end when the queue is closed, even for what fails afterwards', async () => {
    const { jobs, next, untaken, logged } = start();
    jobs.enqueue(publish);
    (await next()).fail();
    jobs.enqueue(reviewOf(1));
    const running = await next();
    const closed = jobs.close();
    running.fail();
    await closed;
    await jobs.idle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(untaken()).toBe(0);
    expect(logged.at(-1)).toMatch('error');
  });
});

test('runs equal jobs of one moment once', async () => {
  const { run, next, untaken } = createRuns();
  const jobs = memoryJobs({ run, log: quiet });
  jobs.enqueue(publish);
  jobs.enqueue(publish);
  (await next()).succeed();
  await jobs.idle();
  expect(untaken()).toBe(0);
});

describe('what comes in bursts', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is one job: it waits for more, but not for long', async () => {
    vi.useFakeTimers();
    const { run, next, untaken } = createRuns();
    const jobs = memoryJobs({ run, log: quiet });
    const events = Array.from({ length: 8 }, (_, index) => fluxEvents(`${index}`));
    for (const each of events.slice(0, 5)) {
      jobs.enqueue(each);
      await vi.advanceTimersByTimeAsync(300);
      expect(untaken()).toBe(each === events[4] ? 1 : 0); // a second and a half after the first
    }
    const first = await next();
    expect(first.job).toMatchObject({ events: events.slice(0, 5).flatMap((each) => each.events) });
    jobs.enqueue(publish); // nothing else waits with them
    expect((await next()).job).toEqual(publish);
    for (const each of events.slice(5)) jobs.enqueue(each);
    await vi.advanceTimersByTimeAsync(500);
    expect(untaken()).toBe(0); // the one before still runs
    first.succeed();
    const second = await next();
    expect(second.job).toMatchObject({ events: events.slice(5).flatMap((each) => each.events) });
    second.succeed();
  });

  test('is not forgotten, and not waited for by whoever closes', async () => {
    vi.useFakeTimers();
    const { run, untaken } = createRuns();
    const jobs = memoryJobs({ run, log: quiet });
    jobs.enqueue(fluxEvents('one'));
    const idle = vi.fn();
    jobs.idle().then(idle);
    await vi.advanceTimersByTimeAsync(399);
    expect([untaken(), idle.mock.calls.length]).toEqual([0, 0]);
    await jobs.close();
    expect([untaken(), vi.getTimerCount()]).toEqual([0, 0]);
  });
});
