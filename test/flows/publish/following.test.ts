import { describe, expect, test } from 'vitest';
import { FOLLOWING_MARKER } from '../../../src/core/report/following.ts';
import { splitSection } from '../../../src/core/report/section.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import {
  answerTo,
  BETA,
  DARK,
  DELAY,
  ECHO,
  echoOn,
  FLUX,
  HALF,
  HEADER,
  jobOf,
  live,
  openPull,
  publishedSince,
  release,
  say,
  saysOf,
  subjectOf,
  talkWorld,
  V2,
  write,
} from '../commands/world.ts';
import { hear as hearFlux, later, runQueue } from './parts-world.ts';

/** What an answer says of how it goes on: what serves, without the bar, and the line below. */
function followed(world: FakeWorld, id = 7): string | undefined {
  return (
    splitSection(answerTo(world, { id }), FOLLOWING_MARKER).section.replace(/```text\n[^`]*```\n/g, '') || undefined
  );
}

const WAITS = 'Waits for cluster `default` (last heard 2026-05-04 12:00:34 UTC).';

const ASSUMED = 'No cluster says so: some time after its commit a part is taken for applied (`readiness.by: delay`).';

const sha = (world: FakeWorld) => world.repository.tipOf('gitops')?.sha.slice(0, 7);

describe('an answer follows what it has led to', () => {
  test('step by step, and ends with what serves', async () => {
    const world = await talkWorld(FLUX, HEADER);
    await say(world, '/promote echo');
    const commit = sha(world);
    expect(followed(world)).toBe(
      `### echo: v1 serves everything, as last confirmed\n- echo: published in \`${commit}\`, not applied yet\n  ${WAITS}`,
    );
    await hearFlux(world, 'echo-routes', { failed: 'no matches for kind "RouteTable"' });
    expect(followed(world)).toBe(
      `### echo: v1 serves 50% and v2 50%\n- echo: published in \`${commit}\`, **failed**\n  Flux (default, routes): \`no matches for kind "RouteTable"\``,
    );
    await live(world);
    expect(followed(world)).toBe(`### echo: v1 serves 50% and v2 50%\n- echo: published in \`${commit}\`, applied`);
    expect(answerTo(world, { id: 7 })).toContain('#2, merged as'); // what it said stays
    expect(answerTo(world, { id: 7 }).split(FOLLOWING_MARKER)).toHaveLength(2);
  });

  test('where the cluster is silent it says that nothing is known', async () => {
    const world = await talkWorld(FLUX, HEADER);
    await say(world, '/promote echo');
    await later(world, 100_000);
    expect(followed(world)).toContain('**unknown**');
    expect(followed(world)).toMatch(/^### echo: what serves is unknown; last confirmed: v1 serves everything\n/);
  });

  test('by delay it says that it is only assumed', async () => {
    const world = await talkWorld(DELAY, HEADER);
    await say(world, '/promote echo');
    await live(world);
    expect(followed(world)).toBe(
      `### echo: v1 serves 50% and v2 50%, as far as time tells\n- echo: published in \`${sha(world)}\`, taken for applied`,
    );
  });

  test('a rollback, with the hold behind it', async () => {
    const world = await talkWorld(FLUX, HALF);
    const start = world.repository.tipOf('gitops')?.sha;
    await say(world, '/rollback echo');
    const [published] = await publishedSince(world, start);
    const commit = published?.sha.slice(0, 7);
    expect(sha(world)).not.toBe(commit);
    expect(followed(world)).toBe(
      `### echo: v1 serves 50% and v2 50%, as last confirmed\n- echo: published in \`${commit}\`, not applied yet\n  ${WAITS}`,
    );
    await live(world);
    expect(followed(world)).toBe(`### echo: v1 serves everything\n- echo: published in \`${commit}\`, applied`);
  });

  test('part by part, where it takes several', async () => {
    const world = await talkWorld(FLUX);
    world.repository.push({ branch: 'main', files: { [ECHO]: V2 } });
    await live(world);
    await say(world, '/rollback echo');
    expect(followed(world)).toMatch(/\(part 1 of 2\), not applied yet, waits until v1 is ready/);
    await live(world);
    expect(followed(world)).toBe(
      `### echo: v1 serves everything\n- echo: published in \`${sha(world)}\` (part 2 of 2), applied`,
    );
  });

  test('a part that somebody’s /resume lets go', async () => {
    const world = await talkWorld(DELAY);
    world.repository.push({ branch: 'main', files: { [ECHO]: V2 } });
    await live(world);
    await say(world, '/resume echo');
    expect(followed(world)).toMatch(/ \(part 3 of 3\), /); // no pull request has brought it; the answer let it go
    const pull = openPull(world, { [ECHO]: release() }, { open: false });
    const mergeCommit = world.repository.push({ branch: 'main', files: { [ECHO]: release() } });
    const known = world.pulls.pulls.get(pull);
    if (known) world.pulls.pulls.set(pull, { ...known, mergeCommit, mergedBy: 'admin' });
    await live(world);
    await say(world, '/resume', { pull });
    const commit = sha(world);
    expect(followed(world, 8)).toBe(
      `### echo: v1 serves everything, as far as time tells\n- echo: published in \`${commit}\` (part 3 of 3), not applied yet\n  ${ASSUMED}`,
    );
    await live(world);
    expect(followed(world, 8)).toBe(
      `### echo: v1 serves everything, as far as time tells\n- echo: published in \`${commit}\` (part 3 of 3), taken for applied`,
    );
  });

  test('though another process has published it before the answer was there', async () => {
    const world = await talkWorld(FLUX, HEADER);
    const { pulls } = world;
    const writeComment: typeof pulls.writeComment = async (comment) => {
      await runQueue(world);
      await pulls.writeComment(comment);
    };
    await runJob(jobOf(write(world, '/promote echo')), { ...world, pulls: { ...pulls, writeComment } });
    await runQueue(world);
    expect(followed(world)).toContain(`\n- echo: published in \`${sha(world)}\`, not applied yet`);
  });

  test('only that of its own release, and no longer once another command has moved it', async () => {
    const world = await talkWorld(FLUX, { [ECHO]: HEADER, [BETA]: HEADER });
    await say(world, '/promote echo');
    await say(world, '/promote beta', { author: 'other' });
    await live(world, ['echo', 'beta']);
    expect(followed(world, 7)).toMatch(/^### echo: v1 serves 50% and v2 50%\n- echo: [^\n]* applied$/);
    expect(followed(world, 8)).toMatch(/^### beta: v1 serves 50% and v2 50%\n- beta: [^\n]* applied$/);
    await say(world, '/promote echo');
    await live(world, ['echo', 'beta']);
    expect(followed(world, 7)).toMatch(
      /^\*\*echo: superseded by #4\*\*: canary v2 50% -> 100%\. At that time \([^)]*\) v1 serves 50% and v2 50%:/,
    );
    expect(followed(world, 9)).toMatch(/^### echo: v2 serves everything\n/);
  });

  test('nothing, where nothing was published for it', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/status echo');
    await say(world, '/hold echo');
    await say(world, '/promote echo');
    await live(world);
    expect([7, 8, 9].map((id) => followed(world, id))).toEqual([undefined, undefined, undefined]);
  });
});

describe('what is published says who asked for it', () => {
  test('also where it waits at first, and goes out later', async () => {
    const world = await talkWorld(`${FLUX}commands: { force: { users: [admin] } }\n`);
    await say(world, '/deploy echo v2 example.com/echo:v2');
    const start = world.repository.tipOf('gitops')?.sha;
    await say(world, '/promote echo full --force "no  time"', { author: 'admin' });
    expect(await publishedSince(world, start)).toEqual([]); // v2 isn't ready
    await live(world);
    const [published, ...more] = await publishedSince(world, start);
    expect(more).toEqual([]);
    expect(saysOf(published, 'Requested-By')).toEqual(['admin']);
    expect(saysOf(published, 'Command')).toEqual(['8']);
    expect(saysOf(published, 'Pull-Request')).toEqual(['#3']);
    expect(saysOf(published, 'Forced')).toEqual(['no time']);
    expect(echoOn(world, 'main')).toBe(release({ versions: ['v1', 'v2'], primary: 'v2' }));
  });

  test('two commands that go out together are named both', async () => {
    const world = await talkWorld('readiness: { by: flux }\nmerge: none\n', { [ECHO]: HEADER, [BETA]: DARK });
    await say(world, '/promote echo');
    await say(world, '/promote beta', { author: 'other' });
    const start = world.repository.tipOf('gitops')?.sha;
    for (const number of [2, 3]) {
      const pull = world.pulls.pulls.get(number);
      if (pull)
        await world.pulls.mergePull({
          pull: number,
          head: world.repository.tipOf(pull.head.branch)?.sha ?? '',
          title: 'Merge',
          message: '',
        });
    }
    await live(world, ['echo', 'beta']);
    const [published] = await publishedSince(world, start);
    expect(saysOf(published, 'Requested-By').toSorted()).toEqual(['other', 'writer']);
    expect(saysOf(published, 'Command').toSorted()).toEqual(['7', '8']);
    expect(saysOf(published, 'Pull-Request')).toEqual(['#2', '#3']);
  });

  test('a pull request of somebody’s, that a step was written to: who merged it', async () => {
    const world = await talkWorld(FLUX, HEADER);
    const pull = openPull(world, { [ECHO]: `# note\n${HEADER}` });
    await say(world, '/promote', { pull });
    const head = world.repository.tipOf(`change-${pull}`)?.sha ?? '';
    const start = world.repository.tipOf('gitops')?.sha;
    const onto = [world.repository.tipOf('main')?.sha ?? '', head];
    const mergeCommit = world.repository.push({ branch: 'main', onto, files: { [ECHO]: `# note\n${HALF}` } });
    const known = world.pulls.pulls.get(pull);
    if (known) world.pulls.pulls.set(pull, { ...known, open: false, mergeCommit, mergedBy: 'admin' });
    await live(world);
    const [published] = await publishedSince(world, start);
    expect(published && subjectOf(published)).toBe('echo: canary v2 0% -> 50%');
    expect(saysOf(published, 'Requested-By')).toEqual(['admin']);
    expect(saysOf(published, 'Pull-Request')).toEqual([`#${pull}`]);
  });
});
