import { readdirSync, readFileSync } from 'node:fs';
import { join as joinPath, relative } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import config from '../schemas/config.schema.json' with { type: 'json' };
import kubernetes from '../schemas/kubernetes.schema.json' with { type: 'json' };
import values from '../schemas/values.schema.json' with { type: 'json' };
import { targets } from '../src/charts/targets.ts';
import { build } from '../src/core/build/build.ts';
import { join } from '../src/core/model/pointer.ts';
import { readSettings } from '../src/core/settings/read.ts';
import { bytesOf, check, defaults, echo } from './core/support.ts';

// What an editor shows of the schemas is there, and true.
type Node = Readonly<Record<string, unknown>>;
const SCHEMAS: Readonly<Record<string, Node>> = { 'values.schema.json': values, 'config.schema.json': config };

interface Place {
  readonly at: string; // file#pointer
  readonly node: Node;
  readonly isProperty: boolean; // an author may write it by this name
}

/** Kubernetes' own fields: its description has no examples, and what they mean is Kubernetes' to say. */
function isOfKubernetes({ $ref }: Node): boolean {
  return typeof $ref === 'string' && $ref.startsWith('kubernetes.schema.json');
}

/** Every schema inside a schema. */
function placesIn(file: string, node: Node, pointer = '', isProperty = false): readonly Place[] {
  const below = (key: string, named: boolean) =>
    Object.entries((node[key] ?? {}) as Record<string, Node>).flatMap(([name, child]) =>
      placesIn(file, child, join(join(pointer, key), name), named),
    );
  const one = (key: string) =>
    node[key] !== null && typeof node[key] === 'object'
      ? placesIn(file, node[key] as Node, join(pointer, key), false)
      : [];
  return [
    { at: `${file}#${pointer}`, node, isProperty },
    ...below('properties', true),
    ...below('$defs', false),
    ...one('items'),
    ...one('additionalProperties'),
  ];
}

const PLACES = Object.entries(SCHEMAS).flatMap(([file, schema]) => placesIn(file, schema));
const PROPERTIES = PLACES.filter(({ isProperty, node }) => isProperty && !isOfKubernetes(node));

/** The schema that a `$ref` leads to. */
function targetOf({ at, node }: Place): Place | undefined {
  if (typeof node.$ref !== 'string' || isOfKubernetes(node)) return undefined;
  const [file, pointer] = node.$ref.split('#');
  const whole = `${file || at.split('#')[0]}#${pointer}`;
  const found = PLACES.find((place) => place.at === whole);
  if (!found) throw new Error(`${at} refers to ${whole}, which is not there`);
  return found;
}

/** What an editor finds to show for a property: what stands there, else what the schema says that it refers to. */
function shown(place: Place, key: string): unknown {
  return place.node[key] ?? targetOf(place)?.node[key];
}

test.each(['title', 'description', 'examples'])('every property has %s', (key) => {
  expect(PROPERTIES.length).toBeGreaterThan(80);
  expect(PROPERTIES.filter((place) => shown(place, key) === undefined).map(({ at }) => at)).toEqual([]);
});

/** A title is a few words, a description a sentence. */
test('the words are words', () => {
  const texts = (key: string) => PLACES.flatMap(({ node }) => (typeof node[key] === 'string' ? [node[key]] : []));
  expect(texts('title').filter((title) => title === '' || /[.:]$/.test(title))).toEqual([]);
  expect(texts('description').filter((description) => !/\S\.$/.test(description))).toEqual([]);
});

test('every example and every default is one that its schema takes', () => {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictTypes: false,
    strictRequired: false,
    allowUnionTypes: true,
  });
  ajv.addVocabulary(['x-digest', 'x-kubernetes-list-map-keys', 'oneKey']); // for our own checks alone
  for (const [file, schema] of Object.entries({ ...SCHEMAS, 'kubernetes.schema.json': kubernetes }))
    ajv.addSchema(schema, file);
  let count = 0;
  for (const { at, node } of PLACES) {
    const written = [...((node.examples ?? []) as unknown[]), ...('default' in node ? [node.default] : [])];
    for (const value of written) {
      count += 1;
      const valid = ajv.validate({ $ref: at }, value);
      expect([at, value, valid ? [] : ajv.errors]).toEqual([at, value, []]);
    }
  }
  expect(count).toBeGreaterThan(100);
});

