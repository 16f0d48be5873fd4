import { describe, expect, test } from 'vitest';
import { type Edit, editValues } from '../../../src/core/values/edit.ts';

type Block = Extract<Edit, { kind: 'put' }>['value'];
const set = (path: string, value: string | number | boolean): Edit => ({ kind: 'set', path, value });
const copy = (from: string, to: string): Edit => ({ kind: 'copy', from, to });
const put = (path: string, value: Block): Edit => ({ kind: 'put', path, value });
const remove = (path: string): Edit => ({ kind: 'remove', path });

type Case = readonly [name: string, before: string, edits: readonly Edit[], after: string];

function run(cases: readonly Case[]): void {
  test.each<Case>(cases)('%s', (_name, before, edits, after) => {
    expect(editValues(before, edits)).toEqual({ ok: true, text: after });
  });
}

const ECHO = `# echo: what we sell
deployment:
  # the one that earns the money
  v1:
    image: 'example.com/echo:1' # pinned

    # three of them since the winter
    replicas: 3
    # env: later

  # the next one
  v3: {} # nothing yet

routes:
  primary:
    version: v1 # never touch
  canary: {version: v3, weight: 5} # at night only
`;

describe('the steps of a rollout', () => {
  run([
    ['nothing', ECHO, [], ECHO],
    ['what is so already', ECHO, [set('/routes/canary/weight', 5), remove('/routes/shadow')], ECHO],
    [
      'a version comes',
      ECHO,
      [copy('/deployment/v1', '/deployment/v2'), set('/deployment/v2/image', 'example.com/echo:2')],
      ECHO.replace(
        '    # env: later\n',
        "    # env: later\n  v2:\n    image: 'example.com/echo:2'\n\n    replicas: 3\n",
      ),
    ],
    ['the weight rises', ECHO, [set('/routes/canary/weight', 50)], ECHO.replace('weight: 5}', 'weight: 50}')],
    [
      'a header comes',
      ECHO,
      [set('/routes/canary/headers/stage', 'true')],
      ECHO.replace('weight: 5}', 'weight: 5, headers: {stage: "true"}}'),
    ],
    [
      'the canary takes over',
      ECHO,
      [set('/routes/primary/version', 'v3'), remove('/routes/canary')],
      ECHO.replace('version: v1 #', 'version: v3 #').replace(/ {2}canary.*\n/, ''),
    ],
    [
      'the old version goes, with what is inside it',
      ECHO,
      [remove('/deployment/v1')],
      ECHO.replace(/ {2}v1:\n[\s\S]*env: later\n/, ''),
    ],
    [
      'an empty version gets an image',
      ECHO,
      [set('/deployment/v3/image', '1.10')],
      ECHO.replace('v3: {} # nothing yet\n', 'v3: # nothing yet\n    image: "1.10"\n'),
    ],
    ['and loses it', ECHO, [set('/deployment/v3/image', 'a'), remove('/deployment/v3/image')], ECHO],
  ]);
});

describe('scalars', () => {
  run([
    ['single quotes stay', "a: 'x' # c\n", [set('/a', "it's")], "a: 'it''s' # c\n"],
    ['but for what they cannot hold', "a: 'x'\n", [set('/a', 'x\ny')], 'a: "x\\ny"\n'],
    ['double quotes stay', 'a: "x"\n', [set('/a', 'y')], 'a: "y"\n'],
    ['no quotes stay', 'a: x\n', [set('/a', 'y-1')], 'a: y-1\n'],
    ['quotes where a reader needs them', 'a: x\n', [set('/a', 'yes')], 'a: "yes"\n'],
    ['a number loses them', 'a: "5"\n', [set('/a', 6)], 'a: 6\n'],
    ['a number with another look is the same', 'a: 0x10\n', [set('/a', 16)], 'a: 0x10\n'],
    ['a word of several lines', 'a: x\n  y\n  z # c\nb: 1\n', [set('/a', 'q')], 'a: q # c\nb: 1\n'],
    ['a block of text', 'a: |-\n  x\n\n  y\n\nb: 1\n', [set('/a', 'q')], 'a: q\n\nb: 1\n'],
    ['nothing', 'a: # c\nb: ~\n', [set('/a', 1), set('/b', true)], 'a: 1 # c\nb: true\n'],
    ['an item', 'a:\n- x\n- "y" # c\n', [set('/a/1', 'z')], 'a:\n- x\n- "z" # c\n'],
    ['in a map in a list', 'a:\n  - b: 1 # c\n    d: 2\n', [set('/a/0/b', 3)], 'a:\n  - b: 3 # c\n    d: 2\n'],
    ['an anchor that nobody uses', 'a: &x y # c\n', [set('/a', 'z')], 'a: &x z # c\n'],
    ['quoted and odd keys', '"a/b": {\'c~d\': 1}\n', [set('/a~1b/c~0d', 2)], '"a/b": {\'c~d\': 2}\n'],
  ]);
});

