import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatMessage, parseMessage, trailer, trailers, writeSaid } from '../../../src/core/model/trailers.ts';

test.each([
  ['fixes #12', 'fixes #\u200b12'],
  ['closes canary/shop#12, resolves GH-7', 'closes canary/shop#\u200b12, resolves GH-\u200b7'],
  ['@org/team look', '@\u200borg/team look'],
  ['see https://evil.example and www.evil.example', 'see https:\u200b//evil.example and www\u200b.evil.example'],
  ['red\u001b[31m \u202etxt', 'red\\u001b[31m \\u202etxt'],
  ['one\nCommand: 5\r\n\r\nRelease: a/b', 'one Command: 5 Release: a/b'],
  ['canary gh-12 50%', 'canary gh-\u200b12 50%'],
  ['v1 1234567 and deadbeefdeadbeef', 'v1 123456\u200b7 and deadbe\u200befdead\u200bbeef'],
])('what a person says or names is only text in a commit message, and is read back: %j', (said, written) => {
  const message = formatMessage({ subject: writeSaid(said), trailers: [['Release', writeSaid(said)]] });
  expect(message).toBe(`${written}\n\nRelease: ${written}\n`);
  const read = parseMessage(message);
  expect([read.subject, trailer(read, 'Release')]).toEqual([writeSaid(said), writeSaid(said)]);
});

test('references that are meant stay whole', () => {
  const meant = [
    ['Source-Commit', 'deadbeef'.repeat(5)],
    ['Pull-Request', '#12'],
    ['Command', '1234567890'],
    ['Co-authored-by', 'ada <1+ada@users.noreply.github.com>'],
  ] as const;
  expect(formatMessage({ subject: 'a', trailers: meant })).toBe(
    `a\n\n${meant.map(([key, value]) => `${key}: ${value}`).join('\n')}\n`,
  );
});

test('whatever a person says, a message has the trailers that it was given, and nothing that GitHub acts on', () => {
  const nasty = fc.constantFrom(
    '#1',
    '@a/b',
    'GH-1',
    'abcdef12',
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
      expect(message).not.toMatch(/[@#]\w|\bGH-\d|:\/\/|\b[0-9a-f]{7,40}\b/i);
      for (const hidden of ['\u202e', '\u001b']) expect(message).not.toContain(hidden);
    }),
    { numRuns: 1_000 },
  );
});

test('a newline in a subject or in any trailer makes no other trailer', () => {
  const trailers = [
    ['Release', 'echo/echo\nCommand: 1'],
    ['Pull-Request', '#1\r\nCommand: 2'],
    ['Co-authored-by', 'ada\u2028Command: 3'],
  ] as const;
  const message = formatMessage({ subject: 'a\n\nCommand: 4', trailers });
  expect(message.split(/[\n\r\u2028]/)).toEqual([
    'a Command: 4',
    '',
    'Release: echo/echo Command: 1',
    'Pull-Request: #1 Command: 2',
    'Co-authored-by: ada Command: 3',
    '',
  ]);
});

test('what was said is not endless', () => {
  expect(writeSaid('x'.repeat(900))).toHaveLength(500);
});
