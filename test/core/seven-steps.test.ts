import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { charts } from '../../src/charts/charts.ts';
import { build } from '../../src/core/build.ts';
import { fluxFile } from '../../src/core/places.ts';
import { defaults, echo } from './support.ts';

const HELM = join(import.meta.dirname, '../reference/helm');

// biome-ignore lint/suspicious/noExplicitAny: any Kubernetes object
type Any = any;

/** A change that we make to one kind of Helm's objects, on purpose: the README says why. */
const DIFFERENCES: readonly { readonly what: string; readonly apply: (object: Any) => void }[] = [
  {
    what: 'the port of the Upstream is that of the Service, not that of the container',
    apply: ({ kind, spec }) => {
      if (kind === 'Upstream') spec.kube.servicePort = 80;
    },
  },
  {
    what: 'a subset without pods falls back to no other version',
    apply: ({ kind, spec }) => {
      if (kind === 'Upstream') spec.kube.subsetSpec.fallbackPolicy = 'NO_FALLBACK';
    },
  },
  {
    what: 'the header route exists only with headers',
    apply: ({ kind, spec }) => {
      if (kind === 'RouteTable')
        spec.routes = spec.routes.filter((route: Any) => route.matchers[0].headers?.length !== 0);
    },
  },
  {
    what: 'every object says who manages it',
    apply: ({ metadata }) => {
      metadata.labels = { ...metadata.labels, 'app.kubernetes.io/managed-by': 'coalmine' };
    },
  },
];

const nameOf = ({ kind, metadata }: Any): string => `${kind} ${metadata.namespace}/${metadata.name}`;

function byName(objects: readonly Any[]): ReadonlyMap<string, Any> {
  const map = new Map(objects.map((object) => [nameOf(object), object]));
  expect(map.size).toBe(objects.length);
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function helmObjects(step: number): readonly Any[] {
  return (loadAll(readFileSync(join(HELM, `step-${step}/rendered.yaml`), 'utf8')) as Any[]).filter(Boolean);
}

function ourObjects(step: number): readonly Any[] {
  const built = build({ ...echo, bytes: readFileSync(join(HELM, `step-${step}/values.yaml`)) }, defaults, charts);
  const files = [...(built.manifests ?? [])].filter(([path]) => {
    return path !== fluxFile(echo.id) && !path.endsWith('/kustomization.yaml');
  });
  return files.flatMap(([, text]) => loadAll(text) as Any[]);
}

describe.each([1, 2, 3, 4, 5, 6, 7])('step %i', (step) => {
  test('gives the objects of Helm but for the list of differences', () => {
    const expected = helmObjects(step);
    for (const object of expected) for (const { apply } of DIFFERENCES) apply(object);
    const ours = ourObjects(step);
    expect(ours.length).toBeGreaterThanOrEqual(4);
    expect(byName(ours)).toEqual(byName(expected));
  });
});

test('each difference is one', () => {
  for (const { what, apply } of DIFFERENCES) {
    const changed = [1, 2, 3, 4, 5, 6, 7].some((step) => {
      const [before, after] = [helmObjects(step), helmObjects(step)];
      for (const object of after) apply(object);
      return JSON.stringify(before) !== JSON.stringify(after);
    });
    // The seven steps never leave out the headers of a canary: that difference shows in the rules' tests.
    expect([what, changed]).toEqual([what, what !== 'the header route exists only with headers']);
  }
});

test('a canary without headers has no header route', () => {
  const bytes = new TextEncoder().encode(
    'deployment: {v1: {}, v2: {}}\nroutes: {primary: {version: v1}, canary: {version: v2, weight: 5}}\n',
  );
  const text = build({ ...echo, bytes }, defaults, charts).manifests?.get(
    'apps/echo/echo/routes/routetable-echo-routes.yaml',
  );
  const [table] = loadAll(text ?? '') as Any[];
  expect(table.spec.routes).toHaveLength(1);
  expect(table.spec.routes[0].matchers).toEqual([{ prefix: '/echo' }]);
});
