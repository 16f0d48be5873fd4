import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Job, Jobs } from '../../src/flows/ports.ts';

/** Makes an empty queue that runs at most `concurrency` jobs at once, and tries failed ones again without much delay. */
export type QueueFactory = (run: (job: Job) => Promise<void>, concurrency: number) => Promise<Jobs>;

/** A run that a test ends. */
export interface Run {
  readonly job: Job;
  succeed(): void;
  fail(): void;
}

/** The runs of a queue, in the order in which they start; each only once. */
export interface Runs {
  readonly run: (job: Job) => Promise<void>;
  next(): Promise<Run>;
  /** Number of started jobs that no call of `next` returned yet. */
  readonly untaken: () => number;
}

export function createRuns(): Runs {
  const started: Run[] = [];
  const wanted: ((run: Run) => void)[] = [];
  return {
    run: (job) =>
      new Promise((resolve, reject) => {
        const run = { job, succeed: resolve, fail: () => reject(new Error('told to fail')) };
        const give = wanted.shift();
        if (give) give(run);
        else started.push(run);
      }),
    next: () => {
      const run = started.shift();
      return run ? Promise.resolve(run) : new Promise((give) => wanted.push(give));
    },
    untaken: () => started.length,
  };
}

function repositoryOf(name: string) {
  return { installation: 1, owner: 'canary', name };
}

export function reviewOf(pull: number, name = 'shop'): Job {
  return { kind: 'review', repository: repositoryOf(name), pull };
}

function commandOf(comment: number, name = 'shop'): Job {
  return { kind: 'command', repository: repositoryOf(name), pull: 1, comment };
}

export const publish: Job = { kind: 'publish', repository: repositoryOf('shop') };
const sweep: Job = { kind: 'sweep', repository: repositoryOf('shop') };

type FluxJob = Extract<Job, { kind: 'flux-events' }>;

export function fluxEvents(message: string): FluxJob {
  const event = {
    by: 'flux',
    kustomization: { namespace: 'echo', name: 'echo-routes' },
    revision: { sha: 'a'.repeat(40) },
    outcome: 'applied',
    reason: 'ReconciliationSucceeded',
    message,
    cluster: 'default',
    at: '2026-05-04T12:00:00.000Z',
  } as const;
  return { kind: 'flux-events', repository: repositoryOf('shop'), events: [event] };
}

