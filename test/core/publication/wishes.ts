import fc from 'fast-check';

const VERSIONS = ['v1', 'v2', 'v3'] as const;
type Version = (typeof VERSIONS)[number];

/** What a version runs; a pod of the last can't become ready. */
export const BROKEN = 'echo:broken';
const IMAGES = ['echo:1', 'echo:2', 'echo:1', 'echo:2', BROKEN] as const;

/** Upstreams that exist, whatever this release does. */
export const OUTSIDE = ['elsewhere', 'far-away'].map((name) => ({ name, namespace: 'gloo-system' }));

interface Sketch {
  readonly deployed: Readonly<Partial<Record<Version, object>>>;
  readonly primary: Version;
  readonly canary: { readonly version: Version; readonly weight: number; readonly headers: object } | null;
  readonly shadow: { readonly version: Version; readonly percentage: number } | null;
  readonly destinations: string | null;
  readonly selects: string | null;
  readonly paths: readonly object[] | null;
}

const named = fc.constantFrom(...VERSIONS);
const image = fc.constantFrom(...IMAGES).map((name) => ({ image: name }));
const version = fc.oneof(
  { weight: 8, arbitrary: image },
  { weight: 1, arbitrary: fc.constant({ autoscaling: { min: 1, max: 3 }, disruption: { minAvailable: 1 } }) },
  { weight: 2, arbitrary: fc.record({ upstream: fc.constantFrom(...OUTSIDE) }) },
);
const parts: { readonly [Key in keyof Sketch]: fc.Arbitrary<Sketch[Key]> } = {
  deployed: fc.dictionary(named, version, { minKeys: 1, maxKeys: 3 }),
  primary: named,
  canary: fc.option(
    fc.record({
      version: named,
      weight: fc.constantFrom(0, 10, 50, 100),
      headers: fc.constantFrom({}, { stage: 'canary' }, { stage: 'other' }),
    }),
    { freq: 2 },
  ),
  shadow: fc.option(fc.record({ version: named, percentage: fc.constantFrom(5, 100) }), { freq: 1 }),
  destinations: fc.constantFrom(null, null, 'upstream'),
  selects: fc.constantFrom(null, null, 'primary'),
  paths: fc.constantFrom(null, null, null, [{ exact: '/a' }, { prefix: '/b', rewrite: '/' }]),
};
const sketch = fc.record(parts);

/** What somebody may do to a release: most often one thing. Null: they delete it. */
type Wish = (before: readonly (Sketch | null)[]) => Sketch | null;

const edit = <T>(arbitrary: fc.Arbitrary<T>, change: (last: Sketch, value: T) => Sketch): fc.Arbitrary<Wish> => {
  return arbitrary.map((value) => (before) => {
    const last = before.findLast((each) => each !== null);
    return last ? change(last, value) : null;
  });
};

const wish = fc.oneof(
  {
    weight: 2,
    arbitrary: sketch.map(
      (whole): Wish =>
        () =>
          whole,
    ),
  },
  { weight: 1, arbitrary: fc.constant<Wish>(() => null) },
  {
    weight: 3,
    arbitrary: fc.nat(3).map(
      (back): Wish =>
        (before) =>
          before.at(-1 - (back % before.length)) ?? null,
    ),
  },
  {
    weight: 5,
    arbitrary: edit(fc.tuple(named, image), (last, [name, written]) => {
      return { ...last, deployed: { ...last.deployed, [name]: written } };
    }),
  },
  {
    weight: 2,
    arbitrary: edit(named, (last, name) => {
      return { ...last, deployed: { ...last.deployed, [name]: undefined } };
    }),
  },
  { weight: 5, arbitrary: edit(parts.canary, (last, canary) => ({ ...last, canary })) },
  { weight: 4, arbitrary: edit(named, (last, primary) => ({ ...last, primary })) },
  { weight: 1, arbitrary: edit(parts.shadow, (last, shadow) => ({ ...last, shadow })) },
  { weight: 1, arbitrary: edit(parts.destinations, (last, destinations) => ({ ...last, destinations })) },
  { weight: 2, arbitrary: edit(parts.selects, (last, selects) => ({ ...last, selects })) },
);

/** What a release should be, time after time: values, or undefined where it is deleted. */
export const wishes: fc.Arbitrary<readonly (object | undefined)[]> = fc
  .tuple(sketch, fc.array(wish, { minLength: 1, maxLength: 6, size: 'max' }))
  .map(([first, changes]) => {
    const sketches: (Sketch | null)[] = [first];
    for (const change of changes) sketches.push(change(sketches));
    return sketches.map((each) => (each ? valuesOf(each) : undefined));
  });

/** A sketch as values without an error: what names no version of it is left out. */
function valuesOf({ deployed, primary, canary, shadow, destinations, selects, paths }: Sketch): object {
  const entries = Object.entries(deployed).filter(([, written]) => written !== undefined);
  const deployment = Object.fromEntries(entries.length > 0 ? entries : [['v1', { image: 'echo:1' }]]);
  const main = primary in deployment ? primary : (Object.keys(deployment).sort()[0] ?? '');
  // A Service that selects a version from outside selects no pods: nothing that an order could make good.
  const isPinned = selects !== null && !('upstream' in (deployment[main] ?? {}));
  return {
    deployment,
    ...(isPinned ? { service: { selects } } : {}),
    routes: {
      ...(paths ? { paths } : {}),
      ...(destinations ? { destinations } : {}),
      primary: { version: main },
      ...(canary && canary.version in deployment && canary.version !== main ? { canary } : {}),
      ...(shadow && shadow.version in deployment ? { shadow } : {}),
    },
  };
}