describe('what comes', () => {
  run([
    ['into an empty text', '', [set('/a/b', 1)], 'a:\n  b: 1\n'],
    ['below a marker', '---\n# c\n', [set('/a', 1)], '---\n# c\na: 1\n'],
    ['above the end of the document', 'a: 1\n...\n', [set('/b', 1)], 'a: 1\nb: 1\n...\n'],
    ['into {}', '{}\n', [set('/a/b', 1)], 'a:\n  b: 1\n'],
    ['where no newline ends the text', 'a:\n  b: 1', [set('/a/c', 2)], 'a:\n  b: 1\n  c: 2'],
    ['with the line ends of the file', 'a:\r\n  b: 1\r\n', [set('/a/c/d', 2)], 'a:\r\n  b: 1\r\n  c:\r\n    d: 2\r\n'],
    ['behind a byte order mark', '\ufeffa: 1\n', [set('/b', 2)], '\ufeffa: 1\nb: 2\n'],
    [
      'with the indentation of the file',
      'a:\n    b: 1\nc:\n',
      [set('/c/d/e', 1)],
      'a:\n    b: 1\nc:\n    d:\n        e: 1\n',
    ],
    [
      'with that of its cousins',
      'a:\n  x:\n     b: 1\n  y: {}\n',
      [set('/a/y/b', 1)],
      'a:\n  x:\n     b: 1\n  y:\n     b: 1\n',
    ],
    [
      'before blanks and comments',
      'a:\n  b: 1\n\n  # c\n\nd: 1\n',
      [set('/a/e', 2)],
      'a:\n  b: 1\n  e: 2\n\n  # c\n\nd: 1\n',
    ],
    ['behind one at the end', 'a: |\n  x\n\n# c\n', [put('/c', 1)], 'a: |\n  x\nc: 1\n\n# c\n'],
    ['behind one that keeps blanks', 'a: |+\r\n  x\r\n\r\n', [put('/c', 1)], 'a: |+\r\n  x\r\n\r\nc: 1\r\n'],
    ['behind a block of text', 'a: |\n  x\n\nb: 1\n', [put('/c', 1)], 'a: |\n  x\n\nb: 1\nc: 1\n'],
    [
      'a list, as the lists of the file',
      'a:\n- x\n',
      [put('/b', ['y', { c: 1, d: 2 }])],
      'a:\n- x\nb:\n- "y"\n- c: 1\n  d: 2\n',
    ],
    [
      'in place of a block',
      'a:\n  b: 1 # c\n  # d\ne: 1\n',
      [put('/a', { f: { g: {} } })],
      'a:\n  f:\n    g: {}\ne: 1\n',
    ],
    ['in place of braces', 'a: {b: 1} # c\n', [put('/a', { d: [1] })], 'a: {d: [1]} # c\n'],
    [
      'over what a merge key gives',
      'a: &x {k: 1}\nb:\n  <<: *x\n',
      [set('/b/k', 2)],
      'a: &x {k: 1}\nb:\n  <<: *x\n  k: 2\n',
    ],
    [
      'beside a merge key',
      'a: &x {k: 1}\nb:\n  <<: *x\n  l: 2\n',
      [set('/b/l', 3)],
      'a: &x {k: 1}\nb:\n  <<: *x\n  l: 3\n',
    ],
    [
      'a copy without anchors',
      'a: &x # c\n  b: &y 1\nc: *x\n',
      [copy('/a', '/d')],
      'a: &x # c\n  b: &y 1\nd:\n  b: 1\nc: *x\n',
    ],
    ['a copy of an alias', 'a: &x {b: 1}\nc: *x\n', [copy('/c', '/d')], 'a: &x {b: 1}\nc: *x\nd: *x\n'],
    ['a copy of quoted keys', "'1': a\n", [copy('/1', '/2')], "'1': a\n'2': a\n"],
  ]);
});

