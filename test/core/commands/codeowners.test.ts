import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Owner, ownersOf } from '../../../src/core/commands/codeowners.ts';

const user = (login: string): Owner => ({ kind: 'user', login });
const team = (org: string, slug: string): Owner => ({ kind: 'team', org, slug });
const email = (address: string): Owner => ({ kind: 'email', address });

const isOwned = (pattern: string, path: string): boolean => (ownersOf(`${pattern} @a`, path)?.owners.length ?? 0) > 0;

/** A file with the kinds of lines that GitHub's page about code owners explains. */
const EXPLAINED = `# Everything, unless a later line takes it.
*       @everybody @anybody

*.js    @scripts # whoever writes them
*.go maintainers@example.com
*.txt @canary/writers
/build/logs/ @logs
docs/*  docs@example.com
apps/ @apps
/docs/ @docs-below
/scripts/ @one @other
**/logs @all-logs
/apps/ @root-apps
/apps/github
/apps/github/kept @kept
`;

describe('the last line that matches decides', () => {
  test.each<[string, number, readonly Owner[]]>([
    ['README.md', 2, [user('everybody'), user('anybody')]],
    ['deep/in/a/folder.md', 2, [user('everybody'), user('anybody')]],
    ['main.js', 4, [user('scripts')]],
    ['src/deep/main.js', 4, [user('scripts')]],
    ['src/main.jsx', 2, [user('everybody'), user('anybody')]],
    ['cmd/main.go', 5, [email('maintainers@example.com')]],
    ['notes.txt', 6, [team('canary', 'writers')]],
    ['build/logs', 12, [user('all-logs')]],
    ['build/logs/today/1.log', 12, [user('all-logs')]],
    ['docs/start.md', 10, [user('docs-below')]],
    ['docs/build/help.md', 10, [user('docs-below')]],
    ['more/docs/start.md', 2, [user('everybody'), user('anybody')]],
    ['more/apps/main.md', 9, [user('apps')]],
    ['scripts/run.sh', 11, [user('one'), user('other')]],
    ['deep/scripts/run.sh', 2, [user('everybody'), user('anybody')]],
    ['deeply/nested/logs/1', 12, [user('all-logs')]],
    ['apps/main.js', 13, [user('root-apps')]],
    ['apps/github', 14, []],
    ['apps/github/main.js', 14, []],
    ['apps/github/kept/main.js', 15, [user('kept')]],
    ['apps/githubs/main.js', 13, [user('root-apps')]],
  ])('%s: line %i', (path, line, owners) => {
    expect(ownersOf(EXPLAINED, path)).toEqual({ line, owners });
  });

  test('and no other, though it has owners', () => {
    expect(ownersOf('a @one\na @two\n', 'a')).toEqual({ line: 2, owners: [user('two')] });
    expect(ownersOf('*.js @one', 'a.ts')).toBeUndefined();
    expect(ownersOf('', 'a')).toBeUndefined();
  });
});

