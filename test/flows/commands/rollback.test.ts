import { describe, expect, test } from 'vitest';
import { runJob } from '../../../src/flows/run-job.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import { hear as hearFlux, later, sweep } from '../publish/parts-world.ts';
import {
  ALL,
  answersIn,
  BETA,
  commitsSince,
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
  linesBetween,
  live,
  mergesSince,
  openPull,
  publishedSince,
  release,
  SETTINGS,
  say,
  saysOf,
  subjectOf,
  talkWorld,
  V2,
  write,
} from './world.ts';

const BRANCH = 'coalmine/rollback/echo/echo';
const OPEN = 'readiness: { by: flux }\nmerge: none\n';
const ROUTE_TABLE = 'apps/echo/echo/routes/routetable-echo-routes.yaml';

/** The files of the gitops branch that a commit has changed. */
function changedBy({ repository }: FakeWorld, commit: { sha: string; parents: readonly string[] } | undefined) {
  const [before, after] = [repository.filesAt(commit?.parents[0]), repository.filesAt(commit?.sha)];
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return paths.filter((path) => before[path] !== after[path]).sort();
}

interface Start {
  readonly main: string | undefined;
  readonly gitops: string | undefined;
}

function startOf({ repository }: FakeWorld): Start {
  return { main: repository.tipOf('main')?.sha, gitops: repository.tipOf('gitops')?.sha };
}

/** What came of it, commit by commit: the merges, and all of the gitops branch. */
async function endOf(world: FakeWorld, { main, gitops }: Start) {
  const [merges, commits] = [await mergesSince(world, main), await commitsSince(world, gitops)];
  return { merges: merges.map(subjectOf), gitops: commits.map(subjectOf), commits };
}

/** It is rolled back at once: one merge, one commit of one file, and the hold behind it. */
async function expectAtOnce(world: FakeWorld, start: Start, headline: string): Promise<void> {
  const { merges, gitops, commits } = await endOf(world, start);
  expect(merges).toEqual([`echo: ${headline} (#2)`]);
  expect(gitops).toEqual([`echo: ${headline}`, 'echo: hold']);
  const [published, hold] = commits;
  expect(changedBy(world, published)).toEqual([ROUTE_TABLE]);
  expect(changedBy(world, hold)).toEqual([HOLD_FILE]);
}

describe('where the version of before still runs', () => {
  test.each([
    ['shifting', HALF, DARK, 'canary v2 50% -> none'],
    ['shifted', ALL, DARK, 'canary v2 100% -> none'],
    ['header', HEADER, DARK, 'canary v2 0% -> none'],
    ['draining', DRAINING, release({ versions: ['v1', 'v2'] }), 'primary v2 -> v1'],
  ])('%s: one merge, and one commit of one file', async (_, before, after, headline) => {
    for (const settings of [FLUX, DELAY]) {
      const world = await talkWorld(settings, before);
      const start = startOf(world);
      const answer = await say(world, '/rollback echo');
      expect(echoOn(world, 'main')).toBe(after);
      await expectAtOnce(world, start, headline);
      expect(answer).toContain(`**echo: ${headline}**: #2, merged as ${world.repository.tipOf('main')?.sha}.`);
      expect(answer).toContain('- echo is on hold from now on, for `/promote` and `/deploy`: `/resume echo` lifts it.');
      expect(world.repository.tipOf(BRANCH)).toBeUndefined(); // a merged branch goes
      expect(world.pulls.written).toContain('react rocket to 7');
      await live(world);
      expect((await endOf(world, start)).gitops).toHaveLength(2); // and nothing after that
    }
  });

  test('both commits say who asked, and where', async () => {
    const world = await talkWorld(FLUX, HALF);
    const start = startOf(world);
    await say(world, '/rollback echo', { author: 'other' });
    const [published, hold] = await commitsSince(world, start.gitops);
    const main = world.repository.tipOf('main');
    expect(published?.message.split('\n\n')[1]?.trimEnd().split('\n')).toEqual([
      `Source-Commit: ${main?.sha}`,
      'Pull-Request: #2',
      'Requested-By: other',
      'Command: 7',
      'Release: echo/echo',
      'Traffic: echo v1 100%',
    ]);
    expect(hold?.message.split('\n\n')[1]?.trimEnd().split('\n')).toEqual([
      `Source-Commit: ${main?.sha}`,
      'Pull-Request: #1',
      'Requested-By: other',
      'Command: 7',
      'Release: echo/echo',
      'Hold: set',
      'Reason: rolled back in #\u200b1',
    ]);
    expect(world.repository.filesOf('gitops')[HOLD_FILE]).toBe(
      `when: "${world.now().toISOString()}"\nwho: other\nwhy: "rolled back in #1"\n`,
    );
    expect(saysOf(main, 'Requested-By')).toEqual(['other']);
  });

  test('a version is named: it takes all of the traffic, past the canary', async () => {
    const all = ['v1', 'v2', 'v3'];
    const world = await talkWorld(FLUX, DRAINING);
    const start = startOf(world);
    world.repository.push({
      branch: 'main',
      files: { [ECHO]: release({ versions: all, primary: 'v2', canary: 'v3', weight: 10 }) },
    });
    await live(world);
    const answer = await say(world, '/rollback echo v1');
    expect(echoOn(world, 'main')).toBe(release({ versions: all }));
    expect(answer).toContain('v2 and v3 stay deployed, without traffic');
    expect((await endOf(world, start)).merges).toHaveLength(2);
  });
});

