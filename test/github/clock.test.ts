import { expect, test } from 'vitest';
import { createClock } from '../../src/github/clock.ts';

const NOON = Date.parse('2026-05-04T12:00:00Z');
const HOUR = 3_600_000;

/** This machine's clock, and how long it has run; both go on as a test says. */
function machine(time = NOON) {
  const state = { time, elapsed: 0 };
  const warnings: object[] = [];
  const log = { warn: (data: object) => void warnings.push(data) };
  return {
    state,
    warnings,
    clock: createClock({ local: () => state.time, elapsed: () => state.elapsed, log }),
    pass(milliseconds: number) {
      state.time += milliseconds;
      state.elapsed += milliseconds;
    },
  };
}

const dateOf = (time: number) => ({ date: new Date(time).toUTCString() });

test.each([
  ['unknown', {}, NOON],
  ['no date', { date: 'soon' }, NOON],
  ['a little later', dateOf(NOON + 59_000), NOON],
  ['a little earlier', dateOf(NOON - 59_000), NOON],
  ['hours later', dateOf(NOON + 5 * HOUR), NOON + 5 * HOUR],
  ['days earlier', dateOf(NOON - 72 * HOUR), NOON - 72 * HOUR],
])("GitHub's clock says: %s", (_, headers, expected) => {
  const { clock } = machine();
  clock.learn(headers);
  expect(clock.now().getTime()).toBe(expected);
});

test("goes on by itself, and takes no notice of a jump of this machine's clock", () => {
  const { clock, state, pass } = machine();
  clock.learn(dateOf(NOON));
  pass(10_000);
  state.time += 3 * HOUR;
  expect(clock.now().getTime()).toBe(NOON + 10_000);
  state.time -= 9 * HOUR;
  pass(5_000);
  expect(clock.now().getTime()).toBe(NOON + 15_000);
});

test('says once that the clock is wrong, and again when it is wrong again', () => {
  const { clock, state, warnings } = machine();
  for (const time of [NOON + HOUR, NOON + HOUR, NOON]) clock.learn(dateOf(time));
  state.time += HOUR;
  clock.learn(dateOf(NOON));
  expect(warnings).toEqual([{ seconds: -3600 }, { seconds: 3600 }]);
});
