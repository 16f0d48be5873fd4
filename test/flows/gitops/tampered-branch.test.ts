import { describe, expect, test } from 'vitest';
import { formatFile } from '../../../src/core/model/places.ts';
import { LIVE_REF } from '../../../src/core/readiness/live-file.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';
import {
  checkOf,
  commitsSince,
  ECHO,
  later,
  mergePull,
  only,
  settle,
  settledWorld,
  subjectOf,
  sweep,
} from '../publish/parts-world.ts';

// What people may do to the gitops branch by hand: everything there is in git, so nothing may be lost.
const FLUX = 'readiness: { by: flux }\n';
const start = () => settledWorld(FLUX, { [ECHO]: only('v1') });

const tipOf = (world: FakeWorld) => world.repository.tipOf('gitops')?.sha ?? '';
const sourceOf = (world: FakeWorld) => world.repository.tipOf('main')?.sha ?? '';
const routesOf = (world: FakeWorld) =>
  world.repository.filesOf('gitops')['apps/echo/echo/routes/routetable-echo-routes.yaml'];

/** The branch is where a person puts it. */
function reset(world: FakeWorld, sha: string): void {
  const commit = world.repository.filesAt(sha);
  world.repository.remove('gitops');
  // The fake moves refs only by commits: one that has the same tree and parent stands for the same commit.
  world.repository.push({ branch: 'gitops', files: commit, onto: [sha] });
}

describe('a deleted branch', () => {
  test('is not begun anew while clusters run what it had: the check says how to bring it back', async () => {
    const world = await start();
    const tip = tipOf(world);
    world.repository.remove('gitops');
    await sweep(world);
    expect(world.repository.tipOf('gitops')).toBeUndefined();
    expect(world.pulls.written.at(-1)).toMatch(/^check coalmine\/publish \w+: action_required/);
    const summary = checkOf(world, sourceOf(world));
    expect(summary?.completed).toBe(true);
    reset(world, tip);
    await mergePull(world, 12, { [ECHO]: values(0) });
    await settle(world, ['echo']);
    expect(world.repository.filesOf('gitops')['apps/echo/echo/workloads/deployment-echo-v2.yaml']).toBeDefined();
  });

  test('is not begun anew either where what clusters reported was made unreadable', async () => {
    const world = await start();
    await world.repository.commit({
      ref: LIVE_REF,
      expectedHead: (await world.repository.fetchCommit(LIVE_REF))?.sha,
      files: new Map([['releases/echo/echo.yml', '{[']]),
      message: 'by hand',
    });
    world.repository.remove('gitops');
    await sweep(world);
    expect(world.repository.tipOf('gitops')).toBeUndefined();
    expect(world.pulls.written.at(-1)).toContain('action_required');
  });

  test('is begun anew where no cluster was ever heard', async () => {
    const silent = await settledWorld('readiness: { by: delay }\n', { [ECHO]: only('v1') });
    silent.repository.remove('gitops');
    await sweep(silent);
    await later(silent, 100);
    expect(routesOf(silent)).toBeDefined();
  });
});

test('a branch that was set back goes forward again, in the safe order', async () => {
  const world = await start();
  const before = tipOf(world);
  await mergePull(world, 12, { [ECHO]: only('v2') });
  await settle(world, ['echo']);
  const routes = routesOf(world);
  reset(world, before);
  await sweep(world);
  await settle(world, ['echo']);
  expect(routesOf(world)).toBe(routes);
  const subjects = (await commitsSince(world, before)).map(subjectOf);
  expect(subjects.slice(1)).toEqual(['echo: start v2 (1/3)', 'echo: switch routes to v2 (2/3)', 'echo: stop v1 (3/3)']);
});

test.each([
  ['other files', { 'index.html': 'a page\n' }],
  ['our files without our mark', { 'apps/echo/echo/routes/routetable-echo-routes.yaml': 'kind: RouteTable\n' }],
])('a branch with %s is refused, and left as it is', async (_, files) => {
  const world = await start();
  world.repository.remove('gitops');
  const sha = world.repository.push({ branch: 'gitops', files, onto: [] });
  await mergePull(world, 12, { [ECHO]: only('v2') });
  expect(tipOf(world)).toBe(sha);
  expect(world.pulls.written.at(-1)).toContain('action_required');
});

test('a mark that a person removed is not made up for: the branch is refused until it is there', async () => {
  const world = await start();
  const mark = world.repository.filesOf('gitops')[formatFile()];
  world.repository.push({ branch: 'gitops', files: { [formatFile()]: undefined } });
  await mergePull(world, 12, { [ECHO]: values(0) });
  expect(world.pulls.written.slice(-2).join('\n')).toContain('action_required'); // and the comment that says so
  world.repository.push({ branch: 'gitops', files: { [formatFile()]: mark } });
  await sweep(world);
  await settle(world, ['echo']);
  expect(world.repository.filesOf('gitops')['apps/echo/echo/workloads/deployment-echo-v2.yaml']).toBeDefined();
});

test('what a person moves between the plan and its commit is looked at again', async () => {
  const world = await start();
  world.repository.interfere(() => world.repository.push({ branch: 'gitops', files: { 'README.md': 'by hand\n' } }));
  await mergePull(world, 12, { [ECHO]: values(0) });
  await settle(world, ['echo']);
  const files = world.repository.filesOf('gitops');
  expect(files['README.md']).toBe('by hand\n');
  expect(files['apps/echo/echo/workloads/deployment-echo-v2.yaml']).toBeDefined();
});

test.each([
  ['no YAML', '{['],
  ['another shape', 'default: [1, 2]\n'],
  ['too large', `${'x'.repeat(2_000_000)}`],
])('what clusters have said, made into %s by a person, is waited for again', async (_, text) => {
  const world = await start();
  await world.repository.commit({
    ref: LIVE_REF,
    expectedHead: (await world.repository.fetchCommit(LIVE_REF))?.sha,
    files: new Map([['releases/echo/echo.yml', text]]),
    message: 'by hand',
  });
  await mergePull(world, 12, { [ECHO]: only('v2') });
  const begun = tipOf(world);
  await later(world, 600);
  expect(tipOf(world)).toBe(begun); // nothing is switched that no cluster has confirmed
  await settle(world, ['echo']);
  expect(world.repository.filesOf('gitops')['apps/echo/echo/workloads/deployment-echo-v1.yaml']).toBeUndefined();
});
