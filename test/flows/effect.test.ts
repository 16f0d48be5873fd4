import { describe, expect, test } from 'vitest';
import { MERGED, mergeOf, type Plan, PUBLISHED_COMMIT, perform, proposalOf, REFUSAL } from '../../src/flows/effect.ts';
import { type FakeWorld, fakeWorld, outline, SHOP } from '../support/fakes.ts';

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
  expect(outcome).toEqual({ kind: 'done', published: sha, told: new Map([[PUBLISHED_COMMIT, sha]]) });
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
  expect(await perform([], world)).toEqual({ kind: 'done', told: new Map() });
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
  const [first, second] =
    world.pulls.comments
      .get(1)
      ?.split(/<!-- (?!s)[^>]* -->/)
      .slice(1) ?? [];
  expect([first?.trim(), second?.trim()]).toEqual([`<!-- s -->\nas ${tip?.sha}`, '**Asked for:**\n\nsaid']);
  expect(await world.pulls.fetchCheck('abc', 'coalmine/publish')).toEqual({ completed: false, title: 'waits' });
  expect([world.enqueued, world.enqueuedLater]).toEqual([[], [{ job, seconds: 30 }]]);
  expect(outline(plan).slice(3)).toEqual([
    'check coalmine/publish: in progress, waits',
    'write section of comment #1',
    'enqueue publish in 30 s',
  ]);
});

