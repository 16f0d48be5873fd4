import { describe, expect, test } from 'vitest';
import type { Comment } from '../../../src/flows/ports.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import { commentOf, type FakeWorld, SHOP } from '../../support/fakes.ts';
import { interruptedAtEachWrite, killedAtEachWrite } from '../../support/writes.ts';
import { later, runQueue } from '../publish/parts-world.ts';
import {
  answersIn,
  answerTo,
  BETA,
  DARK,
  DELAY,
  DRAINING,
  ECHO,
  echoOn,
  FLUX,
  HALF,
  HEADER,
  HOLD_FILE,
  hear,
  holdsSince,
  jobOf,
  live,
  mergesSince,
  openPull,
  publishedSince,
  release,
  say,
  saysOf,
  subjectOf,
  talkWorld,
  V2,
  write,
} from './world.ts';

/** Everything that is there in the end, but for the ids of commits. */
async function endOf(world: FakeWorld, start: Start) {
  const { repository, pulls } = world;
  const said = (commits: Awaited<ReturnType<typeof mergesSince>>) => commits.map(subjectOf);
  return {
    main: repository.filesOf('main'),
    merges: said(await mergesSince(world, start.main)),
    published: said(await publishedSince(world, start.gitops)),
    commands: (await publishedSince(world, start.gitops)).map((commit) => saysOf(commit, 'Command')),
    gitops: Object.entries(repository.filesOf('gitops')).filter(([path]) => path !== HOLD_FILE),
    holds: said(await holdsSince(world, start.gitops)),
    isHeld: repository.filesOf('gitops')[HOLD_FILE] !== undefined,
    pulls: [...pulls.pulls.values()].map(({ number, open, head }) => {
      return [number, open, head.branch, ...(open ? [repository.tipOf(head.branch)?.message] : [])];
    }),
    answers: answersIn(world),
    reactions: [...new Set(pulls.written.filter((line) => line.startsWith('react ')))],
  };
}

interface Start {
  readonly main: string | undefined;
  readonly gitops: string | undefined;
}

function startOf({ repository }: FakeWorld): Start {
  return { main: repository.tipOf('main')?.sha, gitops: repository.tipOf('gitops')?.sha };
}

const OPEN = 'readiness: { by: flux }\nmerge: none\n';

