import { describe, expect, test } from 'vitest';
import { REVIEW_MARKER } from '../../../src/core/report/comment.ts';
import type { Job } from '../../../src/flows/ports.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import { type FakeWorld, SHOP } from '../../support/fakes.ts';
import { runQueue } from '../publish/parts-world.ts';
import {
  BETA,
  ECHO,
  echoOn,
  FLUX,
  HALF,
  HOLD_FILE,
  hear,
  holdsSince,
  live,
  openPull,
  publishedSince,
  release,
  say,
  saysOf,
  stateOf,
  subjectOf,
  talkWorld,
  write,
} from './world.ts';

const heldIn = ({ repository }: FakeWorld) =>
  Object.keys(repository.filesOf('gitops'))
    .filter((path) => path.startsWith('.coalmine/holds/'))
    .sort();
const bodyOf = (message: string | undefined) => message?.split('\n\n')[1]?.trimEnd().split('\n');

describe('/hold', () => {
  test('is a commit of its own of one file, which says who, why, when and where', async () => {
    const world = await talkWorld(FLUX, HALF);
    const [tip, main] = [world.repository.tipOf('gitops')?.sha, world.repository.tipOf('main')?.sha];
    const before = world.repository.filesOf('gitops');
    const answer = await say(world, '/hold echo "a look at  the errors"');
    const [hold, ...more] = await holdsSince(world, tip);
    expect(more).toEqual([]);
    expect(await publishedSince(world, tip)).toEqual([]);
    expect(hold?.parents).toEqual([tip]);
    expect(hold && subjectOf(hold)).toBe('echo: hold');
    expect(bodyOf(hold?.message)).toEqual([
      `Source-Commit: ${main}`,
      'Pull-Request: #1',
      'Requested-By: writer',
      'Command: 7',
      'Release: echo/echo',
      'Hold: set',
      'Reason: a look at the errors',
    ]);
    const { [HOLD_FILE]: file, ...others } = world.repository.filesOf('gitops');
    expect(file).toBe(`when: "${world.now().toISOString()}"\nwho: writer\nwhy: "a look at  the errors"\n`);
    expect(others).toEqual(before);
    expect(answer).toBe(
      '**echo** is on hold from now on: `/promote` and `/deploy` wait until `/resume echo`. Merges are published as ever.\n',
    );
    expect(world.pulls.written).toContain('react rocket to 7');
  });

  test('without a reason has none', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/hold echo');
    expect(saysOf(world.repository.tipOf('gitops'), 'Reason')).toEqual([]);
    expect(world.repository.filesOf('gitops')[HOLD_FILE]).toContain('why: ""\n');
    expect(await say(world, '/promote echo')).toMatch(/❌ it is on hold, by `writer` since [-0-9: ]+ UTC; /);
  });

  test('a second one says who holds it, and since when, and changes nothing', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/hold echo "errors"', { author: 'other' });
    const [before, at] = [stateOf(world), world.now().toISOString().slice(0, 19).replace('T', ' ')];
    const answer = await say(world, '/hold echo "mine"');
    expect(answer).toBe(`echo: it is on hold, by \`other\` since ${at} UTC: errors.\n`);
    expect(stateOf(world)).toEqual(before);
  });

  test('a merge is published as ever', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/hold echo');
    const tip = world.repository.tipOf('gitops')?.sha;
    world.repository.push({ branch: 'main', files: { [ECHO]: release({ weight: 60 }) } });
    await live(world);
    expect((await publishedSince(world, tip)).map(subjectOf)).toEqual(['echo: canary v2 50% -> 60%']);
    expect(heldIn(world)).toEqual([HOLD_FILE]);
  });

  test('several releases are one commit', async () => {
    const world = await talkWorld(FLUX, { [ECHO]: HALF, [BETA]: HALF });
    const tip = world.repository.tipOf('gitops')?.sha;
    const answer = await say(world, '/hold echo beta "a storm"');
    expect(answer.match(/is on hold from now on/g)).toHaveLength(2);
    const [hold, ...more] = await holdsSince(world, tip);
    expect(more).toEqual([]);
    expect(hold && subjectOf(hold)).toBe('hold of 2 releases');
    expect(saysOf(hold, 'Release')).toEqual(['echo/echo', 'beta/beta']);
    expect(heldIn(world)).toEqual(['.coalmine/holds/beta/beta.yml', HOLD_FILE].sort());
  });

  test('without a name it is for what the pull request changes', async () => {
    const world = await talkWorld(FLUX, { [ECHO]: HALF, [BETA]: HALF });
    const pull = openPull(world, { [ECHO]: `# note\n${HALF}` });
    await say(world, '/hold', { pull });
    expect(heldIn(world)).toEqual([HOLD_FILE]);
  });

  test('of a release that is not published there is nothing to hold', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { [BETA]: 'deployment: {}\n' } });
    await live(world);
    const before = stateOf(world);
    expect(await say(world, '/hold beta')).toBe(
      'beta: nothing of it is published yet, so there is nothing to hold. Nothing was done. To type: `/status beta`\n',
    );
    expect(stateOf(world)).toEqual(before);
    expect(world.pulls.written).toContain('react confused to 7');
  });

  test.each([
    ['/hold nothing', 'No release is called `nothing`'],
    ['/hold echo "one" "two"', 'it takes one reason'],
    ['/hold echo "one', 'a quotation mark is missing'],
    ['/hold', 'This pull request changes no release, and none is named; name one: `echo`.'],
  ])('%s is refused', async (line, expected) => {
    const world = await talkWorld(FLUX, HALF);
    expect(await say(world, line)).toContain(expected);
    expect(heldIn(world)).toEqual([]);
  });

  test('whoever owns the file: the permission alone counts', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { CODEOWNERS: '* @boss\n' } });
    await live(world);
    expect(await say(world, '/hold echo', { author: 'reader' })).toContain('`/hold` takes the permission `write`');
    expect(heldIn(world)).toEqual([]);
    expect(await say(world, '/hold echo')).toContain('is on hold from now on');
  });

  test('and /promote in one comment: the hold refuses the promotion', async () => {
    const world = await talkWorld(FLUX, HALF);
    expect(await say(world, '/hold echo "seen enough"\n/promote echo')).toMatch(
      /on hold from now on[\s\S]*has to wait[\s\S]*❌ it is on hold, by `writer` since .*: seen enough/,
    );
    expect(echoOn(world, 'main')).toBe(HALF);
  });
});

