import { afterEach, describe, expect, test } from 'vitest';
import { type Decide, decideHere, LimitExceeded } from '../../src/flows/plan-job.ts';
import { runJob } from '../../src/flows/run-job.ts';
import { sweepRepository } from '../../src/flows/sweep/sweep.ts';
import { createPlanner, type Planner, type PlannerOptions } from '../../src/start/planner/planner.ts';
import { answerTo, FLUX, HALF, SETTINGS, stateOf, talkWorld, write } from '../flows/commands/world.ts';
import { runQueue } from '../flows/publish/parts-world.ts';
import { ECHO, push, worldWith } from '../flows/rollout/proposal.ts';
import { outline, SHOP } from '../support/fakes.ts';
import { values } from '../support/values.ts';

let planner: Planner | undefined;
afterEach(async () => {
  await planner?.close();
  planner = undefined;
});

function start(options: PlannerOptions = {}): Planner {
  planner = createPlanner(options);
  return planner;
}

const REVIEW = { kind: 'review', repository: SHOP, pull: 1 } as const;
const SWEEP = { kind: 'sweep', repository: SHOP } as const;
const EVENT = {
  by: 'flux',
  kustomization: { name: 'echo-routes', namespace: 'echo', uid: 'a' },
  outcome: 'applied',
  reason: 'ReconciliationSucceeded',
  message: 'done',
  cluster: 'default',
  at: '2026-05-04T12:00:00.000Z',
} as const;
const PUBLISH = { kind: 'publish', repository: SHOP } as const;

/** A pull request that changes many files, each of many versions: some seconds of work. */
function heavyWorld(files: number) {
  const world = worldWith();
  const versions = Array.from({ length: 2_000 }, (_, index) => `  v${index}: { image: a }\n`).join('');
  const text = `deployment:\n${versions}routes:\n  primary: { version: v1 }\n`;
  const names = Array.from({ length: files }, (_, index) => `charts-values/r${index}.yaml`);
  const head = push(world, Object.fromEntries(names.map((name) => [name, text])));
  return { world, head };
}

describe('a plan made in a worker', () => {
  test.each([REVIEW, PUBLISH])('is the one that is made here: $kind', async (job) => {
    const world = worldWith();
    push(world, { [ECHO]: values(50) });
    const plan = await start().decide('plan', job, world);
    expect(plan).toEqual(await decideHere('plan', job, world));
    expect(plan.length).toBeGreaterThan(0);
  });

  test('fails as it does here, and the next one is made', async () => {
    const world = worldWith();
    push(world, { [ECHO]: values(50) });
    const broken = {
      ...world,
      pulls: { ...world.pulls, fetchPull: () => Promise.reject(new Error('GitHub is down')) },
    };
    const { decide } = start({ workers: 1 });
    await expect(decide('plan', REVIEW, broken)).rejects.toThrow('GitHub is down');
    expect(outline(await decide('plan', REVIEW, world))).toHaveLength(2);
  });

  test('of events and of a sweep is the one that is made here, and leaves the event loop to others', async () => {
    const domains = Array.from({ length: 4_000 }, (_, index) => `  d${index}: { hosts: [h${index}.example.com] }\n`);
    const settings = `${FLUX}domains:\n${domains.join('')}`; // as large as the file may be, and without any error
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { [SETTINGS]: settings } });
    const { decide } = start();
    const events = [{ ...EVENT, revision: { sha: world.repository.tipOf('gitops')?.sha ?? '' } }];
    const busy: number[] = [];
    for (const job of [{ kind: 'flux-events', repository: SHOP, events } as const, SWEEP]) {
      await decide('plan', SWEEP, world); // the thread is there
      const plans = [decideHere, decide].map((one) => async () => {
        const before = performance.eventLoopUtilization();
        const plan = await one('plan', job, world);
        busy.push(performance.eventLoopUtilization(before).active);
        return outline(plan);
      });
      const [here, there] = plans;
      expect(await there?.()).toEqual(await here?.());
    }
    expect(busy[0]).toBeLessThan((busy[1] ?? 0) / 2); // events: first there, then here
  });

  test('leaves the event loop to others', async () => {
    const { world } = heavyWorld(4);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await start().decide('plan', REVIEW, world);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(50); // here it would be a handful: one for each answer of a port
  });
});

test.each<[string, PlannerOptions]>([
  ['time', { seconds: 3, workers: 1 }],
  ['memory', { mebibytes: 64, workers: 1 }],
])('a pull request that takes too much %s fails its check, once, and stops no other', async (limit, options) => {
  const { world, head } = heavyWorld(40);
  const { decide } = start(options);
  await expect(decide('plan', REVIEW, world)).rejects.toThrow(LimitExceeded);
  await runJob(REVIEW, world, decide);
  expect(world.pulls.written).toEqual([
    `check coalmine ${head.slice(0, 7)}: failure, stopped: the values files take too much ${limit}`,
  ]);
  const found = await sweepRepository(world, SHOP);
  expect(found).not.toContainEqual(expect.objectContaining({ job: expect.objectContaining({ kind: 'review' }) }));

  const ordinary = worldWith();
  push(ordinary, { [ECHO]: values(50) });
  await runJob(REVIEW, ordinary, decide);
  expect(ordinary.pulls.written.at(-1)).toContain('success, echo: canary v2 25% -> 50%');
});

