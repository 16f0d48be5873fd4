import { describe, expect, test } from 'vitest';
import type { FakeWorld } from '../../support/fakes.ts';
import {
  beginReview,
  commitsSince,
  DARK,
  DRAINING,
  ECHO,
  echoOn,
  FLUX,
  HALF,
  HEADER,
  HOLD_FILE,
  linesBetween,
  live,
  mergesSince,
  openPull,
  release,
  say,
  saysOf,
  stateOf,
  subjectOf,
  talkWorld,
} from './world.ts';

const OPEN = 'readiness: { by: flux }\nmerge: none\n';
const BRANCH = 'coalmine/deploy/echo/echo';

/** Says it, and expects that nothing came of it but an answer. */
async function refused(world: FakeWorld, body: string, more: Parameters<typeof say>[2] = {}): Promise<string> {
  const before = stateOf(world);
  const answer = await say(world, body, more);
  expect(answer).toContain('Nothing was done.');
  expect(stateOf(world)).toEqual(before);
  expect(world.pulls.written.at(-2)).toMatch(/^react confused to /);
  return answer;
}

/** A primary with more to copy than an image. */
const RICH = release().replace(
  '    image: example.com/echo:v1\n',
  '    image: example.com/echo:v1 # pinned\n    replicas: 3\n    env:\n      MODE: fast\n',
);

describe('a version of another name', () => {
  test('is a copy of the primary, with that image, and takes no traffic', async () => {
    const world = await talkWorld(FLUX, RICH);
    const [main, gitops] = [world.repository.tipOf('main')?.sha, world.repository.tipOf('gitops')?.sha];
    const answer = await say(world, '/deploy echo v2 example.com/echo:next');
    expect(answer).toContain(`#2, merged as ${world.repository.tipOf('main')?.sha}`);
    expect(linesBetween(RICH, echoOn(world, 'main'))).toEqual([
      '+  v2:',
      '+    image: example.com/echo:next',
      '+    replicas: 3',
      '+    env:',
      '+      MODE: fast',
    ]);
    const merges = await mergesSince(world, main);
    expect(merges.map(subjectOf)).toEqual(['echo: starts v2 (#2)']);
    const published = await commitsSince(world, gitops);
    expect(published.map(subjectOf)).toEqual(['echo: starts v2']);
    expect(saysOf(published[0], 'Traffic')).toEqual([]);
    expect(saysOf(published[0], 'Requested-By')).toEqual(['writer']);
    expect(saysOf(published[0], 'Command')).toEqual(['7']);
    expect(world.repository.filesOf('gitops')['apps/echo/echo/workloads/deployment-echo-v2.yaml']).toContain(
      'example.com/echo:next',
    );
  });

  test('without an image it runs that of the primary', async () => {
    const world = await talkWorld(FLUX);
    await say(world, '/deploy echo v2');
    expect(linesBetween(release(), echoOn(world, 'main'))).toEqual(['+  v2:', '+    image: example.com/echo:v1']);
  });

  test('of the only release of the pull request its name may be left out', async () => {
    const world = await talkWorld(FLUX);
    const pull = openPull(world, { [ECHO]: `# why\n${release()}` });
    await say(world, '/deploy v2 example.com/echo:v2', { pull });
    expect(echoOn(world, `change-${pull}`)).toBe(`# why\n${DARK}`);
    expect(echoOn(world, 'main')).toBe(release());
  });

  test('is what the next promotion promotes', async () => {
    const world = await talkWorld(FLUX);
    await say(world, '/deploy echo v2 example.com/echo:v2');
    await live(world);
    await say(world, '/promote echo');
    expect(echoOn(world, 'main')).toBe(HEADER);
  });
});

describe('a version that is there', () => {
  test('gets another image where it takes no traffic', async () => {
    const world = await talkWorld(FLUX, DARK);
    await say(world, '/deploy echo v2 example.com/echo:v2.1');
    expect(linesBetween(DARK, echoOn(world, 'main'))).toEqual([
      '-    image: example.com/echo:v2',
      '+    image: example.com/echo:v2.1',
    ]);
  });

  test('begins again at 0% where it is the canary', async () => {
    const world = await talkWorld(FLUX, HALF);
    const answer = await say(world, '/deploy echo v2 example.com/echo:v2.1');
    expect(answer).toContain('v2 was the canary with 50%: it begins again at 0%');
    expect(linesBetween(HALF, echoOn(world, 'main')).toSorted()).toEqual([
      '+    image: example.com/echo:v2.1',
      '+    weight: 0',
      '-    image: example.com/echo:v2',
      '-    weight: 50',
    ]);
  });

  test('that was the primary can be gone back to no more, and the answer says so', async () => {
    const world = await talkWorld(FLUX, DRAINING);
    expect(await say(world, '/deploy echo v1 example.com/echo:v1.1')).toContain(
      "v1 was the primary, and `/rollback` can't go back to that at once any more",
    );
  });

  test.each([
    [
      '/deploy echo v1 example.com/echo:v3',
      'v1 is the primary, and what changes in it reaches all of its traffic at once',
    ],
    ['/deploy echo v2', 'v2 is deployed already; with an image it would run that one'],
    ['/deploy echo v2 example.com/echo:v2', 'v2 runs that image already'],
  ])('%s is refused', async (line, expected) => {
    expect(await refused(await talkWorld(FLUX, DARK), line)).toContain(expected);
  });
});

