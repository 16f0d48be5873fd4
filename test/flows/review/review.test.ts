import { describe, expect, test } from 'vitest';
import { perform } from '../../../src/flows/effect.ts';
import { reviewPullRequest } from '../../../src/flows/review/review.ts';
import { outline } from '../../support/fakes.ts';
import { brokenValues, values } from '../../support/values.ts';
import { publish } from '../publish/publication.ts';
import { annotationsOf, BETA, commentOf, ECHO, FILES, push, review, SETTINGS, worldWith } from '../rollout/proposal.ts';

describe('what is said', () => {
  test('the comment comes first, the check on the head last', async () => {
    const world = worldWith();
    const head = push(world, { [ECHO]: values(50) });
    const plan = await review(world);
    expect(outline(plan)).toEqual(['write comment #1', 'check coalmine: success, echo: canary v2 25% -> 50%']);
    expect(plan.at(-1)).toMatchObject({ kind: 'check', sha: head });
    expect(commentOf(plan)).toMatch(/^<!-- coalmine:review -->\n\n### echo: canary v2 25% -> 50%/);
    expect(commentOf(plan)).not.toContain('beta');
  });

  test('without values: a passing check, and no comment', async () => {
    const world = worldWith();
    push(world, { README: 'x' });
    const plan = await review(world);
    expect(outline(plan)).toEqual(['edit comment #1', 'check coalmine: success, nothing changes in the cluster']);
    await perform(plan, world);
    expect(world.pulls.written).toHaveLength(1);
  });

  test('a later push that takes everything back edits the comment', async () => {
    const world = worldWith();
    push(world, { [ECHO]: values(50) });
    await perform(await review(world), world);
    push(world, { [ECHO]: values(25) });
    await perform(await review(world), world);
    expect(world.pulls.written.map((line) => line.split('\n')[0])).toEqual([
      'comment #1: <!-- coalmine:review -->',
      expect.stringMatching(/^check coalmine .*: success, echo:/),
      'comment #1: <!-- coalmine:review -->',
      expect.stringMatching(/^check coalmine .*: success, nothing changes in the cluster$/),
    ]);
    expect(world.pulls.written[2]).toContain('no longer changes what runs in the cluster');
  });

  test('nothing about one that is closed, unknown, or whose branch went', async () => {
    const world = worldWith();
    push(world, { [ECHO]: values(50) }, { open: false });
    expect(await review(world)).toEqual([]);
    expect(await reviewPullRequest(world, 2)).toEqual([]);
    push(world, { [ECHO]: values(75) }, { base: 'gone' });
    expect(await review(world)).toEqual([]);
  });

  test('a new, a removed and a renamed release', async () => {
    const world = worldWith();
    push(world, { [ECHO]: undefined, 'charts-values/gamma.yaml': values(25), 'charts-values/new.yaml': values() });
    expect(outline(await review(world))[1]).toBe(
      'check coalmine: success, echo: removed; gamma: first publication, v1 75% v2 25%; new: first publication, v1 100%',
    );
  });
});

describe('what is judged', () => {
  test('a broken release fails the check on its line; a good one beside it is shown', async () => {
    const world = worldWith();
    push(world, { [ECHO]: brokenValues(), [BETA]: values(5) });
    const plan = await review(world);
    expect(outline(plan).at(-1)).toBe('check coalmine: failure, 1 error');
    expect(annotationsOf(plan)).toEqual([`${ECHO}:11`]);
    expect(commentOf(plan)).toContain("echo: can't be rendered");
    expect(commentOf(plan)).toContain('beta: canary v2 none');
  });

  test('not what was broken before and is left alone', async () => {
    const world = worldWith({ ...FILES, [ECHO]: brokenValues() });
    push(world, { [BETA]: values(5) });
    const plan = await review(world);
    expect(outline(plan)[1]).toMatch(/^check coalmine: success, beta: /);
    expect(annotationsOf(plan)).toEqual([]);
    push(world, { [SETTINGS]: 'domains: {example: {render: true}}\n' });
    expect(outline(await review(world))[1]).toMatch(/^check coalmine: success/);
  });

  test('what the settings of the pull request break, though no values file changes', async () => {
    const world = worldWith({
      ...FILES,
      'charts-values/demo.yaml': 'deployment:\n  v1: {}\nroutes:\n  primary:\n    version: v1\n',
    });
    push(world, { [SETTINGS]: 'rules:\n  default-image: error\n' });
    const plan = await review(world);
    expect(outline(plan)[1]).toBe('check coalmine: failure, 1 error');
    expect(annotationsOf(plan)).toEqual(['charts-values/demo.yaml:2']);
  });

  test('a repair, or the removal, of a broken release is compared with what is published', async () => {
    const world = worldWith();
    await publish(world);
    world.repository.push({ branch: 'main', files: { [ECHO]: brokenValues() } });
    push(world, { [SETTINGS]: 'domains: {example: {render: true}}\n' });
    expect(outline(await review(world))[1]).toMatch(/^check coalmine: success/); // not this one's doing
    push(world, { [SETTINGS]: undefined, [ECHO]: values(50) });
    expect(outline(await review(world))[1]).toBe('check coalmine: success, echo: canary v2 25% -> 50%');
    push(world, { [ECHO]: undefined });
    expect(outline(await review(world))[1]).toBe('check coalmine: success, echo: removed');
    push(world, { [ECHO]: brokenValues() });
    expect(outline(await review(world))[1]).toBe('check coalmine: success, nothing changes in the cluster');
    push(world, { [ECHO]: brokenValues().replace('v3', 'v4') });
    expect(outline(await review(world)).at(-1)).toBe('check coalmine: failure, 1 error');
  });
});

describe('what it would be after the merge', () => {
  test('what the base branch did meanwhile is neither shown nor lost', async () => {
    const world = worldWith();
    push(world, { [ECHO]: values(50) });
    world.repository.push({ branch: 'main', files: { [BETA]: values(5) } });
    expect(outline(await review(world))[1]).toBe('check coalmine: success, echo: canary v2 25% -> 50%');
    world.repository.push({ branch: 'main', files: { [ECHO]: values(50) } });
    expect(outline(await review(world))[1]).toBe('check coalmine: success, nothing changes in the cluster');
  });

  test('a file that both changed is taken from the test merge, if that is one of these two', async () => {
    const world = worldWith();
    const head = push(world, { [ECHO]: values(50) });
    const tip = world.repository.push({ branch: 'main', files: { [ECHO]: values(30) } });
    const unsure = await review(world);
    expect(outline(unsure)[1]).toBe('check coalmine: success, echo: canary v2 30% -> 50%');
    expect(commentOf(unsure)).toContain('echo.yaml changed on both branches, and how they merge is not known');

    const merge = world.repository.push({ branch: 'merge', onto: [tip, head], files: { [ECHO]: values(60) } });
    const pull = world.pulls.pulls.get(1);
    if (pull) world.pulls.pulls.set(1, { ...pull, mergeCommit: merge });
    const sure = await review(world);
    expect(outline(sure)[1]).toBe('check coalmine: success, echo: canary v2 30% -> 60%');
    expect(commentOf(sure)).not.toContain('changed on both branches');

    world.repository.push({ branch: 'main', files: { [ECHO]: values(35) } });
    expect(commentOf(await review(world))).toContain('changed on both branches'); // that merge was with an older tip
  });

  test('an unrelated history is compared file by file with the base branch', async () => {
    const world = worldWith();
    const sha = world.repository.push({ branch: 'orphan', onto: [], files: { [ECHO]: values(50), [BETA]: values() } });
    world.pulls.pulls.set(1, {
      number: 1,
      open: true,
      ours: false,
      base: 'main',
      head: { sha, branch: 'orphan', fork: false },
    });
    expect(outline(await review(world))[1]).toBe('check coalmine: success, echo: canary v2 25% -> 50%');
  });

  test('into another branch than the default one, with a note that this publishes nothing', async () => {
    const world = worldWith();
    world.repository.push({ branch: 'feature', onto: [world.repository.tipOf('main')?.sha ?? ''], files: {} });
    push(world, { [ECHO]: values(50) }, { base: 'feature' });
    expect(commentOf(await review(world))).toContain(
      'Only main is published: merging into feature alone changes nothing',
    );
  });
});
