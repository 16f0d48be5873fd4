import { expect, test } from 'vitest';
import { createQuotas } from '../../src/github/quota.ts';

const RESET = 1_777_896_000;

function headersOf({ remaining = 499, limit = 5000, before = 600, resource = 'core' } = {}) {
  return {
    date: new Date((RESET - before) * 1000).toUTCString(),
    'x-ratelimit-limit': `${limit}`,
    'x-ratelimit-remaining': `${remaining}`,
    'x-ratelimit-reset': `${RESET}`,
    'x-ratelimit-resource': resource,
  };
}

test.each([
  ['a tenth is left', headersOf({ remaining: 500 }), undefined],
  ['less is left', headersOf(), 601],
  ['nothing is left', headersOf({ remaining: 0, before: 1 }), 2],
  ['the hour is over', headersOf({ before: 0 }), undefined],
  ['the reset is far away', headersOf({ before: 90_000 }), 3600],
  ['a larger quota', headersOf({ limit: 12_500, remaining: 1_200 }), 601],
  ['another resource', headersOf({ resource: 'graphql' }), undefined],
  ['a server without quotas', { date: new Date().toUTCString() }, undefined],
])('reviews wait where %s', (_, headers, expected) => {
  const quotas = createQuotas(() => 0);
  quotas.learn(1, headers);
  expect(quotas.pauseOf(1)).toBe(expected);
  expect(quotas.pauseOf(2)).toBeUndefined();
  expect(quotas.pauseOf(undefined)).toBeUndefined();
});

test('until the hour is over, or an answer says that there is enough again', () => {
  let elapsed = 0;
  const quotas = createQuotas(() => elapsed);
  quotas.learn(1, headersOf());
  elapsed = 600_000;
  expect(quotas.pauseOf(1)).toBe(1);
  elapsed = 601_000;
  expect(quotas.pauseOf(1)).toBeUndefined();
  quotas.learn(1, headersOf());
  quotas.learn(1, headersOf({ remaining: 4999 }));
  expect(quotas.pauseOf(1)).toBeUndefined();
});
