import { describe, expect, test } from 'vitest';
import { routesFolder } from '../../../../src/core/model/places.ts';
import { gloo } from '../../../../src/core/targets/gloo/target.ts';
import { readManifest } from '../../../../src/core/targets/manifest-set.ts';
import { serialize } from '../../../../src/core/yaml/serialize.ts';
import { treeOf } from '../../publication/history.ts';
import { echo } from '../../support.ts';

const { id } = echo;
const OUTSIDE = (name: string) => ({ upstream: { name, namespace: 'gloo-system' } });
const PATHS = [
  { exact: '/find', function: 'findPets' },
  { prefix: '/pets', rewrite: '/' },
  { regex: '/p.*', function: 'any' },
];

function tableOf(deployment: object, routes: object) {
  const text = treeOf({ deployment, routes }).get(`${routesFolder(id)}routetable-echo-routes.yaml`) ?? '';
  const manifest = readManifest(text);
  const routing = manifest && gloo.readRoutes(id, [manifest])?.routing;
  if (!manifest || !routing) throw new Error('what we render can be read');
  return { text, manifest, routing };
}

const written = (...given: Parameters<typeof gloo.writeRouting>) => {
  return gloo.writeRouting(...given).map((manifest) => serialize(manifest));
};

const SHIFTING = {
  primary: { version: 'v1' },
  canary: { version: 'v2', weight: 20, headers: { stage: 'canary', a: 'b' } },
};

describe.each([
  ['a primary', { v1: {} }, { primary: { version: 'v1' } }],
  ['weights and headers', { v1: {}, v2: {} }, SHIFTING],
  ['the same on several paths', { v1: {}, v2: {} }, { ...SHIFTING, paths: PATHS }],
  ['an Upstream for each version', { v1: {}, v2: {} }, { ...SHIFTING, paths: PATHS, destinations: 'upstream' }],
  ['a shadow', { v1: {}, v2: {} }, { ...SHIFTING, shadow: { version: 'v2', percentage: 5 }, paths: PATHS }],
  ['versions from outside', { v1: OUTSIDE('elsewhere'), v2: OUTSIDE('far-away') }, { ...SHIFTING, paths: PATHS }],
])('%s', (_, deployment, routes) => {
  const { text, manifest, routing } = tableOf(deployment, routes);

  test('read back and written again gives the same bytes', () => {
    expect(written([manifest], routing)).toEqual([text]);
  });

  test("another's roles are read back as they were written, on every path", () => {
    const other = tableOf({ v1: {}, v3: {} }, { primary: { version: 'v3' }, canary: { version: 'v1', weight: 60 } });
    const [mixed] = gloo.writeRouting([manifest], other.routing);
    expect(mixed && gloo.readRoutes(id, [mixed])?.routing).toEqual(other.routing);
    expect(mixed && gloo.readRoutes(id, [mixed])?.named.map(({ version }) => version)).toEqual(['v3', 'v1']);
  });
});

test('a version from outside is known by its name where other routes keep it', () => {
  const kept = tableOf({ v1: OUTSIDE('elsewhere') }, { primary: { version: 'v1' } });
  const [mixed] = gloo.writeRouting([tableOf({ v2: {} }, { primary: { version: 'v2' } }).manifest], kept.routing);
  expect(mixed && gloo.readRoutes(id, [mixed])?.routing).toEqual(kept.routing);
  const renamed = tableOf({ v2: OUTSIDE('elsewhere') }, { primary: { version: 'v2' } });
  const [again] = gloo.writeRouting([renamed.manifest], kept.routing);
  expect(again && gloo.readRoutes(id, [again])?.routing?.primary.version).toBe('v1');
});

test('weights by hand are read as percent', () => {
  const { text } = tableOf({ v1: {}, v2: {} }, SHIFTING);
  const edited = readManifest(text.replace('weight: 80', 'weight: 1').replace('weight: 20', 'weight: 3'));
  expect(edited && gloo.readRoutes(id, [edited])?.routing?.canary?.weight).toBe(75);
});
