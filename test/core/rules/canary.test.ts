import { expect, test } from 'vitest';
import { check, inShort, withCanary } from '../support.ts';

const SAME = withCanary('weight: 5').replace('    version: v2', '    version: v1');

test.each([
  ['weight 0, no headers', withCanary('weight: 0'), ['canary-has-no-effect 7:3-9']],
  ['nothing said', withCanary(), ['canary-has-no-effect 7:3-9']],
  ['empty headers', withCanary('headers: {}'), ['canary-has-no-effect 7:3-9']],
  ['headers without a value', withCanary('headers:'), ['canary-has-no-effect 7:3-9']],
  ['a weight', withCanary('weight: 1'), []],
  ['a header', withCanary('headers: { stage: canary }'), []],
  ['both', withCanary('weight: 100', 'headers: { stage: canary }'), []],
  ['a weight of the wrong shape says so, and nothing about its absence', withCanary('weight: x'), ['schema 9:13-14']],
  ['a misspelled weight says so alone', withCanary('wieght: 5'), ['schema 9:5-11 -> weight']],
])('canary-has-no-effect: %s', (_, text, expected) => {
  expect(inShort(check(text))).toEqual(expected);
});

test.each([
  ['the same version', SAME, ['canary-is-primary 8:14-16']],
  ['another one', withCanary('weight: 5'), []],
  [
    'the same by alias',
    SAME.replace('version: v1', 'version: &p v1').replace(/version: v1$/m, 'version: *p'),
    ['canary-is-primary 8:14-16'],
  ],
])('canary-is-primary: %s', (_, text, expected) => {
  expect(inShort(check(text))).toEqual(expected);
});
