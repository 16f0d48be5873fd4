import type { AnswerHeaders } from './answers.ts';

/** The remaining hourly requests of each installation. */
export interface Quotas {
  /** Reads the quota from the headers of an answer to an installation. */
  learn(installation: number, headers: AnswerHeaders): void;
  /** Seconds until more than the reserve is left again; undefined if more is left now, or if unknown. */
  pauseOf(installation: number | undefined): number | undefined;
}

/** Share of an hour's requests reserved for commands and publications. */
const RESERVE = 0.1;
/** Maximum pause in seconds: GitHub counts by the hour. */
const MAX_PAUSE = 3600;

/** Tracks the quotas of all installations. `elapsed`: monotonic milliseconds. */
export function createQuotas(elapsed: () => number = () => performance.now()): Quotas {
  const until = new Map<number, number>(); // in `elapsed` time, for installations with little left

  return {
    learn(installation, headers) {
      const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => {
        return Number(headers[`x-ratelimit-${name}`] ?? Number.NaN);
      }) as [number, number, number];
      // GraphQL has its own quota; without it files are read through REST.
      if (Number.isNaN(limit + remaining + reset) || (headers['x-ratelimit-resource'] ?? 'core') !== 'core') return;
      // By GitHub's clock: this machine's may differ.
      const sent = Date.parse(String(headers.date));
      const seconds = reset - (Number.isNaN(sent) ? Date.now() : sent) / 1000;
      if (remaining >= limit * RESERVE || seconds <= 0) until.delete(installation);
      else until.set(installation, elapsed() + Math.min(seconds + 1, MAX_PAUSE) * 1000);
    },
    pauseOf(installation) {
      const left = ((installation === undefined ? undefined : until.get(installation)) ?? 0) - elapsed();
      return left > 0 ? Math.ceil(left / 1000) : undefined;
    },
  };
}