describe('a proposal', () => {
  const BRANCH = 'coalmine/promote/echo';
  const PULL = { branch: BRANCH, base: 'main', title: 'Echo to 50 %', body: 'Asked for by writer\n' };
  const MERGE = {
    title: 'Echo to 50 %',
    message: 'Command: 7\n',
    said: { merged: `as ${MERGED}`, refused: `not merged: ${REFUSAL}` },
  };
  const ANSWER = {
    kind: 'comment',
    pull: 1,
    marker: '<!-- m -->',
    body: `opened ${proposalOf(BRANCH)}, ${mergeOf(BRANCH)}`,
    editOnly: false,
  } as const;

  function start(): { readonly world: FakeWorld; readonly onto: string } {
    const world = fakeWorld();
    return { world, onto: world.repository.push({ branch: 'main', files: { a: '1\n', b: '1\n' } }) };
  }

  function proposal(onto: string, isMerged = true): Plan {
    const files = new Map([['a', '2\n']]);
    const write = { branch: BRANCH, expectedHead: undefined, onto, files, message: 'echo: 50 %\n' };
    return [{ kind: 'propose', repository: SHOP, write, pull: PULL, ...(isMerged ? { merge: MERGE } : {}) }, ANSWER];
  }

  test.each([
    ['merged at once, and so not reviewed', true, undefined, []],
    ['left open, and reviewed', false, undefined, [1]],
    ['left open where the host refuses the merge, and reviewed', true, 'a check is missing', [1]],
  ] as const)('is %s', async (_, isMerged, refusal, expected) => {
    const { world, onto } = start();
    if (refusal) world.pulls.mergePull = async () => ({ kind: 'refused', why: refusal });
    await perform(proposal(onto, isMerged), world);
    expect(world.enqueued).toEqual(expected.map((pull) => ({ kind: 'review', repository: SHOP, pull })));
  });

  test('is written, opened and merged; its branch goes, and the answer tells all of it', async () => {
    const { world, onto } = start();
    const outcome = await perform(proposal(onto), world);
    const { sha = '', ...merge } = world.repository.tipOf('main') ?? {};
    const pull = await world.pulls.fetchPull(1);
    expect(merge).toMatchObject({ parents: [onto, pull?.head.sha], message: 'Echo to 50 % (#1)\n\nCommand: 7\n' });
    expect(pull).toMatchObject({ open: false, ours: true, mergeCommit: sha, mergedBy: 'coalmine[bot]' });
    expect(world.repository.filesOf('main')).toEqual({ a: '2\n', b: '1\n' });
    expect(world.repository.tipOf(BRANCH)).toBeUndefined();
    expect(world.pulls.proposals.get(1)).toEqual({ title: PULL.title, body: PULL.body });
    expect(world.pulls.written).toEqual([
      `open #1 from ${BRANCH}: Echo to 50 %`,
      'merge #1',
      `remove ${BRANCH}`,
      `comment #1: opened #1, as ${sha}`,
    ]);
    const told = new Map([
      [proposalOf(BRANCH), '#1'],
      [mergeOf(BRANCH), `as ${sha}`],
    ]);
    expect(outcome).toEqual({ kind: 'done', told });
  });

  test('without a merge stays open, and so does its branch', async () => {
    const { world, onto } = start();
    const plan = proposal(onto, false);
    expect(outline([...proposal(onto), ...plan])).toEqual([
      `propose ${BRANCH}: Echo to 50 %, and merge`,
      'write comment #1',
      `propose ${BRANCH}: Echo to 50 %`,
      'write comment #1',
    ]);
    await perform(plan, world);
    expect(world.pulls.written).toEqual([
      `open #1 from ${BRANCH}: Echo to 50 %`,
      `comment #1: opened #1, ${mergeOf(BRANCH)}`,
    ]);
    expect(world.repository.tipOf('main')?.sha).toBe(onto);
    expect(world.repository.tipOf(BRANCH)).toMatchObject({ parents: [onto] });
  });

  test('stays open where the host refuses the merge, whose words are told as text', async () => {
    const { world, onto } = start();
    world.pulls.protection = 'Required status check "ci" is expected by *you*, $& and @somebody';
    const outcome = await perform(proposal(onto), world);
    expect(outcome.kind).toBe('done');
    const [opened, answer] = world.pulls.written;
    expect(opened).toBe(`open #1 from ${BRANCH}: Echo to 50 %`);
    expect(answer).toMatch(/not merged: Required status check .*ci.* is expected by .*you.*, .* and .*somebody$/);
    expect(answer).not.toContain('*you*');
    expect(answer).not.toContain(REFUSAL);
    expect(world.repository.tipOf('main')?.sha).toBe(onto);
    expect(world.repository.tipOf(BRANCH)).toBeDefined();
  });

  /** Another person gives our pull request this base, just before a call of that port. */
  function retarget(world: FakeWorld, before: 'fetchPull' | 'mergePull'): void {
    world.repository.push({
      branch: 'release',
      files: { c: '1\n' },
      onto: [world.repository.tipOf('main')?.sha ?? ''],
    });
    const original = world.pulls[before] as (asked: never) => Promise<unknown>;
    Object.assign(world.pulls, {
      [before]: (asked: never) => {
        const pull = world.pulls.pulls.get(1);
        if (pull?.open) world.pulls.pulls.set(1, { ...pull, base: 'release' });
        return original(asked);
      },
    });
  }

  test('that was given another base is not merged: the plan is made again', async () => {
    const { world, onto } = start();
    retarget(world, 'fetchPull');
    const release = world.repository.tipOf('release')?.sha;
    expect(await perform(proposal(onto), world)).toEqual({ kind: 'moved' });
    expect([world.repository.tipOf('main')?.sha, world.repository.tipOf('release')?.sha]).toEqual([onto, release]);
    expect(world.pulls.written).not.toContain('merge #1');
  });

  test('that was given another base in the very moment of the merge: the answer says what really happened', async () => {
    const { world, onto } = start();
    retarget(world, 'mergePull');
    expect(await perform(proposal(onto), world)).toMatchObject({ kind: 'done', isRefused: true });
    expect(world.repository.tipOf('main')?.sha).toBe(onto);
    expect(world.pulls.written.at(-1)).toMatch(
      /^comment #1: opened #1, \*\*merged into `release` as [0-9a-f]+, not into `main`\*\*: .*`main` is unchanged/,
    );
  });

  test.each<[string, (world: FakeWorld) => void]>([
    ['is not on the branch', () => {}],
    ['is not on the branch, and the pull request can not be read', ({ pulls }) => forget(pulls)],
  ])('whose reported merge %s: the answer claims nothing', async (_, also) => {
    const { world, onto } = start();
    world.pulls.mergePull = async () => {
      also(world);
      return { kind: 'merged', sha: 'f'.repeat(40) };
    };
    expect(await perform(proposal(onto), world)).toMatchObject({ kind: 'done', isRefused: true });
    expect(world.pulls.written.at(-1)).toBe(
      `comment #1: opened #1, **merge not confirmed**: GitHub reported ${'f'.repeat(40)}, but \`main\` does not contain that commit: its head is ${onto}. Look at #1: if \`main\` gets the commit, it is published by itself; else comment the command again`,
    );
    expect(world.repository.tipOf(BRANCH)).toBeDefined();
  });

  function forget(pulls: FakeWorld['pulls']): void {
    pulls.fetchPull = async () => undefined;
  }

  test('whose merge is read late, or followed by others, is merged', async () => {
    const { world, onto } = start();
    const { mergePull } = world.pulls;
    const { fetchCommit } = world.repository;
    world.pulls.mergePull = async (wanted) => {
      const before = await fetchCommit('refs/heads/main');
      const merged = await mergePull(wanted);
      world.repository.push({ branch: 'main', files: { c: 'x\n' } });
      let late = 1;
      world.repository.fetchCommit = async (rev) =>
        rev === 'refs/heads/main' && late-- > 0 ? before : fetchCommit(rev);
      return merged;
    };
    expect(await perform(proposal(onto), world)).toMatchObject({ kind: 'done' });
    expect(world.pulls.written.at(-1)).toMatch(/^comment #1: opened #1, as [0-9a-f]{40}$/);
  });

  test('is merged later with the commit that its branch has already', async () => {
    const { world, onto } = start();
    await perform(proposal(onto, false), world);
    const head = world.repository.tipOf(BRANCH)?.sha ?? '';
    const [first] = proposal(onto);
    if (first?.kind !== 'propose') throw new Error('a proposal proposes');
    const write = { ...first.write, expectedHead: head };
    const pull = { ...PULL, title: 'Echo to 50 % at last' };
    expect((await perform([{ kind: 'propose', repository: SHOP, write, pull, merge: MERGE }], world)).kind).toBe(
      'done',
    );
    expect(world.pulls.written.slice(2)).toEqual(['edit #1: Echo to 50 % at last', 'merge #1', `remove ${BRANCH}`]);
  });

  test.each<[string, (world: FakeWorld) => void, readonly string[]]>([
    ['branch', (world) => world.repository.push({ branch: BRANCH, files: { a: 'x\n' } }), []],
    [
      'head, once it is open,',
      (world) => {
        const { openPull } = world.pulls;
        world.pulls.openPull = async (wanted) => {
          const number = await openPull(wanted);
          world.repository.push({ branch: BRANCH, files: { a: 'x\n' } });
          return number;
        };
      },
      [`open #1 from ${BRANCH}: Echo to 50 %`],
    ],
    [
      'base, once it is open,',
      (world) => {
        const { openPull } = world.pulls;
        world.pulls.openPull = async (wanted) => {
          const number = await openPull(wanted);
          world.repository.push({ branch: 'main', files: { c: 'x\n' } });
          return number;
        };
      },
      [`open #1 from ${BRANCH}: Echo to 50 %`],
    ],
  ])('whose %s has moved is not merged, and nothing after it is written', async (_, move, written) => {
    const { world, onto } = start();
    move(world);
    expect(await perform(proposal(onto), world)).toEqual({ kind: 'moved' });
    expect(world.pulls.written).toEqual(written);
    expect(world.repository.filesOf('main').a).toBe('1\n');
    expect(world.repository.tipOf(BRANCH)).toBeDefined();
  });

  test('whose head is another one right before the merge is not merged, even by a host that would', async () => {
    const { world, onto } = start();
    const { openPull } = world.pulls;
    world.pulls.openPull = async (wanted) => {
      const number = await openPull(wanted);
      world.repository.push({ branch: BRANCH, files: { a: 'x\n' } });
      return number;
    };
    const asked: string[] = [];
    world.pulls.mergePull = async ({ head }) => {
      asked.push(head);
      return { kind: 'merged', sha: head };
    };
    expect(await perform(proposal(onto), world)).toEqual({ kind: 'moved' });
    expect(asked).toEqual([]);
  });

  test('whose base has moved before is not even written, unless nobody is to merge it', async () => {
    const { world, onto } = start();
    world.repository.push({ branch: 'main', files: { c: 'x\n' } });
    expect(await perform(proposal(onto), world)).toEqual({ kind: 'moved' });
    expect(world.repository.tipOf(BRANCH)).toBeUndefined();
    expect((await perform(proposal(onto, false), world)).kind).toBe('done');
    expect(world.repository.tipOf(BRANCH)?.parents).toEqual([onto]);
  });
});

describe('the merge of the fake', () => {
  test.each([
    ['another file', { b: '3\n' }, { a: '2\n', b: '3\n' }],
    ['the same file in the same way', { a: '2\n' }, { a: '2\n', b: '1\n' }],
    ['the same file differently', { a: '3\n' }, undefined],
    ['the file away', { a: undefined }, undefined],
  ])('of a branch while the base changes %s', async (_, onMain, expected) => {
    const { repository, pulls } = fakeWorld();
    const onto = repository.push({ branch: 'main', files: { a: '1\n', b: '1\n' } });
    const head = repository.push({ branch: 'ours', files: { a: '2\n' }, onto: [onto] });
    const base = repository.push({ branch: 'main', files: onMain });
    const pull = await pulls.openPull({ branch: 'ours', base: 'main', title: 't', body: 'b' });
    const outcome = await pulls.mergePull({ pull, head, title: 't', message: 'm' });
    expect(outcome.kind).toBe(expected ? 'merged' : 'refused');
    expect(repository.tipOf('main')?.parents).toEqual(expected ? [base, head] : [onto]);
    if (expected) expect(repository.filesOf('main')).toEqual(expected);
    const again = await pulls.mergePull({ pull, head, title: 't', message: 'm' });
    expect(again).toEqual(outcome);
  });
});
