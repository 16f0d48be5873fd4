import { describe, expect, test } from 'vitest';
import type { Comment } from '../../../src/flows/ports.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import { sweepRepository } from '../../../src/flows/sweep/sweep.ts';
import { commentOf, type FakeWorld, outline, SHOP } from '../../support/fakes.ts';
import { killedAtEachWrite } from '../../support/writes.ts';
import { LONG, merge, publish, publishedWorld, publishOnce, trailersOf } from '../publish/publication.ts';

const ECHO = 'charts-values/echo.yaml';
const BETA = 'charts-values/beta.yaml';
const V1 = 'deployment:\n  v1: {image: "x:1"}\nroutes:\n  primary: {version: v1}\n';
const V2 = V1.replaceAll('v1', 'v2');

/** The pull request 1 takes echo from v1 to v2 in one jump: its last part waits for somebody's word. */
async function waitingWorld(files: Readonly<Record<string, string>> = { [ECHO]: V2 }): Promise<FakeWorld> {
  const world = await publishedWorld({ [ECHO]: V1, [BETA]: V1 });
  merge(world, files, 1, 'writer');
  await publish(world);
  world.pulls.permissions.set('writer', 'write');
  world.pulls.written.length = 0;
  return world;
}

/** Somebody says this on a pull request, now, and the App hears of it. */
async function say(world: FakeWorld, body: string, more: Partial<Comment> = {}): Promise<void> {
  const comment = commentOf({ id: 7, body, createdAt: world.now(), ...more });
  world.pulls.conversation.set(comment.id, comment);
  await hear(world, comment);
}

async function hear(world: FakeWorld, { id, pull }: Pick<Comment, 'id' | 'pull'> = { id: 7, pull: 1 }): Promise<void> {
  await runJob({ kind: 'command', repository: SHOP, pull: pull ?? 0, comment: id }, world);
}

const subjectOf = ({ repository }: FakeWorld) => repository.tipOf('gitops')?.message.split('\n')[0];
const answer = ({ pulls }: FakeWorld, id = 7) => pulls.answers.get(id) ?? '';
const said = ({ pulls }: FakeWorld) => pulls.written.filter((line) => /^(react|answer) /.test(line));

