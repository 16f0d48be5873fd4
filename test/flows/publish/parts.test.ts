import { describe, expect, test } from 'vitest';
import { parseMessage, trailers } from '../../../src/core/model/trailers.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';
import {
  BETA,
  checkOf,
  commitsSince,
  ECHO,
  hear,
  later,
  mergePull,
  only,
  sectionOf,
  settle,
  settledWorld,
  subjectOf,
  sweep,
} from './parts-world.ts';
import { resume } from './publication.ts';

const FLUX = 'readiness: { by: flux }\n';
const TWO = { [ECHO]: only('v1'), [BETA]: values(25) };
const START = 'echo: start v2 (1/3)';
const SWITCH = 'echo: switch routes to v2 (2/3)';
const STOP = 'echo: stop v1 (3/3)';
const WAITS = '\n  Waits for cluster `default` (last heard 2026-05-04 12:00:36 UTC).';
const READY = 'waits until v2 is ready (Deployment echo-v2)';
const DRAINED = 'waits until the published routes are applied and v1 has drained';
const NOT_READY = 'timeout waiting for: [Deployment/echo/echo-v2 status: InProgress]';

/** A world at rest, and what was published since. */
async function openWorld(
  settings: string,
  files: Readonly<Record<string, string>> = TWO,
  clusters?: readonly string[],
) {
  const world = await settledWorld(settings, files, clusters);
  const tip = world.repository.tipOf('gitops')?.sha;
  const subjects = async () => (await commitsSince(world, tip)).map(subjectOf);
  const commits = () => commitsSince(world, tip);
  return { world, subjects, commits };
}

function said(message: string, key: string): readonly string[] {
  return trailers(parseMessage(message), key);
}