describe('killed between any two writes, and heard again', () => {
  const stories: readonly { line: string; settings: string; echo: string; pull?: string; sweepsFirst?: true }[] = [
    { line: '/deploy echo v2', settings: FLUX, echo: release(), sweepsFirst: true },
    { line: '/promote echo', settings: FLUX, echo: DARK },
    { line: '/promote echo', settings: DELAY, echo: HEADER, sweepsFirst: true },
    { line: '/promote echo', settings: 'readiness: { by: flux }\n', echo: HALF },
    { line: '/promote', settings: FLUX, echo: HALF, pull: `# a note\n${HALF}`, sweepsFirst: true },
    { line: '/promote echo', settings: FLUX, echo: DRAINING },
    { line: '/promote echo', settings: FLUX, echo: release(), sweepsFirst: true },
    { line: '/rollback echo', settings: FLUX, echo: HALF },
    { line: '/rollback echo', settings: OPEN, echo: HALF, sweepsFirst: true },
    { line: '/rollback echo', settings: DELAY, echo: DARK },
    { line: '/hold echo "why"', settings: FLUX, echo: HALF, sweepsFirst: true },
    { line: '/hold echo\n/resume echo', settings: FLUX, echo: HALF },
    { line: '/rollback echo\n/resume echo', settings: FLUX, echo: HALF, sweepsFirst: true },
    { line: '/hold echo\n/promote echo', settings: FLUX, echo: HALF },
    { line: '/promote echo\n/hold echo', settings: FLUX, echo: HALF, sweepsFirst: true },
    { line: '/promote echo\n/rollback echo\n/status echo', settings: FLUX, echo: HALF },
    { line: '/help', settings: FLUX, echo: HALF, sweepsFirst: true },
  ];

  test.each(stories)(
    '$line: the same end, nothing twice ($settings)',
    async ({ line, settings, echo, pull: text, sweepsFirst }) => {
      let [start, comment]: [Start, Comment] = [{ main: undefined, gitops: undefined }, commentOf({ id: 7, body: '' })];
      const begin = async () => {
        const world = await talkWorld(settings, echo);
        const pull = text === undefined ? 1 : openPull(world, { [ECHO]: text });
        await runJob({ kind: 'review', repository: SHOP, pull }, world);
        comment = write(world, line, { pull });
        start = startOf(world);
        world.pulls.written.splice(0);
        return world;
      };
      const whole = await begin();
      await hear(whole, comment);
      const wanted = await endOf(whole, start);
      expect(wanted.answers).toEqual(['answer 7']);

      const sweep = async (world: FakeWorld) => {
        await runJob({ kind: 'sweep', repository: SHOP }, world);
        await runQueue(world);
      };
      const hearAgain = (world: FakeWorld) => hear(world, comment);
      await killedAtEachWrite({
        start: begin,
        run: hearAgain,
        again: sweepsFirst
          ? async (world) => {
              world.advance(40);
              await sweep(world);
              await hearAgain(world);
            }
          : async (world) => {
              await hearAgain(world);
              await sweep(world);
            },
        check: async (world, killed) => expect(await endOf(world, start), killed).toEqual(wanted),
      });
    },
  );

  test('somebody lifts the hold before the next process starts: it is not set again', async () => {
    for (const line of ['/hold echo', '/rollback echo']) {
      let comment = commentOf({ id: 7, body: '' });
      await killedAtEachWrite({
        start: async () => {
          const world = await talkWorld(FLUX, HALF);
          comment = write(world, line);
          return world;
        },
        run: (world) => hear(world, comment),
        again: async (world) => {
          if (world.repository.filesOf('gitops')[HOLD_FILE] === undefined) return;
          await say(world, '/resume echo', { author: 'other' });
          await hear(world, comment);
        },
        check: ({ repository }, killed) => expect(repository.filesOf('gitops')[HOLD_FILE], killed).toBeUndefined(),
      });
    }
  });
});

test.each([
  ['/promote echo', FLUX, HALF],
  ['/rollback echo', FLUX, HALF],
  ['/deploy echo v3 x', DELAY, HALF],
  ['/hold echo', FLUX, HALF],
])('%j is delivered five times, at once and one after the other', async (line, settings, echo) => {
  const world = await talkWorld(settings, echo);
  const start = startOf(world);
  const comment = write(world, line);
  await Promise.all([1, 2].map(() => runJob(jobOf(comment), world)));
  for (let delivery = 3; delivery <= 5; delivery++) await hear(world, comment);
  await runQueue(world);
  const { merges, published, holds } = await endOf(world, start);
  const isHold = line.startsWith('/hold');
  expect(merges).toHaveLength(isHold ? 0 : 1);
  expect(published).toHaveLength(isHold ? 0 : 1);
  expect(holds).toHaveLength(/hold|rollback/.test(line) ? 1 : 0);
});

