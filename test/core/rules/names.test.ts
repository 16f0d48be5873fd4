import { expect, test } from 'vitest';
import { check, inShort, withVersion } from '../support.ts';

const version = (name: string) => `deployment:\n  ${name}: { image: a }\nroutes: { primary: { version: ${name} } }\n`;
const LONG = 'v'.repeat(58); // echo-vvv...: 63 characters

test.each([
  ['v1', []],
  ['1-0', []],
  [LONG, []],
  [`${LONG}v`, ['version-name 2:3-62']],
  ['V1', ['version-name 2:3-5']],
  ['v1.2', ['version-name 2:3-7']],
  ['v_1', ['version-name 2:3-6']],
  ['v-', ['version-name 2:3-5']],
  ['__proto__', ['version-name 2:3-12']],
  ['toString', ['version-name 2:3-11']],
  ['constructor', []],
  ['"a/b"', ['version-name 2:3-8']],
  ['"a~b"', ['version-name 2:3-8']],
  ['""', ['version-name 2:3-5']],
  ['"1"', []],
  ['1', ['ambiguous-scalar 2:3-4 -> "1"', 'ambiguous-scalar 3:31-32 -> "1"']],
  // A name that must change anyway isn't told to take quotes as well.
  ['1.10', ['version-name 2:3-7', 'ambiguous-scalar 3:31-35 -> "1.10"']],
])('version-name: %s', (name, expected) => {
  expect(inShort(check(version(name)))).toEqual(expected);
});

test('version-name offers a name', () => {
  expect(check(version('V1.2'))[0]?.message).toMatch(/for example "v1-2"$/);
});

test.each([
  ['echo', 'echo', true],
  ['e', 'e', true],
  ['e'.repeat(60), 'x', true],
  ['e'.repeat(64), 'x', false],
  ['Echo', 'x', false],
  ['9echo', 'x', false],
  ['echo.x', 'x', false],
  ['-echo', 'x', false],
  ['[x](y)', 'x', false],
  ['echo', '9team', true],
  ['echo', 'Team', false],
  ['echo', 'domains', false],
])('release-name: %s in %s', (name, namespace, fine) => {
  const findings = check(withVersion(), { name, namespace });
  expect(inShort(findings)).toEqual(fine ? [] : ['release-name 1:1-1']);
});

test.each([
  ['no image', '{}', ['default-image 2:3-5']],
  ['an empty block', '', ['default-image 2:3-5']],
  ['the image of the tour, named', '{ image: hashicorp/http-echo }', ['default-image 2:3-5']],
  ['an image', '{ image: a }', []],
  ['an image of the wrong shape is not missing', '{ image: [a] }', ['schema 2:16-19']],
])('default-image: %s', (_, block, expected) => {
  expect(inShort(check(`deployment:\n  v1: ${block}\nroutes: { primary: { version: v1 } }\n`))).toEqual(expected);
});
