import { expect, test } from 'vitest';
import { checkQuery } from './graphql.ts';

test.each([
  ['query { viewer { login } }', []],
  ['query { viewer { logn } }', [expect.stringContaining('Cannot query field "logn" on type "User"')]],
  ['query ($n: Int!) { repository(owner: $n, name: "x") { id } }', [expect.stringContaining('"$n" of type "Int!"')]],
  ['query {', [expect.stringContaining('Syntax Error')]],
  [undefined, ['the body has no query']],
])('%j is held against what GitHub publishes', (query, complaints) => {
  expect(checkQuery(query)).toEqual(complaints);
});