test('an idle version beside it is never dropped: there is nothing to go back to, and the answer says so', async () => {
  const world = await talkWorld(FLUX, DARK);
  const start = startOf(world);
  const answer = await say(world, '/rollback echo');
  expect(answer).toMatch(/^echo: v1 has served everything since \d{4}-\d\d-\d\d, and there was never another primary/);
  expect(startOf(world)).toEqual(start);
});

describe('a second /rollback', () => {
  test('changes nothing, whether the first is published or not, and says how to go further back', async () => {
    const world = await talkWorld(FLUX, DRAINING);
    world.repository.push({
      branch: 'main',
      files: {
        [ECHO]: release({ versions: ['v1', 'v2'], primary: 'v2', weight: 50, canary: 'v3' }).replace(
          '  v2:',
          '  v3:\n    image: example.com/echo:v3\n  v2:',
        ),
      },
    });
    await live(world);
    expect(await say(world, '/rollback echo')).toContain('#2, merged as');
    const start = startOf(world);
    const text = echoOn(world, 'main');
    expect(text).toContain('  v3:');
    expect(await say(world, '/rollback echo')).toContain(
      'already rolled back in #2, v2 serves everything; to go further back, name the version. Nothing was done. To type: `/rollback echo to v1`',
    );
    expect(startOf(world)).toEqual(start);
    expect(await say(world, '/rollback echo to v1')).toContain('primary v2 -> v1');
    expect(echoOn(world, 'main')).toContain('  v3:');
  });

  test('after the routes were changed again is about that change', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/rollback echo');
    await live(world);
    world.repository.push({ branch: 'main', files: { [ECHO]: HALF } });
    await live(world);
    expect(await say(world, '/rollback echo')).toContain('canary v2 50% -> none');
    expect(echoOn(world, 'main')).toBe(DARK);
  });

  test('after something else was changed is still the second', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/rollback echo');
    await live(world);
    world.repository.push({ branch: 'main', files: { [ECHO]: DARK.replace('echo:v2', 'echo:v2.1') } });
    await live(world);
    expect(await say(world, '/rollback echo')).toContain('already rolled back in #2');
  });
});

