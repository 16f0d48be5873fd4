import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { targets } from '../../../../src/charts/targets.ts';
import { build } from '../../../../src/core/build/build.ts';
import { findingsOf, isError } from '../../../../src/core/model/finding.ts';
import { readSettings } from '../../../../src/core/settings/read.ts';
import { explainRequest } from '../../../../src/core/targets/explain.ts';
import { renderGloo } from '../../../../src/core/targets/gloo/render.ts';
import { readingsOf } from '../../../support/readings.ts';
import { bytesOf } from '../../support.ts';

// What holds of every routing state that a values file can say, alone and beside another team's.
const PREFIX = '/api';
const settings = (() => {
  const read = readSettings(
    bytesOf(`domains: { example: { prefix: ${PREFIX}, render: true } }\nupstreams: [{ name: one }, { name: two }]\n`),
  );
  if (!read.ok) throw new Error(JSON.stringify(findingsOf(read)));
  return read.value;
})();

const NAMES = ['v1', 'v2', '2024-11-05', '1e3', 'true'];
const HEADER_VALUES = ['canary', 'true', '1e3', 'a: b', '"', '{{x}}', 'one\ntwo', ' y ', '010', '\u202e', '#'];

const path = fc
  .record({
    kind: fc.constantFrom('prefix', 'exact', 'regex'),
    text: fc.stringMatching(/^\/[a-z0-9_/-]{0,4}$/),
    called: fc.constantFrom(undefined, 'findPets', 'a: b'),
    rewrite: fc.constantFrom(undefined, '/', '/x'),
  })
  .map(({ kind, text, called, rewrite }) => ({
    [kind]: `${PREFIX}${text}`,
    ...(called === undefined ? {} : { function: called }),
    ...(rewrite === undefined || kind === 'regex' ? {} : { rewrite }),
  }));

const routing = fc
  .record({
    names: fc.shuffledSubarray(NAMES, { minLength: 2, maxLength: 3 }),
    outside: fc.constantFrom(0, 0, 1, 2), // so many versions are upstreams that exist already
    paths: fc.option(fc.uniqueArray(path, { minLength: 1, maxLength: 4, selector: (each) => Object.values(each)[0] })),
    canary: fc.option(
      fc.record({
        weight: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
        headers: fc.dictionary(fc.constantFrom('stage', 'x-canary', 'y'), fc.constantFrom(...HEADER_VALUES)),
      }),
    ),
    shadow: fc.option(fc.integer({ min: 0, max: 100 })),
    destinations: fc.constantFrom(undefined, 'upstream'),
    selects: fc.constantFrom('all', 'primary'),
  })
  .map(({ names, outside, paths, canary, shadow, destinations, selects }) => ({
    deployment: Object.fromEntries(
      names.map((name, index) => [
        name,
        index < outside ? { upstream: { name: ['one', 'two'][index] } } : { image: 'example.com/echo:1' },
      ]),
    ),
    service: { selects },
    routes: {
      ...(paths ? { paths } : {}),
      primary: { version: names[0] },
      ...(canary ? { canary: { version: names[1], ...canary } } : {}),
      ...(shadow === null ? {} : { shadow: { version: names[1], percentage: shadow } }),
      ...(destinations ? { destinations } : {}),
    },
  }));

type Routing = typeof routing extends fc.Arbitrary<infer T> ? T : never;

function built(name: string, written: Routing) {
  const id = { namespace: name, name };
  const bytes = bytesOf(JSON.stringify(written));
  const whole = build({ file: `charts-values/${name}.yaml`, id, bytes }, settings, targets);
  expect(whole.findings.filter(isError)).toEqual([]);
  if (!whole.release) throw new Error('no release');
  const { routes } = renderGloo(whole.release, targets.fill);
  return { ...whole, release: whole.release, routed: { id, routes } };
}

/** A request for each path, one to which no canary's headers belong and one with those. */
function* requestsOf({ release }: ReturnType<typeof built>) {
  for (const { path: asked } of release.paths)
    for (const headers of [new Map<string, string>(), release.canary?.headers ?? new Map<string, string>()])
      yield { path: asked, headers };
}

describe('for any routing state', () => {
  test('every path is answered, by shares of 100 % in all, and the tester by the canary alone', () => {
    fc.assert(
      fc.property(routing, (written) => {
        const one = built('echo', written);
        const { canary, primary } = one.release;
        for (const request of requestsOf(one)) {
          const { answer } = explainRequest(request, {
            domains: [...settings.domains.values()],
            releases: [one.routed],
          });
          const tester = request.headers.size > 0;
          const weight = tester ? 100 : (canary?.weight ?? 0);
          const shares = [
            { version: primary.version, percent: 100 - weight },
            { version: canary?.version, percent: weight },
          ].filter(({ percent }) => percent > 0);
          expect(answer).toMatchObject({ release: 'echo', destinations: shares });
        }
      }),
      { numRuns: 300 },
    );
  });

  test('beside another team as well', () => {
    fc.assert(
      fc.property(routing, routing, (first, second) => {
        const teams = [built('echo', first), built('foxtrot', second)];
        const world = { domains: [...settings.domains.values()], releases: teams.map(({ routed }) => routed) };
        for (const team of teams)
          for (const request of requestsOf(team)) {
            const { answer } = explainRequest(request, world);
            if (answer.release === null) throw new Error(answer.reason);
            expect(answer.destinations.reduce((sum, { percent }) => sum + percent, 0)).toBe(100);
          }
      }),
      { numRuns: 150 },
    );
  });

  test('every file is the same objects to readers of YAML 1.1 and 1.2, and the same bytes again', () => {
    fc.assert(
      fc.property(routing, (written) => {
        const files = [...(built('echo', written).manifests ?? [])];
        expect(files.length).toBeGreaterThan(3);
        for (const [, text] of files) {
          const [first, ...others] = readingsOf(text);
          for (const other of others) expect(other).toEqual(first);
        }
        expect([...(built('echo', written).manifests ?? [])]).toEqual(files);
      }),
      { numRuns: 100 },
    );
  });
});
