import { describe, expect, test } from 'vitest';
import { MAX_ANSWERED_PER_HOUR, MAX_ANSWERED_WRITERS_PER_HOUR } from '../../../src/flows/commands/admit-comment.ts';
import type { Comment, Job } from '../../../src/flows/ports.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import { type FakeWorld, SHOP } from '../../support/fakes.ts';
import { answerTo, FLUX, HALF, SETTINGS, stateOf, talkWorld, write } from './world.ts';

const READER = { author: 'reader' };

/** Hears of a comment; the jobs that it leads to. */
async function hear(world: FakeWorld, comment: Comment): Promise<readonly Job['kind'][]> {
  return (await hearJobs(world, comment)).map(({ kind }) => kind);
}

async function hearJobs(world: FakeWorld, { id, pull = 1 }: Comment): Promise<readonly Job[]> {
  const enqueued: Job[] = [];
  const jobs = { ...world.jobs, enqueue: (job: Job) => void enqueued.push(job) };
  await runJob({ kind: 'comment', repository: SHOP, pull: pull ?? 1, comment: id }, { ...world, jobs });
  return enqueued;
}

/** How often a person's permission is asked for from now on. */
function countPermissions(world: FakeWorld): () => number {
  let count = 0;
  const { fetchPermission } = world.pulls;
  world.pulls.fetchPermission = (login) => {
    count += 1;
    return fetchPermission(login);
  };
  return () => count;
}

describe('a comment', () => {
  test('of a writer gets a turn among the writers of the repository, and no answer yet', async () => {
    const world = await talkWorld(FLUX, HALF);
    const comment = write(world, '/promote echo\n/status');
    const head = world.repository.tipOf('change-1')?.sha;
    expect(await hearJobs(world, comment)).toEqual([expect.objectContaining({ kind: 'command', head })]);
    expect(answerTo(world, comment)).toBe('');
  });

  test('of a reader is refused without one, each command once, with one question for the permission', async () => {
    const world = await talkWorld(FLUX, HALF);
    const [before, asked] = [stateOf(world), countPermissions(world)];
    const comment = write(world, '/hold "i"\n'.repeat(2_000), READER);
    expect(await hear(world, comment)).toEqual([]);
    const answer = answerTo(world, comment);
    expect(answer.match(/takes the permission/g)).toHaveLength(1);
    expect(answer).toContain('A comment may have 10 commands; 1990 more were not run. Write them in a new comment.');
    expect(asked()).toBe(1);
    expect(stateOf(world)).toEqual(before);
  });

  test('that only asks is answered beside what the writers do', async () => {
    const world = await talkWorld(FLUX, HALF);
    const comment = write(world, '/status echo\n/help\n/promte', READER);
    await hear(world, comment);
    const answer = answerTo(world, comment);
    expect(answer).toContain('### echo: ');
    expect(answer).toContain('| line | what it does |');
    expect(answer).toContain('There is no command `/promte`');
  });

  test('of a reader who also asks is answered, and refused', async () => {
    const world = await talkWorld(FLUX, HALF);
    const comment = write(world, '/rollback echo\n/status echo', READER);
    expect(await hear(world, comment)).not.toContain('command');
    expect(answerTo(world, comment)).toMatch(/^`\/rollback` takes the permission `write`[\s\S]*### echo: /);
  });
});

test.each([
  ['refusals', '/rollback echo'],
  ['questions', '/status echo'],
  ['questions for help', '/help'],
  ['typing errors', '/rolback echo'],
])('of one person only some %s are answered within an hour, and then some more', async (_, line) => {
  const world = await talkWorld(FLUX, HALF);
  const said = async () => {
    const comment = write(world, line, READER);
    await hear(world, comment);
    return answerTo(world, comment) !== '';
  };
  for (let count = 0; count < MAX_ANSWERED_PER_HOUR; count++) expect(await said()).toBe(true);
  expect([await said(), await said()]).toEqual([false, false]);
  const writer = write(world, '/rollback echo');
  expect(await hear(world, writer)).toEqual(['command']);
  world.advance(60 * 60 + 100);
  expect(await said()).toBe(true);
});

test('ten commands of a writer ask for the permission once', async () => {
  const world = await talkWorld(FLUX, HALF);
  const asked = countPermissions(world);
  const comment = write(world, Array.from({ length: 10 }, (_, index) => `/hold echo "${index}"`).join('\n'));
  await runJob({ kind: 'command', repository: SHOP, pull: 1, comment: comment.id }, world);
  expect(asked()).toBe(1);
});

test('of a person who may write more questions are answered within an hour, and not without end', async () => {
  const world = await talkWorld(FLUX, HALF);
  const said = async () => {
    const comment = write(world, '/help');
    await hear(world, comment);
    return answerTo(world, comment) !== '';
  };
  for (let count = 0; count < MAX_ANSWERED_WRITERS_PER_HOUR; count++) expect(await said()).toBe(true);
  expect(await said()).toBe(false);
});

describe('where the settings have errors', () => {
  test('no comment gets a turn among the writers, and the answer says what to do', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { [SETTINGS]: 'merge: perhaps\n' } });
    const [before, rolledBack] = [stateOf(world), write(world, '/rollback echo')];
    expect(await hear(world, rolledBack)).toEqual([]);
    expect(answerTo(world, rolledBack)).toBe(
      "`.github/coalmine.yml` of the default branch has errors, so Coalmine can't tell who may use `/rollback`. Nothing was done. Fix the file (`coalmine validate` lists its errors), then comment again.\n",
    );
    expect(stateOf(world)).toEqual(before);
  });

  test('only some of one person are answered within an hour', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { [SETTINGS]: 'merge: perhaps\n' } });
    const comments = Array.from({ length: MAX_ANSWERED_PER_HOUR + 5 }, () => write(world, '/hold "i"', READER));
    for (const comment of comments) expect(await hear(world, comment)).toEqual([]);
    expect(world.pulls.answers.size).toBe(MAX_ANSWERED_PER_HOUR);
  });
});
