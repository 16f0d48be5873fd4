import { describe, expect, test } from 'vitest';
import config from '../schemas/config.schema.json' with { type: 'json' };
import values from '../schemas/values.schema.json' with { type: 'json' };
import { codeIn, namesIn, readPage, rowsOf, sorted } from './support/pages.ts';

// The pages name every field, setting and rule that there is, and none that there is not.
const VALUES = 'docs/values.md';
const SETTINGS = 'docs/settings.md';

test('every field of a values file', () => {
  const { deployment, defaults, service, routes } = values.properties;
  const { primary, canary, ...others } = routes.properties;
  expect([deployment, defaults].every(Boolean)).toBe(true);
  expect(sorted(namesIn(VALUES, 'field'))).toEqual(
    sorted([
      'deployment.<version>',
      ...Object.keys(values.$defs.version.properties).map((key) => `deployment.<version>.${key}`),
      'defaults',
      ...Object.keys(service.properties).map((key) => `service.${key}`),
      ...Object.keys(others).map((key) => `routes.${key}`),
      ...Object.keys(primary.properties).map((key) => `routes.primary.${key}`),
      ...Object.keys(canary.properties).map((key) => `routes.canary.${key}`),
    ]),
  );
});

test('every setting', () => {
  const named: Readonly<Record<string, string>> = {
    commands: 'commands.<command>',
    domains: 'domains.<apiGroup>',
    rules: 'rules.<id>',
    stages: 'stages.<stage>',
  };
  expect(sorted(namesIn(SETTINGS, 'key'))).toEqual(
    sorted(Object.keys(config.properties).map((key) => named[key] ?? key)),
  );
});

interface Node {
  readonly $ref?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node | boolean;
}

/** The keys below a property that are ours to explain; what is as in Kubernetes isn't. */
function keysBelow(node: Node, defs: Readonly<Record<string, Node>>): readonly string[] {
  const target = defs[node.$ref?.replace('#/$defs/', '') ?? ''] ?? node;
  const deeper = [target.items, target.additionalProperties].flatMap((each) =>
    typeof each === 'object' ? [each] : [],
  );
  return [
    ...Object.entries(target.properties ?? {}).flatMap(([key, child]) => [key, ...keysBelow(child, defs)]),
    ...deeper.flatMap((each) => keysBelow(each, defs)),
  ];
}

/** That a row of a table speaks of every one of these keys, as code. */
function speaksOf(row: readonly string[] | undefined, keys: readonly string[]): void {
  const words = new Set(codeIn(row?.join(' ')).flatMap((code) => code.split(/[^A-Za-z]+/)));
  expect([row?.[0], keys.filter((key) => !words.has(key))]).toEqual([row?.[0], []]);
}

describe('what is deeper than the tables name', () => {
  const named = (name: string) => rowsOf(VALUES, 'field').find(([names]) => codeIn(names)[0] === name);

  test('of the settings', () => {
    // `rules` has the chapter of its own, `defaults` the fields of a version, `stages` all other settings.
    const { rules, defaults, stages, ...others } = config.properties as Readonly<Record<string, Node>>;
    expect(Boolean(rules && defaults && stages)).toBe(true);
    for (const [key, node] of Object.entries(others))
      speaksOf(
        rowsOf(SETTINGS, 'key').find(([names]) => codeIn(names)[0]?.split('.')[0] === key),
        keysBelow(node, config.$defs as Readonly<Record<string, Node>>),
      );
  });

  test('of a values file', () => {
    const defs = values.$defs as Readonly<Record<string, Node>>;
    for (const field of ['autoscaling', 'disruption', 'upstream'])
      speaksOf(named(`deployment.<version>.${field}`), keysBelow(defs.version?.properties?.[field] ?? {}, defs));
    const routes = values.properties.routes.properties as Readonly<Record<string, Node>>;
    for (const field of ['paths', 'shadow']) speaksOf(named(`routes.${field}`), keysBelow(routes[field] ?? {}, defs));
  });
});

test('every rule has its heading', () => {
  const headings = [...readPage('docs/rules.md').matchAll(/^## (.+)$/gm)].map(([, id = '']) => id);
  const fixed = ['yaml-syntax', 'schema', 'too-large', 'manifest'];
  expect(sorted(headings)).toEqual(sorted([...Object.keys(config.properties.rules.properties), ...fixed]));
});

test('every rule begins with its severity, which the schema has as its default', () => {
  const rules = config.properties.rules.properties as Readonly<Record<string, Node>>;
  const said = Object.keys(rules).map((id) => {
    const [, text = ''] = readPage('docs/rules.md').split(`\n## ${id}\n`);
    return [id, /^[A-Z][a-z]+/.exec(text)?.[0].toLowerCase()];
  });
  expect(said).toEqual(Object.entries(rules).map(([id, node]) => [id, node.default]));
});
