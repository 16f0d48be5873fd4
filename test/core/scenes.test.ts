import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';

// What holds of every tree under test/cases, whatever the scene: read from the files as Flux would take them.
const CASES = join(import.meta.dirname, '../cases');

interface Destination {
  readonly upstream: { readonly name: string; readonly namespace: string };
  readonly subset?: { readonly values: { readonly version: string } };
}

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly spec: {
    readonly routes: readonly {
      readonly matchers: readonly { readonly headers?: readonly unknown[] }[];
      readonly options?: { readonly shadowing?: Destination };
      readonly routeAction: {
        readonly single?: Destination;
        readonly multi?: { readonly destinations: readonly { readonly destination: Destination; weight: number }[] };
      };
    }[];
    readonly template: { readonly metadata: { readonly labels: Readonly<Record<string, string>> } };
  };
}

function objectsOf(name: string): readonly Manifest[] {
  const files = readdirSync(join(CASES, name, 'expected'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.startsWith('tree/apps/') && path.endsWith('.yaml') && !path.endsWith('/kustomization.yaml'))
    .sort();
  return files.map((path) => load(readFileSync(join(CASES, name, 'expected', path), 'utf8')) as Manifest);
}

const ofKind = (objects: readonly Manifest[], kind: string) => objects.filter((object) => object.kind === kind);

describe.each(readdirSync(CASES))('%s', (name) => {
  const objects = objectsOf(name);
  const tables = ofKind(objects, 'RouteTable');

  test('of each path the header route comes first, and all of them are canaried alike', () => {
    for (const { spec } of tables) {
      const routes = spec.routes.map(({ matchers, routeAction }) => {
        const [{ headers = [], ...path } = {}] = matchers;
        return { path: JSON.stringify(path), headers, routeAction };
      });
      const paths = [...Map.groupBy(routes, ({ path }) => path).values()];
      expect(paths.flat()).toEqual(routes); // the routes of one path stand together
      for (const group of paths) {
        const byHeader = group.map(({ headers }) => headers.length > 0);
        expect(byHeader).toEqual(group.length === 2 ? [true, false] : [false]);
      }
      expect(new Set(paths.map((group) => JSON.stringify(group.map(({ routeAction }) => routeAction)))).size).toBe(1);
    }
  });

  test('weights add up to 100', () => {
    for (const { spec } of tables)
      for (const { routeAction } of spec.routes) {
        expect([routeAction.single, routeAction.multi].filter(Boolean)).toHaveLength(1);
        const weights = routeAction.multi?.destinations.map(({ weight }) => weight) ?? [100];
        expect(weights.reduce((sum, weight) => sum + weight)).toBe(100);
      }
  });

  test('each destination is one: an Upstream of the tree, with pods of that version, or one from outside', () => {
    const upstreams = new Set(
      ofKind(objects, 'Upstream').map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    );
    const pods = ofKind(objects, 'Deployment').map(({ spec }) => spec.template.metadata.labels);
    for (const { spec, metadata } of tables) {
      const destinations = spec.routes.flatMap(({ routeAction: { single, multi }, options }) => [
        ...(single ? [single] : []),
        ...(multi?.destinations.map(({ destination }) => destination) ?? []),
        ...(options?.shadowing ? [options.shadowing] : []),
      ]);
      for (const { upstream, subset } of destinations) {
        const outside = upstream.namespace !== metadata.namespace;
        expect(outside || upstreams.has(`${upstream.namespace}/${upstream.name}`)).toBe(true);
        if (subset)
          expect(pods).toContainEqual(expect.objectContaining({ app: upstream.name, version: subset.values.version }));
      }
    }
  });
});

test('versions that are upstreams of their own get no Deployment, no Service and no Upstream', () => {
  for (const name of ['function-canary', 'function-for-everybody']) {
    expect(objectsOf(name).map(({ kind }) => kind)).toEqual(['RouteTable']);
  }
});

test('the trees show a rollout from its first weight to its last', () => {
  const seen = readdirSync(CASES).flatMap((name) =>
    ofKind(objectsOf(name), 'RouteTable').flatMap(({ spec }) =>
      spec.routes.map(({ routeAction }) => routeAction.multi?.destinations.map(({ weight }) => weight).join('/')),
    ),
  );
  expect(seen).toEqual(expect.arrayContaining([undefined, '100/0', '50/50', '0/100']));
});