describe('what waits for a word', () => {
  test('is published, in the name of who said it', async () => {
    const world = await waitingWorld();
    expect(subjectOf(world)).toBe('echo: switch routes to v2 (2/3)');
    await say(world, 'Nobody uses it any more.\n\n/resume');
    expect(subjectOf(world)).toBe('echo: stop v1 (3/3)');
    expect(trailersOf(world)).toEqual(
      expect.arrayContaining(['Requested-By: writer', 'Command: 7', 'Pull-Request: #1']),
    );
    expect(said(world)).toEqual(['react eyes to 7', 'react rocket to 7', 'answer 7']);
    const sha = world.repository.tipOf('gitops')?.sha;
    expect(answer(world)).toBe(
      `<!-- coalmine:answer 7 -->\n\nPublished to gitops as ${sha}, in the name of \`writer\`:\n\n- echo: stop v1 (3/3)\n`,
    );
    expect(world.repository.filesOf('gitops')['apps/echo/echo/workloads/deployment-echo-v1.yaml']).toBeUndefined();
  });

  test('is published once, however often it is heard', async () => {
    const world = await waitingWorld();
    await say(world, '/resume');
    const tip = world.repository.tipOf('gitops');
    const [written, told] = [world.pulls.written.length, answer(world)];
    await hear(world);
    expect(world.pulls.written).toHaveLength(written);
    world.pulls.answers.clear(); // as after a kill between the commit and the answer
    await hear(world);
    expect(world.repository.tipOf('gitops')).toBe(tip);
    expect(answer(world)).toBe(told);
    expect(world.pulls.written.at(-2)).toBe('react rocket to 7');
  });

  test('is published once, though the process is killed between any two writes', async () => {
    let before: string | undefined;
    const writes = await killedAtEachWrite({
      start: async () => {
        const world = await waitingWorld();
        world.pulls.conversation.set(7, commentOf({ id: 7, body: '/resume', createdAt: world.now() }));
        before = world.repository.tipOf('gitops')?.sha;
        return world;
      },
      run: hear,
      check: (world, killed) => {
        const tip = world.repository.tipOf('gitops');
        expect(tip?.parents, killed).toEqual([before]);
        expect(answer(world)).toContain(`Published to gitops as ${tip?.sha}`);
        expect(world.pulls.written.filter((line) => line.startsWith('answer '))).toHaveLength(1);
        expect(world.pulls.written).toContain('react rocket to 7');
      },
    });
    expect(writes).toBeGreaterThanOrEqual(5);
  });

  test('is published once, though somebody else hears it first', async () => {
    const world = await waitingWorld();
    const other = { ...world, repository: { ...world.repository } };
    let first: Promise<void> | undefined;
    const { commit } = world.repository;
    world.repository.commit = async (write) => {
      world.repository.commit = commit;
      first = hear({ ...other, repository: { ...other.repository, commit } });
      await first;
      return commit(write);
    };
    await say(world, '/resume');
    const messages = await world.repository.fetchFirstParents(
      undefined,
      world.repository.tipOf('gitops')?.sha ?? '',
      1,
    );
    expect(messages.map(({ message }) => message).join()).toContain('Command: 7');
    const parent = await world.repository.fetchCommit(world.repository.tipOf('gitops')?.parents[0] ?? '');
    expect(parent?.message).not.toContain('Command: 7');
  });

  test('may be named, on another pull request', async () => {
    const world = await waitingWorld({ [ECHO]: V2, [BETA]: V2 });
    merge(world, {}, 2);
    await say(world, '/resume echo', { pull: 2 });
    expect(subjectOf(world)).toBe('echo: stop v1 (3/3)');
    await say(world, '/resume\n/resume beta/beta', { id: 8, pull: 2 });
    expect(subjectOf(world)).toBe('beta: stop v1 (3/3)');
  });

  test('is all that the pull request brought, where nothing is named', async () => {
    const world = await waitingWorld();
    merge(world, { [BETA]: V2 }, 2, 'writer');
    await publish(world);
    await say(world, '/resume', { pull: 2 });
    expect(subjectOf(world)).toBe('beta: stop v1 (3/3)');
    await say(world, '/resume', { id: 8 });
    expect(subjectOf(world)).toBe('echo: stop v1 (3/3)');
  });

  test('is not what came up after it was said', async () => {
    const world = await waitingWorld();
    await say(world, '/resume', { createdAt: new Date(world.now().getTime() - 10 * LONG * 1000) });
    expect(subjectOf(world)).toBe('echo: switch routes to v2 (2/3)');
    expect(answer(world)).toContain('has come up since this comment was written');
  });
});

