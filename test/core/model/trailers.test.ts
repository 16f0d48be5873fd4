import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMessage, parseMessage, readSaid, trailers, writeSaid } from '../../../src/core/model/trailers.ts';

test.each([
  ['fixes #12', 'fixes #\u200b12'],
  ['closes canary/shop#12, resolves GH-7', 'closes canary/shop#\u200b12, resolves GH-\u200b7'],
  ['@org/team look', '@\u200borg/team look'],
  ['see https://evil.example and www.evil.example', 'see https:\u200b//evil.example and www\u200b.evil.example'],
  ['red\u001b[31m \u202etxt', 'red\\u001b[31m \\u202etxt'],
  ['one\nCommand: 5\r\n\r\nRelease: a/b', 'one Command: 5 Release: a/b'],
])('what a person says is only text in a commit message: %j', (said, written) => {
  expect(writeSaid(said)).toBe(written);
});

test('whatever a person says, a message has the trailers that it was given, and nothing that GitHub acts on', () => {
  const nasty = fc.constantFrom(
    '#1',
    '@a/b',
    'GH-1',
    'fixes ',
    'closes: ',
    '\n',
    '\r',
    '\u2028',
    '\u202e',
    '\u001b',
    'Command: 5',
    '://',
    '\ud800',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(nasty, fc.string()), { maxLength: 12 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, text, (reason, subject) => {
      const message = formatMessage({
        subject: `echo: ${writeSaid(subject)}`,
        trailers: [
          ['Command', '7'],
          ['Reason', `because ${writeSaid(reason)}`],
          ['Release', 'echo/echo'],
        ],
      });
      expect(message.trimEnd().split(/[\n\r\u2028\u2029]/)).toHaveLength(5);
      const read = parseMessage(message);
      expect(trailers(read, 'Command')).toEqual(['7']);
      expect(trailers(read, 'Release')).toEqual(['echo/echo']);
      expect(message).not.toMatch(/[@#]\w|GH-\d|:\/\//i);
      for (const hidden of ['\u202e', '\u001b']) expect(message).not.toContain(hidden);
    }),
    { numRuns: 1_000 },
  );
});

test('what was said is read back', () => {
  expect(readSaid(writeSaid('fixes #12 for @org/team'))).toBe('fixes #12 for @org/team');
  expect(writeSaid('x'.repeat(900))).toHaveLength(500);
});