describe('what is merged and not published', () => {
  test.each([
    ['a primary that is not there', release({ versions: ['v1', 'v3'], primary: 'v1' }), 'v11', 'v1'],
    ['a new primary that never becomes ready', release({ versions: ['v1', 'v2'], primary: 'v1' }), 'v9', 'v1'],
  ])('%s: routes go back to what serves, and no version goes', async (_, before, primary, serving) => {
    const world = await talkWorld(FLUX, before);
    const isTypo = primary === 'v11';
    const wanted = before.replace(`version: ${serving}`, `version: ${primary}`);
    const added = isTypo
      ? wanted
      : wanted.replace('deployment:\n', 'deployment:\n  v9:\n    image: example.com/echo:v9\n');
    world.repository.push({ branch: 'main', files: { [ECHO]: added } });
    await sweep(world);
    const deployments = () =>
      Object.keys(world.repository.filesOf('gitops')).filter((path) => /deployment-/.test(path));
    const running = deployments();
    expect(await say(world, '/rollback echo')).toContain(
      'was not published yet, and is taken back: v1 serves everything',
    );
    expect(echoOn(world, 'main')).toBe(isTypo ? before : added.replace('version: v9', 'version: v1'));
    await live(world);
    expect(deployments()).toEqual(running);
    expect(await say(world, '/rollback echo')).toContain('already rolled back in #2, v1 serves everything');
  });

  test('a version whose removal is not published yet stays, with its block', async () => {
    const world = await talkWorld(FLUX, DRAINING);
    world.repository.push({ branch: 'main', files: { [ECHO]: release({ primary: 'v3' }) } });
    await sweep(world);
    await say(world, '/rollback echo');
    const text = echoOn(world, 'main');
    for (const version of ['v2', 'v3'])
      expect(text).toContain(`  ${version}:\n    image: example.com/echo:${version}\n`);
    expect(text).toContain('    version: v2\n');
  });
});

describe('stable: the primary of before is taken from the history', () => {
  const OLD = release().replace('echo:v1', 'echo:v1.0 # the good one');

  test.each([
    ['by flux', FLUX],
    ['by delay', DELAY],
  ])('it is started first, and takes the traffic once it is ready, %s', async (_, settings) => {
    const world = await talkWorld(settings, OLD);
    world.repository.push({ branch: 'main', files: { [ECHO]: V2 } });
    await live(world);
    if (settings === DELAY) await say(world, '/resume echo');
    await live(world);
    expect(world.repository.filesOf('gitops')['apps/echo/echo/workloads/deployment-echo-v1.yaml']).toBeUndefined();
    const start = startOf(world);
    const answer = await say(world, '/rollback echo');
    expect(answer).toContain("v1 doesn't run any more, so this is a rollout forward: it is started first");
    expect((await endOf(world, start)).gitops).toEqual(['echo: start v1 (1/2)', 'echo: hold']);
    expect(linesBetween(V2, echoOn(world, 'main'))).toEqual([
      '-    version: v2',
      '+  v1:',
      '+    image: example.com/echo:v1.0',
      '+    version: v1',
    ]);
    await live(world); // the hold is in nobody's way
    const { gitops, commits } = await endOf(world, start);
    expect(gitops).toEqual(['echo: start v1 (1/2)', 'echo: hold', 'echo: switch routes to v1 (2/2)']);
    for (const commit of [commits[0], commits[2]]) {
      expect(saysOf(commit, 'Requested-By')).toEqual(['writer']);
      expect(saysOf(commit, 'Command')).toEqual([settings === DELAY ? '8' : '7']);
      expect(saysOf(commit, 'Pull-Request')).toEqual(['#2']);
    }
    expect(changedBy(world, commits[2])).toEqual([ROUTE_TABLE]);
  });

  test('an image that was changed in place is changed back', async () => {
    const world = await talkWorld(FLUX, OLD);
    world.repository.push({ branch: 'main', files: { [ECHO]: OLD.replace('v1.0 # the good one', 'v1.1') } });
    await live(world);
    const start = startOf(world);
    const answer = await say(world, '/rollback echo');
    expect(answer).toContain('v1 runs what it ran before: its pods are replaced in place');
    expect(echoOn(world, 'main')).toContain('    image: example.com/echo:v1.0\n');
    const { gitops, commits } = await endOf(world, start);
    expect(gitops).toHaveLength(2);
    expect(changedBy(world, commits[0])).toEqual(['apps/echo/echo/workloads/deployment-echo-v1.yaml']);
  });

  test('a name chooses among those of before', async () => {
    const world = await talkWorld(FLUX, release());
    for (const primary of ['v2', 'v3']) {
      world.repository.push({ branch: 'main', files: { [ECHO]: release({ primary }) } });
      await live(world);
    }
    await say(world, '/rollback echo v1');
    expect(echoOn(world, 'main')).toBe(release({ versions: ['v1', 'v3'].reverse(), primary: 'v1' }));
  });

  test.each([
    ['/rollback echo', 'and there was never another primary'],
    ['/rollback echo to v7', 'it has no version "v7"; did you mean "v1"? It has v1'],
  ])('%s where there never was one: nothing is done, and nothing held', async (line, expected) => {
    const world = await talkWorld(FLUX);
    const start = startOf(world);
    const answer = await say(world, line);
    expect(answer).toContain(expected);
    expect(answer).toContain('Nothing was done.');
    expect(startOf(world)).toEqual(start);
  });
});