const PATTERNS: Readonly<Record<string, { readonly yes?: readonly string[]; readonly no?: readonly string[] }>> = {
  foo: { yes: ['foo', 'foo/a', 'a/foo', 'a/foo/b'], no: ['foo.txt', 'a/foo.txt', 'a/b', 'Foo'] },
  '/foo': { yes: ['foo', 'foo/a/b'], no: ['fool', 'a/foo', 'a/foo/b'] },
  'foo/': { yes: ['foo/a', 'foo/a/b', 'a/foo/b'], no: ['foo', 'a/foo', 'a/b'] },
  '/foo/': { yes: ['foo/a', 'foo/a/b'], no: ['foo', 'a/foo', 'a/foo/b'] },
  'foo/bar': { yes: ['foo/bar', 'foo/bar/a'], no: ['foo', 'foo/bart', 'a/foo/bar', 'a/foo/bar/b'] },
  'foo/bar/': { yes: ['foo/bar/a', 'foo/bar/a/b'], no: ['foo/bar', 'a/foo/bar/b'] },
  '*': { yes: ['foo', 'foo/a', 'a/b/c', '.github/CODEOWNERS'] },
  '/*': { yes: ['foo', '.foo'], no: ['foo/a', 'foo/a/b'] },
  '/*/': { yes: ['foo/a', 'foo/a/b'], no: ['foo'] },
  'f*': { yes: ['foo', 'f', 'foo/a', 'a/foo', 'a/foo/b'], no: ['a/b', 'xfoo'] },
  '/f*': { yes: ['foo', 'foo/a'], no: ['a/foo', 'xfoo'] },
  'f*/': { yes: ['foo/a', 'a/foo/b'], no: ['foo', 'a/foo'] },
  'foo/*': { yes: ['foo/a', 'foo/.a'], no: ['foo', 'foo/a/b', 'a/foo/b'] },
  'foo/*.txt': { yes: ['foo/a.txt', 'foo/.txt'], no: ['foo/a/b.txt', 'a/foo/b.txt', 'foo/a.txts'] },
  'foo/*/bar': { yes: ['foo/a/bar', 'foo/a/bar/b'], no: ['foo/bar', 'foo/a/b/bar'] },
  'f?o': { yes: ['foo', 'f🦆o'], no: ['fo', 'fooo', 'f/o'] },
  'a*b*c': { yes: ['abc', 'a-bb-c', 'aabbcbc'], no: ['ab', 'acb', 'abcd'] },
  'f\\*o': { yes: ['f*o'], no: ['foo'] },
  'f\\?o': { yes: ['f?o'], no: ['foo'] },
  'f\\oo': { yes: ['foo'] },
  '**': { yes: ['foo', 'foo/a/b'] },
  '/**': { yes: ['foo', 'foo/a/b'] },
  '**/': { yes: ['foo/a'], no: ['foo'] },
  '**/foo': { yes: ['foo', 'a/foo', 'a/b/foo/c'], no: ['a/foot'] },
  '**/foo/bar': { yes: ['foo/bar', 'a/foo/bar', 'a/foo/bar/b'], no: ['foo/a/bar'] },
  '**/*': { yes: ['foo', 'a/b/c'] },
  'foo/**': { yes: ['foo/a', 'foo/a/b'], no: ['foo', 'a/foo/b'] },
  'foo/**/': { yes: ['foo/a', 'foo/a/b'], no: ['foo'] },
  'foo/**/bar': { yes: ['foo/bar', 'foo/a/bar', 'foo/a/b/bar/c'], no: ['a/foo/bar', 'foo/a/bars'] },
  'foo/**/bar/b*': { yes: ['foo/bar/baz', 'foo/a/bar/baz/c'], no: ['foo/bar', 'foo/bar/a', 'foo/a/bar'] },
  'foo/**/**/bar': { yes: ['foo/bar', 'foo/a/b/c/bar'] },
  'foo**bar': { yes: ['foobar', 'foo-bar'], no: ['foo/bar', 'foo/a/bar'] },
  '/foo/***': { yes: ['foo/a'], no: ['foo/a/b'] },
  'a#b': { yes: ['a#b'], no: ['a'] },
  'my\\ file': { yes: ['my file', 'my file/a'], no: ['my', 'file'] },
  '/': { no: ['foo', 'foo/a'] },
  '//': { no: ['foo', 'foo/a'] },
  'foo//bar': { no: ['foo/bar', 'foo/a/bar'] },
  '.': { no: ['foo'] },
  'charts-values/echo.yaml': { yes: ['charts-values/echo.yaml'], no: ['a/charts-values/echo.yaml'] },
};

test.each(Object.entries(PATTERNS))('%s', (pattern, { yes = [], no = [] }) => {
  expect(yes.filter((path) => !isOwned(pattern, path))).toEqual([]);
  expect(no.filter((path) => isOwned(pattern, path))).toEqual([]);
});

