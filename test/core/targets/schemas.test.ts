import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { gloo } from '../../../src/core/targets/gloo/target.ts';
import { errorsIn as errorsWith } from '../../../src/core/targets/schemas.ts';

const SCHEMAS = join(import.meta.dirname, '../../../schemas');
const CASES = join(import.meta.dirname, '../../cases');

function readSchema(file: string) {
  return JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8'));
}

const files = readdirSync(SCHEMAS).filter((file) => file.endsWith('.schema.json'));

describe('the schemas', () => {
  test.each(files)('%s is one, and all that it refers to is there', (file) => {
    const ajv = new Ajv2020({ strict: false });
    for (const other of files) ajv.addSchema(readSchema(other), other);
    expect(ajv.validateSchema(readSchema(file))).toBe(true);
    for (const name of Object.keys(readSchema(file).$defs ?? {})) {
      expect(() => ajv.compile({ $ref: `${file}#/$defs/${name}` })).not.toThrow();
    }
    expect(() => ajv.compile({ $ref: file })).not.toThrow();
  });

  test.each(['kubernetes', 'gloo', 'flux', 'kustomize'])('%s: no object with known keys takes another', (name) => {
    const open: string[] = [];
    const walk = (value: unknown, path: string) => {
      if (value === null || typeof value !== 'object') return;
      const { properties, additionalProperties, $ref } = value as Record<string, unknown>;
      if (properties && additionalProperties !== false && !$ref && !path.endsWith('/properties')) open.push(path);
      for (const [key, item] of Object.entries(value)) walk(item, `${path}/${key}`);
    };
    walk(readSchema(`${name}.schema.json`).$defs, '');
    expect(open).toEqual([]);
  });

  test('an editor knows every field of the container and the pod', () => {
    const { Container, PodSpec } = readSchema('kubernetes.schema.json').$defs;
    const { container, pod } = readSchema('values.schema.json').$defs.version.properties;
    const rest = (all: object, without: readonly string[]) =>
      Object.keys(all)
        .filter((key) => !without.includes(key))
        .sort();
    expect(Object.keys(container.properties).sort()).toEqual(
      rest(Container.properties, container.propertyNames.not.enum),
    );
    const forbidden = Object.entries(PodSpec.properties).flatMap(([key, field]) => {
      return 'not' in (field as object) ? [key] : [];
    });
    expect(Object.keys(pod.properties).sort()).toEqual(
      rest(PodSpec.properties, [...pod.propertyNames.not.enum, ...forbidden]),
    );
  });
});

const errorsIn = (object: Parameters<typeof errorsWith>[0]) => errorsWith(object, gloo.schemas);