describe('/resume lifts a hold', () => {
  async function heldWorld(by = '/hold echo "errors"'): Promise<FakeWorld> {
    const world = await talkWorld(FLUX, { [ECHO]: HALF, [BETA]: HALF });
    await say(world, by, { author: 'other' });
    await live(world, ['echo', 'beta']);
    return world;
  }

  test.each(['/hold echo "errors"', '/rollback echo'])('that %j has set, by name', async (by) => {
    const world = await heldWorld(by);
    expect(heldIn(world)).toEqual([HOLD_FILE]);
    const [tip, main] = [world.repository.tipOf('gitops')?.sha, world.repository.tipOf('main')?.sha];
    expect(await say(world, '/resume echo')).toBe('The hold on **echo** is lifted.\n');
    expect(heldIn(world)).toEqual([]);
    const [lifted, ...more] = await holdsSince(world, tip);
    expect(more).toEqual([]);
    expect(lifted && subjectOf(lifted)).toBe('echo: hold lifted');
    expect(bodyOf(lifted?.message)).toEqual([
      `Source-Commit: ${main}`,
      'Pull-Request: #1',
      'Requested-By: writer',
      'Command: 8',
      'Release: echo/echo',
      'Hold: lifted',
    ]);
  });

  test('of what the pull request changes, and of nothing else', async () => {
    const world = await heldWorld('/hold echo beta');
    const pull = openPull(world, { [ECHO]: `# note\n${HALF}` });
    await say(world, '/resume', { pull });
    expect(heldIn(world)).toEqual(['.coalmine/holds/beta/beta.yml']);
  });

  test('but not of another release', async () => {
    const world = await heldWorld();
    const before = stateOf(world);
    expect(await say(world, '/resume beta')).toContain('Nothing of these releases waits for somebody');
    expect(stateOf(world)).toEqual(before);
  });

  test('once: delivered again, it lifts no hold that was set since', async () => {
    const world = await heldWorld();
    const comment = write(world, '/resume echo');
    await hear(world, comment);
    await say(world, '/hold echo "again"', { author: 'other' });
    world.pulls.answers.delete(comment.id); // as after a kill between the commit and the answer
    const before = stateOf(world);
    expect(await hear(world, comment)).toBe('The hold on **echo** is lifted.\n');
    expect(stateOf(world)).toEqual(before);
    expect(heldIn(world)).toEqual([HOLD_FILE]);
  });

  test('and a /hold that is delivered again sets none that was lifted since', async () => {
    const world = await talkWorld(FLUX, HALF);
    const comment = write(world, '/hold echo');
    await hear(world, comment);
    await say(world, '/resume echo', { author: 'other' });
    world.pulls.answers.delete(comment.id);
    expect(await hear(world, comment)).toBe('echo was put on hold, which somebody has lifted since.\n');
    expect(heldIn(world)).toEqual([]);
  });

  test('for whom the permission counts', async () => {
    const world = await heldWorld();
    expect(await say(world, '/resume echo', { author: 'reader' })).toContain('`/resume` takes the permission `write`');
    expect(heldIn(world)).toEqual([HOLD_FILE]);
  });
});

