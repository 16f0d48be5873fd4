import fc from 'fast-check';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { escapeInvisible } from '../../../src/core/model/invisible.ts';
import { gloo } from '../../../src/core/targets/gloo/target.ts';
import { errorsIn } from '../../../src/core/targets/schemas.ts';
import { renderRelease } from '../../../src/core/targets/targets.ts';
import { serialize } from '../../../src/core/yaml/serialize.ts';
import { values } from '../../support/arbitraries.ts';
import { readingsOf } from '../../support/readings.ts';
import { bytesOf, defaults, echo } from '../support.ts';

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** The value of one YAML document as its readers take it. */
function readings(yaml: string): readonly unknown[] {
  return readingsOf(yaml).map((documents) => {
    expect(documents).toHaveLength(1);
    return documents[0];
  });
}

function reversed(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('rendering', () => {
  test('never fails for valid values, passes all schemas, and is read back as it was', () => {
    fc.assert(
      fc.property(values, (written) => {
        const built = build({ ...echo, bytes: bytesOf(escapeInvisible(JSON.stringify(written))) }, defaults, targets);
        expect(built.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        if (!built.release) throw new Error('no release');
        const { workloads, routes } = renderRelease(built.release, gloo, targets);
        for (const object of [...workloads, ...routes]) {
          for (const read of readings(serialize(object))) expect(read).toEqual(plain(object));
        }
        for (const text of built.manifests?.values() ?? []) {
          for (const object of loadAll(text) as { readonly kind: string }[])
            expect(errorsIn(object, gloo.schemas)).toEqual([]);
        }
      }),
      { numRuns: 100 },
    );
  });

  test('gives the same bytes whatever the order of the keys', () => {
    fc.assert(
      fc.property(values, (written) => {
        const [one, other] = [written, reversed(written)].map((each) => {
          return build({ ...echo, bytes: bytesOf(escapeInvisible(JSON.stringify(each))) }, defaults, targets);
        });
        // The order of `env` means something to Kubernetes: a variable may refer to one before it.
        if (Object.values(written.deployment).some(({ env = {} }) => Object.keys(env).length > 1)) return;
        expect(other?.manifests).toEqual(one?.manifests);
      }),
      { numRuns: 100 },
    );
  });

  test('weights add up to 100, and a header route comes before the route for all', () => {
    fc.assert(
      fc.property(values, (written) => {
        const { release } = build({ ...echo, bytes: bytesOf(serialize(written)) }, defaults, targets);
        if (!release) throw new Error('no release');
        // biome-ignore lint/suspicious/noExplicitAny: a RouteTable, as it was rendered
        const found = (gloo.render(release, targets.fill).routes[0] as any).spec.routes;
        const tested = release.canary?.headers.size ? 2 : 1; // routes of a path
        expect(found).toHaveLength(release.paths.length * tested);
        for (let index = 0; index < found.length; index += tested) {
          const { headers, ...matcher } = found[index].matchers[0];
          const main = found[index + tested - 1];
          expect(main.matchers).toEqual([matcher]);
          expect(headers ?? []).toHaveLength(release.canary?.headers.size ?? 0);
          const weights = main.routeAction.multi?.destinations.map(({ weight }: { weight: number }) => weight) ?? [100];
          expect(weights.reduce((sum: number, weight: number) => sum + weight, 0)).toBe(100);
        }
      }),
      { numRuns: 100 },
    );
  });
});