/** What every queue must do. */
export function describeJobs(name: string, create: QueueFactory): void {
  async function start(concurrency = 4): Promise<Runs & { jobs: Jobs }> {
    const runs = createRuns();
    const jobs = await create(runs.run, concurrency);
    onTestFinished(() => jobs.close());
    return { ...runs, jobs };
  }

  describe(name, () => {
    test('runs one job at a time that writes to the branches of a repository, and others beside it', async () => {
      const { jobs, next, untaken } = await start();
      [commandOf(1), publish, commandOf(2), reviewOf(1), commandOf(1, 'bank')].forEach(jobs.enqueue);
      const [first, elsewhere, review] = [await next(), await next(), await next()];
      expect([first, elsewhere, review].map(({ job }) => job)).toEqual([
        commandOf(1),
        commandOf(1, 'bank'),
        reviewOf(1),
      ]);
      review.succeed();
      expect(untaken()).toBe(0);
      first.fail(); // and blocks no other job until its retry
      const second = await next();
      expect(second.job).toEqual(commandOf(2)); // a person waits for it: before what came sooner
      expect(untaken()).toBe(0);
      second.succeed();
      const third = await next();
      expect([commandOf(1), publish]).toContainEqual(third.job);
      third.succeed();
      (await next()).succeed();
      elsewhere.succeed();
      await jobs.idle();
      expect(untaken()).toBe(0);
    });

    test('runs different jobs at once, and says when it is idle', async () => {
      const { jobs, next } = await start();
      const all = [reviewOf(1), reviewOf(2), reviewOf(1, 'bank'), publish];
      all.forEach(jobs.enqueue);
      const runs = [await next(), await next(), await next(), await next()];
      expect(runs.map(({ job }) => job)).toEqual(expect.arrayContaining(all));
      let idle = false;
      const whenIdle = jobs.idle().then(() => {
        idle = true;
      });
      for (const run of runs) {
        expect(idle).toBe(false);
        run.succeed();
      }
      await whenIdle;
      await jobs.idle();
    });

    test('takes a waiting job only once', async () => {
      const { jobs, next, untaken } = await start(1);
      jobs.enqueue(sweep);
      const first = await next();
      jobs.enqueue(publish);
      jobs.enqueue(publish);
      first.succeed();
      const second = await next();
      expect(second.job).toEqual(publish);
      second.succeed();
      await jobs.idle();
      expect(untaken()).toBe(0);
    });

    test('runs a running job once more afterwards, never beside itself', async () => {
      const { jobs, next, untaken } = await start();
      jobs.enqueue(publish);
      const first = await next();
      jobs.enqueue(publish);
      jobs.enqueue(publish);
      jobs.enqueue(sweep);
      const beside = await next();
      expect(beside.job).toEqual(sweep);
      beside.succeed();
      expect(untaken()).toBe(0);
      first.succeed();
      const again = await next();
      expect(again.job).toEqual(publish);
      again.succeed();
      await jobs.idle();
      expect(untaken()).toBe(0);
    });

    test('runs only so many at once, first come, first served', async () => {
      const { jobs, next, untaken } = await start(2);
      for (const pull of [1, 2, 3, 4]) jobs.enqueue(reviewOf(pull));
      const runs = [await next(), await next()];
      expect(runs.map(({ job }) => job)).toEqual([reviewOf(1), reviewOf(2)]);
      expect(untaken()).toBe(0);
      runs[1]?.succeed();
      const third = await next();
      expect(third.job).toEqual(reviewOf(3));
      third.succeed();
      (await next()).succeed();
      runs[0]?.succeed();
      await jobs.idle();
    });

    test('tries a failed job again, and is not idle before that', async () => {
      const { jobs, next } = await start();
      jobs.enqueue(publish);
      (await next()).fail();
      let idle = false;
      const whenIdle = jobs.idle().then(() => {
        idle = true;
      });
      const again = await next();
      expect(again.job).toEqual(publish);
      expect(idle).toBe(false);
      again.succeed();
      await whenIdle;
    });

    test('what Flux says while a job waits, runs or is to be tried again is not lost, and is one job', async () => {
      const { jobs, next, untaken } = await start(1);
      const [one, two, three] = ['one', 'two', 'three'].map(fluxEvents) as [FluxJob, FluxJob, FluxJob];
      jobs.enqueue(sweep);
      const before = await next();
      jobs.enqueue(one);
      jobs.enqueue(two);
      before.succeed();
      const first = await next();
      expect(first.job).toEqual({ ...one, events: [...one.events, ...two.events] });
      jobs.enqueue(three);
      first.fail();
      const again = await next();
      expect(again.job).toEqual({ ...one, events: [...one.events, ...two.events, ...three.events] });
      again.succeed();
      await jobs.idle();
      expect(untaken()).toBe(0);
    });

    test('runs a job of a later time then, the earliest of equal ones, with what all of them bring', async () => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const { jobs, next, untaken } = await start();
      const [one, two, three] = ['one', 'two', 'three'].map(fluxEvents) as [FluxJob, FluxJob, FluxJob];
      jobs.enqueueLater(one, 60);
      await vi.advanceTimersByTimeAsync(10_000);
      jobs.enqueueLater(two, 20);
      jobs.enqueueLater(publish, 21);
      jobs.enqueueLater(three, 90);
      await vi.advanceTimersByTimeAsync(19_999);
      expect(untaken()).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      const first = await next();
      expect(first.job).toEqual({ ...one, events: [...one.events, ...two.events, ...three.events] });
      first.succeed();
      await vi.advanceTimersByTimeAsync(999);
      expect(untaken()).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      const other = await next();
      expect(other.job).toEqual(publish);
      other.succeed();
      await vi.advanceTimersByTimeAsync(600_000);
      expect(untaken()).toBe(0);
      jobs.enqueueLater(publish, 5); // as good as new
      await vi.advanceTimersByTimeAsync(4_999);
      expect(untaken()).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      (await next()).succeed();
    });

    test('is idle while a job only waits for its time, and enqueueing it now leaves that time', async () => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const { jobs, next, untaken } = await start();
      jobs.enqueueLater(publish, 60);
      await jobs.idle();
      jobs.enqueue(publish);
      (await next()).succeed();
      await jobs.idle();
      await vi.advanceTimersByTimeAsync(59_999);
      expect(untaken()).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      (await next()).succeed();
      await jobs.idle();
    });

    test('keeps a job of a distant time back, and none once it is closed', async () => {
      vi.useFakeTimers();
      onTestFinished(() => void vi.useRealTimers());
      const { jobs, untaken } = await start();
      jobs.enqueueLater(publish, 60 * 24 * 3600);
      await vi.advanceTimersByTimeAsync(1000);
      expect(untaken()).toBe(0);
      jobs.enqueueLater(reviewOf(1), 60);
      await jobs.close();
      jobs.enqueueLater(reviewOf(2), 60);
      await vi.advanceTimersByTimeAsync(120_000);
      expect(untaken()).toBe(0);
    });

    test('closes when what is running has ended, and takes nothing on afterwards', async () => {
      const { jobs, next, untaken } = await start(1);
      jobs.enqueue(publish);
      const running = await next();
      jobs.enqueue(reviewOf(1));
      let closed = false;
      const whenClosed = jobs.close().then(() => {
        closed = true;
      });
      jobs.enqueue(reviewOf(2));
      await Promise.resolve();
      expect(closed).toBe(false);
      running.succeed();
      await whenClosed;
      expect(untaken()).toBe(0);
    });
  });
}
