import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { isError } from '../../../src/core/model/finding.ts';
import { readingsOf } from '../../support/readings.ts';
import { bytesOf, defaults, echo } from '../support.ts';

// A name or value that some reader of YAML takes for something else: a finding, or the string that was written.
type Outcome = { readonly findings: readonly string[] } | { readonly text: string };

const refused = (...findings: readonly string[]): Outcome => ({ findings });
const as = (text: string): Outcome => ({ text });

interface Any {
  readonly [key: string]: Any;
}

/** What a values file comes to: its errors, or every object as every reader takes it. */
function outcomeOf(values: string): {
  readonly errors: readonly string[];
  readonly readings: readonly (readonly Any[])[];
} {
  const { findings, manifests } = build({ ...echo, bytes: bytesOf(values) }, defaults, targets);
  const readings = [...(manifests?.values() ?? [])].map(readingsOf);
  return {
    errors: findings.filter(isError).map(({ rule, range }) => `${rule} ${range.line}`),
    readings: (readings[0] ?? []).map((_, reader) => readings.flatMap((each) => each[reader] as readonly Any[])),
  };
}

/** Each reader's objects of values that are accepted, and the text they should hold; none of what is refused. */
function acceptedAs(values: string, outcome: Outcome): readonly { objects: readonly Any[]; text: string }[] {
  const { errors, readings } = outcomeOf(values);
  if ('findings' in outcome) {
    expect(errors).toEqual(outcome.findings);
    expect(readings).toEqual([]);
    return [];
  }
  expect(errors).toEqual([]);
  expect(readings).toHaveLength(4);
  return readings.map((objects) => ({ objects, text: outcome.text }));
}

const found = (objects: readonly Any[], kind: string, name: string) =>
  objects.filter((object) => String(object.kind) === kind && String(object.metadata?.name) === name);

describe('a version', () => {
  const values = (version: string) =>
    `deployment:\n  v1: { image: a }\n  ${version}: { image: b }\nroutes:\n  primary: { version: v1 }\n  canary:\n    version: ${version}\n    weight: 5\n`;
  test.each<[written: string, outcome: Outcome]>([
    ['1.10', refused('version-name 3', 'ambiguous-scalar 7')],
    ['"1.10"', refused('version-name 3')],
    ["'1.10'", refused('version-name 3')],
    ['2024-11-05', refused('ambiguous-scalar 3', 'ambiguous-scalar 7')],
    ['"2024-11-05"', as('2024-11-05')],
    ["'2024-11-05'", as('2024-11-05')],
    ['v2-rc.1', refused('version-name 3')],
    ['"v2-rc.1"', refused('version-name 3')],
    ['1e3', refused('ambiguous-scalar 3', 'ambiguous-scalar 7')],
    ['"1e3"', as('1e3')],
    ['y', refused('ambiguous-scalar 3', 'ambiguous-scalar 7')],
    ['"y"', as('y')],
    ['"0o7"', as('0o7')],
    ['v2', as('v2')],
  ])('%s', (written, outcome) => {
    for (const { objects, text: version } of acceptedAs(values(written), outcome)) {
      const [deployment] = found(objects, 'Deployment', `echo-${version}`);
      expect(deployment).toMatchObject({
        spec: { selector: { matchLabels: { version } }, template: { metadata: { labels: { version } } } },
      });
      const [table] = found(objects, 'RouteTable', 'echo-routes');
      expect(JSON.stringify(table)).toContain(`"subset":{"values":{"version":${JSON.stringify(version)}}}`);
    }
  });
});

describe("a header's value", () => {
  const values = (...lines: readonly string[]) =>
    `deployment: { v1: { image: a }, v2: { image: b } }\nroutes:\n  primary: { version: v1 }\n  canary:\n    version: v2\n    headers:\n      stage: ${lines.join('\n        ')}\n`;
  test.each<[written: string | readonly string[], outcome: Outcome]>([
    ['true', refused('ambiguous-scalar 7')],
    ['"true"', as('true')],
    ["'true'", as('true')],
    ['1e3', refused('ambiguous-scalar 7')],
    ['"1e3"', as('1e3')],
    ["'1e3'", as('1e3')],
    ['a: b', refused('yaml-syntax 7')],
    ['"a: b"', as('a: b')],
    ["'a: b'", as('a: b')],
    ['"', refused('yaml-syntax 7')],
    ['"\\""', as('"')],
    ["'\"'", as('"')],
    ['{{x}}', refused('yaml-syntax 7')],
    ['"{{x}}"', as('{{x}}')],
    ["'{{x}}'", as('{{x}}')],
    ['"one\\ntwo"', as('one\ntwo')],
    [['|-', 'one', 'two'], as('one\ntwo')],
    [['|', 'one', 'two'], as('one\ntwo\n')],
    [['one', 'two'], as('one two')],
    [['"one', 'two"'], as('one two')],
    [["'one", '', "two'"], as('one\ntwo')],
    ['2024-11-05', refused('ambiguous-scalar 7')],
    ['010', refused('ambiguous-scalar 7')],
    ['"010"', as('010')],
    ['~', refused('ambiguous-scalar 7')],
    ['"~"', as('~')],
    ['""', refused('schema 7')],
    ['canary', as('canary')],
  ])('%j', (written, outcome) => {
    for (const { objects, text } of acceptedAs(values(...[written].flat()), outcome)) {
      expect(found(objects, 'RouteTable', 'echo-routes')).toMatchObject([
        { spec: { routes: [{ matchers: [{ headers: [{ name: 'stage', value: text }] }] }, {}] } },
      ]);
    }
  });
});
