import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { readValues } from '../../../src/core/build/read-values.ts';
import { bytesOf, check, defaults, echo, inShort, withCanary, withVersion } from '../support.ts';

const FINE = withVersion();

/** The messages as well, for a table that judges the words. */
function said(content: string | Uint8Array): readonly string[] {
  return check(content).map(({ message }) => message);
}

describe('aliases that repeat much', () => {
  const many = (count: number, item: string) => Array.from({ length: count }, () => item).join(', ');
  const uses = (count: number) => Array.from({ length: count }, (_, index) => `  w${index}: *a`).join('\n');
  const routes = 'routes: { primary: { version: v1 } }\n';

  test.each([
    [
      'a long list',
      `deployment:\n  v1: &a { image: x, args: [${many(4000, '"s"')}] }\n${uses(90)}\n${routes}`,
      'too-large',
    ],
    [
      'a long list of faults',
      `deployment:\n  v1: &a { image: x, args: [${many(4000, 'y')}] }\n${uses(90)}\n${routes}`,
      'too-large',
    ],
    [
      'a long map, merged',
      `deployment:\n  v1: &a { image: x, env: { ${Array.from({ length: 4000 }, (_, index) => `A${index}: b`).join(', ')} } }\n${uses(90).replaceAll('*a', '{ <<: *a }')}\n${routes}`,
      'too-large',
    ],
  ])('%s is refused at the alias', (_, text, rule) => {
    const findings = check(text);
    expect(findings.map((finding) => finding.rule)).toContain(rule);
    expect(findings.find((finding) => finding.rule === rule)?.range.line).toBeGreaterThan(2);
  });

  test('a few are fine', () => {
    expect(
      inShort(check(`deployment:\n  v1: &a { image: x, args: [${many(50, '"s"')}] }\n${uses(90)}\n${routes}`)),
    ).toEqual([]);
  });
});

test('a key and its value are two places', () => {
  expect(inShort(check(withCanary('headers: { y: yes }')))).toEqual([
    'ambiguous-scalar 9:16-17 -> "y"',
    'ambiguous-scalar 9:19-22 -> "yes"',
  ]);
});

