import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeInvisible } from '../../../src/core/model/invisible.ts';
import { nearest } from '../../../src/core/model/nearest.ts';
import { formatMessage, parseMessage } from '../../../src/core/model/trailers.ts';
import { name, text } from '../../support/arbitraries.ts';

test('trailers come back as they were written', () => {
  const line = text.map((value) => escapeInvisible(value.trim())).filter((value) => value !== '');
  const trailers = fc.array(fc.tuple(fc.constantFrom('Release', 'Source-Commit', 'Traffic'), line), { maxLength: 5 });
  fc.assert(
    fc.property(line, trailers, (subject, list) => {
      expect(parseMessage(formatMessage({ subject, trailers: list }))).toEqual({ subject, trailers: list });
    }),
  );
});

test('the nearest word is itself, and never one that is far', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (known) => {
      expect(nearest(known[0] ?? '', known)).toBe(known[0]);
      expect(nearest('xxxxxxxxxxxxxxxxxxxxxxxx', known)).toBeUndefined();
    }),
  );
});
