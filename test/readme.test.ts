import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import config from '../schemas/config.schema.json' with { type: 'json' };
import values from '../schemas/values.schema.json' with { type: 'json' };
import { COMMANDS } from '../src/core/commands/index.ts';
import { readSettings } from '../src/core/settings/read.ts';
import { PERMISSIONS } from '../src/core/settings/settings.ts';
import { bytesOf, check } from './core/support.ts';
import { coalmine } from './support/cli.ts';

// What the README says there is, is there, and the other way round.
const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** The rows of the table with this head in its first column, each as its cells. */
function rowsOf(head: string): readonly (readonly string[])[] {
  const [, table = ''] = README.split(`| ${head} |`);
  const rows = table.split('\n').slice(2);
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return rows.slice(0, end).map((row) => row.slice(2, -2).split(' | '));
}

/** What stands in a text as code. */
function codeIn(text = ''): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The names in the first column of the table with this head; `.b` behind `a.x` is `a.b`. */
function namesIn(head: string): readonly string[] {
  return rowsOf(head).flatMap(([names]) => {
    let before = '';
    return codeIn(names).map((name) => {
      const whole = name.startsWith('.') ? before.replace(/\.[^.]*$/, name) : name;
      before = whole;
      return whole;
    });
  });
}

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();

test('every field of a values file', () => {
  const { deployment, defaults, service, routes } = values.properties;
  const { primary, canary, ...others } = routes.properties;
  expect([deployment, defaults].every(Boolean)).toBe(true);
  expect(sorted(namesIn('field'))).toEqual(
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
  expect(sorted(namesIn('key'))).toEqual(sorted(Object.keys(config.properties).map((key) => named[key] ?? key)));
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
  const named = (head: string, name: string) => rowsOf(head).find(([names]) => codeIn(names)[0] === name);

  test('of the settings', () => {
    // `rules` has the chapter of its own, `defaults` the fields of a version, `stages` all other settings.
    const { rules, defaults, stages, ...others } = config.properties as Readonly<Record<string, Node>>;
    expect(Boolean(rules && defaults && stages)).toBe(true);
    for (const [key, node] of Object.entries(others))
      speaksOf(
        rowsOf('key').find(([names]) => codeIn(names)[0]?.split('.')[0] === key),
        keysBelow(node, config.$defs as Readonly<Record<string, Node>>),
      );
  });

  test('of a values file', () => {
    const defs = values.$defs as Readonly<Record<string, Node>>;
    for (const field of ['autoscaling', 'disruption', 'upstream'])
      speaksOf(
        named('field', `deployment.<version>.${field}`),
        keysBelow(defs.version?.properties?.[field] ?? {}, defs),
      );
    const routes = values.properties.routes.properties as Readonly<Record<string, Node>>;
    for (const field of ['paths', 'shadow'])
      speaksOf(named('field', `routes.${field}`), keysBelow(routes[field] ?? {}, defs));
  });
});

/** The YAML blocks of the README. */
const BLOCKS = [...README.matchAll(/^( *)```yaml\n(.*?)^ *```$/gms)].map(([, indent = '', text = '']) =>
  text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
);

test('every values file and every setting that it shows is one', () => {
  const found = BLOCKS.map((text) => ({
    text,
    data: parse(text.split('\n---\n')[0] ?? '') as Record<string, unknown>,
  }));
  const shown = found.filter(({ data }) => 'deployment' in data);
  const settings = found.filter(({ data }) => Object.keys(data).some((key) => key in config.properties));
  expect(shown.length).toBeGreaterThan(0);
  for (const { text } of shown) expect(check(text).filter(({ severity }) => severity === 'error')).toEqual([]);
  for (const { text } of settings) expect(readSettings(bytesOf(text)).ok).toBe(true);
});

const CASES = join(import.meta.dirname, 'cases');

function inCase(name: string, path: string): string {
  return readFileSync(join(CASES, name, path), 'utf8');
}

describe('each scene of the seeds is said as its case says it', () => {
  const rows = rowsOf('scene');
  test.each(rows.map(([scene, , said, name]) => [scene, said, codeIn(name)[0] ?? '']))('%s', (_, said, name) => {
    const [fields = '', settings = ''] = (said ?? '').split('settings ');
    const [release = ''] = readdirSync(join(CASES, name, 'after/charts-values'));
    const file = parse(inCase(name, `after/charts-values/${release}`));
    for (const text of codeIn(fields)) expect(file).toMatchObject(parse(text));
    for (const text of codeIn(settings))
      expect(parse(inCase(name, 'after/.github/coalmine.yml'))).toMatchObject(parse(text));
    expect(codeIn(fields).length).toBeGreaterThan(0);
  });

  test('the scenes are all there', () => expect(rows.length).toBeGreaterThanOrEqual(17));
});

test('the shared VirtualService and the finding of part 2 are shown as they are', () => {
  expect(BLOCKS).toContain(inCase('two-teams', 'expected/tree/domains/example/virtualservice-app.yaml'));
  const said = inCase('one-teams-typo', 'expected/findings.txt').split('\n\n');
  const [finding = ''] = said.filter((text) => text.startsWith('error'));
  expect(README).toContain(`\`\`\`text\n${finding}\n\`\`\``);
});

test('every rule has its heading', () => {
  const [, chapter = ''] = README.split('\n## Rules\n');
  const headings = [...(chapter.split('\n## ')[0] ?? '').matchAll(/^### (.+)$/gm)].map(([, id = '']) => id);
  const fixed = ['yaml-syntax', 'schema', 'too-large', 'manifest'];
  expect(sorted(headings)).toEqual(sorted([...Object.keys(config.properties.rules.properties), ...fixed]));
});

test('every rule begins with its severity, which the schema has as its default', () => {
  const rules = config.properties.rules.properties as Readonly<Record<string, Node>>;
  const said = Object.keys(rules).map((id) => {
    const [, text = ''] = README.split(`\n### ${id}\n`);
    return [id, /^[A-Z][a-z]+/.exec(text)?.[0].toLowerCase()];
  });
  expect(said).toEqual(Object.entries(rules).map(([id, node]) => [id, node.default]));
});

test('every command of a comment, with what it does and who may', () => {
  const rows = COMMANDS.map(({ usage, help, verb }) => [`\`${usage}\``, help, `\`${PERMISSIONS[verb]}\``]);
  expect(rowsOf('line')).toEqual(rows);
});

test('every command', async () => {
  const { stdout } = await coalmine('.', '--help');
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
  expect(commands.length).toBeGreaterThan(3);
  expect(sorted(namesIn('command').map((usage) => usage.split(' ')[0] ?? ''))).toEqual(sorted(commands));
});

test('all that a cluster needs once, and all that a release may write there', () => {
  const [, chapter = ''] = README.split('\n### In the cluster, once\n');
  const printed = loadAll(
    readFileSync(join(import.meta.dirname, 'cli/flux/flux.yaml'), 'utf8'),
  ) as unknown as Applied[];
  const created = [...chapter.matchAll(/^([a-z]+)\.[a-z.0-9]+\/(\S+) created$/gm)].map(([, kind, name]) => [
    kind,
    name,
  ]);
  expect(created).toEqual(printed.map(({ kind, metadata }) => [kind.toLowerCase(), metadata.name]));
  const words = chapter.toLowerCase().split(/[^a-z]+/);
  const resources = printed.flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.resources));
  expect(resources.length).toBeGreaterThan(5);
  expect(resources.filter((resource) => !words.includes(resource))).toEqual([]);
});

interface Applied {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly resources: readonly string[] }[];
}
