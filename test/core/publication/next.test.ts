import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { diff } from '../../../src/core/model/diff.ts';
import type { ManifestSet } from '../../../src/core/model/manifest.ts';
import { routesFolder, workloadsFolder } from '../../../src/core/model/places.ts';
import { next } from '../../../src/core/publication/next.ts';
import { parts } from '../../../src/core/publication/parts.ts';
import { confirmedPending, type Pending, podTemplates } from '../../../src/core/publication/pending.ts';
import { partsText, waitText } from '../../../src/core/report/part.ts';
import { echo } from '../support.ts';
import { treeOf } from './history.ts';

const { id } = echo;
const [WORKLOADS, ROUTES] = [workloadsFolder(id), routesFolder(id)];
const TABLE = `${ROUTES}routetable-echo-routes.yaml`;

interface Written {
  readonly deployed?: Readonly<Record<string, string | object>>; // version: image, or its fields
  readonly primary?: string;
  readonly canary?: object;
  readonly shadow?: object;
  readonly destinations?: string;
  readonly selects?: string;
  readonly paths?: readonly object[];
}

/** A release: v1 alone unless it says more. */
function release({ deployed = { v1: 'a' }, primary = 'v1', selects, ...routes }: Written = {}): ManifestSet {
  const versions = Object.entries(deployed).map(([name, written]) => {
    return [name, typeof written === 'string' ? { image: written } : written] as const;
  });
  return treeOf({
    deployment: Object.fromEntries(versions),
    ...(selects ? { service: { selects } } : {}),
    routes: { ...routes, primary: { version: primary } },
  });
}

const BOTH = { v1: 'a', v2: 'b' };
const OUTSIDE = { upstream: { name: 'elsewhere', namespace: 'gloo-system' } };
const NONE: ManifestSet = new Map();
const canary = (weight: number, headers?: object) => ({ version: 'v2', weight, ...(headers ? { headers } : {}) });

