import { describe, expect, test } from 'vitest';
import { outline } from '../../support/fakes.ts';
import { brokenValues, values } from '../../support/values.ts';
import { annotationsOf, commentOf, ECHO, FILES, push, review, SETTINGS, worldWith } from '../rollout/proposal.ts';

describe('settings', () => {
  const RENDERED = 'domains: {example: {render: true}}\n';

  test('that the pull request proposes are previewed', async () => {
    const world = worldWith();
    push(world, { [SETTINGS]: RENDERED });
    const plan = await review(world);
    expect(outline(plan)).toEqual(['write comment #1', expect.stringMatching(/^check coalmine: success/)]);
    expect(commentOf(plan)).toContain('domains/example/virtualservice-app.yaml');
  });

  test('but not from a fork', async () => {
    const world = worldWith();
    push(world, { [SETTINGS]: RENDERED, [ECHO]: values(50) }, { fork: true });
    const comment = commentOf(await review(world));
    expect(comment).not.toContain('virtualservice');
    expect(comment).toContain('changes, but from a fork: shown with the settings of main');
    expect(comment).toContain('canary v2 25%');
  });

  test('that changed on both branches are those of the test merge', async () => {
    const world = worldWith();
    const head = push(world, { [SETTINGS]: RENDERED });
    const tip = world.repository.push({ branch: 'main', files: { [SETTINGS]: 'namespace: shop\n' } });
    expect(commentOf(await review(world))).toContain('.github/coalmine.yml changed on both branches');
    const both = `${RENDERED}namespace: shop\n`;
    const mergeCommit = world.repository.push({ branch: 'merge', onto: [tip, head], files: { [SETTINGS]: both } });
    const pull = world.pulls.pulls.get(1);
    if (pull) world.pulls.pulls.set(1, { ...pull, mergeCommit });
    const comment = commentOf(await review(world));
    expect(comment).toContain('virtualservice-app.yaml');
    expect(comment).not.toContain('removed');
    expect(comment).not.toContain('changed on both');
  });

  test('with errors in the pull request fail its check, on the line', async () => {
    const world = worldWith();
    push(world, { [SETTINGS]: 'gitops: [x]\n' });
    const plan = await review(world);
    expect(outline(plan)[1]).toBe('check coalmine: failure, 1 error');
    expect(annotationsOf(plan)).toEqual([`${SETTINGS}:1`]);
  });

  test('with errors in the pull request hide none in its values files', async () => {
    const world = worldWith();
    push(world, { [SETTINGS]: 'gitops: [x]\n', [ECHO]: brokenValues() });
    const plan = await review(world);
    expect(outline(plan).at(-1)).toBe('check coalmine: failure, 2 errors');
    expect(annotationsOf(plan)).toEqual([`${SETTINGS}:1`, `${ECHO}:11`]);
    expect(commentOf(plan)).toContain('values files are judged by the settings of main');
  });

  test('with errors on the base branch stop only who changes values, and a repair is reviewed', async () => {
    const world = worldWith({ ...FILES, [SETTINGS]: 'gitops: [x]\n' });
    push(world, { README: 'x' });
    const plan = await review(world);
    expect(outline(plan)).toEqual(['edit comment #1', 'check coalmine: success, nothing changes in the cluster']);
    expect(plan.at(-1)).toMatchObject({
      report: { summary: expect.stringContaining('coalmine.yml on main has errors') },
    });
    push(world, { [ECHO]: values(50) });
    expect(outline(await review(world))).toEqual(['write comment #1', 'check coalmine: failure, 1 error']);
    push(world, { [SETTINGS]: undefined });
    expect(outline(await review(world))[1]).toBe('check coalmine: success, echo: canary v2 25% -> 50%');
  });
});
