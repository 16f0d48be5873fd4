import { expect, test } from 'vitest';
import { charts } from '../../../src/charts/charts.ts';
import { build } from '../../../src/core/build.ts';
import { bytesOf, defaults, echo } from '../support.ts';

const lenient = {
  ...defaults,
  rules: new Map([
    ['version-name', 'off'],
    ['release-name', 'off'],
  ] as const),
};

test.each([
  ['a path as a version', '"../../x"', echo.id],
  ['capitals', 'V1', echo.id],
  ['a space', '"v 1"', echo.id],
  ['a namespace that is none', 'v1', { namespace: '..', name: 'echo' }],
  ['a release that is none', 'v1', { namespace: 'echo', name: 'echo/..' }],
])('refuses %s though the rule is off', (_, version, id) => {
  const bytes = bytesOf(`deployment: { ${version}: { image: a } }\nroutes: { primary: { version: ${version} } }\n`);
  const { findings, manifests } = build({ ...echo, id, bytes }, lenient, charts);
  expect(manifests).toBeUndefined();
  expect(findings[0]).toMatchObject({ rule: 'manifest', severity: 'error' });
});
