import { describe, expect, onTestFinished, test } from 'vitest';
import { HostRefusal, type Job, Unreadable } from '../../src/flows/ports.ts';
import { runJob } from '../../src/flows/run-job.ts';
import { createPlanner } from '../../src/start/planner/planner.ts';
import { commentOf, type FakeWorld, fakeWorld, SHOP } from '../support/fakes.ts';
import { values } from '../support/values.ts';
import { say } from './commands/world.ts';
import { publish } from './publish/publication.ts';
import { push } from './rollout/proposal.ts';

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
  const outcome = await runJob(PUBLISH, world);
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
  await expect(runJob(PUBLISH, world)).rejects.toThrow('branch moved 5 times');
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
  await runJob({ kind: 'sweep', repository: SHOP }, world);
  expect(world.enqueued).toEqual([PUBLISH, { kind: 'review', repository: SHOP, pull: 1 }]);
  for (const job of [...world.enqueued, ...world.enqueued]) await runJob(job, world);
  expect(world.pulls.checks.get(`coalmine ${head}`)?.title).toBe('echo: canary v2 25% -> 50%');
  expect(world.pulls.checks.get(`coalmine/publish ${base}`)?.completed).toBe(false); // the routes are still to come
  expect(world.repository.tipOf('gitops')?.parents).toEqual([]);
});

test('what the host does not let us write is an answer, and the commands behind it are done all the same', async () => {
  const world = worldWithValues();
  await publish(world);
  const head = { sha: world.repository.tipOf('main')?.sha ?? '', branch: 'b', fork: false };
  world.pulls.pulls.set(1, { number: 1, open: true, ours: false, head, base: 'main' });
  world.pulls.permissions.set('writer', 'write');
  world.pulls.conversation.set(7, commentOf({ id: 7, body: '/hold echo\n/help', createdAt: world.now() }));
  const refuse = () => {
    throw new HostRefusal('Repository rule violations found: @everybody');
  };
  world.repository.interfere(refuse);
  await runJob({ kind: 'command', repository: SHOP, pull: 1, comment: 7 }, world);
  const [refusal = '', help = ''] = (world.pulls.answers.get(7) ?? '').split('\n\n').slice(1);
  expect(refusal).toMatch(/^The host doesn't let the App write this: "Repository rule violations found: .*everybody"/);
  expect(refusal).not.toContain('@everybody');
  expect(help).toMatch(/^\| line \|/);
  expect(world.pulls.written).toContain('react confused to 7');
});

describe('files that can not be listed', () => {
  const WHY = "the folder charts-values (tree 1) has too many entries, GitHub doesn't list them all";

  function unreadable(world: FakeWorld): FakeWorld {
    const treeOf = world.repository.treeOf.bind(world.repository);
    world.repository.treeOf = (sha) => ({ ...treeOf(sha), list: () => Promise.reject(new Unreadable(WHY)) });
    return world;
  }

  test.each([
    ['publication', PUBLISH, 'coalmine/publish'],
    ['review', { kind: 'review', repository: SHOP, pull: 1 } satisfies Job, 'coalmine'],
  ])('are a failed check of the %s that says which, and not tried again', async (_, job, name) => {
    const world = worldWithValues();
    push(world, { 'charts-values/new.yaml': values() });
    const planner = createPlanner();
    onTestFinished(() => planner.close());
    await runJob(job, unreadable(world), planner.decide);
    expect(world.pulls.written.at(-1)).toMatch(
      new RegExp(`^check ${name} .*: failure, stopped: the repository's files`),
    );
  });

  test('are the answer of a command', async () => {
    const world = worldWithValues();
    push(world, { 'charts-values/new.yaml': values() });
    expect(await say(unreadable(world), '/promote echo')).toContain('charts-values (tree 1) has too many entries');
  });
});
