import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/flows/effect.ts';
import { reviewPullRequest } from '../../../src/flows/review/review.ts';
import { type FakeWorld, outline } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';
import { FILES, publish, publishedWorld, trailersOf } from '../publish/publication.ts';
import { annotationsOf, push } from '../rollout/proposal.ts';

/** A release on this path. */
const at = (path: string, weight?: number) => `${values(weight)}  paths: [{ prefix: ${path} }]\n`;

const BETA = 'charts-values/beta.yaml';
const NEW = 'charts-values/new.yaml';
const TABLE = 'apps/new/new/routes/routetable-new-routes.yaml';

function review(world: FakeWorld): Promise<Plan> {
  return reviewPullRequest(world, 1);
}

describe('on a pull request', () => {
  test('a path that is taken: an error there, a warning here, and no other values file is read', async () => {
    const world = await publishedWorld({ [BETA]: values(), 'charts-values/echo.yaml': values(25) });
    push(world, { [NEW]: at('/beta') });
    const plan = await review(world);
    expect(outline(plan).at(-1)).toBe('check coalmine: failure, 1 error, 1 warning');
    expect(annotationsOf(plan)).toEqual([`${BETA}:4`, `${NEW}:8`]);
    const reads = world.repository.takeReads().filter((path) => path.startsWith('charts-values/'));
    expect(reads).toEqual([BETA, NEW]); // to point at the line
  });

  test('a path of its own: what is published says who takes what', async () => {
    const world = await publishedWorld();
    push(world, { [NEW]: at('/new') });
    expect(outline(await review(world)).at(-1)).toMatch(/^check coalmine: success/);
    const reads = world.repository.takeReads();
    expect(reads.filter((path) => path.startsWith('charts-values/'))).toEqual([NEW]);
    expect(reads).toContain('.coalmine/outlines.yml');
  });

  test('what was merged since counts, published or not', async () => {
    const world = await publishedWorld();
    world.repository.push({ branch: 'main', files: { 'charts-values/late.yaml': at('/late') } });
    push(world, { [NEW]: at('/late') });
    expect(annotationsOf(await review(world))).toEqual(['charts-values/late.yaml:8', `${NEW}:8`]);
  });

  test('a path that goes over from one release to another in one change', async () => {
    const world = await publishedWorld();
    push(world, { [BETA]: undefined, [NEW]: at('/beta') });
    expect(outline(await review(world)).at(-1)).toMatch(/^check coalmine: success/);
  });

  test('who takes an upstream away breaks whoever leans on it: said in that file', async () => {
    const leaning =
      'deployment: { v1: { upstream: { name: beta, namespace: beta } } }\nroutes: { primary: { version: v1 } }\n';
    const world = await publishedWorld({ ...FILES, 'charts-values/leaning.yaml': leaning });
    push(world, { [BETA]: undefined });
    const plan = await review(world);
    expect(outline(plan).at(-1)).toBe('check coalmine: failure, 1 error');
    expect(annotationsOf(plan)).toEqual(['charts-values/leaning.yaml:1']);
  });

  test('two that were there already are no matter of somebody else’s change', async () => {
    const both = { 'charts-values/a.yaml': at('/x'), 'charts-values/b.yaml': at('/x') };
    const world = await publishedWorld({ ...FILES, ...both });
    push(world, { [BETA]: values(5) });
    expect(annotationsOf(await review(world))).toEqual([]);
  });
});

describe('when it is published', () => {
  test('a newcomer waits until its path is free; what has it keeps it, and others go out', async () => {
    const world = await publishedWorld();
    const before = world.repository.filesOf('gitops');
    world.repository.push({ branch: 'main', files: { [NEW]: at('/beta'), 'charts-values/echo.yaml': values(50) } });
    expect((await publish(world))[1]).toMatch(
      /^check coalmine\/publish: action_required, 1 error not published; echo: /,
    );
    expect(world.repository.filesOf('gitops')[TABLE]).toBeUndefined();
    expect(trailersOf(world)).toContain('Broken: new/new');
    const routes = 'apps/beta/beta/routes/routetable-beta-routes.yaml';
    expect(world.repository.filesOf('gitops')[routes]).toBe(before[routes]);

    // Its own file stays as it is; the other release moves away.
    world.repository.push({ branch: 'main', files: { [BETA]: at('/elsewhere') } });
    expect((await publish(world))[0]).toContain('; new: start v1 (1/2)');
    expect(world.repository.filesOf('gitops')[TABLE]).toContain('prefix: /beta');
    expect(trailersOf(world).join()).not.toContain('Broken');
  });

  test('two new ones on one path: neither goes out, and a person decides', async () => {
    const world = await publishedWorld();
    world.repository.push({ branch: 'main', files: { [NEW]: at('/x'), 'charts-values/other.yaml': at('/x') } });
    expect(await publish(world)).toEqual([
      expect.stringMatching(/^check coalmine\/publish: action_required, 2 errors/),
    ]);
    world.repository.push({ branch: 'main', files: { 'charts-values/other.yaml': undefined } });
    expect((await publish(world)).filter((line) => line.startsWith('publish '))).toEqual([
      'publish 7 files: new: start v1 (1/2)',
      expect.stringMatching(/^publish \d+ files: new: send traffic to v1 100% \(2\/2\)$/),
    ]);
  });

  test('outlines that somebody took away are made again from what is published', async () => {
    const world = await publishedWorld();
    const { '.coalmine/outlines.yml': outlines } = world.repository.filesOf('gitops');
    world.repository.push({ branch: 'gitops', files: { '.coalmine/outlines.yml': undefined } });
    world.repository.push({ branch: 'main', files: { [NEW]: at('/beta') } });
    await publish(world);
    expect(world.repository.filesOf('gitops')[TABLE]).toBeUndefined();
    expect(world.repository.filesOf('gitops')['.coalmine/outlines.yml']).toBe(outlines);
  });
});
