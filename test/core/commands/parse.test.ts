import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Options } from '../../../src/core/commands/command.ts';
import { COMMANDS } from '../../../src/core/commands/index.ts';
import { type Parsed, parseComment } from '../../../src/core/commands/parse.ts';

type Run = Extract<Parsed, { kind: 'run' }>;
const ran = (verb: Run['verb'], names: readonly string[] = [], options: Options = {}): Run => {
  return { kind: 'run', verb, names, options };
};
const run = (...names: string[]) => ran('resume', names);
const promotion = (options: Options, ...names: string[]) => ran('promote', names, options);
const typo = (word: string, meant: Run['verb'] = 'resume'): Parsed => ({ kind: 'unknown', word, meant });

describe('a comment asks for', () => {
  test.each<[string, string, readonly Parsed[]]>([
    ['a command alone', '/resume', [run()]],
    ['a command with names', '/resume echo  shop/beta', [run('echo', 'shop/beta')]],
    ['a command with names as people write them', '/resume `echo`, beta', [run('echo', 'beta')]],
    ['a command within text', 'Looks fine.\n/resume echo\nThanks!', [run('echo')]],
    ['line ends as browsers send them', 'Fine.\r\n/resume echo\r\n', [run('echo')]],
    ['several, in order', '/resume echo\n\n/resume beta', [run('echo'), run('beta')]],
    ['several of ours', '/rollback echo\n/status\n/help', [ran('rollback', ['echo']), ran('status'), ran('help')]],
    ['whatever its case', '/Resume echo', [run('echo')]],
    ['below a quote and an empty line', '> shall we?\n\n/resume', [run()]],
    ['below code', '```\n/resume a\n```\n/resume b', [run('b')]],
    ['below a comment', '<!-- /resume a -->\n/resume b', [run('b')]],
    ['below a comment within a line', 'So <!-- as I <!-- said --> yes\n/resume', [run()]],
    ['below an element within a line', '<PRE>a</pre> and <code>b</CODE>\n/resume', [run()]],
    ['below another element', '<prefix>\n/resume', [run()]],
    ['below the end of what a comment began', '<!-- a\n/resume a -->\n/resume b', [run('b')]],
    ['below code that names a comment', 'It begins with `<!--`.\n/resume', [run()]],
    ['a name behind a character that ends a line elsewhere', '/resume echo\u2028beta', [run('echo', 'beta')]],
    ['a typo', '/resum', [typo('resum')]],
    ['a typo of two letters', '/resmue-', [typo('resmue-')]],
    ['a typo beside a command', '/resum echo\n/resume echo', [typo('resum'), run('echo')]],
  ])('%s', (_, text, expected) => expect(parseComment(text)).toEqual(expected));

  test.each(COMMANDS.map(({ verb }) => verb))('/%s', (verb) => {
    expect(parseComment(`/${verb}`)).toEqual([ran(verb)]);
    expect(parseComment(`/${verb.toUpperCase()} echo`)).toEqual([ran(verb, ['echo'])]);
  });
});