describe('nothing stands in its way', () => {
  test.each<[string, string, (world: FakeWorld) => Promise<unknown>, string]>([
    [
      'a soak, gates and the size of steps',
      `${FLUX}rollout: { soak: 1h, gates: [errors], maxStep: 5 }\n`,
      async () => {},
      HALF,
    ],
    [
      'failures that Flux reports, of routes',
      FLUX,
      (world) => hearFlux(world, 'echo-routes', { failed: 'no matches for kind "RouteTable"' }),
      HALF,
    ],
    [
      'failures that Flux reports, of workloads',
      FLUX,
      (world) => hearFlux(world, 'echo-workloads', { failed: 'timeout waiting for: [Deployment/echo/echo-v2]' }),
      HALF,
    ],
    ['owners of the values file', FLUX, (world) => own(world), HALF],
  ])('not %s', async (_, settings, prepare, echo) => {
    const world = await talkWorld(settings, echo);
    await prepare(world);
    const start = startOf(world);
    expect(await say(world, '/rollback echo')).toContain('#2, merged as');
    expect(echoOn(world, 'main')).toBe(DARK);
    const [published, ...more] = (await endOf(world, start)).commits;
    expect(changedBy(world, published)).toContain(ROUTE_TABLE);
    expect(more.map(subjectOf)).toEqual(['echo: hold']);
  });

  async function own({ repository }: FakeWorld): Promise<void> {
    repository.push({ branch: 'main', files: { CODEOWNERS: '* @boss\n' } });
  }

  test('not what is not published yet: that is what is taken back', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { [ECHO]: release({ weight: 70 }) } });
    expect(await say(world, '/rollback echo')).toContain('canary v2 70% -> 50%');
    expect(echoOn(world, 'main')).toBe(HALF);
  });

  test('not a cluster that has been silent since', async () => {
    const world = await talkWorld(FLUX, HEADER);
    await say(world, '/promote echo');
    const start = startOf(world);
    world.advance(100_000); // nobody hears of Flux any more
    expect(await say(world, '/rollback echo')).toContain('#3, merged as');
    const { gitops, commits } = await endOf(world, start);
    expect(gitops).toEqual(['echo: canary v2 50% -> none', 'echo: hold']);
    expect(changedBy(world, commits[0])).toEqual([ROUTE_TABLE]);
  });

  test('not a hold, and that one stays', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/hold echo "a look at the errors"', { author: 'other' });
    const [start, held] = [startOf(world), world.repository.filesOf('gitops')[HOLD_FILE]];
    const answer = await say(world, '/rollback echo');
    expect(answer).toContain('- echo is on hold: `/resume echo` lifts it.');
    expect(echoOn(world, 'main')).toBe(DARK);
    expect((await endOf(world, start)).gitops).toEqual(['echo: canary v2 50% -> none']);
    expect(world.repository.filesOf('gitops')[HOLD_FILE]).toBe(held);
  });

  test.each([
    ['an error in what they say', HALF.replace('version: v1\n', 'version: v9\n')],
    ['no YAML', `${HALF}\t: {\n`],
  ])('not values with errors: traffic stays what is published, and the values say so again (%s)', async (_, broken) => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { [ECHO]: broken } });
    await live(world);
    const start = startOf(world);
    const answer = await say(world, '/rollback echo');
    expect(answer).toContain('back to v1 50% v2 50%');
    expect(echoOn(world, 'main')).toBe(HALF);
    await live(world);
    expect((await endOf(world, start)).commits.flatMap((commit) => changedBy(world, commit))).toEqual([HOLD_FILE]);
  });

  test('not an error elsewhere in the values: the canary goes, and the file is as it was last published', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({
      branch: 'main',
      files: { [ECHO]: HALF.replace('image: example.com/echo:v2', 'imagee: x') },
    });
    await live(world);
    expect(await say(world, '/rollback echo')).toContain('so it is taken back to how it was last published');
    expect(echoOn(world, 'main')).toBe(DARK);
  });

  test.each([
    ['rollback', 'readiness: { by: flux }\n'],
    ['all', FLUX],
  ])('with "merge: %s" it is merged', async (_, settings) => {
    const world = await talkWorld(settings, HALF);
    expect(await say(world, '/rollback echo')).toContain('#2, merged as');
    expect(echoOn(world, 'main')).toBe(DARK);
  });

  test('but who may only read may not', async () => {
    const world = await talkWorld(FLUX, HALF);
    const start = startOf(world);
    expect(await say(world, '/rollback echo', { author: 'reader' })).toContain(
      '`/rollback` takes the permission `write`',
    );
    expect(startOf(world)).toEqual(start);
  });
});