test.each([
  ['a first release', NONE, release(), ['start v1', 'send traffic to v1 100%, once v1 is ready (Deployment echo-v1)']],
  ['a first release of what exists outside', NONE, release({ deployed: { v1: OUTSIDE } }), ['send traffic to v1 100%']],
  [
    'a weight',
    release({ deployed: BOTH, canary: canary(10) }),
    release({ deployed: BOTH, canary: canary(50) }),
    ['canary v2 10% -> 50%'],
  ],
  [
    'v1 to v2 in one jump',
    release(),
    release({ deployed: { v2: 'b' }, primary: 'v2' }),
    [
      'start v2',
      'switch routes to v2, once v2 is ready (Deployment echo-v2)',
      'stop v1, once the published routes are applied and v1 has drained',
    ],
  ],
  [
    'a canary that is shifted becomes primary, and its elder stays',
    release({ deployed: BOTH, canary: canary(100) }),
    release({ deployed: BOTH, primary: 'v2' }),
    ['switch routes to v2'],
  ],
  [
    'a new canary with its first weight',
    release(),
    release({ deployed: BOTH, canary: canary(10, { stage: 'canary' }) }),
    ['start v2', 'canary v2 none -> 10%, once v2 is ready (Deployment echo-v2)'],
  ],
  [
    'a canary changes and rises',
    release({ deployed: BOTH, canary: canary(10) }),
    release({ deployed: { v1: 'a', v2: 'c' }, canary: canary(50) }),
    ['change v2', 'canary v2 10% -> 50%, once v2 is ready (Deployment echo-v2)'],
  ],
  [
    'a canary changes and sinks',
    release({ deployed: BOTH, canary: canary(50) }),
    release({ deployed: { v1: 'a', v2: 'c' }, canary: canary(10) }),
    ['change v2, canary v2 50% -> 10%'],
  ],
  [
    'a canary changes and gets its header',
    release({ deployed: BOTH, canary: canary(10) }),
    release({ deployed: { v1: 'a', v2: 'c' }, canary: canary(10, { stage: 'canary' }) }),
    ['change v2', 'change its routes, once v2 is ready (Deployment echo-v2)'],
  ],
  [
    'a canary changes and so does its header',
    release({ deployed: BOTH, canary: canary(10, { stage: 'canary' }) }),
    release({ deployed: { v1: 'a', v2: 'c' }, canary: canary(10, { stage: 'other' }) }),
    ['change v2', 'header route stage: canary -> stage: other, once v2 is ready (Deployment echo-v2)'],
  ],
  [
    'a version changes and gets more of a shadow',
    release({ deployed: BOTH, shadow: { version: 'v2', percentage: 5 } }),
    release({ deployed: { v1: 'a', v2: 'c' }, shadow: { version: 'v2', percentage: 50 } }),
    ['change v2', 'shadow v2 5% -> v2 50%, once v2 is ready (Deployment echo-v2)'],
  ],
  [
    'a primary and its canary change places, and the canary changes',
    release({ deployed: BOTH, canary: canary(10) }),
    release({ deployed: { v1: 'a', v2: 'c' }, primary: 'v2', canary: { version: 'v1', weight: 10 } }),
    ['change v2', 'switch routes to v2, canary v1 none -> 10%, once v2 is ready (Deployment echo-v2)'],
  ],
  [
    'a canary goes with its version',
    release({ deployed: BOTH, canary: canary(50) }),
    release(),
    ['canary v2 50% -> none', 'stop v2, once the published routes are applied and v2 has drained'],
  ],
  ['a dark version goes', release({ deployed: BOTH }), release(), ['stop v2']],
  [
    'from a subset to an Upstream for each version, and less for the canary at once',
    release({ deployed: BOTH, canary: canary(50) }),
    release({ deployed: BOTH, canary: canary(10), destinations: 'upstream' }),
    [
      'canary v2 50% -> 10%',
      'change its routes, once the published workloads are applied',
      'change its Services and backends, once the published routes are applied and drained',
    ],
  ],
  [
    'back to subsets',
    release({ deployed: BOTH, canary: canary(10), destinations: 'upstream' }),
    release({ deployed: BOTH, canary: canary(10) }),
    [
      'change its Services and backends',
      'change its routes, once the published workloads are applied',
      'change its Services and backends, once the published routes are applied and drained',
    ],
  ],
  [
    'a shadow',
    release({ deployed: BOTH }),
    release({ deployed: BOTH, shadow: { version: 'v2', percentage: 10 } }),
    [
      'change its Services and backends',
      'shadow none -> v2 10%, once the published workloads are applied',
      'change its Services and backends, once the published routes are applied and drained',
    ],
  ],
  [
    'a version moves out',
    release({ deployed: BOTH, canary: canary(10), destinations: 'upstream' }),
    release({ deployed: { v1: 'a', v2: OUTSIDE }, canary: canary(10) }),
    ['change its routes', 'stop v2, once the published routes are applied and v2 has drained'],
  ],
  [
    'a version moves in',
    release({ deployed: { v1: OUTSIDE } }),
    release({ destinations: 'upstream' }),
    ['start v1', 'change its routes, once v1 is ready (Deployment echo-v1)'],
  ],
  [
    'the Service comes to select the primary alone',
    release({ deployed: BOTH, canary: canary(10) }),
    release({ deployed: BOTH, canary: canary(10), selects: 'primary' }),
    [
      'change its Services and backends',
      'change its Services and backends, once the published workloads are applied',
      'change its Services and backends, once the published workloads are applied',
    ],
  ],
  [
    'the Service comes to select all',
    release({ deployed: BOTH, canary: canary(10), selects: 'primary' }),
    release({ deployed: BOTH, canary: canary(10) }),
    [
      'change its Services and backends',
      'change its Services and backends, once the published workloads are applied',
      'change its Services and backends, once the published workloads are applied',
    ],
  ],
  [
    'v1 to v2 where the Service selects the primary',
    release({ selects: 'primary' }),
    release({ deployed: { v2: 'b' }, primary: 'v2', selects: 'primary' }),
    [
      'start v2',
      'switch routes to v2, once v2 is ready (Deployment echo-v2)',
      'stop v1, once the published workloads are applied and the published routes are applied and v1 has drained',
    ],
  ],
  ['a path moves', release(), release({ paths: [{ prefix: '/other' }] }), ['path /echo -> /other']],
  [
    'a deleted release',
    release(),
    NONE,
    [
      'take its routes away',
      'stop v1, once the published routes are applied and v1 has drained',
      'remove its folders and what Flux has of it, once the published workloads are applied',
    ],
  ],
])('%s', (_, published, desired, expected) => {
  const found = parts(confirmedPending(id, published), desired, targets);
  expect(partsText(id, found)).toEqual(expected);
  expect(diff(found.at(-1)?.after ?? NONE, desired)).toEqual([]);
  expect(parts(confirmedPending(id, desired), desired, targets)).toEqual([]);
});

/** What is pending, where nothing is said of it: the published tree, confirmed by nobody. */
function pendingOf(
  published: ManifestSet,
  { since = [], ...rest }: Partial<Pending> & { readonly since?: readonly ManifestSet[] } = {},
): Pending {
  return { id, published, workloads: since, routes: since, draining: [], ready: new Map(), takenOver: true, ...rest };
}

