import { describe, expect, test } from 'vitest';
import { readValues } from '../../../src/core/build/read-values.ts';
import { bytesOf, check, defaults, echo, inShort, withCanary, withVersion } from '../support.ts';

describe('strings that are not strings to everybody', () => {
  const words = [
    '1.10',
    'yes',
    'y',
    'N',
    'on',
    'Off',
    '0o7',
    '010',
    '0x1F',
    '0b1',
    '1e3',
    '+.5',
    '1_000',
    '1:30',
    '2024-11-05',
    'true',
    'False',
    'null',
    '~',
    '.inf',
    '.NaN',
    '5',
  ];
  test.each(words)('%s', (word) => {
    const found = [`ambiguous-scalar 4:12-${12 + word.length} -> "${word}"`];
    expect(inShort(check(withVersion(`args: [${word}]`)))).toEqual(found);
    expect(check(withVersion(`args: ["${word}", '${word}', x${word}x]`))).toEqual([]);
  });

  test.each([
    ['integers and booleans', 'env: { A: 5, B: true, C: -5, D: 0, E: false, F: x }', []],
    ['the same in a list', 'env: [{ name: A, value: 5 }, { name: B, value: true }]', []],
    ['an exponent', 'env: { A: 1e3 }', ['ambiguous-scalar 4:15-18 -> "1e3"']],
    ['yes', 'env: [{ name: A, value: yes }]', ['ambiguous-scalar 4:29-32 -> "yes"']],
    ['octal', 'env: { A: 010 }', ['ambiguous-scalar 4:15-18 -> "010"']],
    ['True', 'env: [{ name: A, value: True }]', ['ambiguous-scalar 4:29-33 -> "True"']],
    ['a fraction', 'env: { A: 1.5 }', ['ambiguous-scalar 4:15-18 -> "1.5"']],
    [
      'more digits than a number has',
      'env: { A: 99999999999999999999 }',
      ['ambiguous-scalar 4:15-35 -> "99999999999999999999"'],
    ],
    ['a name', 'env: { Y: x }', ['ambiguous-scalar 4:12-13 -> "Y"']],
    ['quoted', `env: { A: "1e3", B: 'yes', "Y": "010" }`, []],
    ['nothing', 'env: { A: }', ['schema 4:12-13']],
  ])('env: %s', (_, env, expected) => {
    expect(inShort(check(withVersion(env)))).toEqual(expected);
  });

  test('env keeps what was written', () => {
    const bytes = bytesOf(withVersion('env: { A: 5, B: true, C: "010" }'));
    const read = readValues({ ...echo, bytes }, defaults);
    expect(read.ok && read.value.versions.get('v1')?.env).toEqual([
      { name: 'A', value: '5' },
      { name: 'B', value: 'true' },
      { name: 'C', value: '010' },
    ]);
  });

  test.each([
    ['a header', withCanary('headers: { stage: yes }'), ['ambiguous-scalar 9:23-26 -> "yes"']],
    ['a name of a header', withCanary('headers: { 1: x }'), ['ambiguous-scalar 9:16-17 -> "1"']],
    ['an image', withVersion().replace('image: a', 'image: 1.10'), ['ambiguous-scalar 3:12-16 -> "1.10"']],
    [
      'a merged value',
      'deployment: { v1: { <<: { image: 1.10 } } }\nroutes: { primary: { version: v1 } }\n',
      ['ambiguous-scalar 1:34-38 -> "1.10"'],
    ],
  ])('%s', (_, text, expected) => {
    expect(inShort(check(text))).toEqual(expected);
  });
});
