import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import type { ManifestSet } from '../../../src/core/model/manifest.ts';
import { parseMessage } from '../../../src/core/model/trailers.ts';
import { leaderOf, type PrimaryVersion, readPrimary, sharesIn, templateIn } from '../../../src/core/rollout/primary.ts';
import { stateOf } from '../../../src/core/rollout/promote.ts';
import { rollingOf, valuesOf } from '../rollout-text.ts';
import { bytesOf, defaults, echo } from '../support.ts';

const { id } = echo;

function rendered(text: string): ManifestSet {
  const { manifests } = build({ ...echo, bytes: bytesOf(text) }, defaults, targets);
  if (!manifests) throw new Error(`nothing rendered of\n${text}`);
  return manifests;
}

describe('who was primary', () => {
  test.each([
    ['v1', 'v1'],
    ['v1, canary v2 0%', 'v1'],
    ['v1, canary v2 50%', 'v1'],
    ['v1, canary v2 100%', 'v1'], // with none of the traffic
    ['v2, was v1', 'v2'],
  ])('%s: %s', (words, primary) => {
    const tree = rendered(valuesOf(words));
    const template = templateIn(id, tree, primary);
    expect(template).toContain(`image: example.com/echo:${primary}\n`);
    expect(readPrimary(id, tree)).toEqual({ primary, template } satisfies PrimaryVersion);
  });

  test('nobody where nothing, or nothing readable, is published', () => {
    expect(readPrimary(id, new Map())).toBeUndefined();
    const broken = [...rendered(valuesOf('v1'))].map(([path, text]) => [path, path.includes('/routes/') ? '[' : text]);
    expect(readPrimary(id, new Map(broken as [string, string][]))).toBeUndefined();
    expect(readPrimary({ ...id, name: 'beta' }, rendered(valuesOf('v1')))).toBeUndefined();
  });

  test('without pods of ours, where it exists outside', () => {
    const text =
      'deployment: {v1: {upstream: {name: petstore, namespace: gloo-system}}}\nroutes: {primary: {version: v1}}\n';
    const { rollout, readiness, ...others } = defaults;
    const settings = { ...others, rollout, readiness, upstreams: [{ name: 'petstore', namespace: 'gloo-system' }] };
    const { manifests = new Map() } = build({ ...echo, bytes: bytesOf(text) }, settings, targets);
    expect(readPrimary(id, manifests)).toEqual({ primary: 'v1', template: undefined });
  });
});

describe('the pods that a version has', () => {
  test('differ with what they run, not with what runs beside them, nor with how many there are', () => {
    const text = valuesOf('v2, was v1');
    const before = templateIn(id, rendered(text), 'v1');
    const of = (changed: string) => templateIn(id, rendered(changed), 'v1');
    expect(of(valuesOf('v1, canary v2 50%'))).toBe(before);
    expect(of(text.replace('replicas: 9', 'replicas: 1'))).toBe(before);
    expect(of(valuesOf('v2, was v1 on example.com/echo:9'))).not.toBe(before);
    expect(of(text.replace('replicas: 9', 'env: {A: b}'))).not.toBe(before);
    expect(of(valuesOf('v2'))).toBeUndefined();
  });

  /** As the flows tell who was primary with these pods: by a commit in which it was. */
  const formerIn = (past: readonly string[], now: string) => {
    const reigns = past.map((words) => readPrimary(id, rendered(valuesOf(words))));
    const versions = rollingOf(valuesOf(now), []).versions;
    return versions.filter((version) => {
      const template = templateIn(id, rendered(valuesOf(now)), version);
      return reigns.some((reign) => reign?.primary === version && reign.template === template);
    });
  };
  const past = ['v1', 'v1, canary v2 50%', 'v2, was v1'];

  test.each([
    ['v2, was v1', 'draining'],
    ['v2, dark v1 on example.com/echo:9', 'dark'], // the name of before, for something new
    ['v2, dark v3', 'dark'],
    ['v2', 'stable'],
  ])('%s: %s', (now, kind) => {
    const former = formerIn(past, now).filter((version) => version !== 'v2');
    expect(stateOf(rollingOf(valuesOf(now), former)).kind).toBe(kind);
  });
});

describe('what a commit says of a release', () => {
  const message = (...lines: readonly string[]) => parseMessage(`echo: x\n\n${lines.join('\n')}\n`);
  const shop = { stage: 'production', namespace: 'shop', name: 'echo' };

  test.each([
    ['by its short name', ['Traffic: echo v1 75% v2 25%'], 'v1 75% v2 25%'],
    ['by its identity', ['Traffic: production/shop/echo v1 100%'], 'v1 100%'],
    ['nothing that takes traffic', ['Traffic: echo none'], 'none'],
    ['among others', ['Source-Commit: abc', 'Traffic: beta v9 100%', 'Traffic: echo v1 100%'], 'v1 100%'],
    ['of another one', ['Traffic: echoes v1 100%', 'Traffic: shop/echo v2 100%', 'Traffic: beta v1 100%'], undefined],
    ['nothing', ['Source-Commit: abc'], undefined],
    ['nothing but its name', ['Traffic: echo'], undefined],
  ])('%s', (_, lines, shares) => {
    expect(sharesIn(message(...lines), shop)).toBe(shares);
  });

  test.each([
    ['v1 75% v2 25%', 'v1'],
    ['v1 100%', 'v1'],
    ['v2 100%', 'v2'],
    ['none', undefined],
    ['', undefined],
    ['v1', undefined],
  ])('%s is led by %s', (shares, leader) => {
    expect(leaderOf(shares)).toBe(leader);
  });
});
