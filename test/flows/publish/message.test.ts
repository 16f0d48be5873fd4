import { describe, expect, test } from 'vitest';
import { perform } from '../../../src/flows/effect.ts';
import { fakeWorld, outline, SHOP } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';
import { FILES, merge, plan, publish, publishedWorld, publishOnce, resume, trailersOf } from './publication.ts';

describe('who and what for', () => {
  test('several pull requests are several lines, with whoever merged them', async () => {
    const world = await publishedWorld();
    merge(world, { 'charts-values/echo.yaml': values(30) }, 12, 'writer');
    merge(world, { 'charts-values/old.yaml': values().replace('v1:\n', 'v1:\n    replicas: 2\n') }, 7, 'admin');
    const sha = merge(world, { 'charts-values/echo.yaml': values(50) }, 13, 'writer');
    await publish(world);
    expect(trailersOf(world)).toEqual([
      `Source-Commit: ${sha}`,
      'Pull-Request: #7',
      'Pull-Request: #12',
      'Pull-Request: #13',
      'Requested-By: writer',
      'Requested-By: admin',
      'Release: echo/echo',
      'Release: old/old',
      'Traffic: echo v1 50% v2 50%',
    ]);
  });

  test('a pull request that changed nothing of ours is not named', async () => {
    const world = await publishedWorld();
    merge(world, { 'README.md': 'x' }, 12, 'admin');
    merge(world, { 'charts-values/echo.yaml': values(50) }, 13, 'writer');
    await publish(world);
    expect(trailersOf(world).slice(1, 3)).toEqual(['Pull-Request: #13', 'Requested-By: writer']);
  });

  test('a push without a pull request is its author’s', async () => {
    const world = await publishedWorld();
    world.repository.push({ branch: 'main', files: { 'charts-values/echo.yaml': values(50) }, author: 'writer' });
    await publish(world);
    expect(trailersOf(world)[1]).toBe('Requested-By: writer');
    merge(world, { 'charts-values/echo.yaml': values(60) }, 12);
    await publish(world);
    expect(trailersOf(world).slice(1, 3)).toEqual(['Pull-Request: #12', 'Requested-By: author']);
  });

  /** The same on another path: two releases of one name would take one. */
  const at = (path: string, weight: number) => `${values(weight)}  paths: [{ prefix: ${path} }]\n`;

  test('a release is called by its short name where that is unambiguous', async () => {
    const settings = { '.github/coalmine.yml': 'values: teams/{namespace}/{release}.yaml\n' };
    const world = await publishedWorld({
      ...settings,
      'teams/a/echo.yaml': values(1),
      'teams/b/echo.yaml': at('/b', 2),
    });
    expect(trailersOf(world).slice(1)).toEqual([
      'Release: a/echo',
      'Release: b/echo',
      'Traffic: a/echo v1 99% v2 1%',
      'Traffic: b/echo v1 98% v2 2%',
    ]);
    world.repository.push({ branch: 'main', files: { 'teams/b/echo.yaml': undefined } });
    await publish(world);
    await resume(world);
    world.repository.push({ branch: 'main', files: { 'teams/a/echo.yaml': values(3) } });
    await publish(world);
    expect(trailersOf(world)).toContain('Traffic: echo v1 97% v2 3%');
  });

  test('open pull requests are reviewed again, since they are compared with something else now', async () => {
    const world = await publishedWorld();
    const head = { sha: 'head5', branch: 'b', fork: false };
    world.pulls.pulls.set(5, { number: 5, open: true, ours: false, head, base: 'main' });
    merge(world, { 'charts-values/echo.yaml': values(50) }, 12);
    await publishOnce(world);
    expect(world.enqueued).toContainEqual({ kind: 'review-open', repository: SHOP });
  });
});

describe('a kill between the commit and its check', () => {
  test('is made up for: the same check, on the merged commit, and the reviews', async () => {
    const world = await publishedWorld();
    merge(world, { 'charts-values/echo.yaml': values(50) }, 12);
    const head = { sha: 'head5', branch: 'b', fork: false };
    world.pulls.pulls.set(5, { number: 5, open: true, ours: false, head, base: 'main' });
    const [commit, ...rest] = await plan(world);
    await perform(commit ? [commit] : [], world);
    const made = await plan(world);
    const follows = (line: string) => line !== 'enqueue publish'; // what follows is in the same plan now
    expect(outline(made).slice(0, 2)).toEqual(outline(rest).filter(follows));
    const [check] = made;
    const sha = world.repository.tipOf('gitops')?.sha;
    expect(check?.kind === 'check' && check.report.summary).toContain(`as ${sha}`);
    await perform(made, world);
    expect(outline(await plan(world))).not.toContainEqual(expect.stringMatching(/^check|review/));
  });

  test('also after the very first publication', async () => {
    const world = fakeWorld();
    world.repository.push({ branch: 'main', files: FILES });
    const [commit] = await plan(world);
    await perform(commit ? [commit] : [], world);
    expect(trailersOf(world).join()).not.toContain('Traffic'); // no routes yet: there is nothing to say of them
    expect(outline(await plan(world))).toEqual([
      expect.stringMatching(/^check coalmine\/publish: in progress, beta waits until v1 is ready/),
      'enqueue publish in 60 s',
    ]);
    world.advance(60);
    const [second] = await plan(world);
    await perform(second ? [second] : [], world);
    expect(outline(await plan(world))).toEqual([
      'check coalmine/publish: success, publish 3 releases',
      'enqueue review-open',
    ]);
  });
});
