import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseText } from '../../../src/core/yaml/document.ts';
import { recognize } from '../../../src/core/yaml/recognize.ts';
import { Source } from '../../../src/core/yaml/source.ts';

/** Whether it answers; and then it says what the library says. */
function answers(text: string): boolean {
  const recognized = recognize(text);
  if (!recognized) return false;
  const parsed = parseText(new Source('x.yaml', text));
  const said = parsed.ok ? { value: parsed.document.value, plain: parsed.document.plain } : parsed.findings;
  expect(JSON.stringify(recognized), JSON.stringify(text)).toBe(JSON.stringify(said)); // the order of keys, too
  return true;
}

test.each([
  'a: b\n',
  '# of a service\n\ndeployment:\n  v1:\n    image: registry.example.com/a:1.0 # why\n  # and\n  v2: "x: y"\nroutes: true',
  "a:\n      b:\n       c: ''\n      d: 8080\n",
  '1: 2\ntrue: false\n__proto__: x\nconstructor:\n  y: z\n',
])('answers for what values files are: %j', (text) => expect(answers(text)).toBe(true));

test.each([
  ['', '# nothing\n', '---\na: b\n', 'a: b\n---\n', '\ufeffa: b\n', 'a: b\r\n', 'a:\tb\n', 'a: ä\n'],
  ['a:\n', 'a:\nb: c\n', ' a: b\nc: d\n', '  a: b\n', 'a: b\n  c: d\n', 'a: b\n c\n', 'a:\n    b: c\n  d: e\n'],
  ['a: b\na: c\n', 'a: b: c\n', 'a: b:\n', 'a: b c\n', 'a: 1.0\n', 'a: yes\n', 'a: 0x1\n', 'a: ~\n', 'a: 2024-11-05\n'],
  ['<<: *b\n', 'a: *b\n', 'a: &b c\n', 'a: !!str b\n', 'a: |\n  b\n', 'a: {b: c}\n', 'a:\n  - b\n', '? a\n: b\n'],
  ['a: "b\\n"\n', "a: 'b''c'\n", 'a: "b\n  c"\n', 'a: "b"#c\n', '"a": b\n', 'a : b\n', 'a:b\n'],
])('leaves anything else to the library', (...texts) => {
  for (const text of texts) expect(answers(text), text).toBe(false);
});

test('a map in a map, deeper than anybody writes, is for the library to judge', () => {
  const nested = (depth: number) => Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:`).join('\n');
  expect(answers(`${nested(20)} b`)).toBe(true);
  expect(answers(`${nested(40)} b`)).toBe(false);
});

const line = fc
  .tuple(
    fc.integer({ min: 0, max: 4 }),
    fc.constantFrom(
      'a',
      'b',
      'c-d',
      'y',
      '1',
      '0x1',
      'null',
      '1.5',
      '__proto__',
      'a/b',
      'a:b',
      '"a"',
      '-',
      '- a',
      '',
      '#a',
    ),
    fc.constantFrom(':', ': ', ':  ', '', ' :', ':\t'),
    fc.oneof(
      fc.constantFrom(
        '',
        'x',
        '0',
        '-1',
        '007',
        '1e3',
        'true',
        'True',
        'no',
        'r/x:1@sha256:0',
        'x:',
        'x: y',
        '""',
        "''",
      ),
      fc.constantFrom(
        '"a # b"',
        "'a: b'",
        '"a',
        "it's",
        '"\\n"',
        '{}',
        '[]',
        '|',
        '>-',
        '*a',
        '&a b',
        '!!str 1',
        'é',
        '-',
      ),
      fc.string({ maxLength: 6 }),
    ),
    fc.constantFrom('', '', '', ' # c', '#c', ' ', '\r'),
  )
  .map(([indent, ...parts]) => ' '.repeat(indent) + parts.join(''));

const good = fc
  .tuple(
    fc.integer({ min: 0, max: 3 }),
    fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '1', 'no'),
    fc.constantFrom('', '', ' x', ' 8080', ' "a b"', " '#'", ' true', ' v1 # c', '  "" # "', ' a:b/c'),
  )
  .map(([indent, key, value]) => `${'  '.repeat(indent)}${key}:${value}`);

test.each([
  ['all sorts of lines', fc.array(line, { maxLength: 3 })],
  [
    'mostly good lines',
    fc.array(fc.oneof({ weight: 8, arbitrary: good }, { weight: 1, arbitrary: line }), { maxLength: 8 }),
  ],
  [
    'good lines and comments',
    fc.array(fc.oneof(good, good, fc.constantFrom('', '  ', '# c', '   # d')), { maxLength: 9 }),
  ],
])('it says what the library says, or nothing: %s', (_, lines) => {
  let answered = 0;
  fc.assert(
    fc.property(lines, fc.constantFrom('\n', ''), (texts, end) => {
      if (answers(texts.join('\n') + end)) answered += 1;
    }),
    { numRuns: 3000, examples: [[['a: v1'], '\n']] }, // it is not silence that is tested
  );
  expect(answered).toBeGreaterThan(0);
});
