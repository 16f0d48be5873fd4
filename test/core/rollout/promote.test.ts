import { describe, expect, test } from 'vitest';
import { isReached, type ReleaseRollout, type RolloutState, stateOf } from '../../../src/core/rollout/promote.ts';
import { decideRollback } from '../../../src/core/rollout/rollback.ts';
import { editValues } from '../../../src/core/values/edit.ts';
import { edited, type Given, move, rollingIn, rollingOf, valuesOf, type Words } from '../rollout-text.ts';

test.each<[Words, RolloutState]>([
  ['v1', { kind: 'stable' }],
  ['v1, dark v2', { kind: 'dark', versions: ['v2'] }],
  ['v1, dark v2, dark v3', { kind: 'dark', versions: ['v2', 'v3'] }],
  ['v1, canary v2 0%', { kind: 'header', version: 'v2', weight: 0 }],
  ['v1, canary v2 0% without headers', { kind: 'header', version: 'v2', weight: 0 }],
  ['v1, canary v2 1%', { kind: 'shifting', version: 'v2', weight: 1 }],
  ['v1, canary v2 99%', { kind: 'shifting', version: 'v2', weight: 99 }],
  ['v1, canary v2 100%', { kind: 'shifted', version: 'v2', weight: 100 }],
  ['v2, was v1', { kind: 'draining', versions: ['v1'] }],
  ['v3, was v2, was v1', { kind: 'draining', versions: ['v2', 'v1'] }],
  ['v3, was v1, was v2', { kind: 'draining', versions: ['v1', 'v2'] }],
  ['v1, canary v2 50%, dark v3', { kind: 'shifting', version: 'v2', weight: 50 }],
  ['v2, canary v3 100%, was v1', { kind: 'shifted', version: 'v3', weight: 100 }],
  ['v2, canary v1 50%', { kind: 'shifting', version: 'v1', weight: 50 }], // slowly back
  ['v2, dark v3, was v1', { kind: 'dark', versions: ['v3'] }],
])('%s', (words, state) => {
  expect(stateOf(rollingIn(words))).toEqual(state);
});

test('a canary that is the primary is none, and neither is a primary that was one before', () => {
  const rolling: ReleaseRollout = {
    versions: ['v1'],
    primary: 'v1',
    canary: { version: 'v1', weight: 50 },
    former: ['v1'],
  };
  expect(stateOf(rolling)).toEqual({ kind: 'stable' });
});

type Row = readonly [before: Words, command: string, after: Words | RegExp, given?: Given];

/** A command makes of one release the other, byte for byte; or is refused, and the file stays. */
function rows(table: readonly Row[]): void {
  test.each(table.map(([before, command, after, given]) => ({ before, command, after, given })))(
    '$before: $command: $after',
    ({ before, command, after, given }) => {
      const text = valuesOf(before);
      const rolling = rollingIn(before);
      const made = move(rolling, command, given);
      if (after instanceof RegExp) {
        expect(made).toEqual({ kind: 'refused', reason: expect.stringMatching(after), ways: expect.any(Array) });
        if (made.kind === 'refused') expect(made.ways).not.toEqual([]); // each says what to type
        return;
      }
      expect(edited(text, made)).toBe(valuesOf(after));
      if (made.kind === 'refused') throw new Error(made.reason);
      const { target } = made;
      const isRenewed = target.kind === 'with' && target.renewed === true;
      expect(isReached(rolling, target)).toBe(false);
      expect(isReached(rollingIn(after), target)).toBe(!isRenewed); // what a version runs isn't seen
    },
  );
}

const ALONE =
  /^it runs v1 alone, so there is nothing to promote; a version beside it comes with a pull request, or with \/deploy$/;
const WHICH = /^several versions run without traffic: v2, v3; say which$/;
const GONE = (version: string, said: string) =>
  new RegExp(
    `^${version} was the primary, and only waits to be dropped: /drop does that, not "${said}"; /rollback makes it the primary again$`,
  );
const TAKEN = (version: string, weight: number) =>
  new RegExp(
    `^${version} takes ${weight}% already; /promote without a number takes the next step, /rollback goes to none$`,
  );