test('a publication that takes too much fails its check on the merged commit', async () => {
  const world = worldWith();
  const sha = world.repository.tipOf('main')?.sha ?? '';
  await runJob(PUBLISH, world, () => Promise.reject(new LimitExceeded('time')));
  expect(world.pulls.written).toEqual([
    `check coalmine/publish ${sha.slice(0, 7)}: failure, stopped: the values files take too much time`,
  ]);
});

test('plans that wait are given up when the App stops', async () => {
  const { world } = heavyWorld(4);
  const { decide, close } = start({ workers: 1 });
  const plans = [decide('plan', REVIEW, world), decide('plan', REVIEW, world)];
  const ended = Promise.allSettled(plans);
  await close();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

describe('a command', () => {
  const LINES = [
    '/promote echo',
    '/hold echo "why"',
    '/resume echo',
    '/status echo',
    '/help',
    '/rollback echo "why"',
    '/promte',
  ];

  /** What comes of these comments, one after the other, in words and in commits. */
  async function outcomesOf(decide: Decide): Promise<unknown> {
    const world = await talkWorld(FLUX, HALF);
    for (const line of LINES) {
      const { id, pull = 1 } = write(world, line);
      await runJob({ kind: 'comment', repository: SHOP, pull: pull ?? 1, comment: id }, world, decide);
      await runQueue(world, decide);
    }
    const all = [[...world.pulls.answers], world.repository.filesOf('main'), world.repository.filesOf('gitops')];
    return JSON.parse(JSON.stringify(all).replace(/\.\d{3}Z/g, 'Z')); // a worker's clock goes on while it works
  }

  test('comes to the same in a worker', async () => {
    const here = await outcomesOf(decideHere);
    expect(await outcomesOf(start().decide)).toEqual(here);
    expect(JSON.stringify(here)).toContain('is on hold from now on'); // what a rollback leaves once it is published
  });

  /** The longest time in ms for which the event loop took no turn. */
  function watchGaps() {
    let [longest, last] = [0, performance.now()];
    const look = () => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(look, 2);
    return {
      stop: () => {
        clearInterval(timer);
        look();
        return longest;
      },
    };
  }

  /** A release with so many versions that reading it takes some seconds, and a command about it. */
  async function slowCommand(line: string) {
    const world = await talkWorld(FLUX, HALF);
    const versions = Array.from({ length: 250 }, (_, index) => `  x${index}: { image: a }\n`).join('');
    world.repository.push({
      branch: 'main',
      files: { [ECHO]: HALF.replace('deployment:\n', `deployment:\n${versions}`) },
    });
    const { id } = write(world, line);
    return { world, job: { kind: 'command', repository: SHOP, pull: 1, comment: id } as const };
  }

  test.each(['/promote echo', '/rollback echo', '/status echo'])(
    'leaves the event loop to others: %s',
    async (line) => {
      const { decide } = start();
      const longest = async (one: Decide) => {
        const { world, job } = await slowCommand(line);
        await decide('plan', SWEEP, world); // the thread is there
        const gaps = watchGaps();
        await runJob(job, world, one);
        expect(world.pulls.answers.size).toBe(1);
        return gaps.stop();
      };
      const here = await longest(decideHere);
      // Twice, since on a busy machine the App's own thread has to wait for its turn now and then.
      expect(Math.min(await longest(decide), await longest(decide))).toBeLessThan(here / 2);
    },
  );

  test('waits for no thread that makes a plan', async () => {
    const { world } = heavyWorld(40);
    const { decide } = start({ workers: 1 });
    const ended: string[] = [];
    const review = decide('plan', REVIEW, world).then(
      () => ended.push('review'),
      (error: Error) => error.message,
    );
    const talk = await talkWorld(FLUX, HALF);
    const { id } = write(talk, '/rollback echo');
    await runJob({ kind: 'command', repository: SHOP, pull: 1, comment: id }, talk, (kind, ...asked) => {
      return kind === 'plan' ? decideHere(kind, ...asked) : decide(kind, ...asked); // but for the publication
    });
    ended.push('command');
    await planner?.close();
    expect(await review).toBe('the App is stopping');
    expect(ended).toEqual(['command']);
  });

  test('that takes too much is answered, once', async () => {
    const { world, job } = await slowCommand('/promote echo\n/hold echo "why"');
    const before = stateOf(world);
    const { decide } = start({ seconds: 0.05 });
    await runJob(job, world, (kind, ...asked) => (kind === 'command' ? decide : decideHere)(kind, ...asked));
    const answer = answerTo(world, { id: job.comment });
    expect(answer).toMatch(/^Stopped: the values files take too much time to read\. Nothing more was done\./);
    expect(stateOf(world)).toEqual(before);
    await runJob(job, world, decideHere);
    expect(answerTo(world, { id: job.comment })).toBe(answer);
  });
});
