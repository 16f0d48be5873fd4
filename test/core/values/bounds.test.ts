import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { readSettings } from '../../../src/core/settings/read.ts';
import { MOST_SPREAD } from '../../../src/core/values/spread.ts';
import { LIMITS } from '../../../src/core/yaml/limits.ts';
import { bytesOf, check, defaults, echo, inShort } from '../support.ts';

// A small file must not cost much: what is said once for many, repeated, would be gigabytes.
const times = (count: number, line: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => line(i)).join('');

interface Multiplying {
  readonly versions: number;
  readonly env: number;
  readonly paths: number;
  readonly headers: number;
  readonly aliases: number;
}

function textOf({ versions, env, paths, headers, aliases }: Multiplying): string {
  return [
    `defaults:\n  image: a\n  env:\n${times(env, (i) => `    A${i}: b\n`)}`,
    `deployment:\n  a: &a\n    args: [${times(env, () => '"x",')}]\n`,
    times(Math.min(aliases, versions), (i) => `  w${i}: *a\n`),
    times(versions, (i) => `  v${i}: {}\n`),
    'routes:\n  primary: { version: a }\n',
    `  canary:\n    version: v0\n    weight: 1\n    headers:\n${times(headers, (i) => `      h${i}: x\n`)}`,
    `  paths:\n    - prefix: /\n${times(paths, (i) => `    - exact: /${i}\n`)}`,
  ].join('');
}

const sizes = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 3_000 }));
const multiplying: fc.Arbitrary<Multiplying> = fc.record({
  versions: sizes,
  env: sizes,
  paths: sizes,
  headers: sizes,
  aliases: fc.nat(LIMITS.aliases + 20),
});

test('any file that multiplies ends in few findings, or in a Release that is not much more than the file', () => {
  fc.assert(
    fc.property(multiplying, (sizesOf) => {
      const { release, findings } = build({ ...echo, bytes: bytesOf(textOf(sizesOf)) }, defaults, targets);
      expect(findings.length).toBeLessThanOrEqual(LIMITS.findings + 1);
      if (!release) expect(findings.map(({ rule }) => rule)).toContain('too-large');
      // Each variable of the defaults is an object of some 30 characters here, and 10 in the file.
      else expect(JSON.stringify([...release.versions.values()]).length).toBeLessThan(8 * MOST_SPREAD);
    }),
    { numRuns: 15 },
  );
});

test('regexes that are small in the file and huge once compiled are refused before they are compiled', () => {
  const repeated = '(?:a{1000})'.repeat(80);
  const paths = times(250, (i) => `  - regex: "/${i}${repeated}"\n`);
  const text = `deployment: {v1: {image: a}}\nroutes:\n  primary: {version: v1}\n  paths:\n${paths}`;
  const { release, findings } = build({ ...echo, bytes: bytesOf(text) }, defaults, targets);
  expect(release).toBeUndefined();
  expect(inShort(findings)).toEqual([expect.stringContaining('too-large')]);
  expect(findings[0]?.message).toContain('compile to more than 65536 instructions in all');
});

describe('too-large', () => {
  const small = { versions: 3, env: 3, paths: 3, headers: 3, aliases: 0 };
  test.each([
    ['many variables under few versions', { ...small, env: 5_000 }, []],
    ['few variables under many versions', { ...small, versions: 5_000 }, []],
    ['many under many', { ...small, env: 3_000, versions: 3_000 }, ['too-large']],
    ['many headers on few paths', { ...small, headers: 5_000 }, []],
    ['few headers on many paths', { ...small, paths: 5_000 }, []],
    ['many headers on many paths', { ...small, headers: 3_000, paths: 3_000 }, ['too-large']],
  ])('%s', (_, sizesOf, expected) => {
    expect(check(textOf(sizesOf)).map(({ rule }) => rule)).toEqual(expected);
  });

  test('stands at the key of what is too many, beside what the schema says', () => {
    expect(inShort(check(`foo: 1\n${textOf({ ...small, env: 3_000, versions: 3_000 })}`))).toEqual([
      'schema 1:1-4',
      'too-large 3005:1-11',
    ]);
  });

  test('counts the defaults of the settings', () => {
    const read = readSettings(bytesOf(`defaults: { annotations: { note: ${'x'.repeat(2_000)} } }`));
    if (!read.ok) throw new Error('the settings have findings');
    const text = textOf({ ...small, versions: 3_000 });
    expect(check(text, echo.id, read.value).map(({ rule, path }) => `${rule} ${path}`)).toEqual([
      'too-large /deployment',
    ]);
    expect(check(text)).toEqual([]);
  });
});