describe('/promote', () => {
  rows([
    ['v1', '/promote', ALONE],
    ['v1, dark v2', '/promote', 'v1, begun v2 0%'],
    ['v1, dark v2, shadow v2', '/promote', 'v1, begun v2 0%, shadow v2'],
    ['v1, dark v2, dark v3', '/promote', WHICH],
    ['v1, canary v2 0%', '/promote', 'v1, canary v2 50%'],
    ['v1, canary v2 0% without headers', '/promote', 'v1, canary v2 50% without headers'],
    ['v1, canary v2 50%', '/promote', 'v1, canary v2 100%'],
    ['v1, canary v2 100%', '/promote', 'v2, was v1'],
    ['v2, was v1', '/promote', 'v2'],
    ['v2, was v1, shadow v1', '/promote', 'v2'],
    ['v2, was v1, shadow v2', '/promote', 'v2, shadow v2'],
    ['v3, was v2, was v1', '/promote', 'v3, was v2'],
    ['v3, was v1, was v2', '/promote', 'v3, was v1'], // v2 was primary longer ago
    ['v1, canary v2 0%, dark v3', '/promote', 'v1, canary v2 50%, dark v3'],
    ['v1, canary v2 100%, dark v3', '/promote', 'v2, dark v3, was v1'],
    ['v2, canary v3 50%, was v1', '/promote', 'v2, canary v3 100%, was v1'],
    ['v2, canary v3 100%, was v1', '/promote', 'v3, was v2, was v1'],
    ['v2, dark v3, was v1', '/promote', 'v2, begun v3 0%, was v1'],
    ['v2, canary v1 100%', '/promote', 'v1, was v2'],
  ]);
});

describe('the steps are those of the settings', () => {
  const careful = { steps: [0, 10, 100] };
  const bold = { steps: [25, 100] };
  const atOnce = { steps: [100] };
  rows([
    ['v1, dark v2', '/promote', 'v1, begun v2 0%', careful],
    ['v1, canary v2 0%', '/promote', 'v1, canary v2 10%', careful],
    ['v1, canary v2 9%', '/promote', 'v1, canary v2 10%', careful],
    ['v1, canary v2 10%', '/promote', 'v1, canary v2 100%', careful],
    ['v1, dark v2', '/promote', 'v1, begun v2 0%', bold], // the header comes first in any case
    ['v1, canary v2 0%', '/promote', 'v1, canary v2 25%', bold],
    ['v1, canary v2 25%', '/promote', 'v1, canary v2 100%', bold],
    ['v1, canary v2 0%', '/promote', 'v1, canary v2 100%', atOnce],
    ['v1, canary v2 100%', '/promote', 'v2, was v1', atOnce],
    ['v1, canary v2 30%', '/promote', 'v1, canary v2 50%'], // off the ladder: the next rung above
    ['v1, canary v2 51%', '/promote', 'v1, canary v2 100%'],
    ['v1, canary v2 99%', '/promote', 'v1, canary v2 100%'],
    ['v1, canary v2 60%', '/promote', 'v1, canary v2 100%', { steps: [0, 50] }], // a ladder that lacks its top
  ]);
});

describe('/promote to a weight', () => {
  rows([
    ['v1', '/promote to 35', ALONE],
    ['v1, dark v2', '/promote to 35', 'v1, begun v2 35%'],
    ['v1, dark v2', '/promote to 0', 'v1, begun v2 0%'],
    ['v1, dark v2', '/promote to 100', 'v1, begun v2 100%'],
    ['v1, dark v2, dark v3', '/promote to 35', WHICH],
    ['v1, canary v2 0%', '/promote to 35', 'v1, canary v2 35%'],
    ['v1, canary v2 0%', '/promote to 35%', 'v1, canary v2 35%'],
    ['v1, canary v2 0%', '/promote to 0', TAKEN('v2', 0)],
    ['v1, canary v2 50%', '/promote to 51', 'v1, canary v2 51%'],
    ['v1, canary v2 50%', '/promote to 50', TAKEN('v2', 50)],
    ['v1, canary v2 50%', '/promote to 35', 'v1, canary v2 35%'],
    ['v1, canary v2 100%', '/promote to 0', 'v1, canary v2 0%'],
    ['v1, canary v2 50%', '/promote to 100', 'v1, canary v2 100%'],
    [
      'v1, canary v2 100%',
      '/promote to 100',
      /^v2 takes 100% already; \/promote without a number makes it the primary, \/rollback goes to none$/,
    ],
    ['v2, was v1', '/promote to 35', GONE('v1', 'to 35')],
    ['v2, canary v3 50%, was v1', '/promote to 75', 'v2, canary v3 75%, was v1'],
    ['v2, dark v3, was v1', '/promote to 35', 'v2, begun v3 35%, was v1'],
  ]);
});

