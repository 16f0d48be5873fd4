import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listRules, RULES } from '../../../src/core/rules/registry.ts';

const FOLDER = join(import.meta.dirname, '../../../src/core/rules');

test('every rule in the folder is in the registry', async () => {
  const files = readdirSync(FOLDER).sort();
  const modules: readonly object[] = await Promise.all(files.map((file) => import(join(FOLDER, file))));
  const rules = modules.flatMap((module) => Object.values(module).filter((value) => isRule(value)));
  expect(rules.length).toBeGreaterThan(10);
  expect(RULES.map(({ id }) => id).toSorted()).toEqual(rules.map(({ id }) => id).toSorted());
  expect(rules.filter((rule) => !RULES.includes(rule))).toEqual([]);
});

function isRule(value: unknown): value is (typeof RULES)[number] {
  return typeof value === 'object' && value !== null && 'about' in value && 'check' in value;
}

test('rules that share an id share its severity', () => {
  const severities = Map.groupBy([...RULES, ...listRules()], ({ id }) => id);
  for (const [id, rules] of severities)
    expect([id, new Set(rules.map(({ severity }) => severity)).size]).toEqual([id, 1]);
});

test('every id is listed once, in order', () => {
  const ids = listRules().map(({ id }) => id);
  expect(ids).toEqual([...new Set(ids)].sort());
});
