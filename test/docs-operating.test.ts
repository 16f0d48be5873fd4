import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { readConfig, SERVER_DEFAULTS } from '../src/config.ts';
import { DEFAULT_BEHAVIOR } from '../src/sandbox/flux/behavior.ts';
import { codeIn, namesIn, readPage, rowsOf, sorted } from './support/pages.ts';

test('docs/install.md names every variable that the process reads, with its default', () => {
  const read = new Set<string>();
  const environment = (given: Readonly<Record<string, string>>) =>
    new Proxy(given, {
      get: (target, name) => {
        read.add(String(name));
        return Reflect.get(target, name);
      },
    });
  readConfig(environment({ APP_ID: '1', PRIVATE_KEY_PATH: '/nowhere', WEBHOOK_SECRET: 'a' }), SERVER_DEFAULTS);
  readConfig(environment({ GHE_HOST: 'github.example.com' }), SERVER_DEFAULTS);
  expect(sorted(namesIn('docs/install.md', 'variable'))).toEqual(sorted(read));

  const said = new Map(rowsOf('docs/install.md', 'variable').map(([name, , value]) => [codeIn(name)[0], value]));
  expect(said.get('PORT')).toBe(String(SERVER_DEFAULTS.port));
  expect(said.get('SANDBOX_PORT')).toBe(String(SERVER_DEFAULTS.sandboxPort));
  expect(said.get('COALMINE_DATA_DIR')).toBe(`\`${SERVER_DEFAULTS.dataDir}\``);
});

test('docs/sandbox.md names everything that its Flux can be told, with the default', () => {
  const rows = rowsOf('docs/sandbox.md', 'member').filter(([name]) => (codeIn(name)[0] ?? '') in DEFAULT_BEHAVIOR);
  const said = rows.map(([name, , value]) => [codeIn(name)[0], JSON.parse(codeIn(value)[0] ?? '')]);
  expect(Object.fromEntries(said)).toEqual(DEFAULT_BEHAVIOR);
});

test('docs/flux.md shows all that a cluster needs once, and all that a release may write there', () => {
  const page = readPage('docs/flux.md');
  const file = readFileSync(join(import.meta.dirname, 'cli/flux/flux.yaml'), 'utf8');
  const printed = loadAll(file) as unknown as Applied[];
  const created = [...page.matchAll(/^([a-z]+)\.[a-z.0-9]+\/(\S+) created$/gm)].map(([, kind, name]) => [kind, name]);
  expect(created).toEqual(printed.map(({ kind, metadata }) => [kind.toLowerCase(), metadata.name]));
  const words = page.toLowerCase().split(/[^a-z]+/);
  const resources = printed.flatMap(({ rules = [] }) => rules.flatMap((rule) => rule.resources));
  expect(resources.length).toBeGreaterThan(5);
  expect(resources.filter((resource) => !words.includes(resource))).toEqual([]);
});

interface Applied {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly rules?: readonly { readonly resources: readonly string[] }[];
}