/** What may be any name, and the name that its default has. */
const ANY_NAME: Readonly<Record<string, string>> = { 'config.schema.json#/properties/domains': 'example' };

/** A schema's defaults as an author would write them; undefined where there are none. */
function writtenOut(place: Place): unknown {
  if ('default' in place.node) return place.node.default;
  const target = targetOf(place);
  if (target) return writtenOut(target);
  const children = PLACES.filter(({ at, isProperty }) => isProperty && parentOf(at) === `${place.at}/properties`);
  const entries: (readonly [name: string, value: unknown])[] = children.flatMap((child) => {
    const value = writtenOut(child);
    return value === undefined ? [] : [[child.at.slice(child.at.lastIndexOf('/') + 1), value] as const];
  });
  const name = ANY_NAME[place.at];
  const any = PLACES.find(({ at }) => at === `${place.at}/additionalProperties`);
  if (name && any) entries.push([name, writtenOut(any)]);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

const parentOf = (at: string) => at.slice(0, at.lastIndexOf('/'));
const rootOf = (file: string): Place => ({ at: `${file}#`, node: SCHEMAS[file] ?? {}, isProperty: false });

describe('every default is what holds without it: writing it out changes nothing', () => {
  test('in the settings', () => {
    // Of a version's fields the values file has them below; a rule's severity is the README's to hold.
    const { rules, defaults: fields, ...written } = writtenOut(rootOf('config.schema.json')) as Record<string, unknown>;
    expect([rules, fields].every(Boolean)).toBe(true);
    expect(Object.keys(written).length).toBeGreaterThan(3);
    expect(readSettings(bytesOf(JSON.stringify(written)))).toEqual({ ok: true, value: defaults, warnings: [] });
  });

  test('in a values file', () => {
    const { service, routes } = writtenOut(rootOf('values.schema.json')) as Record<string, Record<string, unknown>>;
    const { shadow, canary, ...rest } = routes ?? {};
    const { upstream, autoscaling, ...version } = writtenOut(placeAt('values.schema.json#/$defs/version')) as Node;
    const whole = (fields: Node, more: Node, traffic: Node) =>
      build(
        {
          ...echo,
          bytes: bytesOf(JSON.stringify({ deployment: { v1: fields, v2: fields }, ...more, routes: traffic })),
        },
        defaults,
        targets,
      );
    const primary = { version: 'v1' };
    const short = { primary, canary: { version: 'v2', headers: { stage: 'canary' } } };
    const long = { primary, ...rest, canary: { ...short.canary, ...(canary as Node) } };
    expect(whole({ ...version, image: 'a' }, { service }, long).manifests).toEqual(
      whole({ image: 'a' }, {}, short).manifests,
    );
    expect(whole({ autoscaling: { max: 3, ...(autoscaling as Node) } }, {}, short).manifests).toEqual(
      whole({ autoscaling: { max: 3 } }, {}, short).manifests,
    );
    expect(whole({}, {}, { primary, shadow: { version: 'v2', ...(shadow as Node) } }).manifests).toEqual(
      whole({}, {}, { primary, shadow: { version: 'v2' } }).manifests,
    );
    const image = String(version.image);
    expect(
      build(
        { ...echo, bytes: bytesOf(`deployment: {v1: {}}\nroutes: {primary: {version: v1}}\n`) },
        defaults,
        targets,
      ).release?.versions.get('v1')?.image,
    ).toBe(image);
    expect(upstream).toEqual({ namespace: 'gloo-system' });
  });
});

function placeAt(at: string): Place {
  const found = PLACES.find((place) => place.at === at);
  if (!found) throw new Error(`there is no schema ${at}`);
  return found;
}

describe('the examples of values files', () => {
  const FOLDER = joinPath(import.meta.dirname, '../charts-values');

  test.each(readdirSync(FOLDER))('%s names its schema in its first line, and has no error', (name) => {
    const text = readFileSync(joinPath(FOLDER, name), 'utf8');
    const [, path = ''] = /^# yaml-language-server: \$schema=(\S+)\n/.exec(text) ?? [];
    expect(relative(FOLDER, joinPath(FOLDER, path))).toBe('../schemas/values.schema.json');
    expect(check(text).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
