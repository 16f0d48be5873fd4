import { expect, test } from 'vitest';
import { charts } from '../../src/charts/charts.ts';
import type { Job } from '../../src/flows/ports.ts';
import { runJob } from '../../src/flows/run-job.ts';
import { type FakeWorld, fakeWorld, SHOP } from '../support/fakes.ts';
import { values } from '../support/values.ts';
import { publish } from './publication.ts';

const PUBLISH: Job = { kind: 'publish', repository: SHOP };

function worldWithValues(): FakeWorld {
  const world = fakeWorld();
  world.repository.push({ branch: 'main', files: { 'charts-values/echo.yaml': values(25) } });
  return world;
}

test('a publication that was overtaken is planned again, on top of what came first', async () => {
  const world = worldWithValues();
  await publish(world);
  const before = world.pulls.written.length;
  world.repository.push({ branch: 'main', files: { 'charts-values/echo.yaml': values(50) } });
  const overtake = () => void world.repository.push({ branch: 'gitops', files: { 'README.md': 'by hand\n' } });
  world.repository.interfere(overtake, overtake);
  const outcome = await runJob(PUBLISH, world, charts);
  expect(outcome).toMatchObject({ kind: 'done', published: world.repository.tipOf('gitops')?.sha });
  const files = world.repository.filesOf('gitops');
  expect(files['README.md']).toBe('by hand\n');
  expect(files['apps/echo/echo/routes/routetable-echo-routes.yaml']).toContain('weight: 50');
  expect(world.pulls.written.slice(before)).toHaveLength(1); // one check, however often it was planned
});

test('it is left for later where the branch moves five times', async () => {
  const world = worldWithValues();
  let pushes = 0;
  const mark = { '.coalmine/format.yml': 'format: 1\nrenderer: 1\n' };
  const overtake = () => {
    pushes++;
    world.repository.push({ branch: 'gitops', files: { ...mark, 'README.md': `${pushes}\n` } });
  };
  world.repository.interfere(...Array.from({ length: 9 }, () => overtake));
  await expect(runJob(PUBLISH, world, charts)).rejects.toThrow('a branch moved 5 times');
  expect(pushes).toBe(5);
  expect(world.pulls.written).toEqual([]);
});

test('each kind of job makes its own plan, and any may run again', async () => {
  const world = worldWithValues();
  const base = world.repository.tipOf('main')?.sha ?? '';
  const head = world.repository.push({ branch: 'b', onto: [base], files: { 'charts-values/echo.yaml': values(50) } });
  world.pulls.pulls.set(1, {
    number: 1,
    open: true,
    ours: false,
    head: { sha: head, branch: 'b', fork: false },
    base: 'main',
  });
  await runJob({ kind: 'sweep', repository: SHOP }, world, charts);
  expect(world.enqueued).toEqual([PUBLISH, { kind: 'review', repository: SHOP, pull: 1 }]);
  for (const job of [...world.enqueued, ...world.enqueued]) await runJob(job, world, charts);
  expect(world.pulls.checks.get(`coalmine ${head}`)?.title).toBe('echo: canary v2 25% -> 50%');
  expect(world.pulls.checks.get(`coalmine/publish ${base}`)?.completed).toBe(false); // the routes are still to come
  expect(world.repository.tipOf('gitops')?.parents).toEqual([]);
});
