import { expect, test } from 'vitest';
import { HostRefusal } from '../../src/flows/ports.ts';
import { messageOf, withHostRefusal } from '../../src/github/absent.ts';

const DOCS = 'https://docs.github.com/rest/pulls/pulls#merge-a-pull-request';

test.each([
  ['its own words where it gave some', { response: { data: { message: 'Not mergeable' } } }, 'Not mergeable'],
  [
    'its own words with what they are about in particular',
    { response: { data: { message: 'Refused', errors: [{ message: 'by a rule' }, 'or two', { field: 'ref' }] } } },
    'Refused: by a rule: or two',
  ],
  ["the error's, without the address, where it gave none", { response: { data: '<html>' } }, 'Said - so'],
  ["the error's where it gave no answer", {}, 'Said - so'],
])('what a server said is %s', (_, more, expected) => {
  expect(messageOf(Object.assign(new Error(`Said - so - ${DOCS}`), more))).toBe(expected);
});

test.each([
  [403, 'Resource not accessible by integration', true],
  [403, 'You have exceeded a secondary rate limit', false],
  [422, 'Repository rule violations found', true],
  [404, 'Not Found', false],
  [502, 'Bad Gateway', false],
])(
  'a write that is answered with %i, %j: whether that is a refusal to tell of is %j',
  async (status, message, isOne) => {
    const failed = Object.assign(new Error(message), { status });
    const error = await withHostRefusal(Promise.reject(failed)).catch((caught: unknown) => caught);
    expect(error instanceof HostRefusal).toBe(isOne);
    expect(error).toMatchObject(isOne ? { message, cause: failed } : failed);
  },
);