describe('nothing is done', () => {
  async function unchanged(world: FakeWorld, body: string, more: Partial<Comment> = {}): Promise<string> {
    const tip = world.repository.tipOf('gitops');
    await say(world, body, more);
    expect(world.repository.tipOf('gitops')).toBe(tip);
    return answer(world);
  }

  test.each<[string, string, Partial<Comment>]>([
    ['a robot says it', '/resume', { by: 'bot' }],
    ['it is our own comment', '/resume', { by: 'us' }],
    ['the comment was edited', '/resume', { edited: true }],
    ['it is quoted', '> /resume', {}],
    ['it is on no pull request', '/resume', { pull: undefined }],
    ['it is on one that is not there', '/resume', { pull: 99 }],
  ])('without a word where %s', async (_, body, more) => {
    const world = await waitingWorld();
    expect(await unchanged(world, body, more)).toBe('');
    expect(world.pulls.written).toEqual([]);
  });

  test('where it was deleted meanwhile, or is elsewhere than the job says', async () => {
    const world = await waitingWorld();
    await hear(world);
    world.pulls.conversation.set(7, commentOf({ id: 7, body: '/resume', createdAt: world.now() }));
    merge(world, {}, 2);
    await hear(world, { id: 7, pull: 2 });
    expect(world.pulls.written).toEqual([]);
  });

  const REFUSED = ['react eyes to 7', 'react confused to 7', 'answer 7'];
  test.each<[string, string, string, readonly string[]]>([
    [
      'a mistyped command',
      '/resmue',
      'Did you mean this, which lifts a hold, or approves a publication that is waiting or was refused? `/resume [release...]`',
      REFUSED.slice(1),
    ], // there was nothing to take up
    ['a name that nothing has', '/resume ecoh', 'No release is called `ecoh`. Did you mean `echo`?', REFUSED],
    ['a release that does not wait', '/resume beta', "Nothing of these releases waits for somebody's word.", REFUSED],
  ])('but %s is answered', async (_, body, expected, written) => {
    const world = await waitingWorld();
    expect(await unchanged(world, body)).toContain(expected);
    expect(said(world)).toEqual(written);
  });

  test('where nothing waits, and the answer says how it stands', async () => {
    const world = await publishedWorld({ [ECHO]: V1 });
    world.pulls.permissions.set('writer', 'write');
    merge(world, { [ECHO]: V2 }, 1);
    expect(await unchanged(world, '/resume')).toContain('The next part is on its way: echo: start v2 (1/3).');
    world.pulls.answers.clear();
    await publish(world);
    await say(world, '/resume');
    merge(world, {}, 2);
    expect(await unchanged(world, '/resume', { id: 7, pull: 2 })).toContain('Published to gitops as'); // said and done before
    world.pulls.answers.clear();
    await say(world, '/resume', { id: 8 });
    expect(answer(world, 8)).toContain('gitops has all that can be published of');
  });

  test('where it is somebody else who waits, and the answer says whose word does what', async () => {
    const world = await waitingWorld();
    merge(world, {}, 2);
    const text = await unchanged(world, '/resume', { pull: 2 });
    expect(text).toContain('- echo waits until somebody confirms to stop v1; `/resume echo` confirms it.');
  });

  test.each<[string, string, string, RegExp]>([
    ['who may only read', '', 'reader', /`\/resume` takes the permission `write`; `reader` has `read` here/],
    ['who has less than the settings ask for', 'permission: admin', 'writer', /takes the permission `admin`/],
    [
      'whom the settings do not name',
      'users: [boss], teams: [ops]',
      'reader',
      /one of `boss` who may `write`, or the team `ops`/,
    ],
  ])('by somebody %s', async (_, right, author, expected) => {
    const world = await waitingWorld({
      [ECHO]: V2,
      '.github/coalmine.yml': `commands: {resume: {${right}}}\n`,
    });
    expect(await unchanged(world, '/resume', { author })).toMatch(expected);
    expect(said(world)).toEqual(REFUSED);
  });

  test('while the settings have errors', async () => {
    const world = await waitingWorld();
    world.repository.push({ branch: 'main', files: { '.github/coalmine.yml': 'nonsense: 1\n' } });
    expect(await unchanged(world, '/resume')).toContain('has errors; nothing is published until they are fixed');
  });
});

test.each<[string, string, string]>([
  ['by name', 'permission: admin, users: [Writer]', 'writer'],
  ['by team', 'teams: [ops]', 'reader'],
  ['by a lesser permission', 'permission: read', 'reader'],
])('the settings may give the right %s', async (_, right, author) => {
  const world = await waitingWorld({ [ECHO]: V2, '.github/coalmine.yml': `commands: {resume: {${right}}}\n` });
  world.pulls.teams.set('ops', ['reader']);
  await say(world, '/resume', { author });
  expect(subjectOf(world)).toBe('echo: stop v1 (3/3)');
});

test('in a stage its own rights count', async () => {
  const file = (stage: string) => `values/${stage}/echo.yaml`;
  const settings = [
    'values: "values/{stage}/{release}.yaml"',
    'stages: {production: {commands: {resume: {permission: admin}}}}',
  ];
  const before = { [file('dev')]: V1, [file('production')]: V1, '.github/coalmine.yml': `${settings.join('\n')}\n` };
  const world = await publishedWorld(before);
  world.pulls.permissions.set('writer', 'write');
  merge(world, { [file('dev')]: V2, [file('production')]: V2 }, 1);
  await publish(world);
  await say(world, '/resume');
  expect(answer(world)).toContain('takes the permission `admin`');
  await say(world, '/resume dev/echo/echo', { id: 8 });
  expect(subjectOf(world)).toBe('dev/echo/echo: stop v1 (3/3)');
});

