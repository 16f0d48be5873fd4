import { groupOf, joinJobs, keyOf, pauseBefore, rankOf } from '../flows/job.ts';
import type { Job, Jobs } from '../flows/ports.ts';

/** How jobs run, and how often a failed job is retried. */
export interface MemoryJobsOptions {
  readonly run: (job: Job) => Promise<void>;
  readonly log: { warn(data: object, message: string): void; error(data: object, message: string): void };
  readonly retryDelays?: readonly number[]; // ms; after the last one a job is not retried
  readonly concurrency?: number;
}

/** A waiting job, and how often it has failed. */
interface WaitingJob {
  readonly job: Job;
  readonly failures: number;
  readonly since: number; // when the first of those that it stands for came, by performance.now()
  readonly from: number; // not before that time
}

// Maximum delay of a timer: Node runs a longer one at once. A job that runs too early finds nothing due.
const MAX_DELAY = 2 ** 31 - 1; // ms

/** A queue in memory. The next sweep finds the work of jobs that are lost with the process. */
export function memoryJobs({
  run,
  log,
  retryDelays = [1_000, 10_000, 60_000],
  concurrency = 4,
}: MemoryJobsOptions): Jobs {
  const waiting = new Map<string, WaitingJob>(); // in order of arrival
  const running = new Map<string, Promise<void>>();
  const writing = new Set<string>(); // groups with a running job
  const retries = new Map<string, { readonly turn: WaitingJob; readonly timer: NodeJS.Timeout }>();
  const later = new Map<string, { readonly job: Job; readonly due: number; readonly timer: NodeJS.Timeout }>();
  const whenIdle: (() => void)[] = [];
  let early: NodeJS.Timeout | undefined; // for those that wait for others to join them
  let closed = false;

  function wait(key: string, turn: WaitingJob): void {
    const before = waiting.get(key) ?? retries.get(key)?.turn;
    clearTimeout(retries.get(key)?.timer);
    retries.delete(key);
    const since = before?.since ?? turn.since;
    const from = Math.min(turn.from, since + pauseBefore(turn.job).most);
    waiting.set(key, { ...turn, since, from, job: joinJobs(before?.job, turn.job) }); // a waiting job keeps its place
    queueMicrotask(startWaiting); // deferred, so that equal jobs of one delivery become one
  }

  function startWaiting(): void {
    clearTimeout(early);
    const now = performance.now();
    let next = MAX_DELAY;
    const inOrder = [...waiting].sort(([, one], [, other]) => rankOf(one.job) - rankOf(other.job));
    for (const [key, turn] of inOrder) {
      if (running.size >= concurrency) return;
      const group = groupOf(turn.job);
      if (running.has(key) || (group !== undefined && writing.has(group))) continue;
      if (turn.from > now) {
        next = Math.min(next, turn.from - now);
        continue;
      }
      waiting.delete(key);
      if (group !== undefined) writing.add(group);
      running.set(key, start(key, turn));
    }
    if (next < MAX_DELAY) early = setTimeout(startWaiting, next).unref(); // a timer may come too early, and sets another
    if (isIdle()) for (const resolve of whenIdle.splice(0)) resolve();
  }

  async function start(key: string, turn: WaitingJob): Promise<void> {
    await null; // until `running` contains it
    try {
      await run(turn.job);
    } catch (error) {
      handleFailure(key, turn, error);
    }
    running.delete(key);
    writing.delete(groupOf(turn.job) ?? '');
    startWaiting();
  }

  function handleFailure(key: string, { job, failures }: WaitingJob, err: unknown): void {
    const delay = retryDelays[failures];
    if (closed || delay === undefined) {
      log.error({ job: keyOf(job), err, failures: failures + 1 }, 'job failed; the next sweep takes it up');
      return;
    }
    log.warn({ job: keyOf(job), err, failures: failures + 1, delay }, 'job failed and will be retried');
    const again = waiting.get(key)?.job;
    waiting.delete(key); // enqueued again in the meantime: that becomes the retry
    const turn = { job: again ? joinJobs(job, again) : job, failures: failures + 1, since: 0, from: 0 };
    retries.set(key, { turn, timer: setTimeout(() => wait(key, turn), delay).unref() });
  }

  function isIdle(): boolean {
    return waiting.size === 0 && running.size === 0 && retries.size === 0;
  }

  return {
    enqueue(job) {
      const since = performance.now();
      if (!closed) wait(keyOf(job), { job, failures: 0, since, from: since + pauseBefore(job).each });
    },

    enqueueLater(job, seconds) {
      if (closed) return;
      const key = keyOf(job);
      const before = later.get(key);
      clearTimeout(before?.timer);
      const now = performance.now();
      const due = Math.min(before?.due ?? Number.POSITIVE_INFINITY, now + seconds * 1000);
      const joined = joinJobs(before?.job, job);
      const timer = setTimeout(
        () => {
          later.delete(key);
          wait(key, { job: joined, failures: 0, since: 0, from: 0 });
        },
        Math.min(due - now, MAX_DELAY),
      );
      later.set(key, { job: joined, due, timer: timer.unref() });
    },

    async idle() {
      if (!isIdle()) await new Promise<void>((resolve) => whenIdle.push(resolve));
    },

    async close() {
      closed = true;
      waiting.clear();
      for (const { timer } of [...retries.values(), ...later.values()]) clearTimeout(timer);
      retries.clear();
      later.clear();
      clearTimeout(early);
      await Promise.all(running.values());
      startWaiting();
    },
  };
}
