import { describe, expect, test } from 'vitest';
import { perform } from '../../../src/flows/effect.ts';
import { type FakeWorld, fakeWorld, outline } from '../../support/fakes.ts';
import { brokenValues, values } from '../../support/values.ts';
import { FILES, LONG, plan, publish, publishedWorld, resume, trailersOf } from './publication.ts';

const ROUTES = 'apps/echo/echo/routes/routetable-echo-routes.yaml';

describe('reads no more than what changed', () => {
  test('a weight: one values file, and what is published of that release', async () => {
    const world = await publishedWorld();
    const sha = world.repository.push({
      branch: 'main',
      files: { 'charts-values/echo.yaml': values(50), README: 'x' },
    });
    expect(await publish(world)).toEqual([
      'publish 1 files: echo: canary v2 25% -> 50%',
      'check coalmine/publish: success, echo: canary v2 25% -> 50%',
    ]);
    const reads = world.repository.takeReads();
    expect(reads.filter((path) => path.startsWith('charts-values/'))).toEqual(['charts-values/echo.yaml']);
    const published = reads.filter((path) => !path.startsWith('charts-values/'));
    expect(published.filter((path) => !path.includes('echo'))).toEqual(['.coalmine/outlines.yml']);
    expect(trailersOf(world)).toEqual([`Source-Commit: ${sha}`, 'Release: echo/echo', 'Traffic: echo v1 50% v2 50%']);
  });

  test('a commit without values: nothing is read, written or said', async () => {
    const world = await publishedWorld();
    world.repository.push({ branch: 'main', files: { README: 'x' } });
    const written = [...world.pulls.written];
    expect(await publish(world)).toEqual([]);
    expect(world.repository.takeReads()).toEqual([]);
    expect(world.pulls.written).toEqual(written);
  });

  test('a change that renders to the same: no commit, and a check that says so', async () => {
    const world = await publishedWorld();
    const before = world.repository.tipOf('gitops');
    world.repository.push({ branch: 'main', files: { 'charts-values/echo.yaml': `# said\n${values(25)}` } });
    expect(await publish(world)).toEqual([
      'check coalmine/publish: success, nothing to publish: gitops has it already',
    ]);
    expect(world.repository.tipOf('gitops')).toBe(before);
  });

  test('the same commit again: nothing at all', async () => {
    const world = await publishedWorld();
    expect(await publish(world)).toEqual([]);
    expect(world.repository.takeReads()).toEqual([]);
  });

  test('a release that goes is removed, one that comes is added', async () => {
    const world = await publishedWorld();
    world.repository.push({
      branch: 'main',
      files: { 'charts-values/old.yaml': undefined, 'charts-values/new.yaml': values() },
    });
    const subjects = (lines: readonly string[]) => lines.filter((line) => line.startsWith('publish '));
    expect(subjects(await publish(world))).toEqual([
      'publish 9 files: new: start v1 (1/2); old: take its routes away (1/3)',
      'publish 2 files: new: send traffic to v1 100% (2/2)',
    ]);
    expect(trailersOf(world).slice(1)).toEqual(['Release: new/new', 'Traffic: new v1 100%', 'Unfinished: old/old 1/3']);
    expect(subjects(await resume(world))).toEqual([
      'publish 4 files: old: stop v1 (2/3)',
      'publish 3 files: old: remove its folders and what Flux has of it (3/3)',
    ]);
    const paths = Object.keys(world.repository.filesOf('gitops'));
    expect(paths.filter((path) => path.includes('old'))).toEqual([]);
  });
});

describe('looks at everything again', () => {
  test('after a commit by hand, and puts it right', async () => {
    const world = await publishedWorld();
    const published = world.repository.filesOf('gitops');
    world.repository.push({
      branch: 'gitops',
      files: {
        [ROUTES]: 'kind: Nonsense\n',
        'apps/beta/beta/workloads/service-beta.yaml': undefined,
        'apps/old/old/workloads/extra.yaml': 'x\n',
        'flux/stranger/stranger.yaml': 'x\n',
        'README.md': 'kept\n',
      },
    });
    const [line] = await publish(world);
    expect(line).toBe('publish 5 files: publish 4 releases'); // what nobody asked for is emptied first, and then goes
    expect(world.repository.filesOf('gitops')).toEqual({ ...published, 'README.md': 'kept\n' });
  });

  test('with a new renderer, though the values are those that were published', async () => {
    const world = await publishedWorld();
    const published = world.repository.filesOf('gitops');
    const tip = world.repository.tipOf('gitops');
    world.repository.push({
      branch: 'gitops',
      files: { '.coalmine/format.yml': 'format: 1\nrenderer: 0\n', [ROUTES]: 'as the old one wrote it\n' },
      ...(tip ? { message: tip.message } : {}),
    });
    expect((await publish(world))[0]).toMatch(/^publish 2 files/);
    expect(world.repository.filesOf('gitops')).toEqual(published);
    expect(await publish(world)).toEqual([]);
  });

  test('where the settings change', async () => {
    const world = await publishedWorld();
    world.repository.push({
      branch: 'main',
      files: { '.github/coalmine.yml': 'domains: {example: {render: true}}\n' },
    });
    expect((await publish(world))[0]).toBe('publish 3 files: publish domains/example');
    expect(world.repository.takeReads().filter((path) => path.startsWith('charts-values/'))).toHaveLength(3);
    world.repository.push({ branch: 'main', files: { '.github/coalmine.yml': undefined } });
    await publish(world);
    expect(Object.keys(world.repository.filesOf('gitops')).filter((path) => path.includes('domains'))).toEqual([]);
  });

  test('where the commit that was published is unknown', async () => {
    const world = await publishedWorld();
    world.repository.push({ branch: 'gitops', files: { [ROUTES]: 'x\n' }, message: 'x\n\nSource-Commit: gone\n' });
    expect((await publish(world))[0]).toMatch(/^publish 1 files/);
  });
});

