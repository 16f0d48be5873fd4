import { expect, test } from 'vitest';
import { type Plan, PUBLISHED_COMMIT, perform } from '../../src/flows/effect.ts';
import { fakeWorld, outline, SHOP } from '../support/fakes.ts';

const PLAN: Plan = [
  { kind: 'comment', pull: 1, marker: '<!-- m -->', body: 'said', editOnly: false },
  { kind: 'publish', branch: 'gitops', expectedHead: undefined, files: new Map([['a', 'a\n']]), message: 'first\n' },
  {
    kind: 'check',
    name: 'coalmine/publish',
    sha: 'abc',
    report: {
      conclusion: 'success',
      title: 'done',
      summary: `as ${PUBLISHED_COMMIT}, ${PUBLISHED_COMMIT}`,
      annotations: [],
    },
  },
  { kind: 'enqueue', job: { kind: 'review', repository: SHOP, pull: 2 } },
];

test('carries effects out in their order, and the check names the commit that was published', async () => {
  const world = fakeWorld();
  const seen: string[] = [];
  const writeCheck = world.pulls.writeCheck;
  world.pulls.writeCheck = async (check) => {
    seen.push(check.report.summary, ...world.pulls.written, `${world.enqueued.length} enqueued`);
    await writeCheck(check);
  };
  const outcome = await perform(PLAN, world);
  const sha = world.repository.tipOf('gitops')?.sha;
  expect(outcome).toEqual({ kind: 'done', published: sha });
  expect(seen).toEqual([`as ${sha}, ${sha}`, 'comment #1: said', '0 enqueued']);
  expect(world.pulls.written.at(-1)).toBe('check coalmine/publish abc: success, done');
  expect(world.enqueued).toEqual([{ kind: 'review', repository: SHOP, pull: 2 }]);
  expect(world.repository.filesOf('gitops')).toEqual({ a: 'a\n' });
});

test('stops where the branch has moved: nothing after that is written', async () => {
  const world = fakeWorld();
  world.repository.push({ branch: 'gitops', files: { b: 'b\n' } });
  expect(await perform(PLAN, world)).toEqual({ kind: 'moved' });
  expect(world.pulls.written).toEqual(['comment #1: said']);
  expect(world.enqueued).toEqual([]);
  expect(await perform([], world)).toEqual({ kind: 'done' });
});

test('an answer names the commit that was published, after a reaction', async () => {
  const world = fakeWorld();
  await perform(
    [
      { kind: 'react', comment: 7, reaction: 'eyes' },
      {
        kind: 'publish',
        branch: 'gitops',
        expectedHead: undefined,
        files: new Map([['a', 'a\n']]),
        message: 'first\n',
      },
      { kind: 'comment', pull: 1, marker: '<!-- m -->', body: `as ${PUBLISHED_COMMIT}`, editOnly: false },
    ],
    world,
  );
  expect(world.pulls.written).toEqual(['react eyes to 7', `comment #1: as ${world.repository.tipOf('gitops')?.sha}`]);
});

test('carries out what is to come later, and what only adds to a comment', async () => {
  const world = fakeWorld();
  const job = { kind: 'publish', repository: SHOP } as const;
  const report = { conclusion: undefined, title: 'waits', summary: '', annotations: [] };
  const section = { pull: 1, marker: '<!-- m -->', sectionMarker: '<!-- s -->' };
  const plan: Plan = [
    { kind: 'section', ...section, section: '<!-- s -->\ntoo early' },
    { kind: 'comment', pull: 1, marker: '<!-- m -->', body: '<!-- m -->\nsaid', editOnly: false },
    { kind: 'publish', branch: 'gitops', expectedHead: undefined, files: new Map([['a', 'a\n']]), message: 'first\n' },
    { kind: 'check', name: 'coalmine/publish', sha: 'abc', report },
    { kind: 'section', ...section, section: `<!-- s -->\nas ${PUBLISHED_COMMIT}` },
    { kind: 'enqueue', job, later: 30 },
  ];
  world.advance(90);
  await perform(plan, world);
  const tip = world.repository.tipOf('gitops');
  expect(tip?.date).toEqual(new Date('2026-05-04T12:01:30Z'));
  expect(world.pulls.comments.get(1)).toBe(`<!-- m -->\nsaid\n\n<!-- s -->\nas ${tip?.sha}`);
  expect(await world.pulls.fetchCheck('abc', 'coalmine/publish')).toEqual({ completed: false, title: 'waits' });
  expect([world.enqueued, world.enqueuedLater]).toEqual([[], [{ job, seconds: 30 }]]);
  expect(outline(plan).slice(3)).toEqual([
    'check coalmine/publish: in progress, waits',
    'write section of comment #1',
    'enqueue publish in 30 s',
  ]);
});