describe('what stands behind a command', () => {
  test.each<[string, Parsed]>([
    ['/promote echo', promotion({}, 'echo')],
    ['/promote echo v2', promotion({}, 'echo', 'v2')],
    ['/promote to 35', promotion({ to: 35 })],
    ['/promote echo to 35', promotion({ to: 35 }, 'echo')],
    ['/promote to 35 echo v2', promotion({ to: 35 }, 'echo', 'v2')],
    ['/promote to 35%', promotion({ to: 35 })],
    ['/promote to 0', promotion({ to: 0 })],
    ['/promote to 100%', promotion({ to: 100 })],
    ['/promote full', promotion({ to: 'full' })],
    ['/promote echo v2 full', promotion({ to: 'full' }, 'echo', 'v2')],
    ['/promote --force "the fair begins"', promotion({ force: 'the fair begins' })],
    ['/promote echo --force "why" to 35', promotion({ force: 'why', to: 35 }, 'echo')],
    ['/promote --force " why " full', promotion({ force: 'why', to: 'full' })],
    ['/promote --force="why"', promotion({ force: 'why' })],
    ['/promote --force"why"', promotion({ force: 'why' })],
    ['/promote --force “it’s the fair”', promotion({ force: 'it’s the fair' })],
    ['/promote --force „why“', promotion({ force: 'why' })],
    ['/promote —force “why”', promotion({ force: 'why' })], // as a telephone writes --force
    ['/promote –force "why"', promotion({ force: 'why' })],
    ['/promote ––force "why"', promotion({ force: 'why' })],
    ['/promote --force "to 35, full --force"', promotion({ force: 'to 35, full --force' })],
    ['/deploy echo v2 example.com/echo:2', ran('deploy', ['echo', 'v2', 'example.com/echo:2'])],
    ['/deploy echo v2 a@sha256:12=', ran('deploy', ['echo', 'v2', 'a@sha256:12='])],
    ['/deploy to full', ran('deploy', ['to', 'full'])], // words of /promote alone
    ['/rollback echo v1', ran('rollback', ['echo', 'v1'])],
    ['/rollback echo "errors"', ran('rollback', ['echo'], { why: 'errors' })],
    ['/hold', ran('hold')],
    ['/hold echo, beta "errors since 11:40"', ran('hold', ['echo', 'beta'], { why: 'errors since 11:40' })],
    ['/hold “errors” echo', ran('hold', ['echo'], { why: 'errors' })],
    ['/hold ""', ran('hold', [], { why: '' })],
    ['/hold full to 35', ran('hold', ['full', 'to', '35'])],
    ['/status echo', ran('status', ['echo'])],
  ])('%s', (text, expected) => expect(parseComment(text)).toEqual([expected]));
});

describe('a command that was written wrong is answered, not carried out', () => {
  const number = '"to" takes a whole number from 0 to 100';
  const once = 'a promotion goes to one place';
  const reason = '--force takes the reason, in double quotes';
  const unclosed = 'a quotation mark is missing: a reason stands between two of them';
  test.each<[string, string]>([
    ['/promote to', number],
    ['/promote to echo', number],
    ['/promote to 101', number],
    ['/promote to -1', number],
    ['/promote to 3.5', number],
    ['/promote to 035', number],
    ['/promote to 35%%', number],
    ['/promote to "35"', number],
    ['/promote to full', number],
    ['/promote to 99999999999999999999', number],
    ['/promote to 35 to 50', once],
    ['/promote to 35 full', once],
    ['/promote full to 35', once],
    ['/promote full full', once],
    ['/promote --force', reason],
    ['/promote --force echo', reason],
    ['/promote --force echo "why"', reason],
    ['/promote --force ""', reason],
    ['/promote --force " "', reason],
    ["/promote --force 'why'", reason],
    ['/promote --force --force "why"', reason],
    ['/promote --force "why" --force "why"', 'it takes one --force'],
    ['/promote --force "why not', unclosed],
    ['/promote --force “why not', unclosed],
    ['/promote --force "why" "', unclosed],
    ['/hold echo "errors', unclosed],
    ['/hold echo errors"', unclosed],
    ['/promote --now', 'there is no option --now'],
    ['/promote --Force "why"', 'there is no option --Force'],
    ['/promote echo —', 'there is no option --'],
    ['/promote --version=v2', 'there is no option --version=v2'],
    ['/rollback --force "why"', 'there is no option --force'],
    ['/status --help', 'there is no option --help'],
    ['/promote "echo"', '"echo" has no --force before it'],
    ['/resume echo "errors"', '"errors" is in quotes, and it takes no reason'],
    ['/resume "echo"', '"echo" is in quotes, and it takes no reason'],
    ['/hold "errors" "and more"', 'it takes one reason'],
  ])('%s', (text, problem) => {
    expect(parseComment(text)).toEqual([{ kind: 'misused', verb: text.slice(1).split(' ')[0], problem }]);
  });
});