describe('what is wrong', () => {
  test('a broken release waits for a person; the others go out', async () => {
    const world = await publishedWorld();
    const before = world.repository.filesOf('gitops');
    world.repository.push({
      branch: 'main',
      files: { 'charts-values/echo.yaml': brokenValues(), 'charts-values/beta.yaml': values(5) },
    });
    const made = await plan(world);
    expect(outline(made)[1]).toMatch(/^check coalmine\/publish: action_required, 1 error not published; beta: /);
    const check = made.find((effect) => effect.kind === 'check');
    expect(check?.report.annotations).toMatchObject([{ path: 'charts-values/echo.yaml', startLine: 11 }]);
    await perform(made, world);
    world.advance(LONG);
    await publish(world);
    const after = world.repository.filesOf('gitops');
    expect(after[ROUTES]).toBe(before[ROUTES]);
    expect(after['apps/beta/beta/routes/routetable-beta-routes.yaml']).toContain('weight: 5');
  });

  test.each([
    [
      'a branch with files that are not ours',
      { gitops: { README: 'x' } },
      'Coalmine does not manage the branch gitops',
    ],
    ['values files that are all gone', { main: { '.github/coalmine.yml': 'values: x/{release}.yaml\n' } }, 'any more'],
    ['settings with errors', { main: { '.github/coalmine.yml': 'valeus: x\n' } }, 'has errors'],
  ] as const)(
    '%s: refused, and the check says what to do',
    async (_, pushes: Record<string, Record<string, string>>, words) => {
      const world = 'gitops' in pushes ? fakeWorld() : await publishedWorld();
      if ('gitops' in pushes) world.repository.push({ branch: 'main', files: FILES });
      for (const [branch, files] of Object.entries(pushes)) world.repository.push({ branch, files });
      const before = world.repository.tipOf('gitops');
      const [check, ...more] = await plan(world);
      expect(more).toEqual([]);
      expect(check).toMatchObject({
        kind: 'check',
        name: 'coalmine/publish',
        sha: world.repository.tipOf('main')?.sha,
        report: { conclusion: 'action_required', summary: expect.stringContaining(words.replace('’', "'")) },
      });
      expect(world.repository.tipOf('gitops')).toBe(before);
    },
  );

  test('without a default branch, or without anything to publish, nothing is planned', async () => {
    const world = fakeWorld();
    expect(await plan(world)).toEqual([]);
    world.repository.push({ branch: 'main', files: { README: 'x' } });
    expect(await plan(world)).toEqual([]);
  });
});

describe('what waits for somebody’s word', () => {
  const only = (version: string) =>
    `deployment: { ${version}: { image: a } }\nroutes: { primary: { version: ${version} } }\n`;
  const deployed = (world: FakeWorld) =>
    Object.keys(world.repository.filesOf('gitops')).flatMap(
      (path) => /deployment-echo-(\w+)\.yaml$/.exec(path)?.[1] ?? [],
    );

  test('goes on waiting though the settings change, and goes with the next change of the release itself', async () => {
    const world = await publishedWorld({ 'charts-values/echo.yaml': only('v1') });
    world.repository.push({ branch: 'main', files: { 'charts-values/echo.yaml': only('v2') } });
    await publish(world);
    expect(deployed(world)).toEqual(['v1', 'v2']);
    world.repository.push({ branch: 'main', files: { '.github/coalmine.yml': 'rules: { default-image: off }\n' } });
    await publish(world);
    expect(deployed(world)).toEqual(['v1', 'v2']);
    world.repository.push({ branch: 'main', files: { 'charts-values/echo.yaml': `# v1 may go\n${only('v2')}` } });
    await publish(world);
    expect(deployed(world)).toEqual(['v2']);
  });
});