describe('two people mean one step', () => {
  /** Comments of two people, written within the same second. */
  async function pairWorld(line: string, echo: string, settings = FLUX) {
    const world = await talkWorld(settings, echo);
    const start = startOf(world);
    const first = write(world, line);
    const second = write(world, line, { author: 'other', createdAt: first.createdAt });
    return { world, start, first, second };
  }

  const STEPS: readonly (readonly [string, string, string, string])[] = [
    ['/promote echo', HEADER, HALF, FLUX],
    ['/promote echo', HEADER, HALF, 'merge: all\nreadiness: { after: 0s, drain: 0s }\n'], // live at once
    ['/promote echo', DARK, HEADER, FLUX],
    ['/promote echo', DRAINING, V2, FLUX],
    ['/rollback echo', HALF, DARK, FLUX], // and not without v2
    ['/rollback echo', HALF, DARK, 'merge: all\nreadiness: { after: 0s, drain: 0s }\n'],
  ];

  test.each(STEPS)('who say %j within a second', async (line, echo, expected, settings) => {
    const { world, start, first, second } = await pairWorld(line, echo, settings);
    await hear(world, first);
    await live(world);
    await hear(world, second);
    expect(echoOn(world, 'main')).toBe(expected);
    expect((await endOf(world, start)).answers).toHaveLength(2);
  });

  test.each(STEPS)('who say %j, a second apart, before the first is done', async (line, echo, expected, settings) => {
    const { world, first, second } = await pairWorld(line, echo, settings);
    world.advance(2);
    await hear(world, first);
    await live(world);
    expect(await hear(world, { ...second })).toMatch(/since this comment was written|already rolled back in #\d+/);
    expect(echoOn(world, 'main')).toBe(expected);
  });

  test.each(STEPS)('whose %j are heard at the same time', async (line, echo, expected, settings) => {
    const { world, start, first, second } = await pairWorld(line, echo, settings);
    await Promise.all([first, second].map((comment) => asQueue(world, comment)));
    const { merges, published, answers } = await endOf(world, start);
    expect([echoOn(world, 'main'), merges.length, published.length, answers.length]).toEqual([expected, 1, 1, 2]);
  });

  test.each(STEPS)('whose %j cross at any write', async (line, echo, expected, settings) => {
    let pair: Awaited<ReturnType<typeof pairWorld>>;
    const writes = await interruptedAtEachWrite({
      start: async () => {
        pair = await pairWorld(line, echo, settings);
        return pair.world;
      },
      run: (slow) => asQueue(slow, pair.first),
      meanwhile: (world) => asQueue(world, pair.second),
      check: async (world, when) => {
        const { merges, published, answers, holds } = await endOf(world, pair.start);
        expect([echoOn(world, 'main'), merges.length, published.length], when).toEqual([expected, 1, 1]);
        expect(answers.toSorted(), when).toEqual(['answer 7', 'answer 8']);
        expect(holds, when).toHaveLength(line.startsWith('/rollback') ? 1 : 0);
      },
    });
    expect(writes).toBeGreaterThan(5);
  });

  test('but one person who says it twice means two steps, where the first was seen', async () => {
    const world = await talkWorld('merge: all\nreadiness: { after: 0s, drain: 0s }\n', HEADER);
    await say(world, '/promote echo');
    await say(world, '/promote echo');
    expect(echoOn(world, 'main')).toBe(release({ weight: 100 }));
  });
});

test.each([
  ['a dark version', DARK],
  ['a canary', HALF],
  ['the version of before', DRAINING],
])('one promotes %s while another takes it back: what is left makes sense', async (_, echo) => {
  let pair: readonly [Comment, Comment];
  for (const lines of [
    ['/promote echo', '/rollback echo'],
    ['/rollback echo', '/promote echo'],
  ] as const) {
    await interruptedAtEachWrite({
      start: async () => {
        const world = await talkWorld(FLUX, echo);
        pair = [write(world, lines[0]), write(world, lines[1], { author: 'other' })];
        return world;
      },
      run: (slow) => asQueue(slow, pair[0]),
      meanwhile: (world) => asQueue(world, pair[1]),
      check: async (world, when) => {
        await runJob({ kind: 'publish', repository: SHOP }, world);
        const main = world.repository.tipOf('main')?.sha ?? '';
        expect(world.pulls.checks.get(`coalmine/publish ${main}`)?.title ?? '', `${lines} ${when}`).not.toContain(
          'error',
        );
        // A version that has never had a route is nothing to take back, and then nothing is held.
        if (echo !== DARK) expect(world.repository.filesOf('gitops')[HOLD_FILE], `${lines} ${when}`).toBeDefined();
        expect(answersIn(world).toSorted(), when).toEqual(['answer 7', 'answer 8']);
      },
    });
  }
});

/** As the queue does: what fails is tried again. */
async function asQueue(world: FakeWorld, comment: Comment): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await hear(world, comment);
      return;
    } catch (error) {
      if (attempt === 3) throw error;
    }
  }
}

