import { describe, expect, test } from 'vitest';
import { type BranchFacts, diagnoseBranch, diagnoseRemoteBranch } from '../../../src/core/doctor/branch.ts';
import { formatDiagnoses, note, ok, problem } from '../../../src/core/doctor/diagnosis.ts';
import { diagnoseReadiness, type HeardClusters } from '../../../src/core/doctor/readiness.ts';
import { defaults } from '../support.ts';

test('a checklist, in which nobody writes lines of their own', () => {
  const list = [ok('git', 'fine'), note('a\nb', 'known\u202e'), problem('values', 'none\n  ok  x: y', 'add one')];
  expect(formatDiagnoses('Here', list)).toBe(
    'Here\n  ok       git: fine\n  note     a\\u000ab: known\\u202e\n  problem  values: none\\u000a  ok  x: y\n           -> add one\n',
  );
});

describe('the gitops branch', () => {
  const at = (state: BranchFacts['state']): BranchFacts => ({ name: 'gitops', state });
  const remote = (state: BranchFacts['state']) => ({ ...at(state), remote: 'origin/gitops' });

  test.each([
    ['here', at('marked'), undefined, 'ok', 'is here, with our mark'],
    ['here and empty', at('empty'), undefined, 'ok', 'is here, empty'],
    [
      'here, of somebody else',
      at('foreign'),
      remote('marked'),
      'problem',
      'gitops has files and no .coalmine/format.yml',
    ],
    ['on the remote', at('absent'), remote('marked'), 'note', 'git fetch origin gitops:gitops'],
    ['on the remote, of somebody else', at('absent'), remote('foreign'), 'problem', 'origin/gitops has files'],
    ['nowhere', at('absent'), undefined, 'note', 'the first publication makes it'],
  ])('%s', (_, here, there, state, says) => {
    expect(diagnoseBranch(here, there)).toMatchObject({ state, says: expect.stringContaining(says) });
  });

  test.each([
    ['marked', 'ok', 'is there, with our mark'],
    ['empty', 'ok', 'is there, empty'],
    ['foreign', 'problem', "it isn't ours to write to"],
    ['absent', 'problem', 'nothing was published'],
  ] as const)('on GitHub: %s', (facts, state, says) => {
    expect(diagnoseRemoteBranch(at(facts))).toMatchObject({ state, says: expect.stringContaining(says) });
  });
});

describe('what clusters have said', () => {
  const since = '2026-05-04T03:02:01.000Z';
  const diagnose = (readiness: object, spoken: readonly string[], heard: Partial<HeardClusters> = {}) =>
    diagnoseReadiness(
      { ...defaults.readiness, ...readiness },
      { clusters: new Map(spoken.map((name) => [name, since])), silent: [], behind: [], ...heard },
    );
  const said = (readiness: object, spoken: readonly string[], silent: readonly string[] = []) =>
    diagnose(readiness, spoken, { silent }).map(({ state, says }) => `${state}: ${says}`);

  test('nobody is asked', () => {
    expect(said({}, [])).toEqual([
      'note: nobody is asked: 60 s after its commit a part counts as applied (readiness.by: delay)',
    ]);
  });

  test.each(['flux', 'status'])('nobody has answered: %s', (by) => {
    expect(said({ by }, [])).toEqual([`problem: none has ever answered (readiness.by: ${by})`]);
  });

  test('whoever speaks', () => {
    expect(said({ by: 'flux' }, ['default'])).toEqual([`ok: default has answered, first at ${since}`]);
  });

  test('some that are listed, and some that are not', () => {
    expect(said({ by: 'flux', clusters: ['eu', 'us'] }, ['old', 'eu'])).toEqual([
      `ok: eu has answered, first at ${since}`,
      `ok: old has answered, first at ${since}`,
      "note: readiness.clusters doesn't list old, who doesn't count",
      'problem: us never answered',
    ]);
  });

  test('a cluster that is silent for too long, with the line to write; and one that is only waited for', () => {
    const old = { cluster: 'old', heardAt: since, overdue: ['a', 'b'], waiting: [] };
    expect(diagnose({ by: 'flux' }, ['eu', 'old', 'us'], { behind: [old] }).at(-1)).toEqual({
      about: 'cluster',
      state: 'problem',
      says: 'old (last heard 2026-05-04 03:02:01 UTC) has been silent for longer than readiness.deadline (10m) on a, b, which waits for it',
      remedy: expect.stringMatching(
        /; if it was renamed or removed, write clusters: \[eu, us\] under readiness in \.github/,
      ),
    });
    const lone = { cluster: 'default', overdue: ['a'], waiting: ['b'] };
    const diagnoses = diagnose({ by: 'flux' }, ['default'], { behind: [lone] });
    expect(diagnoses.map(({ state, says }) => `${state}: ${says}`).slice(1)).toEqual([
      'problem: default (never heard) has been silent for longer than readiness.deadline (10m) on a, which waits for it',
      'note: default (never heard) is waited for, by b',
    ]);
    expect(diagnoses[1]?.remedy).not.toContain('renamed');
  });

  test('not of every release', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    expect(said({ by: 'flux' }, ['default'], names).at(-1)).toBe(
      'problem: nothing was ever heard of a, b, c, d, e and 2 more',
    );
  });
});
