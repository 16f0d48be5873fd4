import { expect, test } from 'vitest';
import { DARK, DRAINING, echoOn, FLUX, HALF, live, openPull, release, say, stateOf, talkWorld } from './world.ts';

test('removes an idle version: one merge of its block, and its Deployment goes', async () => {
  const world = await talkWorld(FLUX, DARK);
  expect(await say(world, '/drop echo v2')).toMatch(/^\*\*echo: stops v2\*\*: #2, merged as/m);
  await live(world);
  expect(echoOn(world, 'main')).toBe(release());
  expect(world.repository.filesOf('gitops')['apps/echo/echo/workloads/deployment-echo-v2.yaml']).toBeUndefined();
});

test('removes an earlier primary, as /promote does at last', async () => {
  const world = await talkWorld(FLUX, DRAINING);
  expect(await say(world, '/drop echo v1')).toContain('merged as');
  expect(echoOn(world, 'main')).toBe(release({ primary: 'v2' }));
});

test.each([
  ['the primary', DARK, '/drop echo v1', 'v1 is the primary, which is never dropped; idle: v2'],
  [
    'the canary',
    HALF,
    '/drop echo v2',
    'v2 is the canary; take it off traffic first. Nothing was done. To type: `/rollback echo`',
  ],
  ['a version that is not there', DARK, '/drop echo v3', 'it has no version "v3"; did you mean "v1"'],
  ['no version', DARK, '/drop echo', 'it takes the name of a version'],
])('refuses %s', async (_, echo, line, expected) => {
  const world = await talkWorld(FLUX, echo);
  const before = stateOf(world);
  expect(await say(world, line)).toContain(expected);
  expect(stateOf(world)).toEqual(before);
});

test('what still serves on the gitops branch is not idle, whatever the values say', async () => {
  const world = await talkWorld(FLUX, HALF);
  world.repository.push({ branch: 'main', files: { 'charts-values/echo.yaml': DARK } }); // not published yet
  expect(await say(world, '/drop echo v2')).toContain(
    'v2 is the canary; take it off traffic first. Nothing was done. To type: `/rollback echo`',
  );
});

test('is for those who may write, and own the file', async () => {
  const world = await talkWorld(FLUX, DARK);
  expect(await say(world, '/drop echo v2', { author: 'reader' })).toContain('`/drop` takes the permission `write`');
  world.repository.push({ branch: 'main', files: { CODEOWNERS: '* @boss\n' } });
  expect(await say(world, '/drop echo v2')).toContain('is owned by `@boss`');
});

test('goes to a pull request of its own, whatever the one that it is said on changes', async () => {
  const world = await talkWorld(FLUX, DARK);
  const pull = openPull(world, { 'charts-values/echo.yaml': HALF });
  expect(await say(world, '/drop echo v2', { pull })).toContain(`#${pull + 1}, merged as`);
  expect(echoOn(world, 'main')).toBe(release());
});
