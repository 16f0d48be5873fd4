import { describe, expect, test } from 'vitest';
import { type FakeWorld, outline } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';
import { DELAY, HALF, live, say, ECHO as TALK_ECHO, talkWorld } from '../commands/world.ts';
import { publish, publishedWorld } from '../publish/publication.ts';
import { annotationsOf, commentOf, ECHO, push, review, SETTINGS, worldWith } from '../rollout/proposal.ts';

/** A text that stands for 100 MB: each tree lists it with that size, and it must never be read. */
const LARGE = '# 100 MB\n';

/** Makes that text large. */
function enlarge(world: FakeWorld): FakeWorld {
  const { repository } = world;
  const treeOf = repository.treeOf.bind(repository);
  repository.treeOf = (sha) => {
    const tree = treeOf(sha);
    const large = tree.idOf(LARGE);
    return {
      ...tree,
      list: async (folder) =>
        new Map([...(await tree.list(folder))].map(([path, entry]) => [path, sized(entry, large)] as const)),
      read: (ids) => {
        expect(ids, 'a file of 100 MB is read').not.toContain(large);
        return tree.read(ids);
      },
    };
  };
  return world;
}

function sized<T extends { readonly id: string }>(entry: T, large: string): T {
  return entry.id === large ? { ...entry, size: 100_000_000 } : entry;
}

describe('a file of 100 MB is told from its size, and never read', () => {
  test('as a values file: an error in it, and the others are reviewed', async () => {
    const world = enlarge(worldWith());
    push(world, { [ECHO]: LARGE, 'charts-values/new.yaml': values() });
    const plan = await review(world);
    expect(annotationsOf(plan)).toEqual([`${ECHO}:1`]);
    expect(commentOf(plan)).toContain('new: first publication');
  });

  test('as a values file that a change repairs', async () => {
    const world = enlarge(worldWith({ [ECHO]: LARGE }));
    push(world, { [ECHO]: values(25) });
    expect(outline(await review(world)).at(-1)).toMatch(/^check coalmine: success/);
  });

  test('as settings: an error in them', async () => {
    const world = enlarge(worldWith());
    push(world, { [SETTINGS]: LARGE });
    expect(annotationsOf(await review(world))).toEqual([`${SETTINGS}:1`]);
  });

  test('as merged values: the others are published', async () => {
    const world = enlarge(await publishedWorld());
    world.repository.push({ branch: 'main', files: { [ECHO]: LARGE, 'charts-values/beta.yaml': values(25) } });
    const lines = await publish(world);
    expect(lines.join('\n')).toContain('beta');
    expect(world.repository.filesOf('gitops')).toHaveProperty('apps/echo/echo/routes/routetable-echo-routes.yaml');
  });

  test.each(['apps/echo/echo/workloads/deployment-echo-v1.yaml', 'apps/echo/echo/routes/large.yaml'])(
    'as a file that somebody wrote into a release on gitops: %s',
    async (path) => {
      const world = enlarge(await publishedWorld());
      const before = world.repository.filesOf('gitops');
      world.repository.push({ branch: 'gitops', files: { [path]: LARGE } });
      await publish(world);
      world.repository.push({ branch: 'main', files: { [ECHO]: values(30) } });
      await publish(world);
      const after = world.repository.filesOf('gitops');
      expect(Object.values(after)).not.toContain(LARGE);
      expect(Object.keys(after)).toEqual(Object.keys(before));
    },
  );

  test('as outlines on gitops: they are written anew', async () => {
    const world = enlarge(await publishedWorld());
    const [path = ''] = Object.keys(world.repository.filesOf('gitops')).filter((name) => /outlines/.test(name));
    expect(path).not.toBe('');
    world.repository.push({ branch: 'gitops', files: { [path]: LARGE } });
    world.repository.push({ branch: 'main', files: { [ECHO]: values(30) } });
    await publish(world);
    expect(Object.values(world.repository.filesOf('gitops'))).not.toContain(LARGE);
  });
});

test.each(['/promote echo', '/rollback echo', '/status', '/deploy echo v9'])(
  'a command for a release whose values are that large is answered: %s',
  async (line) => {
    const world = enlarge(await talkWorld(DELAY, HALF));
    world.repository.push({ branch: 'main', files: { [TALK_ECHO]: LARGE } });
    expect(await say(world, line)).not.toBe('');
  },
);

test('CODEOWNERS of 100 MB have no owners, as on GitHub', async () => {
  const world = enlarge(await talkWorld(DELAY));
  world.repository.push({ branch: 'main', files: { CODEOWNERS: LARGE } });
  await live(world);
  expect(await say(world, '/deploy echo v2')).toContain('merged as');
});
