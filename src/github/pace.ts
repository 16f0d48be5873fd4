// Octokit's plugins keep their pace by the library Bottleneck, which counts by this machine's clock: where that jumps back by
// an hour, every request waits for an hour. These have the part of its interface that the throttling plugin uses.

/** How fast something may be done. */
export interface Pace {
  readonly atOnce: number;
  readonly burst?: number; // how many at most without waiting; none: no limit
  readonly perMinute?: number; // how fast the burst fills up again
}

interface Weighted {
  readonly weight?: number; // 0: takes nothing of the burst
}

/** Lets things be done at a pace. */
interface Limiter {
  schedule<A extends unknown[], T>(options: Weighted, act: (...args: A) => Promise<T>, ...args: A): Promise<T>;
}

/** The same pace for each key, apart from the others. */
export interface Limiters {
  key(id: string): Limiter;
}

const STEP = 2_000; // ms in which a burst fills up by so many at once

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

/** What is to be done after a failure: wait so many milliseconds and do it again, or leave it. */
type OnFailed = (
  error: unknown,
  info: { readonly args: readonly unknown[]; readonly retryCount: number },
) => Promise<number | undefined>;

/** Does things at once, and again where the one that listens to failures says when. */
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