describe('from v1 to v2 in one merge', () => {
  test('by delay: each part once the one before is taken for applied, the last once somebody says so', async () => {
    const { world, subjects, commits } = await openWorld('');
    const assumed =
      '\n  No cluster says so: some time after its commit a part is taken for applied (`readiness.by: delay`).';
    const sha = await mergePull(world, 12, { [ECHO]: only('v2') });
    expect(await subjects()).toEqual([START]);
    expect(checkOf(world, sha)).toEqual({ completed: false, title: `echo ${READY}` });
    expect(sectionOf(world, 12)).toBe(
      `- echo: published in \`SHA\` (part 1 of 3), not applied yet, ${READY}${assumed}`,
    );
    expect(world.enqueuedLater.at(-1)).toMatchObject({ job: { kind: 'publish' }, seconds: 60 });

    await later(world, 59);
    expect(await subjects()).toEqual([START]);
    await later(world, 1);
    expect(await subjects()).toEqual([START, SWITCH]);
    expect(checkOf(world, sha)).toEqual({ completed: false, title: `echo ${DRAINED}` });
    await later(world, 60);
    expect(sectionOf(world, 12)).toBe(
      `- echo: published in \`SHA\` (part 2 of 3), taken for applied, ${DRAINED}${assumed}`,
    );
    await later(world, 30);
    await later(world, 100_000); // a person is waited for as long as it takes
    expect(await subjects()).toEqual([START, SWITCH]);
    expect(checkOf(world, sha)).toEqual({ completed: true, title: 'echo waits until somebody confirms to stop v1' });

    await resume(world, new Set(['echo/echo']));
    expect(await subjects()).toEqual([START, SWITCH, STOP]);
    expect(checkOf(world, sha)).toEqual({ completed: true, title: STOP });
    expect(sectionOf(world, 12)).toBe('- echo: published in `SHA` (part 3 of 3), taken for applied');
    const [start, swap, stop] = (await commits()).map(({ message }) => message.split('\n\n')[1]?.trimEnd().split('\n'));
    const of = [`Source-Commit: ${sha}`, 'Pull-Request: #12'];
    expect(start).toEqual([...of, 'Requested-By: merger12', 'Release: echo/echo', 'Unfinished: echo/echo 1/3']);
    expect(swap).toEqual([
      ...of,
      'Requested-By: merger12',
      'Release: echo/echo',
      'Traffic: echo v2 100%',
      'Unfinished: echo/echo 2/3',
    ]);
    expect(stop).toEqual([...of, 'Requested-By: admin', 'Command: 77', 'Release: echo/echo']);
  });

  test('somebody’s word for another release lets nothing go', async () => {
    const { world, subjects } = await openWorld('');
    await mergePull(world, 12, { [ECHO]: only('v2') });
    for (const seconds of [60, 90]) await later(world, seconds);
    await resume(world, new Set(['beta/beta']));
    expect(await subjects()).toEqual([START, SWITCH]);
  });

  test('by flux: by its words alone, failures and silence in between', async () => {
    const { world, subjects } = await openWorld(FLUX);
    const sha = await mergePull(world, 12, { [ECHO]: only('v2') });
    expect(checkOf(world, sha)).toEqual({ completed: false, title: `echo ${READY}` });
    expect(sectionOf(world, 12)).toBe(`- echo: published in \`SHA\` (part 1 of 3), not applied yet, ${READY}${WAITS}`);

    await hear(world, 'echo-workloads', { failed: NOT_READY });
    expect(world.pulls.written).toContainEqual(
      `check coalmine/publish ${sha.slice(0, 7)}: failure, echo failed: ${NOT_READY}`,
    );
    expect(sectionOf(world, 12)).toBe(
      `- echo: published in \`SHA\` (part 1 of 3), **failed**, ${READY}\n  Flux (default, workloads): \`${NOT_READY}\``,
    );
    await later(world, 10_000);
    expect(await subjects()).toEqual([START]);

    await hear(world, 'echo-workloads'); // a later word goes on by itself
    expect(await subjects()).toEqual([START, SWITCH]);
    expect(checkOf(world, sha)).toEqual({ completed: false, title: `echo ${DRAINED}` });
    expect(world.enqueuedLater.at(-1)?.seconds).toBe(600);
    await later(world, 600);
    expect(checkOf(world, sha)?.title).toBe(`echo ${DRAINED} (unknown: nothing heard)`);
    expect(sectionOf(world, 12)).toContain('**unknown**');
    await hear(world, 'echo-workloads');
    await hear(world, 'echo-routes');
    expect(sectionOf(world, 12)).toBe(`- echo: published in \`SHA\` (part 2 of 3), applied, ${DRAINED}`);
    await later(world, 29);
    expect(await subjects()).toEqual([START, SWITCH]);
    await later(world, 1);
    expect(await subjects()).toEqual([START, SWITCH, STOP]); // nobody need say so: the cluster has
    expect(checkOf(world, sha)).toEqual({ completed: true, title: STOP });
    expect(sectionOf(world, 12)).toEqual(
      expect.stringMatching(
        /^- echo: published in `SHA` \(part 3 of 3\), not applied yet\n {2}Waits for cluster `default` /,
      ),
    );
    await settle(world, ['echo']);
    expect(sectionOf(world, 12)).toBe('- echo: published in `SHA` (part 3 of 3), applied');
  });

  test('a cluster that never spoke is named as the reason, on the check', async () => {
    const { world, subjects } = await openWorld('', TWO);
    await mergePull(world, 11, { '.github/coalmine.yml': FLUX });
    await mergePull(world, 12, { [ECHO]: only('v2') });
    await later(world, 10_000);
    expect(await subjects()).toEqual(['publish 2 releases', START]); // first each got its Alert
    expect(sectionOf(world, 12)).toContain('No cluster has ever answered; `coalmine doctor` says what is missing.');
  });
});