/** The files that the next part changes; or what it waits for. */
function change(pending: Pending, desired: ManifestSet): readonly string[] | string {
  const step = next(pending, desired, targets);
  if (step.kind === 'wait') return waitText(step.obstacles);
  if (step.kind === 'done') return 'done';
  return changed(pending.published, step.tree);
}

/** The files of a part. */
function changed(before: ManifestSet, after: ManifestSet): readonly string[] {
  return diff(before, after).map(({ path, before: old, after: now }) => {
    return `${old === undefined ? '+' : now === undefined ? '-' : ''}${path.slice('apps/echo/echo/'.length)}`;
  });
}

function ready(...trees: readonly ManifestSet[]): Pending['ready'] {
  const found = new Map<`${string}/${string}`, Set<string>>();
  for (const tree of trees) {
    for (const [key, text] of podTemplates(id, tree)) found.set(key, new Set([...(found.get(key) ?? []), text]));
  }
  return found;
}

const [TABLE_FILE, LIST] = ['routes/routetable-echo-routes.yaml', 'workloads/kustomization.yaml'];
const [V1, V2] = ['workloads/deployment-echo-v1.yaml', 'workloads/deployment-echo-v2.yaml'];

describe('waits for nothing', () => {
  const both = release({ deployed: BOTH });
  const half = release({ deployed: BOTH, canary: canary(50, { stage: 'canary' }) });

  test.each([
    ['a weight that sinks', half, release({ deployed: BOTH, canary: canary(10, { stage: 'canary' }) }), [TABLE_FILE]],
    ['traffic taken off a canary', half, both, [TABLE_FILE]],
    [
      'the same while the canary crashes and is mended',
      half,
      release({ deployed: { ...BOTH, v2: 'c' } }),
      [TABLE_FILE, V2],
    ],
    [
      'the repair of a canary',
      half,
      release({ deployed: { ...BOTH, v2: 'c' }, canary: canary(50, { stage: 'canary' }) }),
      [V2],
    ],
    ['the repair of a primary', both, release({ deployed: { ...BOTH, v1: 'c' } }), [V1]],
    [
      'a canary at 100 % that becomes primary',
      release({ deployed: BOTH, canary: canary(100) }),
      release({ deployed: BOTH, primary: 'v2' }),
      [TABLE_FILE],
    ],
  ])('%s', (_, published, desired, expected) => {
    expect(change(pendingOf(published), desired)).toEqual(expected);
    expect(change(pendingOf(published, { since: [NONE] }), desired)).toEqual(expected); // a cluster that was just listed
  });

  test('back to a version that still drains, or to a share that a pending route gives', () => {
    const after = release({ deployed: BOTH, primary: 'v2' });
    expect(change(pendingOf(after, { since: [both] }), both)).toEqual([TABLE_FILE]);
    const less = release({ deployed: BOTH, canary: canary(10) });
    expect(
      change(
        pendingOf(less, { since: [release({ deployed: BOTH, canary: canary(30) })] }),
        release({ deployed: BOTH, canary: canary(20) }),
      ),
    ).toEqual([TABLE_FILE]);
  });

  test('back with the Service too that selects the primary', () => {
    const pinned = release({ deployed: BOTH, selects: 'primary' });
    const after = release({ deployed: BOTH, primary: 'v2', selects: 'primary' });
    expect(change(pendingOf(after, { since: [pinned] }), pinned)).toEqual([TABLE_FILE, 'workloads/service-echo.yaml']);
  });

  test('a rollback in the middle of v1 to v2', () => {
    const [one, two] = [release(), release({ deployed: { v2: 'b' }, primary: 'v2' })];
    const [start, switched] = parts(confirmedPending(id, one), two, targets).map(({ after }) => after);
    if (!start || !switched) throw new Error('there are three parts');
    expect(change(pendingOf(start, { since: [one] }), one)).toEqual([`-${V2}`, LIST].sort());
    expect(change(pendingOf(switched, { since: [start] }), one)).toEqual([TABLE_FILE]);
  });
});