describe('a comment that was overtaken', () => {
  test('by a merge that was published since speaks of what has gone', async () => {
    const world = await talkWorld(FLUX, HEADER);
    const comment = write(world, '/promote echo');
    world.advance(3);
    world.repository.push({ branch: 'main', files: { [ECHO]: release({ weight: 10 }) }, author: 'admin' });
    await live(world);
    expect(await hear(world, comment)).toContain(
      'it has moved since this comment was written (echo: canary v2 0% -> 10%, by `admin`); if one more step is meant, say it again',
    );
    expect(echoOn(world, 'main')).toBe(release({ weight: 10 }));
  });

  test('by what was published together with another release', async () => {
    const quick = 'merge: all\nreadiness: { after: 0s, drain: 0s }\n';
    const world = await talkWorld(quick, { [ECHO]: HEADER, [BETA]: HEADER });
    const early = write(world, '/promote beta', { author: 'admin' });
    const first = write(world, '/promote echo');
    const second = write(world, '/promote echo', { author: 'other', createdAt: first.createdAt });
    for (const comment of [first, early]) await runJob(jobOf(comment), world); // both are merged before
    await later(world, 0);
    expect(saysOf(world.repository.tipOf('gitops'), 'Command')).toEqual(['7', '8']);
    expect(await hear(world, second)).toContain('it has moved since this comment was written');
    expect(echoOn(world, 'main')).toBe(HALF);
  });

  test('not by a hold, nor by another release', async () => {
    const world = await talkWorld(FLUX, { [ECHO]: HEADER, [BETA]: HEADER });
    const comment = write(world, '/promote echo');
    world.advance(3);
    await say(world, '/hold echo', { author: 'other' });
    await say(world, '/resume echo', { author: 'other' });
    await say(world, '/promote beta', { author: 'other' });
    expect(await hear(world, comment)).toContain('merged as');
  });
});

test('several commands of one comment: each sees what those before it did', async () => {
  const world = await talkWorld(FLUX, HALF);
  const start = startOf(world);
  const answer = await say(world, '/hold echo\n\nand then\n\n/promote echo');
  expect(answer).toMatch(/\*\*echo\*\* is on hold from now on[\s\S]*has to wait[\s\S]*❌ it is on hold, by `writer`/);
  expect((await endOf(world, start)).merges).toEqual([]);
  expect(world.pulls.written).toContain('react confused to 7'); // since one of them was refused
  const next = await say(world, '/resume echo\n/promote echo to 60\n/hold echo "seen enough"');
  expect(next).toMatch(/hold on \*\*echo\*\* is lifted\.[\s\S]*50% -> 60%[\s\S]*on hold from now on/);
  expect(world.pulls.written).toContain('react rocket to 8');
  expect(echoOn(world, 'main')).toBe(release({ weight: 60 }));
});

test.each(['/promote echo\n/promote echo', '/promote echo, echo/echo', '/promote echo\n/promote echo to 50'])(
  '%j is one step',
  async (body) => {
    const world = await talkWorld('merge: all\nreadiness: { after: 0s, drain: 0s }\n', HEADER);
    const start = startOf(world);
    await say(world, body);
    expect((await endOf(world, start)).merges).toHaveLength(1);
    expect(echoOn(world, 'main')).toBe(HALF);
    expect(answerTo(world, { id: 7 }).match(/#2, merged as/g)?.length).toBe(body.includes('to 50') ? 2 : 1);
  },
);

test('a merge that went to another branch is said to have gone there, however often the comment is heard', async () => {
  const world = await talkWorld(FLUX, HEADER);
  world.repository.push({ branch: 'release', files: {}, onto: [world.repository.tipOf('main')?.sha ?? ''] });
  const { mergePull } = world.pulls;
  world.pulls.mergePull = async (wanted) => {
    const pull = world.pulls.pulls.get(wanted.pull);
    if (pull?.open) world.pulls.pulls.set(wanted.pull, { ...pull, base: 'release' });
    return mergePull(wanted);
  };
  const comment = write(world, '/promote echo');
  expect(await hear(world, comment)).toMatch(/merged into `release` as [0-9a-f]+, not into `main`/);
  const main = world.repository.tipOf('main');
  world.pulls.answers.clear(); // as after a kill before the answer
  expect(await hear(world, comment)).toMatch(/#2, \*\*merged into `release` as [0-9a-f]+, not into `main`/);
  expect(world.repository.tipOf('main')).toEqual(main);
});
