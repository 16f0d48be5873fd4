import { expect, test } from 'vitest';
import { check, inShort, withCanary } from '../support.ts';

const release = (primary: string, versions = '{ v1: { image: a }, v2: { image: a } }') =>
  `deployment: ${versions}\nroutes:\n  primary:\n    version: ${primary}\n`;

test.each([
  ['known', release('v1'), []],
  ['one letter too much', release('v22'), ['invalid-destination 4:14-17 -> v2']],
  ['far from any', release('stable'), ['invalid-destination 4:14-20']],
  [
    'a replacement that needs quotes',
    release('yess', '{ "yes": { image: a } }'),
    ['invalid-destination 4:14-18 -> "yes"'],
  ],
  ['a name from the prototype', release('constructor'), ['invalid-destination 4:14-25']],
  ['a version called like that', release('constructor', '{ constructor: { image: a } }'), []],
  [
    'in the canary, never the primary again',
    withCanary('weight: 5').replace('    version: v2', '    version: v12'),
    ['invalid-destination 8:14-17 -> v2'],
  ],
  ['no deployment map to compare with', 'routes: { primary: { version: v1 } }\n', ['schema 1:1-1']],
  ['an empty map is the one fault', release('v1', '{}'), ['schema 1:13-15']],
  [
    'judged though the schema fails elsewhere',
    `${release('v3')}foo: 1\n`,
    ['invalid-destination 4:14-16 -> v1', 'schema 5:1-4'],
  ],
])('invalid-destination: %s', (_, text, expected) => {
  expect(inShort(check(text))).toEqual(expected);
});

test('says what is known, what was meant and what Gloo would say', () => {
  const [finding] = check(release('v22'));
  expect(finding?.message).toContain('"v22" is not in the deployment map; known versions: v1, v2. Did you mean "v2"?');
  expect(finding?.message).toContain('*v1.Upstream { echo.echo-v22 } not found');
});

test('names twenty of many versions', () => {
  const versions = Array.from({ length: 30 }, (_, index) => `v${index}: { image: a }`).join(', ');
  const [finding] = check(release('stable', `{ ${versions} }`));
  expect(finding?.message).toContain(' and 10 more.');
});
