import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatHold, readHold } from '../../../src/core/rollout/hold.ts';

test('a hold is a file that people can read', () => {
  const text = formatHold({ who: 'writer', why: 'errors since 11:40', when: '2026-05-04T12:00:00.000Z' });
  expect(text).toBe('when: "2026-05-04T12:00:00.000Z"\nwho: writer\nwhy: errors since 11:40\n');
});

test('is read back as it was written, whoever held and whatever they said', () => {
  const text = fc.oneof(
    fc.constantFrom('', 'true', '012', '1e3', '~', '# no', 'a: b', 'line\nline', '- x', '"', "'", '🦆', '__proto__'),
    fc.string({ unit: 'grapheme' }),
  );
  fc.assert(
    fc.property(text, text, fc.date({ noInvalidDate: true, min: new Date(0) }), (who, why, date) => {
      const hold = { who, why, when: date.toISOString() };
      expect(readHold(formatHold(hold))).toEqual(hold);
    }),
  );
});

const NOBODY = { who: '', why: '', when: '' };

test.each<[string, string, object]>([
  ['emptied', '', NOBODY],
  ['no YAML', 'who: [', NOBODY],
  ['no map', '- who', NOBODY],
  ['a word', 'who', NOBODY],
  ['null', '~', NOBODY],
  ['an unknown tag', 'who: !!js/function x', NOBODY],
  ['other types', 'who: {a: b}\nwhy: [x]\nwhen: true\n', NOBODY],
  ['not a time', 'who: writer\nwhen: yesterday\n', { ...NOBODY, who: 'writer' }],
  ['a login of digits', 'who: 12\nwhen: 2026-05-04\n', { ...NOBODY, who: '12', when: '2026-05-04' }],
  ['something more', 'who: writer\nuntil: friday\n', { ...NOBODY, who: 'writer' }],
])('edited by hand it still holds: %s', (_, text, hold) => {
  expect(readHold(text)).toEqual(hold);
});
