import { expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { MAX_MESSAGE } from '../../../src/core/model/finding.ts';
import { LIMITS } from '../../../src/core/yaml/limits.ts';
import { bytesOf, defaults, echo } from '../support.ts';

/** A text made of as many of these as fit into the largest file. */
function filled(head: string, line: (index: number) => string, tail = ''): string {
  const parts = [head];
  let room = LIMITS.bytes - head.length - tail.length;
  for (let index = 0; ; index++) {
    const next = line(index);
    room -= next.length;
    if (room < 0) return [...parts, tail].join('');
    parts.push(next);
  }
}

const ROUTES = 'routes: {primary: {version: v1}}\n';
const ONE = 'deployment: {v1: {image: a}}\n';

// As large as a file may be, in the shape that gives each reader, rule, template and message the most to do. Each takes
// less than a second here; one that took its time squared would take minutes, and fail by the time that a test has.
test.each<[string, string]>([
  ['versions', filled('deployment:\n', (i) => `  v${i}: {image: a}\n`, ROUTES)],
  ['paths', filled(`${ONE}routes:\n  primary: {version: v1}\n  paths:\n`, (i) => `  - prefix: /e/${i}\n`)],
  ['the same path', filled(`${ONE}routes:\n  primary: {version: v1}\n  paths:\n`, () => '  - prefix: /e\n')],
  ['regexes', filled(`${ONE}routes:\n  primary: {version: v1}\n  paths:\n`, (i) => `  - regex: /e/${i}a?b?\n`)],
  [
    'large regexes',
    filled(`${ONE}routes:\n  primary: {version: v1}\n  paths:\n`, () => '  - regex: "(?:a{999}){9}"\n'),
  ],
  [
    'regexes of groups with names',
    filled(
      `${ONE}routes:\n  primary: {version: v1}\n  paths:\n`,
      (i) => `  - regex: "/${i}(?P<n>${'a{1000}'.repeat(142)})"\n`,
    ),
  ],
  [
    'regexes of Unicode in brackets',
    filled(`${ONE}routes:\n  primary: {version: v1}\n  paths:\n`, (i) => `  - regex: '/${i}[${'\\pL'.repeat(330)}]'\n`),
  ],
  [
    'a regex of open brackets',
    filled(`${ONE}routes:\n  primary: {version: v1}\n  paths:\n  - regex: '`, () => '[', "'\n"),
  ],
  ['unknown keys', filled(`${ONE}${ROUTES}`, (i) => `deplayment${i}: 1\n`)],
  ['unknown keys of a version', filled(`${ROUTES}deployment:\n  v1:\n`, (i) => `    imaage${i}: 1\n`)],
  [
    'unknown keys of a pod',
    filled(`${ROUTES}deployment:\n  v1:\n    image: a\n    pod:\n`, (i) => `      volums${i}: 1\n`),
  ],
  ['variables', filled(`${ROUTES}deployment:\n  v1:\n    image: a\n    env:\n`, (i) => `      A${i}: b\n`)],
  [
    'headers',
    filled(
      `${ONE}routes:\n  primary: {version: v1}\n  canary:\n    version: v2\n    headers:\n`,
      (i) => `      h-${i}: x\n`,
    ),
  ],
  [
    'mounts',
    filled(
      `${ROUTES}deployment:\n  v1:\n    image: a\n    container:\n      volumeMounts:\n`,
      (i) => `      - {name: n${i}, mountPath: /${i}}\n`,
    ),
  ],
  ['one long line', filled(`${ROUTES}deployment: {v1: {image: "`, () => 'a'.repeat(100), '"}}\n')],
  ['one long key', filled(`${ONE}${ROUTES}`, () => 'k'.repeat(1_000), ': 1\n')],
  ['a long version that is not there', filled(`${ONE}routes: {primary: {version: `, () => 'w'.repeat(1_000), '}}\n')],
  ['brackets', filled('b: [', () => '[],', ']\n')],
  ['open brackets', filled('b: ', () => '[')],
  ['comments', filled(`${ONE}${ROUTES}`, () => '# x\n')],
  ['duplicate keys', filled(ONE, () => 'a: 1\n')],
  ['ambiguous words', filled(`${ROUTES}deployment: {v1: {image: a, args: [`, () => '1.10,', ']}}\n')],
  ['aliases', filled('a: &a {b: 1}\nc: [', () => '*a,', ']\n')],
  ['documents', filled('', () => '---\n')],
  ['bytes that are no text', filled('', () => '\u0000')],
])('%s: the largest file ends in few findings, each short enough to read', (_, text) => {
  const { findings, manifests } = build({ ...echo, bytes: bytesOf(text) }, defaults, targets);
  expect(findings.length).toBeLessThanOrEqual(LIMITS.findings + 1);
  for (const { message } of findings) expect(message.length).toBeLessThanOrEqual(MAX_MESSAGE);
  expect(findings.length > 0 || (manifests?.size ?? 0) > 0).toBe(true);
});

test('a message that is too long keeps its end, where the way out stands', () => {
  const text = `deployment: {v1: {image: a}}\nroutes: {primary: {version: ${'w'.repeat(900)}}}\n`;
  const [finding] = build({ ...echo, bytes: bytesOf(text) }, defaults, targets).findings;
  expect(finding?.message).toMatch(/^"www.* \.\.\. .*503/);
  expect(finding?.message).toHaveLength(MAX_MESSAGE);
});

test.each([
  ['port: 8080', undefined], // not "pod", which is a map
  ['imge: a/b:1', 'image'],
  ['imge: [a]', undefined],
  ['arg: ["-v"]', 'args'],
  ['arg: x', undefined],
  ['replica: "3"', 'replicas'],
  ['resource: {limits: {}}', 'resources'],
])('a key is taken for a known one only where its value could be: %s', (line, meant) => {
  const text = `deployment:\n  v1:\n    ${line}\nroutes: {primary: {version: v1}}\n`;
  const { findings } = build({ ...echo, bytes: bytesOf(text) }, defaults, targets);
  const found = findings.find(({ message }) => message.startsWith('unknown key'));
  expect(found?.replacement).toBe(meant);
  expect(found?.message.includes('did you mean')).toBe(meant !== undefined);
});
