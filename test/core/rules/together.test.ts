import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../src/core/settings/read.ts';
import type { Settings } from '../../../src/core/settings/settings.ts';
import { bytesOf, inShort } from '../support.ts';
import { checkTogether, type Files } from '../together.ts';

function settingsOf(text: string): Settings {
  const read = readSettings(bytesOf(text));
  if (!read.ok) throw new Error(inShort(read.findings).join());
  return read.value;
}

/** A release that needs no warning; what is given follows below `routes:`, from line 4. */
const release = (...routes: readonly string[]) =>
  [
    'deployment: { v1: { image: a } }',
    'routes:',
    '  primary: { version: v1 }',
    ...routes.map((line) => `  ${line}`),
    '',
  ].join('\n');
const taking = (...paths: readonly string[]) => release(`paths: [${paths.join(', ')}]`);

interface Row {
  readonly files: Files;
  readonly settings?: string;
  readonly before?: Files;
  readonly settingsBefore?: string;
  readonly expected: Readonly<Record<string, readonly string[]>>;
}

function judge({ files, settings = 'gitops: gitops', before = {}, settingsBefore }: Row): Row['expected'] {
  const old = { files: before, ...(settingsBefore === undefined ? {} : { settings: settingsOf(settingsBefore) }) };
  const found = checkTogether(files, settingsOf(settings), old);
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, findings]) => {
      const short = findings.map((finding) => `${finding.severity} ${inShort([finding])[0]}`);
      return short.length > 0 ? [[name, short]] : [];
    }),
  );
}

const X = taking('{ prefix: /x }');

describe('route-conflict', () => {
  test.each<[string, Row]>([
    ['two releases on paths of their own', { files: { echo: release(), foxtrot: release() }, expected: {} }],
    [
      'two new ones on one path: neither was first',
      { files: { a: X, b: X }, expected: { a: ['error route-conflict 4:21-23'], b: ['error route-conflict 4:21-23'] } },
    ],
    [
      'one that has it already: it keeps it',
      {
        files: { a: X, b: X },
        before: { a: X },
        expected: { a: ['warning route-conflict 4:21-23'], b: ['error route-conflict 4:21-23'] },
      },
    ],
    [
      'the path that nobody wrote is found at routes',
      {
        files: { echo: release(), foxtrot: taking('{ prefix: /foxtrot }', '{ prefix: /echo }') },
        before: { echo: release() },
        expected: { echo: ['warning route-conflict 2:1-7'], foxtrot: ['error route-conflict 4:43-48'] },
      },
    ],
    [
      'one path twice in one release',
      {
        files: { a: taking('{ prefix: /x }', '{ exact: /x }', '{ prefix: /x }') },
        expected: { a: ['error route-conflict 4:52-54'] },
      },
    ],
    [
      'another kind of path is another path',
      { files: { a: taking('{ exact: /x }'), b: taking('{ regex: /x }') }, expected: {} },
    ],
    [
      'equal regular expressions',
      {
        files: { a: taking('{ regex: /x }'), b: taking('{ regex: /x }') },
        expected: { a: ['error route-conflict 4:20-22'], b: ['error route-conflict 4:20-22'] },
      },
    ],
    [
      'domains of their own',
      {
        files: { a: X, b: release('apiGroup: other', 'paths: [{ prefix: /x }]') },
        settings: 'domains: { example: { hosts: [a] }, other: { hosts: [b] } }',
        expected: {},
      },
    ],
    [
      'a path that is taken outside',
      {
        files: { a: X },
        settings: 'domains: { example: { claims: [{ prefix: /x }] } }',
        expected: { a: ['error route-conflict 4:21-23'] },
      },
    ],
    [
      'a claim on what is there already',
      {
        files: { a: X },
        before: { a: X },
        settingsBefore: 'gitops: gitops',
        settings: 'domains: { example: { claims: [{ prefix: /x }] } }',
        expected: { a: ['warning route-conflict 4:21-23'] },
      },
    ],
    [
      'a swap in one change',
      { files: { a: taking('{ prefix: /y }'), b: X }, before: { a: X, b: taking('{ prefix: /y }') }, expected: {} },
    ],
    ['a path that goes over to a new release', { files: { b: X }, before: { a: X }, expected: {} }],
    [
      'who may not move stays, and is in the way of the next',
      {
        files: { a: taking('{ prefix: /y }'), b: taking('{ prefix: /y }'), c: X },
        before: { a: X, b: taking('{ prefix: /y }') },
        expected: {
          a: ['error route-conflict 4:21-23'],
          b: ['warning route-conflict 4:21-23'],
          c: ['error route-conflict 4:21-23'],
        },
      },
    ],
    [
      "a release that is broken otherwise stands in nobody's way, and is told all the same",
      { files: { a: X, b: `${X}foo: 1\n` }, expected: { b: ['error route-conflict 4:21-23', 'error schema 5:1-4'] } },
    ],
    [
      'stages are clusters of their own',
      {
        files: { 'dev/a': X, 'prod/a': X, 'prod/b': X },
        settings: 'values: "{stage}/{release}.yaml"',
        expected: { 'prod/a': ['error route-conflict 4:21-23'], 'prod/b': ['error route-conflict 4:21-23'] },
      },
    ],
    [
      'as mild as the settings say',
      {
        files: { a: X, b: X },
        settings: 'rules: { route-conflict: warning }',
        expected: { a: ['warning route-conflict 4:21-23'], b: ['warning route-conflict 4:21-23'] },
      },
    ],
  ])('%s', (_, row) => expect(judge(row)).toEqual(row.expected));

  test('names the other one', () => {
    const { b } = checkTogether({ a: X, b: X }, settingsOf('gitops: gitops'), { files: { a: X } });
    expect(b?.[0]?.message).toContain('the prefix /x is taken by the release a as well');
  });
});