describe('in between', () => {
  test('a second merge: numbers begin anew, and the first one’s check says where it goes on', async () => {
    const { world, subjects, commits } = await openWorld(FLUX);
    const first = await mergePull(world, 12, { [ECHO]: only('v2') });
    const readme = await mergePull(world, 13, { 'README.md': 'x' });
    expect(checkOf(world, first)?.title).toBe(`goes on with ${readme.slice(0, 7)}`);
    expect(checkOf(world, readme)).toEqual({ completed: false, title: `echo ${READY}` });

    const second = await mergePull(world, 14, { [ECHO]: only('v3') });
    expect((await subjects()).at(-1)).toBe('echo: start v3, stop v2 (1/3)');
    for (const sha of [first, readme])
      expect(checkOf(world, sha)).toEqual({ completed: true, title: `goes on with ${second.slice(0, 7)}` });
    await settle(world, ['echo']);
    expect(await subjects()).toEqual([
      START,
      'echo: start v3, stop v2 (1/3)',
      'echo: switch routes to v3 (2/3)',
      'echo: stop v1 (3/3)',
    ]);
    expect(checkOf(world, second)).toEqual({ completed: true, title: 'echo: stop v1 (3/3)' });
    for (const { message } of (await commits()).slice(1)) {
      expect(said(message, 'Source-Commit')).toEqual([second]);
      expect(said(message, 'Pull-Request')).toEqual(['#12', '#14']); // the first one's is what goes on
    }
  });

  test('other releases are not held up, and each part keeps its own pull request', async () => {
    const { world, subjects, commits } = await openWorld(FLUX);
    await mergePull(world, 12, { [ECHO]: only('v2') });
    for (const [number, weight] of [30, 40, 50, 60].entries())
      await mergePull(world, 20 + number, { [BETA]: values(weight) });
    expect(await subjects()).toEqual([
      START,
      'beta: canary v2 25% -> 30%',
      'beta: canary v2 30% -> 40%',
      'beta: canary v2 40% -> 50%',
      'beta: canary v2 50% -> 60%',
    ]);
    await hear(world, 'echo-workloads', { failed: NOT_READY });
    expect(sectionOf(world, 12)).toContain('**failed**'); // however many others were published since
    await hear(world, 'echo-workloads');
    const [last] = (await commits()).slice(-1);
    expect(last && subjectOf(last)).toBe(SWITCH);
    expect(said(last?.message ?? '', 'Pull-Request')).toEqual(['#12']);
    expect(said(last?.message ?? '', 'Requested-By')).toEqual(['merger12']);
  });

  test('a commit by hand: what was begun goes on, and what is removed still waits for a person', async () => {
    const { world, subjects } = await openWorld('');
    await mergePull(world, 12, { [ECHO]: only('v2') });
    await later(world, 60);
    world.repository.push({ branch: 'gitops', files: { 'README.md': 'by hand\n' }, message: 'By hand' });
    for (const seconds of [60, 90, 90]) await later(world, seconds);
    expect(await subjects()).toEqual([START, SWITCH, 'By hand']);
    await resume(world);
    expect((await subjects()).at(-1)).toBe(STOP);
  });

  test('traffic comes off a canary at once, whatever is waited for', async () => {
    const { world, commits } = await openWorld(FLUX);
    await mergePull(world, 12, { [BETA]: values(50) });
    await mergePull(world, 13, { [BETA]: values(50).replace(/ {2}canary:[\s\S]*$/, '') });
    const [up, down, ...more] = await commits();
    expect(more).toEqual([]);
    expect(up && subjectOf(up)).toBe('beta: canary v2 25% -> 50%');
    expect(said(down?.message ?? '', 'Traffic')).toEqual(['beta v1 100%']);
    const files = world.repository.filesOf('gitops');
    const before = await world.repository.treeOf(up?.sha ?? '').list('');
    const idOf = world.repository.treeOf(up?.sha ?? '').idOf;
    expect(Object.keys(files).filter((path) => before.get(path)?.id !== idOf(files[path] ?? ''))).toEqual([
      'apps/beta/beta/routes/routetable-beta-routes.yaml',
    ]);
  });
});

describe('a release that is deleted', () => {
  const pathsOf = ({ repository }: FakeWorld) =>
    Object.keys(repository.filesOf('gitops')).filter((path) => path.includes('echo'));

  test('loses its routes, then its workloads, then what Flux has of it', async () => {
    const { world, subjects } = await openWorld(FLUX);
    await mergePull(world, 12, { [ECHO]: undefined });
    const steps = ['echo: take its routes away (1/3)', 'echo: stop v1 (2/3)'];
    expect(await subjects()).toEqual(steps.slice(0, 1));
    await hear(world, 'echo-routes');
    expect(await subjects()).toEqual(steps.slice(0, 1));
    await later(world, 30);
    expect(await subjects()).toEqual(steps);
    expect(pathsOf(world)).toContain('flux/echo/echo.yaml');
    await settle(world, ['echo']);
    expect(await subjects()).toEqual([...steps, 'echo: remove its folders and what Flux has of it (3/3)']);
    expect(pathsOf(world)).toEqual([]);
  });

  test('keeps its routes until the one that takes over its path is live', async () => {
    const { world, subjects } = await openWorld(FLUX);
    const taking = `${only('v1')}  paths: [{ prefix: /echo }]\n`;
    const sha = await mergePull(world, 12, { [ECHO]: undefined, 'charts-values/heir.yaml': taking });
    expect(await subjects()).toEqual(['heir: start v1 (1/2)']);
    expect(checkOf(world, sha)?.title).toContain('echo waits until ');
    await hear(world, 'heir-workloads');
    expect((await subjects()).at(-1)).toBe('heir: send traffic to v1 100% (2/2)');
    expect(pathsOf(world)).toContain('apps/echo/echo/routes/routetable-echo-routes.yaml');
    await hear(world, 'heir-workloads');
    await hear(world, 'heir-routes');
    expect((await subjects()).at(-1)).toBe('echo: take its routes away (1/3)');
    await settle(world, ['echo', 'heir']);
    expect(pathsOf(world)).toEqual([]);
    expect(checkOf(world, sha)?.completed).toBe(true);
  });
});

