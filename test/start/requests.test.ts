import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Measurement, measureRequests } from '../support/requests.ts';

// How many requests to GitHub each action takes, whatever pull requests others have open.

/** The most of each until it is done. */
const LIMITS = [
  ['review of a push', 12],
  ['`/status`', 20], // the first since the start
  ['publication of one weight', 17],
  ['`/promote`', 45],
  ['`/rollback`', 50],
  ['`/status` of a rollback', 15],
  ['idle sweep', 5],
] as const;

/** What becomes of what Flux says, as often as it is written down: how many events come together is a matter of time. */
const WRITTEN = /^PATCH .*\/git\/refs\/coalmine%2Flive$/;
const MOST_EACH = 8;
const QUESTION = 'POST /graphql'; // where nothing is new

let measurement: Measurement;

beforeAll(async () => {
  measurement = await measureRequests(4);
}, 300_000);

afterAll(async () => {
  expect(measurement.story.complaints()).toEqual([]);
  await measurement.story.close();
});

function measuredOf(action: string) {
  const found = measurement.measured.find((each) => each.action === action);
  if (!found) throw new Error(`${action} was not measured`);
  return found;
}

test.each(LIMITS)('%s takes at most %i requests', (action, limit) => {
  const { atOnce, afterwards } = measuredOf(action);
  expect(atOnce.length, atOnce.join('\n')).toBeGreaterThan(0);
  expect(atOnce.length, atOnce.join('\n')).toBeLessThanOrEqual(limit);
  const written = afterwards.filter((request) => WRITTEN.test(request)).length;
  const others = afterwards.filter((request) => request !== QUESTION);
  expect(others.length, afterwards.join('\n')).toBeLessThanOrEqual(MOST_EACH * written);
});

test.each(LIMITS)('%s asks about no pull request of others', (action) => {
  const { crowd } = measurement;
  const isAboutOthers = (request: string) => {
    return crowd.pulls.some((number) => new RegExp(`/(?:pulls|issues)/${number}(?:/|$|\\?)`).test(request));
  };
  const { atOnce, afterwards } = measuredOf(action);
  expect(measuredOf('first start').atOnce.some(isAboutOthers)).toBe(true); // there they were reviewed
  expect([...atOnce, ...afterwards].filter(isAboutOthers)).toEqual([]);
});