describe('a word close to one of ours is answered', () => {
  test.each<[string, Run['verb']]>([
    ['promte', 'promote'],
    ['promoet', 'promote'],
    ['Pormote', 'promote'],
    ['promoted', 'promote'],
    ['rolback', 'rollback'],
    ['roll-back', 'rollback'],
    ['rollbakc', 'rollback'],
    ['deply', 'deploy'],
    ['deploys', 'deploy'],
    ['redeploy', 'deploy'],
    ['holt', 'hold'],
    ['unhold', 'hold'],
    ['stats', 'status'],
    ['state', 'status'],
    ['helpme', 'help'],
    ['halp', 'help'],
    ['resume-', 'resume'],
    ['reusme', 'resume'],
  ])('/%s', (word, meant) => expect(parseComment(`/${word} echo "x`)).toEqual([typo(word, meant)]));
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
    ['in a comment behind another one', '<!-- a --> <!-- b\n/resume\n-->'],
    ['in a quotation', '<blockquote>\n/resume\n</blockquote>'],
    ['in an element behind another one', '<code>a</code> <Code class="x">\n/resume\n</code>'],
    ['in a fence that a shorter one does not end', '~~~~\n~~~\n/resume\n~~~~'],
    ['in preformatted text', '<pre>\n/resume\n</pre>'],
    ["on another bot's word", '/retest'],
    ['on a path', '/resume/echo'],
    ['on a path of another word', '/promte/echo'],
    ['on a word of no letters', '/ resume\n//resume\n/1'],
    ['on a word with a mark behind it', '/resume: echo'],
    ['on a very long word', `/${'resume'.repeat(10_000)}`],
    ['on a word of three wrong letters', '/demote\n/prometheus\n/rollxyz'],
    ['when empty', ''],
  ])('%s', (_, text) => expect(parseComment(text)).toEqual([]));

  // Prow's, GitHub's own and others': none is within two letters of ours.
  test.each([
    'approve',
    'area',
    'assign',
    'azp run',
    'cancel',
    'cc @bob',
    'cherry-pick main',
    'close',
    'delete',
    'kind bug',
    'label x',
    'lgtm',
    'merge',
    'milestone 1',
    'ok-to-test',
    'override ci',
    'rebase',
    'release',
    'remove-label x',
    'reopen',
    'retest',
    'retitle x',
    'run',
    'shrug',
    'skip',
    'squash',
    'test all',
    'unassign',
    'update',
    'verify-owners',
  ])('on /%s', (line) => expect(parseComment(`/${line}`)).toEqual([]));
});

test('no text makes it fail, and quoting a text makes it silent', () => {
  const piece = fc.constantFrom(
    ...COMMANDS.map(({ verb }) => `/${verb} `),
    '\n/promote ',
    '/resum',
    '--force',
    '—force ',
    'to ',
    'full',
    '35%',
    '"',
    '“',
    '”',
    '„',
    '`',
    '```',
    '~~~~',
    '> ',
    '<!--',
    '-->',
    '<pre>',
    '\n',
    '\r\n',
    '\u2028',
    ' ',
    ',',
    'a',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ unit: 'binary' }))), (pieces) => {
      const text = pieces.join('');
      const parsed = parseComment(text);
      expect(parsed.length).toBeLessThanOrEqual(text.split('/').length - 1);
      expect(parseComment(text.replaceAll(/^/gm, '> '))).toEqual([]);
      for (const each of parsed) {
        if (each.kind !== 'run') continue;
        for (const name of each.names) expect(name).toMatch(/^[^\s,`"“”„]+$/);
        const { to, force, why } = each.options;
        if (typeof to === 'number') expect(Number.isInteger(to) && to >= 0 && to <= 100).toBe(true);
        if (force !== undefined) expect(each.verb).toBe('promote');
        if (why !== undefined) expect(['hold', 'rollback']).toContain(each.verb);
      }
    }),
    { numRuns: 500 },
  );
});

// Anybody may comment: no text may hold up everybody else's.
describe('a comment of the largest size takes no more than a moment', () => {
  const size = 65_000;
  test.each([
    ['quotes', '"', ''],
    ['quotes that open', '“', ''],
    ['typos', '/promte\n', ''],
    ['reasons', '/hold "a" ', ''],
    ['weights', '/promote to 1 ', ''],
    ['backticks', '`', ''],
    ['backticks apart', '`a ', ''],
    ['code', '`<', ''],
    ['comments', '<!--', '-->'],
    ['tags', '<pre ', '</pre>'],
    ['fences', '~~~\n', ''],
    ['dashes', '—', ''],
    ['blanks', ' ', 'a'],
  ])('%s', (_, piece, end) => {
    const text = `${piece.repeat(size / piece.length)}${end}`;
    const before = performance.now();
    parseComment(text);
    parseComment(`/hold ${text}`);
    parseComment(`/hold "${text}`);
    expect(performance.now() - before).toBeLessThan(1000);
  });
});