describe('waits', () => {
  const both = release({ deployed: BOTH });
  const wanted = release({ deployed: BOTH, canary: canary(10) });

  test('for a version to be ready', () => {
    expect(change(pendingOf(both), wanted)).toBe('v2 is ready (Deployment echo-v2)');
    expect(change(pendingOf(both, { ready: ready(both) }), wanted)).toEqual([TABLE_FILE]);
  });

  test('though every elder template of it was ready', () => {
    const other = release({ deployed: { ...BOTH, v2: 'c' } });
    expect(change(pendingOf(both, { ready: ready(other) }), wanted)).toBe('v2 is ready (Deployment echo-v2)');
    expect(change(pendingOf(both, { since: [both, other], ready: ready(both) }), wanted)).toBe(
      'the published workloads are applied',
    );
  });

  test('for every cluster: one that was just listed has nothing', () => {
    expect(change(pendingOf(both, { since: [NONE], ready: ready(both) }), wanted)).toBe(
      'the published workloads are applied',
    );
    const half = release({ deployed: BOTH, canary: canary(50) });
    expect(change(pendingOf(wanted, { since: [NONE] }), half)).toBe('v2 is ready (Deployment echo-v2)');
  });

  test('with the Service that selects the primary, as with routes', () => {
    const one = release({ selects: 'primary' });
    const two = release({ deployed: { v2: 'b' }, primary: 'v2', selects: 'primary' });
    const found = parts(confirmedPending(id, one), two, targets).map(({ before, after }) => changed(before, after));
    expect(found).toEqual([
      [`+${V2}`, LIST],
      [TABLE_FILE, 'workloads/service-echo.yaml'],
      [`-${V1}`, LIST],
    ]);
  });

  test('with that Service, until the version is everywhere', () => {
    const one = release({ deployed: BOTH, selects: 'primary' });
    const two = release({ deployed: BOTH, primary: 'v2', selects: 'primary' });
    const everywhere = pendingOf(one, { since: [NONE], ready: ready(one) });
    expect(change(everywhere, two)).toBe('the published workloads are applied');
  });

  test('while an Upstream that no route names yet moves to a new Service', () => {
    const pinned = release({ selects: 'primary' });
    const started = parts(confirmedPending(id, NONE), release(), targets)[0]?.after ?? NONE;
    const moving = next(pendingOf(started), pinned, targets);
    if (moving.kind !== 'tree') throw new Error('the Service and the Upstream change');
    const pending = pendingOf(moving.tree, { since: [started], ready: ready(started) });
    expect(change(pending, pinned)).toEqual(['workloads/service-echo.yaml']); // and no routes yet
  });

  test('and routes to no version twice meanwhile', () => {
    const swapped = release({ deployed: BOTH, primary: 'v2', canary: { version: 'v1', weight: 10 } });
    expect(change(pendingOf(both), swapped)).toBe('v2 is ready (Deployment echo-v2)');
  });

  test('until the version that a Service selected has drained', () => {
    const one = release({ deployed: BOTH, selects: 'primary' });
    const two = release({ deployed: { v2: 'b' }, primary: 'v2', selects: 'primary' });
    const switched = parts(confirmedPending(id, one), two, targets)[0]?.after ?? NONE;
    const drained = pendingOf(switched, { ready: ready(switched) });
    expect(change({ ...drained, draining: [one] }, two)).toBe('the published routes are applied and v1 has drained');
    expect(change(drained, two)).toEqual([`-${V1}`, LIST]);
  });

  test('until the release that takes over is live', () => {
    expect(change({ ...confirmedPending(id, both), takenOver: false }, NONE)).toBe(
      'the release that takes over its paths is live',
    );
  });

  test('with the autoscaler and the budget of a version that drains', () => {
    const scaled = { v1: { autoscaling: { min: 1, max: 3 }, disruption: { minAvailable: 1 } } };
    const found = parts(
      confirmedPending(id, release({ deployed: scaled })),
      release({ deployed: { v2: 'b' }, primary: 'v2' }),
      targets,
    );
    expect(found.map(({ before, after }) => changed(before, after))[2]).toEqual([
      `-${V1}`,
      '-workloads/horizontalpodautoscaler-echo-v1.yaml',
      LIST,
      '-workloads/poddisruptionbudget-echo-v1.yaml',
    ]);
  });
});