describe('where it may not be merged', () => {
  test('"merge: none": it is open, and the hold is there already', async () => {
    const world = await talkWorld(OPEN, HALF);
    const start = startOf(world);
    const answer = await say(world, '/rollback echo');
    expect(answer).toContain('#2, open: somebody who may merge it does (`merge: none`).');
    expect(answer).toContain('is on hold from now on');
    expect((await endOf(world, start)).merges).toEqual([]);
    expect((await endOf(world, start)).gitops).toEqual(['echo: hold']);
    expect(echoOn(world, BRANCH)).toBe(DARK);
    expect(await world.pulls.fetchPull(2)).toMatchObject({ open: true, ours: true, base: 'main' });
  });

  const WORDS = 'Required <b>review</b> @org/team, *now*';

  test('the host refuses: the answer has its words, and the hold is there already', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.pulls.protection = WORDS;
    const start = startOf(world);
    const answer = await say(world, '/rollback echo');
    expect(answer).toContain('#2, **not merged**: "');
    expect(answer).not.toContain('<b>');
    expect(answer).not.toContain('*now*,');
    expect(answer).not.toMatch(/(?<![\w`\\&;])@org/);
    expect(answer).toContain('is on hold from now on');
    expect((await endOf(world, start)).gitops).toEqual(['echo: hold']);
    expect(echoOn(world, 'main')).toBe(HALF);
    expect(echoOn(world, BRANCH)).toBe(DARK);

    world.pulls.protection = undefined;
    expect(await say(world, '/rollback echo')).toContain(`#2, merged as ${world.repository.tipOf('main')?.sha}`);
    expect(echoOn(world, 'main')).toBe(DARK);
    expect(world.pulls.pulls.size).toBe(2);
    const { merges, gitops } = await endOf(world, start);
    expect(merges).toHaveLength(1);
    expect(gitops).toEqual(['echo: hold', 'echo: canary v2 50% -> none']);
  });

  test('a person who merges it is not who asked for it', async () => {
    const world = await talkWorld(OPEN, HALF);
    await say(world, '/rollback echo', { author: 'other' });
    const pull = world.pulls.pulls.get(2);
    const head = world.repository.tipOf(BRANCH)?.sha ?? '';
    const onto = [world.repository.tipOf('main')?.sha ?? '', head];
    const mergeCommit = world.repository.push({ branch: 'main', onto, files: { [ECHO]: DARK }, author: 'admin' });
    if (pull)
      world.pulls.pulls.set(2, {
        ...pull,
        head: { ...pull.head, sha: head },
        open: false,
        mergeCommit,
        mergedBy: 'admin',
      });
    const start = startOf(world);
    await live(world);
    const [published] = await publishedSince(world, start.gitops);
    expect(saysOf(published, 'Requested-By')).toEqual(['other']);
    expect(saysOf(published, 'Command')).toEqual(['7']);
  });
});

test('a promotion of ours that is still open is named', async () => {
  const world = await talkWorld('readiness: { by: flux }\n', HEADER);
  await say(world, '/promote echo');
  expect(await say(world, '/rollback echo')).toContain(
    '- #2 still asks for a promotion: close it, unless it is wanted later',
  );
  expect(await world.pulls.fetchPull(2)).toMatchObject({ open: true });
  expect(echoOn(world, 'main')).toBe(DARK);
});

test('it is never written to the pull request that it was said on', async () => {
  const world = await talkWorld(FLUX, HALF);
  const pull = openPull(world, { [ECHO]: ALL });
  const head = world.repository.tipOf(`change-${pull}`)?.sha;
  expect(await say(world, '/rollback', { pull })).toContain(`#${pull + 1}, merged as`);
  expect(world.repository.tipOf(`change-${pull}`)?.sha).toBe(head);
  expect(echoOn(world, 'main')).toBe(DARK);
});

test('two releases in one comment are a merge each, and a hold each', async () => {
  const world = await talkWorld(FLUX, { [ECHO]: HALF, [BETA]: HALF });
  const start = startOf(world);
  const answer = await say(world, '/rollback echo beta');
  expect(answer.match(/merged as/g)).toHaveLength(2);
  expect(echoOn(world, 'main')).toBe(DARK);
  expect(world.repository.filesOf('main')[BETA]).toBe(DARK);
  expect((await endOf(world, start)).merges).toHaveLength(2);
  const published = await publishedSince(world, start.gitops);
  expect(published.flatMap((commit) => saysOf(commit, 'Release')).sort()).toEqual(['beta/beta', 'echo/echo']);
  const holds = await holdsSince(world, start.gitops);
  expect(holds.flatMap((commit) => saysOf(commit, 'Release')).sort()).toEqual(['beta/beta', 'echo/echo']);
  const held = Object.keys(world.repository.filesOf('gitops')).filter((path) => path.startsWith('.coalmine/holds/'));
  expect(held.sort()).toEqual(['.coalmine/holds/beta/beta.yml', HOLD_FILE]);
});

test('two people within a second: the canary is off, and its version is not dropped by the second', async () => {
  const world = await talkWorld(FLUX, HALF);
  const start = startOf(world);
  const first = write(world, '/rollback echo');
  const second = write(world, '/rollback echo', { author: 'other', createdAt: first.createdAt });
  await hear(world, first);
  expect(await hear(world, second)).toContain('already rolled back in #2, v1 serves everything');
  expect(echoOn(world, 'main')).toBe(DARK);
  expect((await endOf(world, start)).merges).toHaveLength(1);
  expect(await holdsSince(world, start.gitops)).toHaveLength(1);
  expect(answersIn(world)).toHaveLength(2);
  world.advance(60);
  expect(await say(world, '/rollback echo', { author: 'other' })).toContain('already rolled back in #2');
  expect(echoOn(world, 'main')).toBe(DARK);
});

test('after it, the next promotion waits for /resume, and goes on from where it went back to', async () => {
  const world = await talkWorld(FLUX, HALF);
  await say(world, '/rollback echo');
  await live(world);
  expect(await say(world, '/promote echo')).toContain('it is on hold, by `writer`');
  expect(await say(world, '/deploy echo v3')).toContain('it is on hold, by `writer`');
  expect(echoOn(world, 'main')).toBe(DARK);
  await say(world, '/resume echo');
  expect(world.repository.filesOf('gitops')[HOLD_FILE]).toBeUndefined();
  expect(await say(world, '/promote echo')).toContain('merged as');
  expect(echoOn(world, 'main')).toBe(HEADER);
});

test('the publication doesn’t wait for the next job, and the hold is behind it', async () => {
  const world = await talkWorld(FLUX, HALF);
  const start = startOf(world);
  await runJob(jobOf(write(world, '/rollback echo')), world); // without the queue
  expect((await endOf(world, start)).gitops).toEqual(['echo: canary v2 50% -> none', 'echo: hold']);
  await later(world, 1000);
  expect((await endOf(world, start)).gitops).toHaveLength(2);
  expect(world.repository.filesOf('main')[SETTINGS]).toBe(FLUX);
});