test.each([
  ['/deploy', 'This pull request changes no release, and none is named'],
  ['/deploy echo', 'Nothing was done. It is written `/deploy [release] version [image]`'],
  ['/deploy echo v2 image more', 'No release is called `v2`'],
  ['/deploy ecoh v2', 'No release is called `ecoh`. Did you mean `echo`?'],
  [
    '/deploy echo v2 "why"',
    'is in quotes, and it takes no reason. Nothing was done. It is written `/deploy [release] version [image]`',
  ],
  ['/deploy echo v2 --force "why"', 'there is no option --force'],
  ['/deploy echo V_2', 'the values would have an error'],
])('%s is refused', async (line, expected) => {
  const answer = await refused(await talkWorld(FLUX), line);
  expect(answer).toContain(expected);
});

describe('a hold stops it', () => {
  test('whoever set it, until it is lifted', async () => {
    const world = await talkWorld(FLUX);
    await say(world, '/hold echo "not on a Friday"', { author: 'other' });
    expect(await refused(world, '/deploy echo v2')).toMatch(
      /^echo: it is on hold, by `other` since .*: not on a Friday\. Nothing was done\. To type: `\/resume echo`/,
    );
    expect(world.repository.filesOf('gitops')[HOLD_FILE]).toBeDefined();
    await say(world, '/resume echo');
    expect(await say(world, '/deploy echo v2')).toContain('merged as');
  });
});

describe('where it is written', () => {
  test('to a pull request of its own, open where the settings say so; asked for once more it is the same', async () => {
    const world = await talkWorld(OPEN);
    expect(await say(world, '/deploy echo v2 example.com/echo:v2')).toContain(
      '#2, open: somebody who may merge it does',
    );
    expect(echoOn(world, BRANCH)).toBe(DARK);
    expect(echoOn(world, 'main')).toBe(release());
    expect(world.pulls.proposals.get(2)?.title).toBe('echo: starts v2');
    expect(world.pulls.proposals.get(2)?.body).toContain(
      '`writer` asked for this in #1: `/deploy echo v2 example.com/echo:v2`',
    );
    const before = stateOf(world);
    expect(await say(world, '/deploy echo v2 example.com/echo:v2')).toContain('#2 asks for that already');
    expect(stateOf(world)).toEqual(before);
  });

  test('to the branch of an open pull request about the release', async () => {
    const world = await talkWorld(FLUX);
    const text = `# why\n${release()}`;
    const pull = openPull(world, { [ECHO]: text });
    const head = world.repository.tipOf(`change-${pull}`)?.sha;
    const answer = await say(world, '/deploy echo v2', { pull });
    const tip = world.repository.tipOf(`change-${pull}`);
    expect(tip?.parents).toEqual([head]);
    expect(answer).toContain(`written to \`change-${pull}\` as ${tip?.sha}`);
    expect(saysOf(tip, 'Command')).toEqual(['7']);
    expect(linesBetween(text, echoOn(world, `change-${pull}`))).toEqual(['+  v2:', '+    image: example.com/echo:v1']);
    beginReview(world, `change-${pull}`);
    expect(await refused(world, '/deploy echo v2', { pull })).toContain('this pull request asks for that already');
  });

  test('not to a fork: the answer has the patch', async () => {
    const world = await talkWorld(FLUX);
    const pull = openPull(world, { [ECHO]: `# why\n${release()}` }, { fork: true });
    const answer = await refused(world, '/deploy echo v2', { pull });
    expect(answer).toContain('its branch is in a fork, where we may not write');
    const patch = /```diff\n([\s\S]*)```/.exec(answer)?.[1]?.split('\n') ?? [];
    expect(patch.filter((line) => /^[-+] /.test(line))).toEqual(['+  v2:', '+    image: example.com/echo:v1']);
  });
});

test('the owner of the values file has to be the one who asks', async () => {
  const world = await talkWorld(FLUX);
  world.pulls.permissions.set('boss', 'write');
  world.repository.push({ branch: 'main', files: { CODEOWNERS: '* @boss\n' } });
  await live(world);
  expect(await refused(world, '/deploy echo v2')).toContain(
    'is owned by `@boss` (`CODEOWNERS`, line 1); not by `writer`',
  );
  expect(await refused(world, '/deploy echo v2', { author: 'reader' })).toContain('takes the permission `write`');
  expect(await say(world, '/deploy echo v2', { author: 'boss' })).toContain('merged as');
});
