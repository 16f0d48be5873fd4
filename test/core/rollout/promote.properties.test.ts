import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ReleaseRollout, stateOf } from '../../../src/core/rollout/promote.ts';
import { edited, move, rollingOf } from '../rollout-text.ts';

// A values file as people write it: each piece of text is either one that a rollout moves, or stays as it is.

type Quote = '' | "'" | '"';

interface Style {
  readonly step: 2 | 4;
  readonly quote: Quote;
  readonly newline: '\n' | '\r\n';
  readonly comments: boolean;
  readonly blanks: boolean;
  readonly braces: boolean; // the canary's block
  readonly routesFirst: boolean;
}

interface Written {
  readonly style: Style;
  readonly versions: readonly string[]; // in the order of the file
  readonly primary: string;
  readonly canary?: { readonly version: string; readonly weight: number; readonly headers: boolean };
  readonly begun?: { readonly version: string; readonly weight: number }; // by a promotion
  readonly shadow?: string;
}

function textOf({ style, versions, primary, canary, begun, shadow }: Written): string {
  const { step, quote, newline, comments, blanks, braces, routesFirst } = style;
  const [one, two, three] = [1, 2, 3].map((depth) => ' '.repeat(step * depth));
  const note = (text: string) => (comments ? ` # ${text}` : '');
  const aside = (text: string) => (comments ? [text] : []);
  const blank = blanks ? [''] : [];
  const deployment = [
    'deployment:',
    ...aside(`${one}# what runs`),
    ...versions.flatMap((version) => [
      `${one}${quote}${version}${quote}:${note(`the ${version}`)}`,
      ...(version < 'p2' ? [`${two}image: ${quote}example.com/echo:${version}${quote}`] : [`${two}image: "x"`]),
      ...blank,
      `${two}env:`,
      `${two}- {name: A, value: '${version}'}${note('odd')}`,
      `${two}- {name: B, value: "x"}`,
    ]),
    ...aside(`${one}# what ran`),
  ];
  const plain = (key: string, value: string | number) => `${two}${key}: ${value}`;
  const routes = [
    ...aside('# who gets what'),
    'routes:',
    `${one}primary: {version: ${quote}${primary}${quote}}${note('the rest')}`,
    ...(canary && braces
      ? [
          `${one}canary: {version: ${quote}${canary.version}${quote}, weight: ${canary.weight}${canary.headers ? ', headers: {a: b}' : ''}}${note('some')}`,
        ]
      : []),
    ...(canary && !braces
      ? [
          `${one}canary:${note('some')}`,
          ...(canary.headers ? [`${two}headers: {a: b}`] : []),
          `${two}weight: ${canary.weight}${note('percent')}`,
          `${two}version: ${quote}${canary.version}${quote}`,
        ]
      : []),
    ...(shadow === undefined ? [] : [`${one}shadow: {percentage: 5, version: ${shadow}}${note('a few')}`]),
    ...(begun
      ? [
          `${one}canary:`,
          plain('version', begun.version),
          plain('weight', begun.weight),
          `${two}headers:`,
          `${three}stage: canary`,
        ]
      : []),
  ];
  const [first, second] = routesFirst ? [routes, deployment] : [deployment, routes];
  return ['# echo', ...first, ...blank, ...second, ''].join(newline);
}

const style: fc.Arbitrary<Style> = fc.record({
  step: fc.constantFrom(2, 4),
  quote: fc.constantFrom<Quote>('', "'", '"'),
  newline: fc.constantFrom('\n', '\r\n'),
  comments: fc.boolean(),
  blanks: fc.boolean(),
  braces: fc.boolean(),
  routesFirst: fc.boolean(),
});

interface Start {
  readonly written: Written;
  readonly former: readonly string[]; // newest first
}

