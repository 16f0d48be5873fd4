import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build, withChange } from '../../../src/core/build/build.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { readSettings } from '../../../src/core/settings/read.ts';
import { bytesOf, echo, inShort } from '../support.ts';

interface State {
  readonly v1?: string;
  readonly v2?: string;
  readonly service?: string;
  readonly primary?: string;
  readonly canary?: string;
}

/** Versions v1 and v2 at lines 2 and 3, the service at 4, the primary at 6, the canary at 7. */
function text({ v1 = 'image: a', v2 = 'image: b', service = '{}', primary = 'v1', canary = '' }: State): string {
  return [
    'deployment:',
    `  v1: { ${v1} }`,
    `  v2: { ${v2} }`,
    `service: ${service}`,
    'routes:',
    `  primary: { version: ${primary} }`,
    `  canary: ${canary === '' ? '' : `{ version: v2, ${canary} }`}`,
    '',
  ].join('\n');
}

function change(before: State, after: State, settings = 'gitops: gitops'): readonly Finding[] {
  const read = readSettings(bytesOf(settings));
  if (!read.ok) throw new Error(inShort(read.findings).join());
  const [old, now] = [before, after].map((state) =>
    build({ ...echo, bytes: bytesOf(text(state)) }, read.value, targets),
  );
  if (!old || !now) throw new Error('two states are two builds');
  const known = new Set(now.findings);
  const judged = withChange(now, old, read.value);
  expect(judged.manifests).toBeDefined(); // the way is judged: where it ends can be rendered
  return judged.findings.filter((finding) => !known.has(finding));
}

const short = (findings: readonly Finding[]) =>
  findings.map((finding) => `${finding.severity} ${inShort([finding])[0]}`);

describe('live-version-changed', () => {
  test.each<[string, State, State, readonly string[]]>([
    ['another image of the primary', {}, { v1: 'image: c' }, ['warning live-version-changed 2:3-5']],
    [
      'of the canary that has a share',
      { canary: 'weight: 5' },
      { canary: 'weight: 5', v2: 'image: c' },
      ['warning live-version-changed 3:3-5'],
    ],
    [
      'of a canary for testers alone',
      { canary: 'headers: { a: b }' },
      { canary: 'headers: { a: b }', v2: 'image: c' },
      [],
    ],
    ['of a version beside it', {}, { v2: 'image: c' }, []],
    ['of a version whose share ends with it', { canary: 'weight: 5' }, { v2: 'image: c' }, []],
    ['of a primary that has nothing left', { canary: 'weight: 100' }, { canary: 'weight: 100', v1: 'image: c' }, []],
    ['its environment', {}, { v1: 'image: a, env: { A: b }' }, ['warning live-version-changed 2:3-5']],
    ['its number of pods alone', {}, { v1: 'image: a, replicas: 3' }, []],
    ['the weights alone', { canary: 'weight: 5' }, { canary: 'weight: 6' }, []],
    [
      'its port, by the service',
      {},
      { service: '{ targetPort: 9 }' },
      ['warning live-version-changed 2:3-5', 'error live-service-changed 4:24-25'],
    ],
    ['nothing', {}, {}, []],
  ])('%s', (_, before, after, expected) => expect(short(change(before, after))).toEqual(expected));
});

describe('live-service-changed', () => {
  test.each<[string, State, State, readonly string[]]>([
    ['its port', {}, { service: '{ port: 81 }' }, ['error live-service-changed 4:18-20']],
    ['its port, back to the default', { service: '{ port: 81 }' }, {}, ['error live-service-changed 4:10-12']],
    ['whom it selects', {}, { service: '{ selects: primary }' }, ['error live-service-changed 4:21-28']],
    ['the same, said', {}, { service: '{ port: 80, targetPort: 8080, selects: all }' }, []],
    [
      'which version it selects: that is a route',
      { service: '{ selects: primary }' },
      { service: '{ selects: primary }', primary: 'v2' },
      [],
    ],
    [
      'where no pod of ours takes traffic',
      { v1: 'upstream: { name: x }' },
      { v1: 'upstream: { name: x }', service: '{ port: 81 }' },
      [],
    ],
  ])('%s', (_, before, after, expected) => expect(short(change(before, after))).toEqual(expected));

  test('says the way round', () => {
    const [finding] = change({}, { service: '{ port: 81 }' });
    expect(finding?.message).toContain('keep 80, or move to a values file with another name');
  });
});

describe('step-too-large', () => {
  const LIMIT = 'rollout: { maxStep: 25 }';
  test.each<[string, State, State, readonly string[]]>([
    ['as much as is allowed', { canary: 'weight: 5' }, { canary: 'weight: 30' }, []],
    ['one more', { canary: 'weight: 5' }, { canary: 'weight: 31' }, ['error step-too-large 7:34-36 -> 30']],
    ['a canary that begins too high', {}, { canary: 'weight: 26' }, ['error step-too-large 7:34-36 -> 25']],
    ['a weight that falls', { canary: 'weight: 90' }, { canary: 'weight: 1' }, []],
    ['the last step', { canary: 'weight: 75' }, { primary: 'v2' }, []],
    [
      'a canary that becomes the primary too early',
      { canary: 'weight: 74' },
      { primary: 'v2' },
      ['error step-too-large 6:23-25'],
    ],
    ['the way back to what was the primary', { primary: 'v2' }, { primary: 'v1' }, []],
  ])('%s', (_, before, after, expected) => expect(short(change(before, after, LIMIT))).toEqual(expected));

  test('without a limit every step is fine', () => {
    expect(change({}, { canary: 'weight: 100' })).toEqual([]);
  });

  test('one of another stage is not asked', () => {
    const settings = 'values: "{stage}/{release}.yaml"\nstages: { dev: { rollout: { maxStep: 1 } } }';
    expect(change({}, { canary: 'weight: 100' }, settings)).toEqual([]);
  });
});
