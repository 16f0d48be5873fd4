import { expect, test } from 'vitest';
import { messageOf } from '../../src/github/absent.ts';

const DOCS = 'https://docs.github.com/rest/pulls/pulls#merge-a-pull-request';

test.each([
  ['its own words where it gave some', { response: { data: { message: 'Not mergeable' } } }, 'Not mergeable'],
  ["the error's, without the address, where it gave none", { response: { data: '<html>' } }, 'Said - so'],
  ["the error's where it gave no answer", {}, 'Said - so'],
])('what a server said is %s', (_, more, expected) => {
  expect(messageOf(Object.assign(new Error(`Said - so - ${DOCS}`), more))).toBe(expected);
});
