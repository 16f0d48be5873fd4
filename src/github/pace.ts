// Octokit's plugins use the library Bottleneck, which depends on this machine's clock: if that jumps back by an hour, every
// request waits for an hour. These limiters have the part of its interface that the throttling plugin uses.

/** A rate of requests. */
export interface Pace {
  readonly atOnce: number;
  readonly burst?: number; // maximum number without waiting; none: no limit
  readonly perMinute?: number; // how fast the burst refills
}

interface ScheduleOptions {
  readonly weight?: number; // 0: does not count against the burst
}

/** Runs functions at a limited rate. */
interface Limiter {
  schedule<A extends unknown[], T>(options: ScheduleOptions, act: (...args: A) => Promise<T>, ...args: A): Promise<T>;
}

/** One limiter per key, all with the same rate. */
export interface Limiters {
  key(id: string): Limiter;
}

const STEP = 2_000; // ms between refills of a burst

export function createLimiters(pace: Pace): Limiters {
  const limiters = new Map<string, Limiter>();
  return {
    key(id) {
      const limiter = limiters.get(id) ?? createLimiter(pace);
      limiters.set(id, limiter);
      return limiter;
    },
  };
}

function createLimiter({ atOnce, burst = Number.POSITIVE_INFINITY, perMinute = 0 }: Pace): Limiter {
  const waiting: { readonly weight: number; start(): void }[] = [];
  let running = 0;
  let left = burst;
  let filled = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function fill(): void {
    const steps = Math.floor((performance.now() - filled) / STEP);
    filled += steps * STEP;
    left = Math.min(burst, left + (steps * perMinute * STEP) / 60_000);
  }

  function startWaiting(): void {
    fill();
    for (let next = waiting[0]; next && running < atOnce && left >= next.weight; next = waiting[0]) {
      waiting.shift();
      running += 1;
      left -= next.weight;
      next.start();
    }
    if (waiting.length > 0 && running < atOnce) {
      clearTimeout(timer);
      timer = setTimeout(startWaiting, filled + STEP - performance.now());
    }
  }

  return {
    async schedule({ weight = 1 }, act, ...args) {
      await new Promise<void>((resolve) => {
        waiting.push({ weight, start: resolve });
        startWaiting();
      });
      try {
        return await act(...args);
      } finally {
        running -= 1;
        startWaiting();
      }
    },
  };
}

/** Decides after a failure: the milliseconds to wait before a retry, or undefined for none. */
type OnFailed = (
  error: unknown,
  info: { readonly args: readonly unknown[]; readonly retryCount: number },
) => Promise<number | undefined>;

/** Creates a runner that retries a failed function if its listener says when. */
export function createRetrier() {
  let onFailed: OnFailed = async () => undefined;
  return {
    on(_: 'failed', listener: OnFailed): void {
      onFailed = listener;
    },
    async schedule<A extends unknown[], T>(act: (...args: A) => Promise<T>, ...args: A): Promise<T> {
      for (let retryCount = 0; ; retryCount += 1) {
        try {
          return await act(...args);
        } catch (error) {
          const wait = await onFailed(error, { args, retryCount });
          if (wait === undefined) throw error;
          await new Promise((resolve) => setTimeout(resolve, wait));
        }
      }
    },
  };
}