describe('route-overlap', () => {
  test.each<[string, Row]>([
    [
      'a prefix that begins another as text',
      {
        files: { echo: release(), 'echo-admin': release() },
        expected: { echo: ['warning route-overlap 2:1-7'], 'echo-admin': ['warning route-overlap 2:1-7'] },
      },
    ],
    [
      "a slash at its end, and it doesn't",
      { files: { echo: taking('{ prefix: /echo/ }'), echoes: release() }, expected: {} },
    ],
    [
      'one that begins an exact path',
      {
        files: { a: X, b: taking('{ exact: /x/health }') },
        expected: { a: ['warning route-overlap 4:21-23'], b: ['warning route-overlap 4:20-29'] },
      },
    ],
    [
      'the same text, exact and as a prefix',
      {
        files: { a: X, b: taking('{ exact: /x }') },
        expected: { a: ['warning route-overlap 4:21-23'], b: ['warning route-overlap 4:20-22'] },
      },
    ],
    [
      'paths of one release among each other',
      { files: { a: taking('{ prefix: /x }', '{ prefix: /x/y }') }, expected: {} },
    ],
    [
      "a team's /",
      {
        files: { root: taking('{ prefix: / }'), echo: release(), foxtrot: release() },
        expected: {
          root: ['warning route-overlap 4:21-22'],
          echo: ['warning route-overlap 2:1-7'],
          foxtrot: ['warning route-overlap 2:1-7'],
        },
      },
    ],
    ["a team's / where it is alone", { files: { root: taking('{ prefix: / }') }, expected: {} }],
    [
      'a path that is taken outside',
      {
        files: { a: X },
        settings: 'domains: { example: { claims: [{ prefix: /x/legacy }] } }',
        expected: { a: ['warning route-overlap 4:21-23'] },
      },
    ],
    [
      'three deep: one finding each, which tells of what is around and what is inside',
      {
        files: { a: X, b: taking('{ prefix: /x/y }'), c: taking('{ prefix: /x/y/z }') },
        expected: {
          a: ['warning route-overlap 4:21-23'],
          b: ['warning route-overlap 4:21-25'],
          c: ['warning route-overlap 4:21-27'],
        },
      },
    ],
    [
      'in domains of their own',
      {
        files: { a: X, b: release('apiGroup: o', 'paths: [{ prefix: /x/y }]') },
        settings: 'domains: { example: { hosts: [a] }, o: { hosts: [b] } }',
        expected: {},
      },
    ],
    ['off', { files: { echo: release(), echoes: release() }, settings: 'rules: { route-overlap: off }', expected: {} }],
  ])('%s', (_, row) => expect(judge(row)).toEqual(row.expected));

  test('says who takes what', () => {
    const files = Object.fromEntries(['', '-a', '-b', '-c', '-d'].map((end) => [`echo${end}`, release()]));
    const found = checkTogether(files);
    expect(found.echo?.[0]?.message).toContain(
      'begins /echo-a of echo-a, /echo-b of echo-b, /echo-c of echo-c and 1 more too',
    );
    expect(found['echo-a']?.[0]?.message).toContain('begins with /echo, which echo takes');
  });
});

describe('invalid-destination: an upstream', () => {
  const on = (name: string, namespace: string) =>
    `deployment: { v1: { upstream: { name: ${name}, namespace: ${namespace} } } }\nroutes: { primary: { version: v1 } }\n`;
  test.each<[string, Row]>([
    [
      'that nobody knows',
      { files: { a: on('pets', 'gloo-system') }, expected: { a: ['error invalid-destination 1:39-43'] } },
    ],
    [
      'that the settings know',
      { files: { a: on('pets', 'gloo-system') }, settings: 'upstreams: [{ name: pets }]', expected: {} },
    ],
    [
      'almost that one',
      {
        files: { a: on('petz', 'gloo-system') },
        settings: 'upstreams: [{ name: pets }]',
        expected: { a: ['error invalid-destination 1:39-43 -> pets'] },
      },
    ],
    ['that another release renders', { files: { a: on('echo', 'echo'), echo: release() }, expected: {} }],
    [
      'that another release renders for its version',
      { files: { a: on('echo-v1', 'echo'), echo: release('destinations: upstream') }, expected: {} },
    ],
    [
      'of another release, that renders it no more',
      {
        files: { a: on('echo-v1', 'echo'), echo: release() },
        before: { a: on('echo-v1', 'echo'), echo: release('destinations: upstream') },
        expected: { a: ['error invalid-destination 1:39-46 -> echo'] },
      },
    ],
    [
      'of a broken release that is nowhere yet',
      {
        files: { a: on('echo', 'echo'), echo: `${release()}foo: 1\n` },
        expected: { a: ['error invalid-destination 1:39-43'], echo: ['error schema 4:1-4'] },
      },
    ],
  ])('%s', (_, row) => expect(judge(row)).toEqual(row.expected));

  test('says what Gloo would say', () => {
    const { a } = checkTogether({ a: on('pets', 'gloo-system') });
    expect(a?.[0]?.message).toContain('*v1.Upstream { gloo-system.pets } not found');
  });
});
