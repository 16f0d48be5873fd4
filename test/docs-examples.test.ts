import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import config from '../schemas/config.schema.json' with { type: 'json' };
import { readSettings } from '../src/core/settings/read.ts';
import { bytesOf, check } from './core/support.ts';
import { blocksOf, codeIn, PAGES, rowsOf } from './support/pages.ts';

const SERIES = 'docs/gloo-series.md';
const YAML = PAGES.flatMap(blocksOf).filter(({ language }) => language === 'yaml');

test('every values file and every setting that it shows is one', () => {
  const found = YAML.map(({ text }) => ({
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
  const rows = rowsOf(SERIES, 'scene');
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
  expect(YAML.map(({ text }) => text)).toContain(
    inCase('two-teams', 'expected/tree/domains/example/virtualservice-app.yaml'),
  );
  const said = inCase('one-teams-typo', 'expected/findings.txt').split('\n\n');
  const [finding = ''] = said.filter((text) => text.startsWith('error'));
  expect(blocksOf(SERIES).map(({ text }) => text)).toContain(`${finding}\n`);
});
