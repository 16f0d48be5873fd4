import type { AnswerHeaders } from './answers.ts';

/** What installations may still ask of GitHub within the hour. */
export interface Quotas {
  /** Learns from an answer to an installation. */
  learn(installation: number, headers: AnswerHeaders): void;
  /** Seconds until there is more than the reserve again; undefined where there is now, or nothing is known. */
  pauseOf(installation: number | undefined): number | undefined;
}

/** The part of an hour's requests that is kept for commands and publications. */
const RESERVE = 0.1;
/** The longest pause in seconds: GitHub counts by the hour. */
const LONGEST_PAUSE = 3600;

/** Follows the quotas of all installations. `elapsed`: milliseconds that no change of the clock moves. */
export function createQuotas(elapsed: () => number = () => performance.now()): Quotas {
  const until = new Map<number, number>(); // by `elapsed`, where little is left

  return {
    learn(installation, headers) {
      const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map((name) => {
        return Number(headers[`x-ratelimit-${name}`] ?? Number.NaN);
      }) as [number, number, number];
      // GraphQL has a quota of its own: files are read without it where that is used up.
      if (Number.isNaN(limit + remaining + reset) || (headers['x-ratelimit-resource'] ?? 'core') !== 'core') return;
      // By GitHub's own clock: this machine's may be another.
      const sent = Date.parse(String(headers.date));
      const seconds = reset - (Number.isNaN(sent) ? Date.now() : sent) / 1000;
      if (remaining >= limit * RESERVE || seconds <= 0) until.delete(installation);
      else until.set(installation, elapsed() + Math.min(seconds + 1, LONGEST_PAUSE) * 1000);
    },
    pauseOf(installation) {
      const left = ((installation === undefined ? undefined : until.get(installation)) ?? 0) - elapsed();
      return left > 0 ? Math.ceil(left / 1000) : undefined;
    },
  };
}
