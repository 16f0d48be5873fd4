import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../../src/core/model/finding.ts';
import type { ReleaseId } from '../../../src/core/model/release.ts';
import { patternProblem, releaseIdOf, valuesFolder } from '../../../src/core/settings/pattern.ts';
import { readSettings } from '../../../src/core/settings/read.ts';
import { bytesOf, defaults, inShort } from '../support.ts';

function check(text: string): readonly string[] {
  const read = readSettings(bytesOf(text));
  return inShort(read.ok ? read.warnings : read.findings);
}

describe('settings', () => {
  test('without a file, or with one that says nothing, the defaults hold', () => {
    expect(defaults.values).toBe('charts-values/{release}.yaml');
    expect(defaults.gitops).toBe('gitops');
    expect(defaults.flux).toEqual({ namespace: 'flux-system', name: 'coalmine', interval: '10m' });
    expect([...defaults.domains.values()]).toEqual([
      {
        apiGroup: 'example',
        virtualService: { name: 'app', namespace: 'gloo-system' },
        hosts: ['*'],
        prefix: '/',
        render: false,
        claims: [],
      },
    ]);
    for (const text of ['', '# nothing\n', '{}', 'domains:\nflux:\nrules:\n'])
      expect(readSettings(bytesOf(text))).toEqual({ ok: true, value: defaults, warnings: [] });
  });

  test('what is said replaces a default, the rest of it stays', () => {
    const read = readSettings(
      bytesOf(
        'gitops: live\ndomains:\n  zulu:\n  alfa: { hosts: [a.example.com], virtualService: { name: x }, render: true }\nflux: { interval: 1m }\nrules: { default-image: off }\n',
      ),
    );
    if (!read.ok) throw new Error(JSON.stringify(read.findings));
    expect(read.value.gitops).toBe('live');
    expect([...read.value.domains.keys()]).toEqual(['alfa', 'zulu']);
    expect(read.value.domains.get('alfa')).toMatchObject({
      virtualService: { name: 'x', namespace: 'gloo-system' },
      render: true,
    });
    expect(read.value.flux).toEqual({ namespace: 'flux-system', name: 'coalmine', interval: '1m' });
    expect(read.value.rules.get('default-image')).toBe('off');
  });

  test.each([
    ['an unknown key', 'valus: x\n', ['schema 1:1-6 -> values']],
    ['a branch that git would refuse', 'gitops: a..b\n', ['schema 1:9-13']],
    ['a branch that ends in a slash', 'gitops: live/\n', ['schema 1:9-14']],
    ['an unknown rule', 'rules: { default-imag: off }\n', ['schema 1:10-22 -> default-image']],
    ['a severity that is none', 'rules: { default-image: maybe }\n', ['schema 1:25-30']],
    ['a list', '- a\n', ['schema 1:1-1']],
    ['no YAML', 'a: [\n', ['yaml-syntax 1:5-5']],
    ['an interval that is none', 'flux: { interval: soon }\n', ['schema 1:19-23']],
    ['a number as a host', 'domains: { example: { hosts: [1.10] } }\n', ['ambiguous-scalar 1:31-35 -> "1.10"']],
    ['no hosts', 'domains: { example: { hosts: [] } }\n', ['schema 1:30-32']],
    ['a prefix without a slash', 'domains: { example: { prefix: api } }\n', ['schema 1:31-34']],
    ['a pattern without release', 'values: charts/echo.yaml\n', ['schema 1:9-25']],
    ['two faults', 'values: x\ngitops: ""\n', ['schema 1:9-10', 'schema 2:9-11']],
  ])('%s', (_, text, expected) => {
    expect(check(text)).toEqual(expected);
  });
});

describe('the pattern of values files', () => {
  test.each([
    ['charts-values/{release}.yaml', undefined],
    ['{release}.yaml', undefined],
    ['teams/{namespace}/{release}/values.yaml', undefined],
    ['teams/echo.yaml', /needs \{release\}/],
    ['{team}/{release}.yaml', /unknown placeholder \{team\}/],
    ['{release}/{release}.yaml', /once/],
    ['/{release}.yaml', /path from the root/],
    ['../{release}.yaml', /path from the root/],
    ['a//{release}.yaml', /path from the root/],
    ['a/./{release}.yaml', /path from the root/],
  ])('%s', (pattern, problem) => {
    const found = patternProblem(pattern);
    if (problem === undefined) expect(found).toBeUndefined();
    else expect(found).toMatch(problem);
  });

  test.each<[string, string | undefined, string, string, ReleaseId | undefined]>([
    [
      'charts-values/{release}.yaml',
      undefined,
      'charts-values',
      'charts-values/echo.yaml',
      { namespace: 'echo', name: 'echo' },
    ],
    [
      'charts-values/{release}.yaml',
      'shop',
      'charts-values',
      'charts-values/echo.yaml',
      { namespace: 'shop', name: 'echo' },
    ],
    ['charts-values/{release}.yaml', undefined, 'charts-values', 'charts-values/a/echo.yaml', undefined],
    ['charts-values/{release}.yaml', undefined, 'charts-values', 'charts-values/echo.yml', undefined],
    ['charts-values/{release}.yaml', undefined, 'charts-values', 'charts-values/echoxyaml', undefined],
    ['charts-values/{release}.yaml', undefined, 'charts-values', 'x/charts-values/echo.yaml', undefined],
    ['{release}.yaml', undefined, '', 'echo.yaml', { namespace: 'echo', name: 'echo' }],
    ['t/{namespace}/{release}.yaml', 'shop', 't', 't/one/echo.yaml', { namespace: 'one', name: 'echo' }],
    ['t/x-{namespace}/{release}.yaml', undefined, 't', 't/x-one/echo.yaml', { namespace: 'one', name: 'echo' }],
    ['t (1)/{release}.yaml', undefined, 't (1)', 't (1)/echo.yaml', { namespace: 'echo', name: 'echo' }],
  ])('%s in %s: folder "%s", %s', (values, namespace, folder, path, id) => {
    const settings = { ...defaults, values, ...(namespace === undefined ? {} : { namespace }) };
    expect(valuesFolder(settings)).toBe(folder);
    expect(releaseIdOf(settings, path)).toEqual(id);
  });
});

test.each(['release-name', 'version-name'])('%s guards the layout of the branch: no setting makes it less', (rule) => {
  for (const severity of ['warning', 'off']) {
    const read = readSettings(bytesOf(`rules:\n  ${rule}: ${severity}\n`));
    expect(findingsOf(read)).toMatchObject([
      {
        severity: 'error',
        path: `/rules/${rule}`,
        message: expect.stringContaining(`must be error, not "${severity}"`),
      },
    ]);
  }
  expect(readSettings(bytesOf(`rules: {${rule}: error}\n`)).ok).toBe(true);
});
