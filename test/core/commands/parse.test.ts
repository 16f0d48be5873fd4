import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseComment } from '../../../src/core/commands/parse.ts';

const run = (...words: string[]) => ({ kind: 'run', verb: 'resume', words });
const typo = (word: string) => ({ kind: 'unknown', word, meant: 'resume' });

describe('a comment asks for', () => {
  test.each<[string, string, readonly object[]]>([
    ['a command alone', '/resume', [run()]],
    ['a command with names', '/resume echo  shop/beta', [run('echo', 'shop/beta')]],
    ['a command with names as people write them', '/resume `echo`, beta', [run('echo', 'beta')]],
    ['a command within text', 'Looks fine.\n/resume echo\nThanks!', [run('echo')]],
    ['line ends as browsers send them', 'Fine.\r\n/resume echo\r\n', [run('echo')]],
    ['several, in order', '/resume echo\n\n/resume beta', [run('echo'), run('beta')]],
    ['whatever its case', '/Resume echo', [run('echo')]],
    ['below a quote and an empty line', '> shall we?\n\n/resume', [run()]],
    ['below code', '```\n/resume a\n```\n/resume b', [run('b')]],
    ['below a comment', '<!-- /resume a -->\n/resume b', [run('b')]],
    ['below code that names a comment', 'It begins with `<!--`.\n/resume', [run()]],
    ['a typo', '/resum', [typo('resum')]],
    ['a typo of two letters', '/resmue-', [typo('resmue-')]],
  ])('%s', (_, text, expected) => expect(parseComment(text)).toEqual(expected));
});

describe('a comment is silent', () => {
  test.each([
    ['without a command', 'Shall we /resume it?'],
    ['in a quote', '> /resume'],
    ['in a line that still belongs to a quote', '> shall we say\n/resume'],
    ['indented', '    /resume'],
    ['by a tab', '\t/resume'],
    ['in a list', '- first\n  /resume'],
    ['in fenced code', '```\n/resume\n```'],
    ['in code with a language', '```sh\n/resume\n```'],
    ['in a fence of tildes', '~~~\n/resume\n~~~'],
    ['in a longer fence', '````\n```\n/resume\n```\n````'],
    ['in a fence of another kind', '~~~\n```\n/resume\n~~~'],
    ['in a fence that nothing ends', '```\n/resume'],
    ['in a comment of HTML', '<!--\n/resume\n-->'],
    ['in a comment that nothing ends', 'So. <!-- as I said\n\n/resume'],
    ['in preformatted text', '<pre>\n/resume\n</pre>'],
    ["on another bot's word", '/retest'],
    ['on a path', '/resume/echo'],
    ['on a word of no letters', '/ resume\n//resume\n/1'],
    ['on a very long word', `/${'resume'.repeat(10_000)}`],
    ['when empty', ''],
  ])('%s', (_, text) => expect(parseComment(text)).toEqual([]));
});

test('no text makes it fail, and quoting a text makes it silent', () => {
  const piece = fc.constantFrom(
    '/resume',
    '/resum',
    '```',
    '~~~~',
    '> ',
    '<!--',
    '-->',
    '<pre>',
    '\n',
    '\r\n',
    ' ',
    'a',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
      const text = pieces.join('');
      expect(parseComment(text).length).toBeLessThanOrEqual(text.split('/').length - 1);
      expect(parseComment(text.replaceAll(/^/gm, '> '))).toEqual([]);
    }),
  );
});