describe('what is no YAML at all', () => {
  test.each([
    ['prose', 'hello there', ['schema 1:1-1'], /^the file must be a map \(key: value\), not "hello there"$/],
    ['a list', '- a\n- b\n', ['schema 1:1-1'], /^the file must be a map \(key: value\), not a list$/],
    ['an empty file', '', ['schema 1:1-1'], /^the file is empty; it must be a map .* with "deployment" and "routes"$/],
    ['comments alone', '# nothing\n\n', ['schema 1:1-1'], /^the file is empty;/],
    ['blanks alone', ' \n\n', ['schema 1:1-1'], /^the file is empty;/],
    ['a document mark alone', '---\n', ['schema 1:1-1'], /^the file is empty;/],
    ['null', '~\n', ['schema 1:1-1'], /^the file is empty;/],
    ['an open brace', 'deployment: {v1: {\nroutes: x', ['yaml-syntax 2:1-2'], /^a "}" is missing/],
    ['an open quote', 'a: "b\n', ['yaml-syntax 1:6-6'], /^a closing " is missing/],
    ['a brace too much', 'a: 1\n}\n', ['yaml-syntax 2:1-2'], /^"}" closes nothing/],
    ['a wrong column', 'a:\n  b: {}\n c: {}\n', ['yaml-syntax 3:1-1'], /^this key is not in the column/],
    ['two colons', 'a: b: c\n', ['yaml-syntax 1:4-5'], /^a second ": " on one line/],
    ['a missing colon', 'a\n  b: {}\n', ['yaml-syntax 1:1-2:4'], /^a ":" is missing after this key/],
    ['a tab', 'a:\n\tb: {}\n', ['yaml-syntax 2:1-1'], /^a tab can't indent; use spaces$/],
    ['text after the end', `${FINE}foo`, ['yaml-syntax 5:1-4'], /^a ":" is missing after this key$/],
    ['a template', 'a: {{ .Values.x }}\n', ['yaml-syntax 1:5-18'], /^a template: nothing fills in/],
    ['a reserved character', 'a: @b\n', ['yaml-syntax 1:4-5'], /^a value that begins with @ needs quotes/],
    ['a bad escape', 'a: "\\d"\n', ['yaml-syntax 1:5-6'], /^\\d means nothing between double quotes; write \\\\d/],
    ['two bad escapes', 'a: "\\d"\nb: "\\e"\nc: "\\g"\n', ['yaml-syntax 1:5-6', 'yaml-syntax 3:5-6'], /^\\d means/],
    [
      'a merge conflict',
      `<<<<<<< HEAD\n${FINE}=======\n${FINE}>>>>>>> x\n`,
      ['yaml-syntax 1:1-13'],
      /^a merge conflict/,
    ],
    ['a key twice', `${FINE}routes: {}\n`, ['yaml-syntax 5:1-7'], /^the key "routes" stands twice .* on line 4$/],
    ['a key twice, once quoted', 'a: 1\n"a": 2\n', ['yaml-syntax 2:1-4'], /^the key "a" stands twice/],
    ['two documents', `${FINE}---\n${FINE}`, ['yaml-syntax 5:1-1'], /^a second YAML document begins here/],
    ['an unknown tag', 'a: !b {}\n', ['yaml-syntax 1:4-6'], /^the tag !b means nothing here; remove it$/],
    ['a binary', 'a: !!binary eA==\n', ['yaml-syntax 1:4-12'], /^the tag !!binary means nothing here/],
    ['an alias without anchor', 'a: *b\n', ['yaml-syntax 1:4-6'], /^the alias \*b has no anchor &b before it$/],
    ['an anchor inside itself', 'a: &b [*b]\n', ['yaml-syntax 1:8-10'], /^the alias \*b has no anchor/],
    ['a merged number', 'a: {<<: 5}\n', ['yaml-syntax 1:9-10'], /^"<<" merges maps only$/],
    ['a list as a key', '? [a, b]\n: 1\n', ['yaml-syntax 1:3-9'], /^a key must be a plain word/],
    [
      'UTF-16',
      new Uint8Array([0xff, 0xfe, 0x61, 0]),
      ['yaml-syntax 1:1-2'],
      /^the file is not UTF-8 text from here on/,
    ],
    [
      'a byte that is no UTF-8',
      new Uint8Array([...bytesOf('# \ufffd é\na: '), 0xe9]),
      ['yaml-syntax 2:4-5'],
      /not UTF-8/,
    ],
    ['NUL', 'a: x\0y\n', ['yaml-syntax 1:5-6'], /^a control character \(\\u0000\)/],
    ['half a surrogate pair', 'a: "\\ud800"\n', ['yaml-syntax 1:4-12'], /^half of a surrogate pair/],
  ])('%s', (_, content, expected, message) => {
    const findings = check(content);
    expect(inShort(findings)).toEqual(expected);
    expect(findings[0]?.message).toMatch(message);
  });

  test.each([
    ['a byte order mark', `\ufeff${FINE}`],
    ['CRLF', FINE.replaceAll('\n', '\r\n')],
    ['no newline at the end', FINE.trimEnd()],
    ['document marks around it', `%YAML 1.2\n---\n${FINE}...\n`],
    ['a directive that would change how words are read', `%YAML 1.1\n---\n${withVersion('args: [2024-11-05x]')}`],
    [
      'a closing brace in the first column',
      'deployment: {\n  v1: { image: a }\n}\nroutes: { primary: { version: v1 } }\n',
    ],
    ['a replacement character', withVersion('args: ["\ufffd"]')],
    ['a tag that says string', withVersion('args: [!!str 5, !!str yes]')],
    ['an anchor and its alias', 'deployment: { v1: &a { image: x }, v2: *a }\nroutes: { primary: { version: v1 } }\n'],
    ['a key as an anchor', 'deployment: { &v v1: { image: x } }\nroutes: { primary: { version: *v } }\n'],
  ])('%s is fine', (_, content) => {
    expect(check(content)).toEqual([]);
  });

  test('a %YAML directive changes nothing in how words are read', () => {
    const text = withCanary('weight: 1:30'); // 90 to YAML 1.1
    expect(said(`%YAML 1.1\n---\n${text}`)).toEqual(['"weight" must be a whole number from 0 to 100, not "1:30"']);
  });

  test('positions hold with CRLF and after a byte order mark', () => {
    expect(inShort(check(withCanary('weight: 101').replaceAll('\n', '\r\n')))).toEqual(['schema 9:13-16']);
    expect(inShort(check(`\ufeff${FINE}x: 1\n`))).toEqual(['schema 5:1-2']);
  });
});

describe('what is too large', () => {
  const levels = (depth: number) => Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:`).join('\n');
  const letters = [...'abcdefgh'];
  const bomb = letters.slice(1).map((key, index) => `${key}: &${key} [${Array(9).fill(`*${letters[index]}`)}]`);
  test.each([
    ['5 MB', new Uint8Array(5_000_000), 'is 5000000 bytes; at most 262144 are read'],
    ['5 MB, never fetched', { length: 5_000_000 }, 'is 5000000 bytes; at most 262144 are read'],
    ['300 KiB', new Uint8Array(300 * 1024).fill(0x20), 'is 307200 bytes; at most 262144 are read'],
    ['40 levels', bytesOf(levels(40)), 'is nested deeper than 32 levels'],
    ['34 levels', bytesOf(levels(34)), 'is nested deeper than 32 levels'],
    ['brackets', bytesOf('['.repeat(200_000)), 'is nested deeper than 32 levels'],
    ['braces', bytesOf('{'.repeat(200_000)), 'is nested deeper than 32 levels'],
    ['dashes', bytesOf('- '.repeat(100_000)), 'is nested deeper than 32 levels'],
    ['question marks', bytesOf('? '.repeat(100_000)), 'is nested deeper than 32 levels'],
    ['colons', bytesOf('a: '.repeat(80_000)), 'is nested deeper than 32 levels'],
    ['an alias bomb', bytesOf(`a: &a [x, x, x]\n${bomb.join('\n')}\n`), 'uses aliases more than 100 times'],
    [
      'merges of merges',
      bytesOf(`a: &a {x: 1}\n${Array.from({ length: 101 }, (_, i) => `k${i}: {<<: *a}`).join('\n')}\n`),
      'uses aliases more than 100 times',
    ],
  ])('%s', (_, bytes, message) => {
    const read = readValues({ ...echo, bytes }, defaults);
    const findings = read.ok ? [] : read.findings;
    expect(findings.map((finding) => [finding.rule, finding.message])).toEqual([['too-large', `the file ${message}`]]);
  });

  test('32 levels are no question of size', () => {
    expect(inShort(check(levels(32)))).toEqual(['schema 1:1-2', 'schema 1:1-1', 'schema 1:1-1']);
  });

  test.each([
    ['closing braces', '}'.repeat(200_000), 1],
    ['anchors', '&a '.repeat(80_000), 1],
    ['documents', '---\n'.repeat(60_000), 1],
    ['unknown keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'), 501],
    ['keys that stand twice', 'a: 1\n'.repeat(50_000), 501],
    ['ambiguous words', withVersion(`args: [${'1,'.repeat(100_000)}]`), 501],
  ])('many %s are counted and the first of them shown', (_, text, count) => {
    expect(check(text)).toHaveLength(count);
  });

  test('of many findings the errors are shown, and how many there are', () => {
    const versions = Array.from({ length: 1_000 }, (_, index) => `  v${index}: {}`).join('\n');
    const findings = check(`deployment:\n${versions}\nroutes: { primary: { version: stable } }\n`);
    expect(findings[0]).toMatchObject({
      rule: 'too-large',
      severity: 'error',
      message: '1001 findings in this file; the first 500 are shown',
    });
    expect(findings.at(-1)?.rule).toBe('invalid-destination');
  });
});

test('settings change the severity of a rule', () => {
  const with_ = (severity: 'error' | 'off') => ({ ...defaults, rules: new Map([['default-image', severity]]) });
  const text = withVersion().replace('    image: a\n', '');
  expect(check(text).map(({ severity }) => severity)).toEqual(['warning']);
  expect(check(text, echo.id, with_('error')).map(({ severity }) => severity)).toEqual(['error']);
  expect(check(text, echo.id, with_('off'))).toEqual([]);
});

test('a merge takes what the map does not say itself', () => {
  const text =
    'deployment: { v1: &a { image: x, replicas: 2 }, v2: { image: z, <<: [*a, { args: [b] }] } }\nroutes: { primary: { version: v1 } }\n';
  const read = readValues({ ...echo, bytes: bytesOf(text) }, defaults);
  expect(read.ok && read.value.versions.get('v2')).toEqual({
    name: 'v2',
    image: 'z',
    replicas: 2,
    args: ['b'],
    env: [],
    labels: {},
    annotations: {},
    ports: [],
    container: {},
    pod: {},
  });
});

test('of very many findings the first 500 are shown, errors before warnings, and their number is said', () => {
  const wrong = Array.from({ length: 400 }, (_, index) => `  v${index}: { image: a, nosuch: 1 }\n`).join('');
  const quoted = Array.from({ length: 300 }, (_, index) => `    - { name: A${index}, value: yes }\n`).join('');
  const text = `deployment:\n${wrong}  w:\n    image: a\n    env:\n${quoted}routes: { primary: { version: w } }\n`;
  const { findings } = build({ ...echo, bytes: bytesOf(text) }, defaults, targets);
  expect(findings).toHaveLength(501);
  const count = findings.find(({ message }) => message.includes('findings in this file; the first 500 are shown'));
  expect(Number(count?.message.split(' ')[0])).toBeGreaterThan(600);
  expect(findings.filter(({ message }) => message.includes('unknown key "nosuch"'))).toHaveLength(400);
});