describe('/promote full: all the way to the primary, and the old one stays', () => {
  rows([
    ['v1', '/promote full', ALONE],
    ['v1, dark v2', '/promote full', 'v2, was v1'],
    ['v1, dark v2, dark v3', '/promote full', WHICH],
    ['v1, canary v2 0%', '/promote full', 'v2, was v1'],
    ['v1, canary v2 50%', '/promote full', 'v2, was v1'],
    ['v1, canary v2 100%', '/promote full', 'v2, was v1'],
    ['v1, canary v2 50%, shadow v2', '/promote full', 'v2, was v1, shadow v2'],
    ['v1, canary v2 50%, dark v3', '/promote full', 'v2, was v1, dark v3'],
    ['v2, canary v3 50%, was v1', '/promote full', 'v3, was v2, was v1'],
    ['v2, dark v3, was v1', '/promote full', 'v3, was v2, was v1'],
    // Said twice it would stop what a way back needs.
    ['v2, was v1', '/promote full', GONE('v1', 'full')],
  ]);
});

describe('/promote of a version', () => {
  rows([
    ['v1', '/promote v1', /^v1 is the primary already, and runs alone$/],
    ['v1', '/promote v2', /^it has no version "v2"; did you mean "v1"\? It has v1$/],
    ['v1', '/promote petstore', /^it has no version "petstore"; it has v1$/],
    ['v1, canary v2 0%', '/promote 50%', /^it has no version "50%"; it has v1, v2; a weight is written "to 50"$/],
    ['v1, dark v2', '/promote v1', /^v1 is the primary already; it has v2 beside it$/],
    ['v1, dark v2', '/promote v2', 'v1, begun v2 0%'],
    ['v1, dark v2, dark v3', '/promote v3', 'v1, dark v2, begun v3 0%'],
    ['v1, dark v2, dark v3', '/promote v3 to 35', 'v1, dark v2, begun v3 35%'],
    ['v1, dark v2, dark v3', '/promote v3 full', 'v3, was v1, dark v2'],
    ['v1, canary v2 0%', '/promote v2', 'v1, canary v2 50%'],
    ['v1, canary v2 50%', '/promote v1', /^v1 is the primary already; it has v2 beside it/],
    ['v1, canary v2 50%', '/promote v2 to 75', 'v1, canary v2 75%'],
    ['v1, canary v2 100%', '/promote v2', 'v2, was v1'],
    ['v1, canary v2 50%', '/promote v2 full', 'v2, was v1'],
    ['v2, was v1', '/promote v2', /^v2 is the primary already; it has v1 beside it/],
    ['v2, was v1', '/promote v1', 'v2'],
    ['v3, was v2, was v1', '/promote v2', 'v3, was v1'],
    ['v2, was v1', '/promote v1 full', GONE('v1', 'full')],
    ['v2, was v1', '/promote v1 to 35', GONE('v1', 'to 35')],
    ['v2, dark v3, was v1', '/promote v1', 'v2, dark v3'],
    ['v2, canary v3 50%, was v1', '/promote v1', 'v2, canary v3 50%'],
    ['v2, canary v3 50%, was v1', '/promote v1 to 75', GONE('v1', 'to 75')],
    ['v1, canary v2 50%, dark v3', '/promote v3 to 35', /^v2 is the canary, .* weight 0: say it without "to 35"$/],
    ['v1, canary v2 50%, dark v3', '/promote v3 full', /^v2 is the canary, .* weight 0: say it without "full"$/],
  ]);

  test('a newer version takes the place of the canary, from the beginning', () => {
    const before = valuesOf('v1, canary v2 50%, dark v3, shadow v2');
    const made = move(rollingOf(before, []), '/promote v3');
    expect(made).toMatchObject({ note: 'v2 was the canary with 50%, which the primary takes again' });
    const block = '  canary:\n    version: v3\n    weight: 0\n    headers:\n      stage: canary\n';
    const after = before.replace(/ {2}canary: #[\s\S]*"canary" \}\n/, block);
    expect(after).toContain(block);
    expect(edited(before, made)).toBe(after);
  });

  test('without headers in the settings a canary has none', () => {
    const before = valuesOf('v1, dark v2');
    const made = move(rollingOf(before, []), '/promote', { headers: new Map() });
    expect(edited(before, made)).toBe(valuesOf('v1, begun v2 0%').replace(/ {4}headers:\n.*\n/, ''));
  });

  test('a canary whose weight nobody has written gets one', () => {
    const before = valuesOf('v1, canary v2 0%').replace(/ {4}weight.*\n/, '');
    const after = before.replace(/("canary" \}\n)/, '$1    weight: 50\n');
    expect(edited(before, move(rollingOf(before, []), '/promote'))).toBe(after);
  });

  test('the old primary stays, and the answer says so', () => {
    const note = 'v1 stays deployed until a later promotion drops it';
    expect(move(rollingIn('v1, canary v2 100%'), '/promote')).toMatchObject({ note });
    expect(move(rollingIn('v1, dark v2'), '/promote full')).toMatchObject({ note });
  });
});

