import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { targets } from '../../src/charts/targets.ts';
import { build } from '../../src/core/build/build.ts';
import { fluxFile } from '../../src/core/model/places.ts';
import { type Any, DIFFERENCES, expectAsHelm, helmObjects, helmValues, STEPS, type Step } from '../support/helm.ts';
import { bytesOf, defaults, echo } from './support.ts';

function ourFiles(step: Step): readonly string[] {
  const built = build({ ...echo, bytes: bytesOf(helmValues(step)) }, defaults, targets);
  const files = [...(built.manifests ?? [])].filter(([path]) => {
    return path !== fluxFile(echo.id) && !path.endsWith('/kustomization.yaml');
  });
  return files.map(([, text]) => text);
}

describe.each(STEPS)('step %i', (step) => {
  test('gives the objects of Helm but for the list of differences', () => {
    expectAsHelm(ourFiles(step), helmObjects(step));
  });
});

test('each difference is one', () => {
  for (const { what, apply } of DIFFERENCES) {
    const changed = STEPS.some((step) => {
      const [before, after] = [helmObjects(step), helmObjects(step)];
      for (const object of after) apply(object);
      return JSON.stringify(before) !== JSON.stringify(after);
    });
    // The seven steps never leave out the headers of a canary: that difference shows in the rules' tests.
    expect([what, changed]).toEqual([what, what !== 'the header route exists only with headers']);
  }
});

test('a canary without headers has no header route', () => {
  const bytes = bytesOf(
    'deployment: {v1: {}, v2: {}}\nroutes: {primary: {version: v1}, canary: {version: v2, weight: 5}}\n',
  );
  const text = build({ ...echo, bytes }, defaults, targets).manifests?.get(
    'apps/echo/echo/routes/routetable-echo-routes.yaml',
  );
  const [table] = loadAll(text ?? '') as Any[];
  expect(table.spec.routes).toHaveLength(1);
  expect(table.spec.routes[0].matchers).toEqual([{ prefix: '/echo' }]);
});
