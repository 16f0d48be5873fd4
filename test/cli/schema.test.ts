import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import values from '../../schemas/values.schema.json' with { type: 'json' };
import { createProject, shell } from '../support/cli.ts';

/** What the program prints, as a check that has nothing else to go by. */
async function printed(...args: readonly string[]) {
  const { code, stdout, stderr } = await createProject().run('schema', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return new Ajv2020({ strict: false }).compile(JSON.parse(stdout));
}

test('values, the default, prints the schema of the values', async () => {
  const { run } = createProject();
  const { stdout } = await run('schema', 'values');
  const { $defs, ...own } = JSON.parse(stdout);
  const { $defs: defs, ...rest } = values;
  expect(own).toEqual(rest);
  expect(Object.keys($defs)).toEqual(expect.arrayContaining(Object.keys(defs)));
  expect(stdout.endsWith('}\n')).toBe(true);
  expect((await run('schema')).stdout).toBe(stdout);
});

describe('what is printed works on its own', () => {
  test.each<[name: string, valid: readonly string[], invalid: readonly string[]]>([
    [
      'values',
      ['deployment: { v1: { env: { A: b } } }\nroutes: { primary: { version: v1 } }'],
      ['deployment: { v1: { env: { A: [] } } }\nroutes: { primary: { version: v1 } }', 'deployment: { v1: {} }'],
    ],
    [
      'config',
      ['defaults: { env: { A: b }, resources: { limits: { memory: 1Gi } } }\ngitops: live'],
      [
        'defaults: { env: { A: [] } }',
        'defaults: { env: [{ valueFrom: { secretKeyRef: { name: a } }, name: A }] }',
        'gitops: 1',
      ],
    ],
  ])('%s', async (name, valid, invalid) => {
    const check = await printed(name);
    expect(valid.filter((text) => !check(parse(text)))).toEqual([]);
    expect(invalid.filter((text) => check(parse(text)))).toEqual([]);
  });

  test.each(['values', 'config'])('%s refers to nothing outside', async (name) => {
    const { stdout } = await createProject().run('schema', name);
    const references = [...stdout.matchAll(/"\$ref": "([^"]*)"/g)].map(([, reference = '']) => reference);
    expect(references.length).toBeGreaterThan(5);
    expect(references.filter((reference) => !reference.startsWith('#/'))).toEqual([]);
  });
});

test('a team keeps it beside its files', async () => {
  const { folder, run } = createProject({ 'schemas/README': '' });
  const kept = await shell(folder, '"$0" schema values > schemas/values.schema.json && wc -c < schemas/*.json');
  expect(kept.code).toBe(0);
  expect(Number(kept.stdout)).toBe(Buffer.byteLength((await run('schema')).stdout));
});

test('the error for another name lists the known ones', async () => {
  expect(await createProject().run('schema', 'settings')).toEqual({
    code: 2,
    stdout: '',
    stderr: 'coalmine: unknown schema "settings"; choose values or config\n',
  });
});