const NEVER = /^v1 has served everything, and there was never another primary$/;
const NO_WAY = (version: string) =>
  new RegExp(
    `^${version} was never the primary as it is now, so it is no way back; a promotion gives it all the traffic$`,
  );

describe('/rollback', () => {
  rows([
    ['v1', '/rollback', NEVER],
    ['v1, dark v2', '/rollback', NEVER],
    ['v1, dark v2, shadow v2', '/rollback', NEVER],
    ['v1, dark v2, dark v3', '/rollback', NEVER],
    ['v1, canary v2 0%', '/rollback', 'v1, dark v2'],
    ['v1, canary v2 50%', '/rollback', 'v1, dark v2'],
    ['v1, canary v2 100%', '/rollback', 'v1, dark v2'],
    ['v2, was v1', '/rollback', 'v1, was v2'],
    ['v3, was v2, was v1', '/rollback', 'v2, was v3, was v1'],
    ['v3, was v1, was v2', '/rollback', 'v1, was v3, was v2'], // the newest of them
    ['v1, canary v2 50%, dark v3', '/rollback', 'v1, dark v2, dark v3'],
    ['v2, canary v3 100%, was v1', '/rollback', 'v2, dark v3, was v1'],
    ['v2, dark v3, was v1', '/rollback', 'v1, dark v3, was v2'],
    ['v2, canary v1 50%', '/rollback', 'v2, was v1'],
  ]);
});

describe('/rollback to a version', () => {
  rows([
    ['v1, dark v2', '/rollback v2', NO_WAY('v2')],
    ['v1, dark v2', '/rollback to v2', NO_WAY('v2')],
    ['v1, dark v2', '/rollback v1', /^v1 serves everything already$/],
    ['v1, dark v2', '/rollback to v9', /^it has no version "v9"; did you mean "v1"\? It has v1, v2$/],
    ['v1, dark v2, dark v3', '/rollback to v3', NO_WAY('v3')],
    ['v1, canary v2 50%', '/rollback to v2', NO_WAY('v2')],
    ['v1, canary v2 50%', '/rollback to v1', 'v1, dark v2'],
    ['v2, was v1', '/rollback to v1', 'v1, was v2'],
    ['v2, was v1', '/rollback to v2', /^v2 serves everything already$/],
    ['v3, was v2, was v1', '/rollback v1', 'v1, was v3, was v2'],
    ['v2, dark v3, was v1', '/rollback v1', 'v1, dark v3, was v2'],
    // Whoever names an earlier primary wants it to have the traffic, in one step.
    ['v2, canary v3 50%, was v1', '/rollback v1', 'v1, dark v3, was v2'],
  ]);

  test('says what stays deployed', () => {
    expect(move(rollingIn('v2, was v1'), '/rollback')).toMatchObject({ note: 'v2 stays deployed, without traffic' });
    expect(move(rollingIn('v1, canary v2 5%'), '/rollback')).toMatchObject({
      note: 'v2 stays deployed, without traffic',
    });
    expect(move(rollingIn('v2, canary v3 50%, was v1'), '/rollback v1')).toMatchObject({
      note: 'v2 and v3 stay deployed, without traffic',
    });
  });
});

