import { describe, expect, test } from 'vitest';
import { check, inShort, withCanary, withVersion } from '../support.ts';

const FINE = withVersion();

/** The messages as well, for a table that judges the words. */
function said(content: string | Uint8Array): readonly string[] {
  return check(content).map(({ message }) => message);
}

describe('the schema', () => {
  test.each([
    ['"50%"', ['schema 9:13-18 -> 50'], '"weight" must be a whole number from 0 to 100, not "50%"'],
    ['50%', ['schema 9:13-16 -> 50'], '"weight" must be a whole number from 0 to 100, not "50%"'],
    ['"50"', ['schema 9:13-17 -> 50'], '"weight" must be a whole number from 0 to 100, not "50"'],
    ['"500%"', ['schema 9:13-19'], '"weight" must be a whole number from 0 to 100, not "500%"'],
    ['50.5', ['schema 9:13-17'], '"weight" must be a whole number from 0 to 100, not 50.5'],
    ['-1', ['schema 9:13-15'], '"weight" must be a whole number from 0 to 100, not -1'],
    ['101', ['schema 9:13-16'], '"weight" must be a whole number from 0 to 100, not 101'],
    ['9007199254740993', ['schema 9:13-29'], '"weight" must be a whole number from 0 to 100, not 9007199254740993'],
    ['1e400', ['schema 9:13-18'], '"weight" must be a whole number from 0 to 100, not 1e400'],
    ['1e1', ['schema 9:13-16 -> 10'], '1e1 is not the same number to every reader of YAML; write 10'],
    ['010', ['schema 9:13-16 -> 10'], '010 is not the same number to every reader of YAML; write 10'],
    ['!!int 010', ['schema 9:19-22 -> 10'], '010 is not the same number to every reader of YAML; write 10'],
    ['50.0', ['schema 9:13-17 -> 50'], '50.0 is not the same number to every reader of YAML; write 50'],
    ['yes', ['schema 9:13-16'], '"weight" must be a whole number from 0 to 100, not "yes"'],
    ['[5]', ['schema 9:13-16'], '"weight" must be a whole number from 0 to 100, not a list'],
    ['', ['schema 9:5-11'], '"weight" has no value; it must be a whole number from 0 to 100'],
    ['null', ['schema 9:13-17'], '"weight" has no value; it must be a whole number from 0 to 100'],
  ])('weight: %s', (weight, expected, message) => {
    const text = withCanary(`weight: ${weight}`);
    expect([inShort(check(text)), said(text)]).toEqual([expected, [message]]);
  });

  test.each(['0', '1', '50', '100'])('weight: %s is one', (weight) => {
    expect(check(withCanary(`weight: ${weight}`, 'headers: { a: b }'))).toEqual([]);
  });

  test.each([
    ['no routes', 'deployment: { v1: { image: a } }\n', ['schema 1:1-1'], '"routes" is missing'],
    [
      'no primary',
      'deployment: { v1: { image: a } }\nroutes: {}\n',
      ['schema 2:1-7'],
      '"primary" is missing below "routes"',
    ],
    [
      'no version',
      'deployment: { v1: { image: a } }\nroutes:\n  primary: {}\n',
      ['schema 3:3-10'],
      '"version" is missing below "primary"',
    ],
    ['no name', withVersion('env: [{ value: x }]'), ['schema 4:11-23'], '"name" is missing below entry 1 of "env"'],
    [
      'empty routes',
      'deployment: { v1: { image: a } }\nroutes:\n',
      ['schema 2:1-7'],
      '"routes" has no value; it must be a map (key: value)',
    ],
    [
      'an empty deployment',
      'deployment: {}\nroutes: { primary: { version: v1 } }\n',
      ['schema 1:13-15'],
      '"deployment" needs at least one entry',
    ],
    [
      'a word for a block',
      withCanary().replace(/canary:[\s\S]*/, 'canary: v2\n'),
      ['schema 7:11-13'],
      '"canary" must be a map (key: value), not "v2"',
    ],
    [
      'an unknown key',
      `${FINE}owner: me\n`,
      ['schema 5:1-6'],
      'unknown key "owner"; known keys: deployment, defaults, service, routes',
    ],
    [
      'a misspelled key',
      FINE.replace('routes', 'route'),
      ['schema 4:1-6 -> routes'],
      'unknown key "route"; did you mean "routes"?',
    ],
    [
      'a misspelled key beside the right one',
      withVersion('imag: b'),
      ['schema 4:5-9'],
      'unknown key "imag"; known keys: image, args, env, replicas, imagePullPolicy, resources, readinessProbe, livenessProbe, startupProbe, labels, annotations, container, pod, autoscaling, disruption, upstream',
    ],
    [
      '__proto__',
      `${FINE}__proto__: { a: 1 }\n`,
      ['schema 5:1-10'],
      'unknown key "__proto__"; known keys: deployment, defaults, service, routes',
    ],
    [
      'constructor',
      `${FINE}constructor: 1\n`,
      ['schema 5:1-12'],
      'unknown key "constructor"; known keys: deployment, defaults, service, routes',
    ],
    [
      'toString',
      `${FINE}toString: 1\n`,
      ['schema 5:1-9'],
      'unknown key "toString"; known keys: deployment, defaults, service, routes',
    ],
    [
      'below an unknown key nothing more',
      `${FINE}owner: { yes: 010 }\n`,
      ['schema 5:1-6'],
      'unknown key "owner"; known keys: deployment, defaults, service, routes',
    ],
    [
      'an invisible character',
      `${FINE}\u00a0owner: me\n`,
      ['schema 5:1-7'],
      'unknown key "\u00a0owner"; known keys: deployment, defaults, service, routes',
    ],
    [
      'a header name with a space',
      withCanary('headers: { "a b": x }'),
      ['schema 9:16-21'],
      expect.stringMatching(/^"a b" can't be a key of "headers": a key must match /),
    ],
    [
      'an empty header name',
      withCanary('headers: { "": x }'),
      ['schema 9:16-18'],
      expect.stringMatching(/^"" can't be a key of "headers"/),
    ],
    ['an empty header', withCanary('headers: { a: "" }'), ['schema 9:19-21'], '"a" must not be empty'],
    ['a list as a header', withCanary('headers: { a: [x] }'), ['schema 9:19-22'], '"a" must be a string, not a list'],
    [
      'a map in args',
      withVersion('args: [a, { b: c }]'),
      ['schema 4:15-23'],
      'entry 2 of "args" must be a string, not a map',
    ],
    [
      'a word for env',
      withVersion('env: x'),
      ['schema 4:10-11'],
      '"env" must be a map (key: value) or a list, not "x"',
    ],
    [
      'a port too high',
      `${FINE}service: { port: 70000 }\n`,
      ['schema 5:18-23'],
      '"port" must be a whole number from 1 to 65535, not 70000',
    ],
    [
      'a quoted port',
      `${FINE}service: { targetPort: "8080" }\n`,
      ['schema 5:24-30 -> 8080'],
      '"targetPort" must be a whole number from 1 to 65535, not "8080"',
    ],
    [
      'a block over several lines',
      'deployment:\n  - v1\n  - v2\nroutes: { primary: { version: v1 } }\n',
      ['schema 2:3-3:7'],
      '"deployment" must be a map (key: value), not a list',
    ],
    [
      'a mistake that an alias repeats',
      'deployment: { v1: &a { image: x, foo: 1 }, v2: *a }\nroutes: { primary: { version: v1 } }\n',
      ['schema 1:34-37'],
      'unknown key "foo"; known keys: image, args, env, replicas, imagePullPolicy, resources, readinessProbe, livenessProbe, startupProbe, labels, annotations, container, pod, autoscaling, disruption, upstream',
    ],
    [
      'a mistake that a merge repeats',
      'deployment: { v1: &a { image: x, foo: 1 }, v2: { <<: *a } }\nroutes: { primary: { version: v1 } }\n',
      ['schema 1:34-37'],
      'unknown key "foo"; known keys: image, args, env, replicas, imagePullPolicy, resources, readinessProbe, livenessProbe, startupProbe, labels, annotations, container, pod, autoscaling, disruption, upstream',
    ],
  ])('%s', (_, text, expected, message) => {
    expect([inShort(check(text)), said(text)]).toEqual([expected, [message]]);
  });

  test.each([
    ['an empty canary', FINE.replace('v1 } }', 'v1 }, canary: }')],
    ['an empty service', `${FINE}service:\n`],
    [
      'headers called like members of every object',
      withCanary('headers: { __proto__: a, constructor: b, toString: c }'),
    ],
    ['env by reference', withVersion('env: [{ name: A, valueFrom: { fieldRef: { fieldPath: b } } }]')],
  ])('%s is fine', (_, text) => {
    expect(check(text)).toEqual([]);
  });

  test('says all at once, sorted, and rules judge what has the right shape', () => {
    const text = [
      'deployment:',
      '  V.1: { image: a, replicas: "x" }',
      '  v2: { imagee: a }',
      'routes:',
      '  primary: { version: v3 }',
      '  canary: { version: v4, weight: "50%", headers: { stage: yes } }',
      'foo: 1',
    ].join('\n');
    expect(inShort(check(text))).toEqual([
      'version-name 2:3-6',
      'schema 2:30-33',
      'schema 3:9-15 -> image',
      'invalid-destination 5:23-25 -> v2',
      'invalid-destination 6:22-24 -> v2',
      'schema 6:34-39 -> 50',
      'ambiguous-scalar 6:59-62 -> "yes"',
      'schema 7:1-4',
    ]);
  });
});