describe('the reviews of open pull requests', () => {
  const SAID = "- Commands don't move it: it is on hold, by `writer` since ";

  test.each([
    ['/hold echo "errors"', ': errors; `/resume echo` lifts that.'],
    ['/rollback echo', ': rolled back in #&#8203;1; `/resume echo` lifts that.'],
  ])('say who holds it after %s, and no more once it is lifted', async (line, expected) => {
    const world = await talkWorld(FLUX, HALF);
    const pull = openPull(world, { [ECHO]: release({ weight: 60 }) });
    await runJob({ kind: 'review', repository: SHOP, pull }, world);
    const comment = () => world.pulls.comments.get(pull) ?? '';
    expect(comment().startsWith(REVIEW_MARKER)).toBe(true);
    expect(comment()).not.toContain('on hold');
    await say(world, line);
    const said = comment()
      .split('\n')
      .find((each) => each.startsWith(SAID));
    expect(said ?? comment()).toContain(expected);
    await say(world, '/resume echo');
    expect(comment()).not.toContain('on hold');
  });

  test('are made anew by a job each, only of the open ones', async () => {
    const world = await talkWorld(FLUX, HALF);
    const pull = openPull(world, { [ECHO]: release({ weight: 60 }) });
    const closed = openPull(world, { [ECHO]: release({ weight: 70 }) }, { open: false });
    await runJob({ kind: 'command', repository: SHOP, pull: 1, comment: write(world, '/hold echo').id }, world);
    const isChoice = ({ kind }: Job) => kind === 'review-open';
    expect(world.enqueued.filter(isChoice)).toHaveLength(1);
    await runJob({ kind: 'review-open', repository: SHOP }, world);
    const reviewed = world.enqueued.flatMap((job) => (job.kind === 'review' ? [job.pull] : []));
    expect(reviewed).toEqual([1, pull]);
    expect(reviewed).not.toContain(closed);
    await runQueue(world);
  });
});

test.each(['/promote', '/hold', '/status', '/deploy', '/rollback'])(
  '%s for a release that comes with its pull request',
  async (line) => {
    const world = await talkWorld(FLUX, HALF);
    const pull = openPull(world, { [BETA]: HALF });
    const before = stateOf(world);
    expect(await say(world, line, { pull })).toContain(
      '`beta` comes with this pull request, so there is nothing to move yet: merge it, and it is published.',
    );
    expect(stateOf(world)).toEqual(before);
  },
);