describe('every expected tree passes', () => {
  const names = readdirSync(CASES);
  expect(names.length).toBeGreaterThan(10);

  test.each(names)('%s', (name) => {
    const tree = join(CASES, name, 'expected/tree');
    const texts = readdirSync(join(tree, '..'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.yaml'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
    const objects = texts.flatMap((text) => loadAll(text)) as { readonly kind: string }[];
    expect(objects.flatMap((object) => errorsIn(object))).toEqual([]);
  });
});

describe("what Gloo's API server would drop, or Gloo would take in silence", () => {
  const upstream = { name: 'echo', namespace: 'echo' };
  const subset = { values: { version: 'v1' } };
  const table = (route: object) => ({
    apiVersion: 'gateway.solo.io/v1',
    kind: 'RouteTable',
    metadata: { name: 'echo-routes', namespace: 'echo', labels: { apiGroup: 'example' } },
    spec: { routes: [{ matchers: [{ prefix: '/echo' }], routeAction: { single: { upstream, subset } }, ...route }] },
  });
  const multi = (...destinations: readonly object[]) => table({ routeAction: { multi: { destinations } } });
  const weighted = (weight: unknown) => ({ destination: { upstream, subset }, weight });

  test.each([
    ['a route as it is rendered', table({})],
    ['weights', multi(weighted(75), weighted(25))],
    ['a function', table({ routeAction: { single: { upstream, destinationSpec: { rest: { functionName: 'f' } } } } })],
    ['options', table({ options: { prefixRewrite: '/', shadowing: { upstream, percentage: 0.5 } } })],
  ])('%s is fine', (_, object) => expect(errorsIn(object)).toEqual([]));

  test.each([
    ['subsets for subset', table({ routeAction: { single: { upstream, subsets: subset } } }), 'additionalProperties'],
    [
      'subsets in a weighted list',
      multi({ destination: { upstream, subsets: subset }, weight: 100 }),
      'additionalProperties',
    ],
    ['a subset of nothing', table({ routeAction: { single: { upstream, subset: { values: {} } } } }), 'minProperties'],
    ['weights that are not 100', multi(weighted(100), weighted(50)), 'weightsOfHundred'],
    ['weights that are all 0', multi(weighted(0), weighted(0)), 'weightsOfHundred'],
    ['a negative weight', multi(weighted(150), weighted(-50)), 'maximum'],
    ['half a percent', multi(weighted(99.5), weighted(0.5)), 'type'],
    ['a weight in quotes', multi(weighted('100')), 'type'],
    ['no weight', multi({ destination: { upstream, subset } }), 'required'],
    ['no destinations', multi(), 'minItems'],
    ['no action', table({ routeAction: {} }), 'oneKey'],
    ['no matcher', table({ matchers: [] }), 'minItems'],
    ['two kinds of path', table({ matchers: [{ prefix: '/a', exact: '/a' }] }), 'oneKey'],
    ['header for headers', table({ matchers: [{ prefix: '/a', header: [] }] }), 'additionalProperties'],
    [
      'a header value that is no string',
      table({ matchers: [{ prefix: '/a', headers: [{ name: 'a', value: true }] }] }),
      'type',
    ],
    ['option for options', table({ option: { prefixRewrite: '/' } }), 'additionalProperties'],
  ])('%s', (_, object, keyword) => {
    expect(errorsIn(object).map((error) => error.keyword)).toContain(keyword);
  });

  test('an Upstream that any pod may answer for', () => {
    const kube = { serviceName: 'echo', serviceNamespace: 'echo', servicePort: 80 };
    const object = (subsetSpec: object) => ({
      apiVersion: 'gloo.solo.io/v1',
      kind: 'Upstream',
      metadata: upstream,
      spec: { kube: { ...kube, subsetSpec } },
    });
    const selectors = [{ keys: ['version'] }];
    expect(errorsIn(object({ selectors, fallbackPolicy: 'NO_FALLBACK' }))).toEqual([]);
    expect(errorsIn(object({ selectors })).map(({ keyword }) => keyword)).toEqual(['required']);
    expect(errorsIn(object({ selectors, fallbackPolicy: 'ANY_ENDPOINT' })).map(({ keyword }) => keyword)).toEqual([
      'const',
    ]);
  });
});

describe("Flux's objects", () => {
  const metadata = { name: 'coalmine', namespace: 'flux-system' };
  const ofKind = (api: string, kind: string, spec: object) => ({ apiVersion: `${api}`, kind, metadata, spec });
  const sources = [{ kind: 'Kustomization', name: '*', namespace: 'echo' }];
  const secretRef = { name: 'coalmine' };

  test.each([
    [
      'Kustomization',
      'kustomize.toolkit.fluxcd.io/v1',
      { interval: '10m', prune: true, wait: true, path: './x', sourceRef: { kind: 'GitRepository', name: 'coalmine' } },
    ],
    [
      'GitRepository',
      'source.toolkit.fluxcd.io/v1',
      { interval: '1m', url: 'https://git.example.com/a/b', ref: { branch: 'gitops' }, secretRef },
    ],
    [
      'Receiver',
      'notification.toolkit.fluxcd.io/v1',
      { type: 'github', events: ['push'], resources: [{ kind: 'GitRepository', name: 'coalmine' }], secretRef },
    ],
    [
      'Provider',
      'notification.toolkit.fluxcd.io/v1beta3',
      { type: 'generic-hmac', address: 'https://coalmine.example.com/api/flux/a/b', secretRef },
    ],
    [
      'Alert',
      'notification.toolkit.fluxcd.io/v1beta3',
      { providerRef: secretRef, eventSeverity: 'info', eventSources: sources },
    ],
  ])('%s', (kind, api, spec) => {
    expect(errorsIn(ofKind(api, kind, spec))).toEqual([]);
    expect(errorsIn(ofKind(api, kind, { ...spec, supend: true })).map(({ keyword }) => keyword)).toEqual([
      'additionalProperties',
    ]);
  });

  test.each(['1 minute', '5', '', '1d'])('an interval of "%s"', (interval) => {
    const spec = { interval, prune: true, sourceRef: { kind: 'GitRepository', name: 'a' } };
    expect(errorsIn(ofKind('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', spec))).toHaveLength(1);
  });
});

test('a kind that no chart declares', () => {
  expect(() => errorsIn({ apiVersion: 'v1', kind: 'Secret' })).toThrow('no such definition: Secret');
  expect(() => errorsIn({ apiVersion: 'batch/v1', kind: 'Job' })).toThrow('no schema for batch/v1 Job');
});
