import fc from 'fast-check';
import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { diff } from '../../../src/core/model/diff.ts';
import type { ManifestSet } from '../../../src/core/model/manifest.ts';
import { routesFolder, workloadsFolder } from '../../../src/core/model/places.ts';
import { next } from '../../../src/core/publication/next.ts';
import { parts } from '../../../src/core/publication/parts.ts';
import { confirmedPending, podTemplates } from '../../../src/core/publication/pending.ts';
import { echo } from '../support.ts';
import { event, treeOf, World } from './history.ts';
import { wishes } from './wishes.ts';

const history = fc.record({
  clusters: fc.integer({ min: 1, max: 2 }),
  isOld: fc.boolean(), // the first is published and settled when it begins
  wishes,
  events: fc.array(event, { minLength: 20, maxLength: 150, size: 'max' }),
});

/** Parts that any change may take, each with its wait. */
const MAX_TURNS = 12;

/** Looks at one publication: whatever the clusters stand at. */
function publish(world: World): void {
  const pending = world.pending();
  const step = world.publish();
  expect(next(pending, world.desired, targets)).toEqual(step); // the same input, the same bytes
  if (step.kind !== 'tree') return;
  expect(diff(pending.published, step.tree)).not.toEqual([]);
  const [wanted, given] = [podTemplates(echo.id, world.desired), podTemplates(echo.id, step.tree)];
  for (const [key, template] of wanted) expect(given.get(key)).toBe(template); // a repair waits for nothing
  expect(next(world.pending(), world.desired, targets).kind).not.toBe('tree'); // nor is it ever in two commits
  expectNoMore(world, [...pending.routes, pending.published], step.tree);
}

/** No destination gets more than some pending route gives it, unless its Deployment is ready everywhere, as desired. */
function expectNoMore(world: World, pending: readonly ManifestSet[], tree: ManifestSet): void {
  const before = pending.map(sharesIn);
  const old = before.at(-1)?.primary;
  for (const [role, { version, share }] of sharesIn(tree).shares) {
    const most = Math.max(-1, ...before.map(({ shares }) => shares.get(role)?.share ?? -1));
    const deployment = world.desired.get(`${workloadsFolder(echo.id)}deployment-echo-${version}.yaml`);
    if (share <= most || version === old || deployment === undefined || /elsewhere|far-away/.test(role)) continue;
    const { template } = (load(deployment) as { spec: { template: unknown } }).spec;
    for (const cluster of world.clusters) {
      expect([role, cluster.isReady(`Deployment/echo-${version}`, template)]).toEqual([role, true]);
    }
  }
}

interface Shares {
  readonly primary: string | undefined;
  readonly shares: ReadonlyMap<string, { readonly version: string; readonly share: number }>;
}

/** Who gets how much, by destination and role, as a RouteTable's first path says it. */
function sharesIn(tree: ManifestSet): Shares {
  const text = tree.get(`${routesFolder(echo.id)}routetable-echo-routes.yaml`);
  const shares = new Map<string, { version: string; share: number }>();
  if (text === undefined) return { primary: undefined, shares };
  // biome-ignore lint/suspicious/noExplicitAny: a RouteTable, as it was written
  const { metadata, spec } = load(text) as any;
  const outside = JSON.parse(metadata.annotations?.['coalmine.dev/versions'] ?? '{}');
  // biome-ignore lint/suspicious/noExplicitAny: as above
  const add = (role: string, { upstream, subset }: any, share: number): string => {
    const ref = `${upstream.namespace}/${upstream.name}`;
    const version = subset?.values.version ?? outside[ref] ?? upstream.name.replace(/^echo-/, '');
    const key = `${ref} ${version} ${role}`;
    shares.set(key, { version, share: share + (shares.get(key)?.share ?? 0) });
    return version;
  };
  const [first] = spec.routes;
  const header = first.matchers[0].headers;
  const main = header ? spec.routes[1] : first;
  if (header) add(`header ${JSON.stringify(header)}`, first.routeAction.single, 100);
  if (main.options?.shadowing) add('shadow', main.options.shadowing, main.options.shadowing.percentage);
  const [primary, ...others] = main.routeAction.multi?.destinations ?? [
    { destination: main.routeAction.single, weight: 100 },
  ];
  for (const { destination, weight } of others) add('weight', destination, weight);
  return { primary: add('weight', primary.destination, primary.weight), shares };
}

test('every state that the clusters pass through is safe, and the end is desired', () => {
  fc.assert(
    fc.property(history, ({ clusters, isOld, wishes: [first, ...others], events }) => {
      const world = new World(clusters);
      const breaches = () => world.clusters.flatMap((cluster) => cluster.breaches);
      const end = () => {
        let turns = 0;
        while (world.publish().kind !== 'done') {
          world.settle();
          expect(breaches()).toEqual([]);
          expect(++turns).toBeLessThan(MAX_TURNS);
        }
        world.settle();
      };
      world.desired = treeOf(first);
      if (isOld) end();
      const left = [...others];
      for (const each of events) {
        if (each.kind === 'publish') publish(world);
        else if (each.kind !== 'desire') world.happen(each);
        else if (left.length > 0) world.desired = treeOf(left.shift());
        expect(breaches()).toEqual([]);
      }
      world.takenOver = true;
      end();
      expect(diff(world.published, world.desired)).toEqual([]);
    }),
    { numRuns: 2000 },
  );
});

/** What somebody may make of a file. */
const mess = fc.oneof(
  fc.constantFrom(
    '',
    ': [',
    '[]',
    'kind: RouteTable',
    'kind: 5\nmetadata: null\n',
    'kind: Service\nmetadata: { name: ../x }\n',
  ),
  fc.constantFrom('RouteTable', 'Upstream', 'Service', 'Deployment').chain((kind) => {
    return fc
      .constantFrom(
        '5',
        '{ routes: 7 }',
        '{ routes: [{ routeAction: 1, matchers: [null] }] }',
        '{ kube: 1, selector: x, template: [] }',
        'null',
        '{ routes: [{ routeAction: { single: { upstream: 3, subset: [] } } }, { a: { upstream: { name: {} } } }] }',
      )
      .map(
        (spec) =>
          `kind: ${kind}\nmetadata: { name: echo, annotations: { coalmine.dev/versions: "null" } }\nspec: ${spec}\n`,
      );
  }),
);
const edits = fc.array(fc.tuple(fc.nat(20), fc.option(mess, { nil: undefined })), { maxLength: 4 });

function editedByHand(tree: ManifestSet, changes: readonly (readonly [number, string | undefined])[]): ManifestSet {
  const edited = new Map(tree);
  for (const [index, text] of changes) {
    const path = [...tree.keys()][index % Math.max(1, tree.size)] ?? `${routesFolder(echo.id)}x.yaml`;
    if (text === undefined) edited.delete(path);
    else edited.set(path, text);
  }
  return edited;
}

test('whatever somebody makes of the branch, there is a next part, and the end is desired', () => {
  fc.assert(
    fc.property(wishes, edits, edits, ([first, ...others], before, after) => {
      const [desired, old] = [treeOf(others.at(-1)), treeOf(first)];
      const published = editedByHand(treeOf(others[0]), after);
      const trees = [old, editedByHand(old, before)];
      const pending = { ...confirmedPending(echo.id, published), workloads: trees, routes: trees, draining: trees };
      const found = parts({ ...pending, ready: new Map() }, desired, targets);
      expect(diff(found.at(-1)?.after ?? published, desired)).toEqual([]);
      expect(found.length).toBeLessThan(MAX_TURNS);
    }),
    { numRuns: 1000 },
  );
});