describe('half-way', () => {
  const [one, two] = [release(), release({ deployed: { v2: 'b' }, primary: 'v2' })];
  const deletion = parts(confirmedPending(id, one), NONE, targets).map(({ after }) => after);

  test('a deleted release comes back', () => {
    const [unrouted = NONE, empty = NONE] = deletion;
    expect(change(pendingOf(unrouted, { since: [one] }), one)).toEqual(
      change(pendingOf(unrouted, { since: [one], ready: ready(one) }), one),
    );
    expect(change(pendingOf(empty, { since: [unrouted] }), one)).toEqual(expect.arrayContaining([`+${V1}`]));
    expect(change(pendingOf(NONE, { since: [empty] }), one)).not.toEqual(expect.arrayContaining([`+${TABLE_FILE}`]));
  });

  test('desired changes: what was started for nothing goes, what takes traffic stays', () => {
    const start = parts(confirmedPending(id, one), two, targets)[0]?.after ?? NONE;
    const three = release({ deployed: { v3: 'c' }, primary: 'v3' });
    expect(change(pendingOf(start, { since: [one] }), three)).toEqual([
      `-${V2}`,
      '+workloads/deployment-echo-v3.yaml',
      LIST,
    ]);
  });

  test('a version that drains stays as it was last', () => {
    const before = release({ deployed: BOTH, canary: canary(10) });
    const mended = release({ deployed: { ...BOTH, v2: 'c' }, canary: canary(10) });
    expect(change(pendingOf(mended, { since: [before] }), one)).toEqual([TABLE_FILE]);
  });

  test('desired names a version that it has not: it gets its way, and an end', () => {
    const broken = release({ canary: canary(10) });
    const before = release({ deployed: BOTH, canary: canary(10) });
    expect(diff(parts(confirmedPending(id, before), broken, targets).at(-1)?.after ?? NONE, broken)).toEqual([]);
    expect(diff(parts(confirmedPending(id, one), broken, targets).at(-1)?.after ?? NONE, broken)).toEqual([]);
  });
});

describe('a branch edited by hand', () => {
  const both = release({ deployed: BOTH });
  const two = release({ deployed: { v2: 'b' }, primary: 'v2' });
  const switching = parts(confirmedPending(id, release()), two, targets)[0]?.after ?? NONE;
  const without = (tree: ManifestSet, ...files: readonly string[]) =>
    new Map([...tree].filter(([path]) => !files.some((file) => path.endsWith(file))));
  const withText = (tree: ManifestSet, text: string) => new Map(tree).set(TABLE, text);

  test.each([
    ['a Deployment is deleted', without(both, V2), [`+${V2}`]],
    ['a Service is deleted', without(both, 'service-echo.yaml'), ['+workloads/service-echo.yaml']],
    [
      'the list does not name a Deployment',
      new Map(both).set(
        `${WORKLOADS}kustomization.yaml`,
        both.get(`${WORKLOADS}kustomization.yaml`)?.replace('  - deployment-echo-v2.yaml\n', '') ?? '',
      ),
      [LIST],
    ],
  ])('%s: it comes back, and is waited for', (_, published, expected) => {
    const desired = release({ deployed: BOTH, canary: canary(10) });
    expect(change(pendingOf(published, { ready: ready(both) }), desired)).toEqual(expected);
  });

  test('a version that takes traffic is deleted: it comes back as it was last', () => {
    const edited = without(switching, V1);
    expect(change(pendingOf(edited, { since: [switching] }), two)).toEqual([`+${V1}`]);
  });

  test.each([
    ['missing', without(switching, TABLE_FILE)],
    ['not YAML', withText(switching, ': [')],
    ['something else', withText(switching, 'kind: RouteTable\nmetadata: 5\nspec: [1]\n')],
    ['without routes', withText(switching, 'kind: RouteTable\nmetadata: { name: echo-routes }\nspec: { routes: 7 }\n')],
  ])('the RouteTable is %s: it is written again as it was last', (_, edited) => {
    const step = next(pendingOf(edited, { since: [switching] }), two, targets);
    expect(step.kind === 'tree' && diff(step.tree, switching)).toEqual([]);
    expect(change(pendingOf(edited), two)).not.toBe('done');
  });

  test('the RouteTable is missing, and what it named too: only this comes back, until it is there', () => {
    const edited = without(switching, TABLE_FILE, V1);
    const step = next(pendingOf(edited, { since: [switching] }), two, targets);
    expect(step.kind === 'tree' && changed(edited, step.tree)).toEqual(expect.arrayContaining([`+${V1}`]));
    expect(step.kind === 'tree' && step.tree.has(TABLE)).toBe(false);
  });

  test('the RouteTable names what nobody has: it does until what desired names is ready', () => {
    const text = both.get(TABLE)?.replace('version: v1', 'version: v9') ?? '';
    const edited = withText(both, text);
    expect(change(pendingOf(edited), both)).toBe('v1 is ready (Deployment echo-v1)');
    expect(change(pendingOf(edited, { ready: ready(both) }), both)).toEqual([TABLE_FILE]);
  });

  test('what Flux follows is deleted: it comes back, or goes with its release', () => {
    const edited = without(both, 'flux/echo/echo.yaml');
    const step = next(pendingOf(edited), both, targets);
    expect(step.kind === 'tree' && diff(step.tree, both)).toEqual([]);
    expect(next(pendingOf(edited), NONE, targets)).toEqual({ kind: 'tree', tree: NONE });
  });
});