/** Old primaries, the primary, a canary at times, at most one dark version: in no order. */
const starts: fc.Arbitrary<Start> = fc
  .record({
    style,
    old: fc.integer({ min: 0, max: 2 }),
    weight: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    headers: fc.boolean(),
    dark: fc.boolean(),
    shadow: fc.option(fc.nat(), { nil: undefined }),
    order: fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
  })
  .map(({ style, old, weight, headers, dark, shadow, order }) => {
    const former = ['o1', 'o2'].slice(0, old);
    const versions = [...former, 'p1', ...(weight === undefined ? [] : ['q1']), ...(dark ? ['r1'] : [])];
    const shuffled = versions
      .map((version, index) => [order[index] ?? 0, version] as const)
      .toSorted(([a], [b]) => a - b)
      .map(([, version]) => version);
    return {
      former,
      written: {
        style,
        versions: shuffled,
        primary: 'p1',
        ...(weight === undefined ? {} : { canary: { version: 'q1', weight, headers } }),
        ...(shadow === undefined ? {} : { shadow: versions[shadow % versions.length] as string }),
      },
    };
  });

const ladders = fc
  .uniqueArray(fc.integer({ min: 0, max: 99 }), { maxLength: 4 })
  .map((steps) => [...steps.toSorted((a, b) => a - b), 100]);

/** What a promotion should make of the file, said apart from how it is done. */
function promoted({ written, former }: Start, steps: readonly number[]): Start {
  const { canary, begun, ...rest } = written;
  const { versions, primary, shadow } = rest;
  const moving = canary ?? begun;
  if (moving && moving.weight === 100) {
    return { written: { ...rest, primary: moving.version }, former: [primary, ...former] };
  }
  if (moving) {
    const weight = steps.find((step) => step > moving.weight) ?? 100;
    return {
      written: { ...rest, ...(canary ? { canary: { ...canary, weight } } : { begun: { ...moving, weight } }) },
      former,
    };
  }
  const dark = versions.find((version) => version !== primary && !former.includes(version));
  if (dark !== undefined) return { written: { ...rest, begun: { version: dark, weight: 0 } }, former };
  const oldest = former.at(-1) ?? '';
  const { shadow: _, ...unshadowed } = rest;
  return {
    written: { ...(shadow === oldest ? unshadowed : rest), versions: versions.filter((version) => version !== oldest) },
    former: former.slice(0, -1),
  };
}

function newestOf({ versions, canary, primary }: ReleaseRollout, former: readonly string[]): string {
  const dark = versions.find((each) => each !== primary && each !== canary?.version && !former.includes(each));
  return dark ?? canary?.version ?? primary;
}

test('promoted again and again, every release comes to run its newest version alone', () => {
  fc.assert(
    fc.property(starts, ladders, (start, steps) => {
      let at = start;
      const newest = newestOf(rollingOf(textOf(at.written), at.former), at.former);
      let before: ReleaseRollout | undefined;
      // Two canaries at most, each begun, moved over the ladder and made primary; and four versions dropped.
      for (let step = 0; step <= 2 * (steps.length + 2) + 4; step++) {
        const text = textOf(at.written);
        const rolling = rollingOf(text, at.former); // reads without errors
        if (before?.canary && before.canary.version === rolling.canary?.version) {
          expect(rolling.canary.weight).toBeGreaterThan(before.canary.weight);
        }
        const made = move(rolling, '/promote', { steps });
        if (made.kind === 'refused') {
          expect(stateOf(rolling)).toEqual({ kind: 'stable' });
          expect(rolling).toMatchObject({ versions: [newest], primary: newest });
          return;
        }
        at = promoted(at, steps);
        expect(edited(text, made)).toBe(textOf(at.written));
        before = rolling;
      }
      throw new Error('it does not come to an end');
    }),
    { numRuns: 150 },
  );
});

test('a rollback of whatever canary leaves the file without it, and otherwise as it was', () => {
  fc.assert(
    fc.property(starts, ladders, fc.nat({ max: 6 }), (start, steps, promotions) => {
      let at = start;
      for (let step = 0; step < promotions; step++) {
        if (stateOf(rollingOf(textOf(at.written), at.former)).kind !== 'stable') at = promoted(at, steps);
      }
      const { canary, begun, ...rest } = at.written;
      fc.pre((canary ?? begun) !== undefined);
      const text = textOf(at.written);
      expect(edited(text, move(rollingOf(text, at.former), '/rollback'))).toBe(textOf(rest));
    }),
    { numRuns: 150 },
  );
});