// Text of strangers: none of it may take more than a moment.
describe('a file of the largest size', () => {
  const size = 120_000;
  test.each<[string, string]>([
    ['blank lines in a text', `a: |\n  x\n${'\n'.repeat(size)}  y\nb: {c: 1}\n`],
    ['comments', `a:\n${'  # c\n'.repeat(size / 6)}  d: 1\nb: {c: 1}\n`],
    [
      'comments behind values',
      `a:\n${Array.from({ length: 9000 }, (_, at) => `  k${at}: 1 # c\n`).join('')}b: {c: 1}\n`,
    ],
    ['blanks in braces', `a: {x: 1${' '.repeat(size)}}\nb: {c: 1}\n`],
  ])('%s', (_name, text) => {
    const came = editValues(text, [copy('/a', '/d'), set('/b/e', 2), remove('/d'), remove('/b/e')]);
    expect(came.ok && came.text === text).toBe(true);
  });
});

describe('what goes', () => {
  run([
    ['the last lines of a text without newline', 'a: 1\nb:\n  c: 1', [remove('/b')], 'a: 1'],
    ['the only entry of a block', 'a: # c\n  b: 1\nd: 1\n', [remove('/a/b')], 'a: {} # c\nd: 1\n'],
    ['the only entry of all', '# c\na: 1\n', [remove('/a')], '# c\n{}\n'],
    ['the first line behind a byte order mark', '\ufeffa: 1\nb: 2\n', [remove('/a')], '\ufeffb: 2\n'],
    [
      'a comment beside it stays',
      'a:\n  b: 1\n  # c\n\n    # d\ne: 1\n',
      [remove('/a/b')],
      'a: {}\n  # c\n\n    # d\ne: 1\n',
    ],
    ['an alias', 'a: &x 1\nb: *x\nc: 2\n', [remove('/b')], 'a: &x 1\nc: 2\n'],
  ]);
});

describe('braces', () => {
  const wide = 'a: {\n  b: 1, # one\n  c: 2 # two\n}\n';
  run([
    ['first', 'a: {b: 1, c: 2}\n', [remove('/a/b')], 'a: {c: 2}\n'],
    ['last', 'a: { b: 1, c: 2 } # d\n', [remove('/a/c')], 'a: { b: 1 } # d\n'],
    ['only', 'a: {b: 1}\n', [remove('/a/b')], 'a: {}\n'],
    ['a comma at the end', 'a: {b: 1,}\n', [set('/a/c', 'x, y')], 'a: {b: 1, c: "x, y",}\n'],
    [
      'nothing inside',
      'a: {b: {}, c: , d}\n',
      [set('/a/b/e', 1), set('/a/c/e', 1), set('/a/d', 1)],
      'a: {b: {e: 1}, c: {e: 1} , d: 1}\n',
    ],
    ['a copy', 'a: {b: {c: &x 1}, d: 1}\n', [copy('/a/b', '/a/e')], 'a: {b: {c: &x 1}, e: {c: 1}, d: 1}\n'],
    ['lines of their own', wide, [set('/a/d', 3)], 'a: {\n  b: 1, # one\n  c: 2, # two\n  d: 3\n}\n'],
    ['and back', wide, [set('/a/d', 3), remove('/a/d')], wide],
    ['lines of their own, in the middle', wide, [remove('/a/b')], 'a: {\n  c: 2 # two\n}\n'],
    [
      'JSON',
      '{\n  "a": {"b": "c"}\n}\n',
      [set('/a/d', 'e'), set('/f', true)],
      '{\n  "a": {"b": "c", "d": "e"},\n  "f": true\n}\n',
    ],
  ]);
});

type Refusal = readonly [name: string, before: string, edit: Edit, reason: RegExp, after: string | undefined];

