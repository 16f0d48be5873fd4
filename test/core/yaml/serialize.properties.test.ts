import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { serialize } from '../../../src/core/yaml/serialize.ts';
import { data, NASTY } from '../../support/arbitraries.ts';
import { readingsOf } from '../../support/readings.ts';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The value of one YAML document as its readers take it. */
function readings(yaml: string): readonly unknown[] {
  return readingsOf(yaml).map((documents) => {
    expect(documents).toHaveLength(1);
    return documents[0];
  });
}

describe('serialize', () => {
  test('is read back as it was, by every reader', () => {
    fc.assert(
      fc.property(data.map as fc.Arbitrary<object>, (value) => {
        const yaml = serialize(value);
        for (const read of readings(yaml === '' ? '{}' : yaml)) expect(read).toEqual(plain(value));
      }),
      { numRuns: 600 },
    );
  });

  test('every nasty word as a value, a key and an item', () => {
    for (const word of NASTY.filter((nasty) => nasty !== '__proto__')) {
      const value = { value: word, [word]: [word, { [word]: word }] };
      for (const read of readings(serialize(value))) expect(read).toEqual(value);
    }
  });

  test('writes the same bytes whatever the order of the keys', () => {
    fc.assert(
      fc.property(data.map as fc.Arbitrary<Record<string, unknown>>, (value) => {
        expect(serialize(Object.fromEntries(Object.entries(value).reverse()))).toBe(serialize(value));
      }),
    );
  });
});

test('a serialized release is one document', () => {
  expect(parseAllDocuments(serialize({ a: '---', b: '...' }))).toHaveLength(1);
});