describe('a refused publication', () => {
  const many = Array.from({ length: 8 }, (_, index) => `charts-values/r${index}.yaml`);

  async function refusedWorld(): Promise<FakeWorld> {
    const world = await publishedWorld(Object.fromEntries([...many, ECHO].map((file) => [file, V1])));
    world.pulls.permissions.set('writer', 'write');
    merge(world, Object.fromEntries(many.map((file) => [file, undefined])), 1, 'writer');
    await publish(world);
    return world;
  }

  test('is let go on its own pull request', async () => {
    const world = await refusedWorld();
    const tip = world.repository.tipOf('gitops')?.sha;
    await say(world, '/resume');
    expect(world.repository.tipOf('gitops')?.parents).toEqual([tip]);
    expect(trailersOf(world)).toEqual(expect.arrayContaining(['Requested-By: writer', 'Command: 7']));
    expect(answer(world)).toContain('publish 8 releases');
  });

  test.each<[string, string, Partial<Comment>, string]>([
    ['on another one', '/resume', { pull: 2 }, "This pull request didn't bring it: `/resume` on #1 lets it go."],
    ['of some releases', '/resume r1', {}, 'It is refused as a whole: `/resume` without names lets it go.'],
    ['before it was merged', '/resume', { createdAt: new Date(0) }, 'has come up since this comment was written'],
    ['by a reader', '/resume', { author: 'reader' }, '`/resume` takes the permission `write`'],
  ])('is not let go %s', async (_, body, more, expected) => {
    const world = await refusedWorld();
    world.pulls.pulls.set(2, {
      number: 2,
      open: true,
      ours: false,
      head: { sha: 'x', branch: 'b', fork: false },
      base: 'main',
    });
    const tip = world.repository.tipOf('gitops');
    await say(world, body, more);
    expect(world.repository.tipOf('gitops')).toBe(tip);
    expect(answer(world)).toContain(expected);
  });

  test('is not let go where no word makes it good', async () => {
    const world = await publishedWorld({ [ECHO]: V1 });
    world.pulls.permissions.set('writer', 'write');
    merge(world, { [ECHO]: undefined }, 1);
    await say(world, '/resume');
    expect(answer(world)).toContain('No word lets this publication go.');
    expect(answer(world)).toContain('there is no values file any more');
  });
});

test('the sweep finds the commands that nobody answered', async () => {
  const world = await waitingWorld();
  const of = async () => outline(await sweepRepository(world, SHOP)).filter((line) => line.includes('comment'));
  world.pulls.conversation.set(5, commentOf({ id: 5, body: '/resume', createdAt: world.now(), pull: undefined }));
  world.pulls.conversation.set(6, commentOf({ id: 6, body: 'Thanks!', createdAt: world.now() }));
  world.pulls.conversation.set(7, commentOf({ id: 7, body: '/resume', createdAt: world.now() }));
  world.pulls.conversation.set(8, commentOf({ id: 8, body: '/resume', createdAt: new Date(0) }));
  expect(await of()).toEqual(['enqueue comment']);
  await hear(world);
  expect(await of()).toEqual([]);
});

test('what waits for a cluster is looked at again, and no word replaces that of the cluster', async () => {
  const world = await publishedWorld({ [ECHO]: V1, '.github/coalmine.yml': 'readiness: {by: flux}\n' });
  world.pulls.permissions.set('writer', 'write');
  merge(world, { [ECHO]: V2 }, 1);
  await publishOnce(world);
  const tip = world.repository.tipOf('gitops');
  world.enqueued.length = 0;
  await say(world, '/resume');
  expect(world.repository.tipOf('gitops')).toBe(tip);
  expect(answer(world)).toMatch(/- echo waits until .*, and goes on by itself then\./);
  expect(answer(world)).toContain('No cluster has ever answered');
  expect(world.enqueued).toEqual([{ kind: 'publish', repository: SHOP }]);
});