describe('/rollback of a release that runs its primary alone', () => {
  const block = { image: 'example.com/echo:v1', replicas: 9 };

  test('starts the primary of before again, and says that this takes its time', () => {
    const before = valuesOf('v2');
    const made = move(rollingOf(before, []), '/rollback', { previous: { version: 'v1', block } });
    const own = "  v1:\n    image: 'example.com/echo:v1'\n    replicas: 9\n".replaceAll("'", '');
    const after = before.replace(/( {4}replicas.*\n)/, `$1${own}`).replace('"v2"', '"v1"');
    expect(edited(before, made)).toBe(after);
    expect(made).toMatchObject({
      target: { kind: 'primary', version: 'v1' },
      note: expect.stringMatching(/^v1 doesn't run any more, so this is a rollout forward: .* v2 stays deployed$/),
    });
  });

  test('and only then: where something else can be taken back, that is', () => {
    const previous = { version: 'v0', block };
    for (const words of ['v1, canary v2 0%', 'v1, canary v2 50%', 'v2, was v1'] as const) {
      expect(move(rollingIn(words), '/rollback', { previous })).toEqual(move(rollingIn(words), '/rollback'));
    }
  });

  test('gives the same version its pods of before, in place', () => {
    const before = valuesOf('v1 on example.com/echo:9');
    const made = move(rollingOf(before, []), '/rollback', { previous: { version: 'v1', block } });
    const own = '  v1:\n    image: example.com/echo:v1\n    replicas: 9\n';
    expect(edited(before, made)).toBe(before.replace(/ {2}v1:[\s\S]*zone\n/, own));
    expect(made).toMatchObject({
      target: { kind: 'with', version: 'v1', renewed: true },
      note: expect.stringMatching(/^v1 runs what it ran before: its pods are replaced in place/),
    });
  });
});

const IMAGE = 'example.com/echo:9';

describe('/deploy', () => {
  const inPlace =
    /^v1 is the primary, and what changes in it reaches all of its traffic at once; add a version of another/;
  rows([
    ['v1', `/deploy v2 ${IMAGE}`, `v1, copied v2 on ${IMAGE}`],
    ['v1', '/deploy v2', 'v1, copied v2 on example.com/echo:v1'],
    ['v1, dark v2', `/deploy v1b ${IMAGE}`, `v1, copied v1b on ${IMAGE}, dark v2`],
    ['v1, canary v2 50%', `/deploy v1b ${IMAGE}`, `v1, copied v1b on ${IMAGE}, canary v2 50%`],
    ['v2, was v1', `/deploy v3 ${IMAGE}`, `v2, was v1, copied v3 on ${IMAGE}`],
    ['v1, dark v2', `/deploy v2 ${IMAGE}`, `v1, dark v2 on ${IMAGE}`],
    ['v1, canary v2 0%', `/deploy v2 ${IMAGE}`, `v1, canary v2 0% on ${IMAGE}`],
    ['v1, canary v2 50%', `/deploy v2 ${IMAGE}`, `v1, canary v2 0% on ${IMAGE}`],
    ['v1, canary v2 100%', `/deploy v2 ${IMAGE}`, `v1, canary v2 0% on ${IMAGE}`],
    ['v2, was v1', `/deploy v1 ${IMAGE}`, `v2, dark v1 on ${IMAGE}`],
    ['v2, canary v1 50%', `/deploy v1 ${IMAGE}`, `v2, canary v1 0% on ${IMAGE}`],
    ['v1, dark v2', '/deploy v2', /^v2 is deployed already; with an image it would run that one$/],
    ['v1, canary v2 50%', '/deploy v2', /^v2 is deployed already; with an image/],
    ['v1', `/deploy v1 ${IMAGE}`, inPlace],
    ['v1', '/deploy v1', inPlace],
    ['v1, canary v2 50%', `/deploy v1 ${IMAGE}`, inPlace],
  ]);

  test.each([
    ['v1, canary v2 50%', '/deploy v2 x', 'v2 was the canary with 50%: it begins again at 0%'],
    ['v2, was v1', '/deploy v1 x', "v1 was the primary, and /rollback can't go back to that at once any more"],
    ['v1, canary v2 0%', '/deploy v2 x', undefined],
    ['v1, dark v2', '/deploy v2 x', undefined],
  ])('%s: %s: %s', (words, command, note) => {
    const made = move(rollingIn(words), command);
    expect(made.kind === 'step' && made.note).toBe(note);
  });

  test('a former primary that is the canary begins again as any other', () => {
    const rolling = { ...rollingIn('v2, canary v1 50%'), former: ['v1'] };
    expect(move(rolling, '/deploy v1 x')).toMatchObject({
      note: 'v1 was the canary with 50%: it begins again at 0%',
      edits: [{}, { path: '/routes/canary/weight', value: 0 }],
    });
  });
});

describe('somebody’s branch asks for it already', () => {
  const target = (words: Words, command: string) => {
    const made = move(rollingIn(words), command);
    if (made.kind === 'refused') throw new Error(made.reason);
    return made.target;
  };
  test.each<[string, string, Words, boolean]>([
    ['v1, canary v2 0%', '/promote', 'v1, canary v2 49%', false],
    ['v1, canary v2 0%', '/promote', 'v1, canary v2 75%', true],
    ['v1, canary v2 0%', '/promote', 'v2, was v1', true],
    ['v1, canary v2 0%', '/promote', 'v1, canary v3 75%', false],
    ['v1, canary v2 50%', '/promote full', 'v1, canary v2 100%', false],
    ['v1, canary v2 50%', '/promote full', 'v2', true],
    ['v2, was v1', '/promote', 'v2, canary v3 5%', true],
    ['v1, canary v2 5%', '/rollback', 'v1, dark v2', true],
    ['v1, canary v2 5%', '/rollback', 'v1, canary v2 1%', false],
    ['v1', '/deploy v2 x', 'v1, dark v2', true],
    ['v1, dark v2', '/deploy v2 x', 'v1, dark v2', false], // that it runs is not what was asked for
  ])('%s: %s: %s: %s', (before, command, there, isThere) => {
    expect(isReached(rollingIn(there), target(before, command))).toBe(isThere);
  });
});

describe('whatever a file calls its versions', () => {
  test('a name is a key of the file, not a path in it', () => {
    const text = 'deployment:\n  "a/b~": {}\n  v1: {}\nroutes: {primary: {version: v1}}\n';
    const rolling: ReleaseRollout = { versions: ['a/b~', 'v1'], primary: 'v1', former: [] };
    expect(edited(text, move({ ...rolling, former: ['a/b~'] }, '/deploy a/b~ x'))).toBe(
      text.replace('{}', '\n    image: x').replace(': \n', ':\n'),
    );
  });

  test('of many and long ones an answer names a few, in short', () => {
    const versions = ['v1', ...Array.from({ length: 1000 }, (_, index) => `${index}-${'x'.repeat(200)}`)];
    for (const command of ['/promote', '/promote y', '/promote v1', `/promote ${'y'.repeat(60_000)}`]) {
      const made = move({ versions, primary: 'v1', former: [] }, command);
      if (made.kind !== 'refused') throw new Error('not refused');
      expect(made.reason.length).toBeLessThan(3000);
      expect(made.reason).toMatch(/98[01] more|no version "y{100}\.\.\."/);
    }
    const typo = move({ versions, primary: 'v1', former: [] }, `/promote 5-${'x'.repeat(199)}`);
    expect(typo).toMatchObject({ reason: expect.stringMatching(/; did you mean "5-x{98}\.\.\."\? It has v1, /) });
  });

  test('a version that only a patch can take out is left to people', () => {
    const text = 'deployment:\n  v1: &x {}\n  v2: *x\nroutes: {primary: {version: v2}}\n';
    const made = move(rollingOf(text, ['v1']), '/promote');
    expect(made.kind === 'step' && editValues(text, made.edits).ok).toBe(false);
  });
});

test('a canary with all the traffic of a primary that never served gives it to the earlier primary, if there is one', () => {
  const routes = { primary: 'v2', canary: { version: 'v1', weight: 100, headers: {} } };
  const around = { name: 'echo', routes, serving: routes, missing: new Map(), isPrimaryNew: true as const };
  const rolling = { versions: ['v1', 'v2'], primary: 'v2', canary: { version: 'v1', weight: 100 } };
  expect(decideRollback({ ...around, rolling: { ...rolling, former: ['v1'] } })).toMatchObject({
    target: { kind: 'primary', version: 'v1' },
  });
  expect(decideRollback({ ...around, rolling: { ...rolling, former: [] } })).toMatchObject({
    target: { kind: 'no-canary' },
  });
});