describe('two clusters', () => {
  const BOTH = 'readiness: { by: flux, clusters: [eu, us] }\n';

  test('both have to confirm', async () => {
    const { world, subjects } = await openWorld(BOTH, TWO, ['eu', 'us']);
    await mergePull(world, 12, { [ECHO]: only('v2') });
    await hear(world, 'echo-workloads', { cluster: 'eu' });
    expect(await subjects()).toEqual([START]);
    await hear(world, 'echo-workloads', { cluster: 'us', failed: NOT_READY });
    expect(sectionOf(world, 12)).toContain('Flux (us, workloads): ');
    expect(await subjects()).toEqual([START]);
    await hear(world, 'echo-workloads', { cluster: 'us' });
    expect(await subjects()).toEqual([START, SWITCH]);
  });

  test('one that is newly listed counts from its first word', async () => {
    const { world, subjects } = await openWorld('readiness: { by: flux, clusters: [eu] }\n', TWO, ['eu']);
    await mergePull(world, 11, { '.github/coalmine.yml': BOTH });
    await mergePull(world, 12, { [ECHO]: only('v2') });
    await hear(world, 'echo-workloads', { cluster: 'eu' });
    expect(await subjects()).toEqual([START, SWITCH]);
    await hear(world, 'beta-workloads', { cluster: 'us' }); // from now on it has a say
    for (const part of ['echo-workloads', 'echo-routes']) await hear(world, part, { cluster: 'eu' });
    await later(world, 100);
    expect(await subjects()).toEqual([START, SWITCH]);
    for (const part of ['echo-workloads', 'echo-routes']) await hear(world, part, { cluster: 'us' });
    await later(world, 100);
    expect(await subjects()).toEqual([START, SWITCH, STOP]);
  });
});

describe('refused until somebody says so', () => {
  const names = Array.from({ length: 7 }, (_, index) => `r${index}`);
  const many = (text: string | undefined) =>
    Object.fromEntries(names.slice(0, 6).map((name) => [`charts-values/${name}.yaml`, text] as const));
  const all = { ...many(only('v1')), 'charts-values/r6.yaml': only('v1') } as Readonly<Record<string, string>>;

  test('removing many releases at once', async () => {
    const { world, subjects } = await openWorld('', all);
    const sha = await mergePull(world, 12, many(undefined));
    expect(await subjects()).toEqual([]);
    expect(world.pulls.written).toEqual([
      `check coalmine/publish ${sha.slice(0, 7)}: action_required, nothing published`,
      expect.stringMatching(/^section #12: /),
    ]);
    expect(sectionOf(world, 12).split('\n\n')[0]).toBe(
      '- r0: **not published**: the check `coalmine/publish` says why. The cluster is unchanged',
    );
    await resume(world, new Set(['r0/r0'])); // a word for one is none for the others
    expect(await subjects()).toEqual([]);
    await resume(world);
    expect(await subjects()).toEqual(['publish 6 releases']);
    await resume(world);
    await later(world, 100);
    expect(Object.keys(world.repository.filesOf('gitops')).filter((path) => /r[0-5]/.test(path))).toEqual([]);
    expect(checkOf(world, sha)?.completed).toBe(true);
  });

  test('five at once is nobody’s mistake', async () => {
    const { world, subjects } = await openWorld('', all);
    await mergePull(world, 12, { ...many(undefined), 'charts-values/r0.yaml': only('v1') });
    expect(await subjects()).toEqual(['publish 5 releases']);
  });

  test('what a new renderer would change of many', async () => {
    const { world, subjects } = await openWorld('', all);
    const { repository } = world;
    const published = repository.filesOf('gitops');
    const older = names
      .slice(0, 6)
      .map((name) => `apps/${name}/${name}/workloads/service-${name}.yaml`)
      .map((path) => [path, `${published[path]}# as it was written before\n`]);
    repository.push({
      branch: 'gitops',
      files: { ...Object.fromEntries(older), '.coalmine/format.yml': 'format: 1\nrenderer: 0\n' },
      message: repository.tipOf('gitops')?.message ?? '',
    });
    const before = await subjects();
    await sweep(world);
    expect(await subjects()).toEqual(before);
    expect(world.pulls.written.at(-1)).toMatch(/action_required, nothing published$/);
    await resume(world);
    expect(repository.filesOf('gitops')).toEqual(published);
  });
});