describe('refused, with the text that a person may want', () => {
  const shared = 'a: &x\n  k: 1\nb: *x\n';
  test.each<Refusal>([
    ['an alias', 'a: &x 1\nb: *x # c\n', set('/b', 2), /alias \*x/, 'a: &x 1\nb: 2 # c\n'],
    ['below an alias', shared, set('/b/l', 2), /^\/b\/l .* alias \*x/, 'a: &x\n  k: 1\nb:\n  k: 1\n  l: 2\n'],
    ['an anchor that others use', shared, set('/a/k', 2), /other places .* change with it/, undefined],
    ['an anchor that goes', shared, remove('/a'), /could not be read: line 1: .* has no anchor/, undefined],
    [
      'deep below a merge key',
      'a: &x {e: {k: 1}}\nb:\n  <<: *x\n',
      set('/b/e/l', 2),
      /other places/,
      'a: &x {e: {k: 1}}\nb:\n  <<: *x\n  e:\n    k: 1\n    l: 2\n',
    ],
    ['what a merge key gives', 'a: &x {k: 1}\nb:\n  <<: *x\n', remove('/b/k'), /merge key/, 'a: &x {k: 1}\nb: {}\n'],
    ['a tag', 'a: !!str 1\n', set('/a', 2), /the tag !!str/, 'a: 2\n'],
    ['a key with "?"', '? a\n: 1\n', set('/a', 2), /written with "\?"/, undefined],
    ['braces over lines', 'a: {b: 1, # c\n  d: 2}\n', remove('/a/b'), /several lines/, undefined],
    ['a line that is shared', 'a:\n  - b: 1\n    c: 2\n', remove('/a/0/b'), /shares its line/, undefined],
    ['a block for a value', 'a:\n  b: 1\n', set('/a', 1), /holds a block/, undefined],
    ['a value for a block', 'a: 1\n', set('/a/b', 1), /\/a holds a value/, undefined],
    ['no such item', 'a: [1]\n', set('/a/1', 1), /\/a has no item 1/, undefined],
    ['an item of a list', 'a: [1]\n', remove('/a/0'), /item of a list/, undefined],
    ['a copy of nothing', 'a: 1\n', copy('/b', '/c'), /no \/b to copy/, undefined],
    ['a copy over something', 'a: 1\nb: 2\n', copy('/a', '/b'), /\/b is there already/, undefined],
    ['a copy to elsewhere', 'a: {b: 1}\n', copy('/a/b', '/b'), /not in one block/, undefined],
    ['no number', 'a: 1\n', set('/a', Number.NaN), /a number that is none/, undefined],
    ['no pointer', 'a: 1\n', set('a', 2), /is not a JSON pointer/, undefined],
    ['the whole file', 'a: 1\n', put('', {}), /the whole file/, undefined],
    ['what is no YAML', 'a: 1\nb: "\n', set('/a', 2), /can't be read: line 2: /, undefined],
    ['two documents', 'a: 1\n---\nb: 1\n', set('/a', 2), /can't be read: line 2: a second/, undefined],
  ])('%s', (_name, before, edit, reason, after) => {
    const edited = editValues(before, [edit], 'charts-values/echo.yaml');
    if (edited.ok) throw new Error(`not refused: ${edited.text}`);
    expect(edited.reason).toMatch(reason);
    expect(edited.patch === undefined ? undefined : applied(before, edited.patch)).toBe(after);
  });

  test('a patch has all the edits, and the file it is for', () => {
    const edited = editValues('a: &x 1\nb: *x\nc: 1\n', [set('/b', 2), set('/c', 3)], 'charts-values/echo.yaml');
    expect(edited).toEqual({
      ok: false,
      reason: "/b can't be set in place: the value is the alias *x",
      patch:
        '--- a/charts-values/echo.yaml\n+++ b/charts-values/echo.yaml\n@@ -1,3 +1,3 @@\n a: &x 1\n-b: *x\n-c: 1\n+b: 2\n+c: 3\n',
    });
  });

  test('one edit that fails spoils all', () => {
    expect(editValues('a: 1\n', [set('/a', 2), copy('/b', '/c')]).ok).toBe(false);
  });
});

/** A patch of one hunk that begins on the first line, carried out. */
function applied(before: string, patch: string): string {
  const [, , , ...lines] = patch.split('\n');
  const old = lines.filter((line) => /^[- ]/.test(line)).map((line) => line.slice(1));
  expect(before.split('\n').slice(0, old.length)).toEqual(old);
  const now = lines.filter((line) => /^[+ ]/.test(line)).map((line) => line.slice(1));
  return [...now, ...before.split('\n').slice(old.length)].join('\n');
}
