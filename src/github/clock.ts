import type { AnswerHeaders } from './answers.ts';

/** A clock that uses GitHub's time if this machine's is wrong. */
export interface Clock {
  now(): Date;
  /** Reads GitHub's time from the headers of an answer that just arrived. */
  learn(headers: AnswerHeaders): void;
}

/** Maximum difference of the clocks, in milliseconds: GitHub's headers have whole seconds, and an answer takes time. */
const TOLERANCE = 60_000;

export interface ClockOptions {
  readonly local?: () => number; // this machine's clock, ms
  readonly elapsed?: () => number; // ms, monotonic
  readonly log: { warn(data: object, message: string): void };
}

/** Creates a clock that follows this machine's time until an answer shows that it is wrong, then GitHub's. */
export function createClock({ local = Date.now, elapsed = () => performance.now(), log }: ClockOptions): Clock {
  let seen: { readonly time: number; readonly at: number } | undefined;
  let isWrong = false;

  const remote = (): number => (seen ? seen.time + elapsed() - seen.at : local());

  return {
    now() {
      const [theirs, ours] = [remote(), local()];
      return new Date(Math.abs(theirs - ours) > TOLERANCE ? theirs : ours);
    },
    learn({ date }) {
      const time = Date.parse(String(date));
      if (Number.isNaN(time)) return;
      seen = { time, at: elapsed() };
      const seconds = Math.round((local() - time) / 1000);
      const before = isWrong;
      isWrong = Math.abs(seconds) * 1000 > TOLERANCE;
      if (isWrong && !before)
        log.warn({ seconds }, "this machine's clock differs from GitHub's, whose time is used: set this clock");
    },
  };
}
