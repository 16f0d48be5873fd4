import { expect, test } from 'vitest';
import { REVIEW_MARKER } from '../../../src/core/report/comment.ts';
import { type Plan, perform } from '../../../src/flows/effect.ts';
import { type FakeWorld, fakeWorld } from '../../support/fakes.ts';
import { values } from '../../support/values.ts';
import { BETA, checkOf, commitsSince, ECHO, only, sectionOf, subjectOf, sweep } from './parts-world.ts';
import { merge, plan } from './publication.ts';

/** As if every cluster applied each part at once, and somebody let go whatever waits for a word. */
const AT_ONCE = { '.github/coalmine.yml': 'readiness: { after: 0s, drain: 0s }\n' };
const RESUME = { what: 'everything', by: 'admin', comment: 77 } as const;

/** Two merges, the second half-way through the first: its own changes, and the first one's under way. */
async function worldHalfWay(
  firstKill: number,
): Promise<{ readonly world: FakeWorld; readonly first: string; readonly second: string; readonly before: string }> {
  const world = fakeWorld();
  world.repository.push({ branch: 'main', files: { ...AT_ONCE, [ECHO]: only('v1'), [BETA]: values(25) } });
  for (let part = 0; part < 3; part++) await sweep(world);
  const before = world.repository.tipOf('gitops')?.sha ?? '';
  for (const number of [12, 13]) world.pulls.comments.set(number, `${REVIEW_MARKER}\n\nreviewed\n`);
  const first = merge(world, { [ECHO]: only('v2') }, 12, 'writer');
  await perform((await plan(world)).slice(0, firstKill), world);
  if (world.repository.tipOf('gitops')?.sha === before) await perform(await plan(world), world);
  const second = merge(world, { [BETA]: values(50) }, 13, 'admin');
  return { world, first, second, before };
}

/** Publishes to the end; each plan is first carried out no further than so many effects, as if the process ended there. */
async function publishKilled(world: FakeWorld, effects: number): Promise<void> {
  const isMoving = (made: Plan) => made.some(({ kind }) => kind === 'publish');
  for (let turn = 0; turn < 20; turn++) {
    const killed = await plan(world, RESUME);
    await perform(killed.slice(0, effects), world);
    const again = await plan(world, RESUME);
    await perform(again, world);
    if (!isMoving(killed) && !isMoving(again)) return;
  }
  throw new Error('this publication does not end');
}

/** Everything that is there in the end, but for the ids of commits. */
async function outcomeOf({ world, first, second, before }: Awaited<ReturnType<typeof worldHalfWay>>) {
  return {
    files: world.repository.filesOf('gitops'),
    subjects: (await commitsSince(world, before)).map(subjectOf),
    checks: [checkOf(world, first), checkOf(world, second)].map((check) => ({
      ...check,
      title: check?.title.replace(second.slice(0, 7), 'the second'),
    })),
    sections: [sectionOf(world, 12), sectionOf(world, 13)],
  };
}

test.each([0, 1, 2, 3, 4, 5])(
  'killed after %i effects of every plan: the same end, and no commit twice',
  async (effects) => {
    const whole = await worldHalfWay(Number.POSITIVE_INFINITY);
    await publishKilled(whole.world, Number.POSITIVE_INFINITY);
    const wanted = await outcomeOf(whole);
    expect(wanted.subjects.filter((subject) => subject.startsWith('echo: '))).toHaveLength(2);
    expect(wanted.checks).toEqual([
      { completed: true, title: 'goes on with the second' },
      { completed: true, title: 'echo: stop v1 (3/3)' },
    ]);
    expect(wanted.sections).toEqual([
      '- echo: published in `SHA` (part 3 of 3), taken for applied',
      '- beta: published in `SHA`, taken for applied',
    ]);

    const killed = await worldHalfWay(effects);
    await publishKilled(killed.world, effects);
    expect(await outcomeOf(killed)).toEqual(wanted);
  },
);

test('killed between the part that somebody let go and its check: the check no longer asks for anybody', async () => {
  const { world, second } = await worldHalfWay(Number.POSITIVE_INFINITY);
  for (let part = 0; part < 2; part++) await sweep(world);
  expect(checkOf(world, second)).toEqual({ completed: true, title: 'echo waits until somebody confirms to stop v1' });
  const made = await plan(world, RESUME);
  await perform(made.slice(0, made.findIndex(({ kind }) => kind === 'publish') + 1), world);
  await sweep(world);
  expect(checkOf(world, second)).toEqual({ completed: true, title: 'echo: stop v1 (3/3)' });
  const written = [...world.pulls.written];
  await sweep(world);
  expect(world.pulls.written.filter((line) => line.startsWith('check'))).toEqual(
    written.filter((line) => line.startsWith('check')),
  );
});
