import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import config from '../schemas/config.schema.json' with { type: 'json' };
import values from '../schemas/values.schema.json' with { type: 'json' };
import { coalmine } from './support/cli.ts';

// What the README says there is, is there, and the other way round.
const README = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** The names in the first column of the table with this head; `.b` behind `a.x` is `a.b`. */
function namesIn(head: string): readonly string[] {
  const [, table = ''] = README.split(`| ${head} |`);
  const rows = table.split('\n').slice(2);
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return rows.slice(0, end).flatMap((row) => {
    let before = '';
    return [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => {
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

test('every rule has its heading', () => {
  const [, chapter = ''] = README.split('\n## Rules\n');
  const headings = [...(chapter.split('\n## ')[0] ?? '').matchAll(/^### (.+)$/gm)].map(([, id = '']) => id);
  const fixed = ['yaml-syntax', 'schema', 'too-large', 'manifest'];
  expect(sorted(headings)).toEqual(sorted([...Object.keys(config.properties.rules.properties), ...fixed]));
});

test('every command', async () => {
  const { stdout } = await coalmine('.', '--help');
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
  expect(commands.length).toBeGreaterThan(3);
  expect(sorted(namesIn('command').map((usage) => usage.split(' ')[0] ?? ''))).toEqual(sorted(commands));
});