describe('a line that GitHub skips', () => {
  test.each([
    ['negates', '!foo @a'],
    ['has a range of letters', 'f[aeo]o @a'],
    ['escapes a leading #', '\\#foo @a'],
    ['escapes nothing', 'foo\\'],
    ['is a comment', '#foo @a'],
    ['is an indented comment', '  # foo @a'],
    ['is empty', '   '],
    ['names a word that is no owner', 'foo @a b'],
    ['names an owner twice signed', 'foo @a@b'],
    ['names an address without a domain', 'foo a@b'],
    ['names nobody behind the sign', 'foo @'],
    ['names no team', 'foo @org/'],
    ['names a team too deep', 'foo @org/team/more'],
    ['names a login with other letters', 'foo @a!b'],
  ])('%s: the one before it counts', (_, line) => {
    for (const path of ['foo', '#foo', '!foo']) {
      expect(ownersOf(`* @before\n${line}\n`, path)).toEqual({ line: 1, owners: [user('before')] });
    }
  });
});

describe('a line is read', () => {
  test.each<[string, readonly Owner[]]>([
    ['foo @a', [user('a')]],
    ['  foo\t@a   @b \r', [user('a'), user('b')]],
    ['foo @a # @b', [user('a')]],
    ['foo @a#b', [user('a')]],
    ['foo # @b', []],
    ['foo', []],
    ['foo\r', []],
    ['foo @octo-cat_corp', [user('octo-cat_corp')]],
    ['foo @Org/a.team-1_x', [team('Org', 'a.team-1_x')]],
    ['foo a.b+c@example.com', [email('a.b+c@example.com')]],
  ])('%j', (line, owners) => {
    expect(ownersOf(line, 'foo')).toEqual({ line: 1, owners });
  });
});

describe('nothing takes long', () => {
  const text = fc
    .array(fc.constantFrom('*', '**', '/', '?', 'a', '\\', ' ', '@', '#', '!', '[', '\n', '🦆', '.'), {
      maxLength: 200,
    })
    .map((parts) => parts.join(''));

  test('whatever is written, there is an answer', () => {
    fc.assert(
      fc.property(text, text, fc.integer({ min: 1, max: 500 }), (lines, path, times) => {
        expect(() => ownersOf(lines.repeat(times), path)).not.toThrow();
      }),
    );
  });

  test.each([
    ['stars and letters', '*a'.repeat(1_000_000)],
    ['stars', '*'.repeat(2_000_000)],
    ['stars that almost match', `${'*a'.repeat(40)}b`],
    ['folders', '**/'.repeat(700_000)],
    ['folders and names', '**/a/'.repeat(500_000)],
    ['folders and stars', '**/*a*/'.repeat(300_000)],
    ['many lines', '*a*a*b @a\n'.repeat(50_000)],
    ['backslashes', '\\'.repeat(2_000_001)],
    ['dots in an address', `* a@${'.'.repeat(2_000_000)}@`],
    ['signs', `* ${'@'.repeat(2_000_000)}`],
  ])('%s', (_, pattern) => {
    const path = Array.from({ length: 10 }, () => 'a'.repeat(100)).join('/');
    const start = performance.now();
    ownersOf(pattern, path);
    expect(performance.now() - start).toBeLessThan(4000);
  });

  test('what a star takes is what a regular expression would', () => {
    const name = fc.array(fc.constantFrom('a', 'b'), { maxLength: 8 }).map((letters) => letters.join(''));
    const glob = fc
      .array(fc.constantFrom('a', 'b', '*', '?'), { minLength: 1, maxLength: 6 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(glob, name, (pattern, letters) => {
        const expected = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(`x${letters}`);
        expect(isOwned(`/${pattern}`, `x${letters}`)).toBe(expected);
      }),
    );
  });
});
