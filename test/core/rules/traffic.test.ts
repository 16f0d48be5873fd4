import { describe, expect, test } from 'vitest';
import { readValues } from '../../../src/core/build/read-values.ts';
import { readSettings } from '../../../src/core/settings/read.ts';
import type { Settings } from '../../../src/core/settings/settings.ts';
import { bytesOf, echo, inShort } from '../support.ts';

function settingsOf(text: string): Settings {
  const read = readSettings(bytesOf(text));
  if (!read.ok) throw new Error(inShort(read.findings).join());
  return read.value;
}

function judge(values: string, settings = ''): readonly string[] {
  const read = readValues({ ...echo, bytes: bytesOf(values) }, settingsOf(settings || 'gitops: gitops'));
  return inShort(read.ok ? read.warnings : read.findings);
}

describe('route-unreachable', () => {
  const SHOP = 'domains: { shop: { prefix: /api }, bank: { hosts: [bank.example.com] } }';
  const values = (routes: string) => `deployment: { v1: { image: a } }\nroutes:\n  primary: { version: v1 }\n${routes}`;
  test.each([
    ['the default group and no domains', values(''), '', []],
    ['a group that is there', values('  apiGroup: shop\n'), SHOP, []],
    ['a group with a typo', values('  apiGroup: shp\n'), SHOP, ['route-unreachable 4:13-16 -> shop']],
    ['a group that nobody selects', values('  apiGroup: insurance\n'), SHOP, ['route-unreachable 4:13-22']],
    ['the default group where the settings have others', values(''), SHOP, ['route-unreachable 2:1-7']],
    ['a path below the prefix', values('  apiGroup: shop\n  paths: [{ prefix: /api/x }]\n'), SHOP, []],
    [
      'a path outside the prefix',
      values('  apiGroup: shop\n  paths: [{ prefix: /api/x }, { exact: /x }]\n'),
      SHOP,
      ['route-unreachable 5:40-42'],
    ],
    [
      'a regex by its text',
      values('  apiGroup: shop\n  paths: [{ regex: "(/api)/x" }]\n'),
      SHOP,
      ['route-unreachable 5:20-30'],
    ],
  ])('%s', (_, text, settings, expected) => expect(judge(text, settings)).toEqual(expected));
});

describe('too-few-replicas', () => {
  const values = (v1: string, v2: string, weight: number) =>
    `deployment:\n  v1: { image: a, ${v1} }\n  v2: { image: a, ${v2} }\nroutes:\n  primary: { version: v1 }\n  canary: { version: v2, weight: ${weight} }\n`;
  test.each([
    ['as many as its share', values('replicas: 10', 'replicas: 3', 25), []],
    ['one too few', values('replicas: 10', 'replicas: 2', 25), ['too-few-replicas 3:19-27']],
    ['one by default', values('replicas: 4', 'env: {}', 50), ['too-few-replicas 3:3-5']],
    ['full weight', values('replicas: 2', 'replicas: 2', 100), []],
    [
      'by the fewest of an autoscaler',
      values('autoscaling: { min: 4, max: 9 }', 'autoscaling: { max: 9 }', 50),
      ['too-few-replicas 3:19-30'],
    ],
    ['the primary by the fewest of its autoscaler', values('autoscaling: { max: 9 }', 'replicas: 1', 50), []],
  ])('%s', (_, text, expected) => expect(judge(text)).toEqual(expected));
});

describe('domain-conflict', () => {
  test.each([
    ['hosts of their own', 'domains: { a: { hosts: [a.example.com] }, b: { hosts: [b.example.com] } }', []],
    ['one and the rest', 'domains: { a: { hosts: [a.example.com] }, b: {} }', []],
    [
      'one host in two',
      'domains: { a: { hosts: [x.example.com] }, b: { hosts: [z, X.example.com] } }',
      ['domain-conflict 1:59-72'],
    ],
    ['the default in two', 'domains: { a: {}, b: {} }', ['domain-conflict 1:19-20']],
    [
      'a warning by the settings',
      'domains: { a: {}, b: {} }\nrules: { domain-conflict: warning }',
      ['domain-conflict 1:19-20'],
    ],
    [
      'one VirtualService for two',
      'domains: { a: { hosts: [x.com], render: true }, b: { hosts: [z.com], render: true } }',
      ['domain-conflict 1:49-50'],
    ],
    [
      'one VirtualService for two, rendered for one',
      'domains: { a: { hosts: [x.com], render: true }, b: { hosts: [z.com] } }',
      [],
    ],
    ['off by the settings', 'domains: { a: {}, b: {} }\nrules: { domain-conflict: off }', []],
  ])('%s', (_, text, expected) => {
    const read = readSettings(bytesOf(text));
    expect(inShort(read.ok ? read.warnings : read.findings)).toEqual(expected);
    expect(read.ok).toBe(expected.length === 0 || text.includes('warning'));
  });
});
