import { afterEach, describe, expect, test } from 'vitest';
import { LimitExceeded, planJob } from '../../src/flows/plan-job.ts';
import { runJob } from '../../src/flows/run-job.ts';
import { sweepRepository } from '../../src/flows/sweep/sweep.ts';
import { createPlanner, type Planner, type PlannerOptions } from '../../src/start/planner/planner.ts';
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
    const plan = await start().planJob(job, world);
    expect(plan).toEqual(await planJob(job, world));
    expect(plan.length).toBeGreaterThan(0);
  });

  test('fails as it does here, and the next one is made', async () => {
    const world = worldWith();
    push(world, { [ECHO]: values(50) });
    const broken = {
      ...world,
      pulls: { ...world.pulls, fetchPull: () => Promise.reject(new Error('GitHub is down')) },
    };
    const { planJob: plan } = start({ workers: 1 });
    await expect(plan(REVIEW, broken)).rejects.toThrow('GitHub is down');
    expect(outline(await plan(REVIEW, world))).toHaveLength(2);
  });

  test('leaves the event loop to others', async () => {
    const { world } = heavyWorld(4);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await start().planJob(REVIEW, world);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(50); // here it would be a handful: one for each answer of a port
  });
});

test.each<[string, PlannerOptions]>([
  ['time', { seconds: 3, workers: 1 }],
  ['memory', { mebibytes: 64, workers: 1 }],
])('a pull request that takes too much %s fails its check, once, and stops no other', async (limit, options) => {
  const { world, head } = heavyWorld(40);
  const { planJob: plan } = start(options);
  await expect(plan(REVIEW, world)).rejects.toThrow(LimitExceeded);
  await runJob(REVIEW, world, plan);
  expect(world.pulls.written).toEqual([
    `check coalmine ${head.slice(0, 7)}: failure, stopped: the values files take too much ${limit}`,
  ]);
  const found = await sweepRepository(world, SHOP);
  expect(found).not.toContainEqual(expect.objectContaining({ job: expect.objectContaining({ kind: 'review' }) }));

  const ordinary = worldWith();
  push(ordinary, { [ECHO]: values(50) });
  await runJob(REVIEW, ordinary, plan);
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
  const { planJob: plan, close } = start({ workers: 1 });
  const plans = [plan(REVIEW, world), plan(REVIEW, world)];
  const ended = Promise.allSettled(plans);
  await close();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
