import type { AnswerHeaders } from './answers.ts';

/** Time by GitHub's clock where this machine's is wrong. */
export interface Clock {
  now(): Date;
  /** Learns what GitHub's clock says from an answer that came just now. */
  learn(headers: AnswerHeaders): void;
}

/** How far the clocks may be apart, in milliseconds: GitHub's headers have whole seconds, and an answer is on its way. */
const TOLERANCE = 60_000;

export interface ClockOptions {
  readonly local?: () => number; // this machine's clock, ms
  readonly elapsed?: () => number; // ms that no change of that clock moves
  readonly log: { warn(data: object, message: string): void };
}

/** A clock that follows GitHub's once an answer shows that this machine's is wrong; until then it is this machine's. */
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
        log.warn({ seconds }, "this machine's clock is not GitHub's, whose time is taken: set it");
    },
  };
}
