import { describe, expect, test } from 'vitest';
import type { Job } from '../../../src/flows/ports.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import type { FakeWorld } from '../../support/fakes.ts';
import { hear as hearFlux } from '../publish/parts-world.ts';
import {
  ALL,
  answerTo,
  BETA,
  beginReview,
  commitsSince,
  DELAY,
  DRAINING,
  ECHO,
  echoOn,
  FLUX,
  HALF,
  HEADER,
  HOLD_FILE,
  hear,
  jobOf,
  linesBetween,
  live,
  mergesSince,
  openPull,
  release,
  say,
  saysOf,
  stateOf,
  subjectOf,
  talkWorld,
  V2,
  write,
} from './world.ts';

/** Says it, and expects that nothing came of it but an answer. */
async function refused(world: FakeWorld, body: string, more: Parameters<typeof say>[2] = {}): Promise<string> {
  const before = stateOf(world);
  const answer = await say(world, body, more);
  expect(answer).toContain('Nothing was done.');
  expect(stateOf(world)).toEqual(before);
  return answer;
}

describe.each([
  ['by delay', DELAY],
  ['by flux', FLUX],
])('a rollout %s', (_, settings) => {
  test('goes from step to step, each one a merge and a commit on gitops that says who and why', async () => {
    const world = await talkWorld(settings, release({ weight: 0 }).replace(/ {2}canary:[\s\S]*/, ''));
    const [main, gitops] = [world.repository.tipOf('main')?.sha, world.repository.tipOf('gitops')?.sha];
    const states: (string | undefined)[] = [];
    for (let step = 0; step < 5; step++) {
      expect(await say(world, '/promote echo')).toContain(
        `#${step + 2}, merged as ${world.repository.tipOf('main')?.sha}`,
      );
      states.push(echoOn(world, 'main'));
      await live(world);
    }
    expect(states).toEqual([HEADER, HALF, ALL, DRAINING, V2]);
    const merges = await mergesSince(world, main);
    expect(merges.map(subjectOf)).toEqual([
      'echo: canary v2 none -> 0% (#2)',
      'echo: canary v2 0% -> 50% (#3)',
      'echo: canary v2 50% -> 100% (#4)',
      'echo: primary v1 -> v2, canary done (#5)',
      'echo: stops v1 (#6)',
    ]);
    const published = await commitsSince(world, gitops);
    expect(published.map(subjectOf)).toEqual(merges.map((merge) => subjectOf(merge).replace(/ \(#\d\)$/, '')));
    for (const [index, commit] of published.entries()) {
      expect(saysOf(commit, 'Source-Commit')).toEqual([merges[index]?.sha]);
      expect(saysOf(commit, 'Pull-Request')).toEqual([`#${index + 2}`]);
      expect(saysOf(commit, 'Requested-By')).toEqual(['writer']); // and not the bot that merged
      expect(saysOf(commit, 'Command')).toEqual([`${7 + index}`]);
    }
    expect(await refused(world, '/promote echo')).toContain('it runs v2 alone, so there is nothing to promote');
    expect(world.repository.tipOf('coalmine/promote/echo/echo')).toBeUndefined();
  });
});

describe('on an open pull request that changes the release', () => {
  const NOTED = `# why: see the wiki\n${HEADER}`;

  async function changeWorld(text: string = NOTED, main: string = HEADER, more = {}) {
    const world = await talkWorld(FLUX, main);
    const pull = openPull(world, { [ECHO]: text }, more);
    return { world, pull, branch: `change-${pull}` };
  }

  test('the step is one commit on its branch, of the lines that it means', async () => {
    const { world, pull, branch } = await changeWorld();
    const [head, main] = [world.repository.tipOf(branch)?.sha, world.repository.tipOf('main')?.sha];
    const answer = await say(world, '/promote', { pull, authorId: 42 });
    const tip = world.repository.tipOf(branch);
    expect(tip?.parents).toEqual([head]);
    expect(linesBetween(NOTED, echoOn(world, branch))).toEqual(['-    weight: 0', '+    weight: 50']);
    expect(tip?.message).toBe(
      [
        'echo: canary v2 0% -> 50%',
        '',
        'Release: echo/echo',
        'Requested-By: writer',
        'Command: 7',
        'Co-authored-by: writer <42+writer@users.noreply.github.com>',
        '',
      ].join('\n'),
    );
    expect(answer).toContain(
      `**echo: canary v2 0% -&gt; 50%**: written to \`${branch}\` as ${tip?.sha}`.replace('&gt;', '>'),
    );
    expect(world.repository.tipOf('main')?.sha).toBe(main);
    expect(world.pulls.pulls.size).toBe(pull);
  });

  test('it is written once, however often it is heard, and asked for once more it says so', async () => {
    const { world, pull, branch } = await changeWorld();
    const comment = write(world, '/promote', { pull });
    const answer = await hear(world, comment);
    const tip = world.repository.tipOf(branch);
    world.pulls.answers.clear(); // as after a kill between the commit and the answer
    expect(await hear(world, comment)).toContain(`written to \`${branch}\` as ${tip?.sha}`);
    expect(answer).toContain(`as ${tip?.sha}`);
    expect(world.repository.tipOf(branch)).toBe(tip);
    beginReview(world, branch);
    const again = await refused(world, '/promote', { pull });
    expect(again).toContain('this pull request asks for that already, or for more (canary v2 0% -> 50%)');
  });

  test('that is in a fork the answer has the patch', async () => {
    const { world, pull, branch } = await changeWorld(NOTED, HEADER, { fork: true });
    const answer = await refused(world, '/promote', { pull });
    expect(answer).toContain('its branch is in a fork, where we may not write');
    const patch = /```diff\n([\s\S]*)```/.exec(answer)?.[1]?.split('\n') ?? [];
    expect(patch.filter((line) => /^[-+] /.test(line))).toEqual(['-    weight: 0', '+    weight: 50']);
    expect(patch.slice(0, 2)).toEqual([`--- a/${ECHO}`, `+++ b/${ECHO}`]);
    expect(echoOn(world, branch)).toBe(NOTED);
  });

  test.each([
    ['began after', 1, true],
    ['began before', -1, false],
  ])('whose review %s the comment was written', async (_, seconds, isLater) => {
    const { world, pull, branch } = await changeWorld();
    const head = world.repository.tipOf(branch)?.sha ?? '';
    const comment = write(world, '/promote', { pull });
    world.pulls.checkStarts.set(`coalmine ${head}`, new Date(world.now().getTime() + seconds * 1000));
    const answer = await hear(world, comment);
    expect(answer.includes('its review began only after it')).toBe(isLater);
    expect(world.repository.tipOf(branch)?.sha === head).toBe(isLater);
    if (isLater) expect(world.pulls.written).toContain('react confused to 7');
  });

  test('whose head is not reviewed', async () => {
    const { world, pull, branch } = await changeWorld();
    const head = world.repository.push({ branch, files: { [ECHO]: `# pushed a moment before\n${NOTED}` } });
    const answer = await say(world, '/promote', { pull });
    expect(answer).toContain(`The head of \`${branch}\`, ${head}, is not reviewed yet`);
    expect(answer).toContain('comment again: `/promote`');
    expect(world.repository.tipOf(branch)?.sha).toBe(head);
    beginReview(world, branch);
    expect(await say(world, '/promote', { pull })).toContain(`written to \`${branch}\``);
  });

  describe('whose head moved between the comment and its turn', () => {
    /** A comment on the second head of a pull request, both of which were reviewed; heard of by a webhook, or by a sweep. */
    async function moved(act: (world: FakeWorld, branch: string, first: string) => string, { lists = true } = {}) {
      const { world, pull, branch } = await changeWorld();
      const first = world.repository.tipOf(branch)?.sha ?? '';
      world.advance(5);
      world.repository.push({ branch, files: { [ECHO]: `# second\n${NOTED}` } });
      beginReview(world, branch);
      world.pulls.listsPushes.value = lists;
      const comment = write(world, '/promote', { pull });
      const heard = world.repository.tipOf(branch)?.sha;
      world.advance(2);
      const head = act(world, branch, first);
      return { world, branch, head, comment, heard };
    }

    /** The commit was reviewed on another pull request, before the comment. */
    function pushReviewedElsewhere(world: FakeWorld, branch: string): string {
      const other = openPull(world, { [ECHO]: `# nobody has read this\n${NOTED}` });
      const head = world.repository.tipOf(`change-${other}`)?.sha ?? '';
      world.pulls.checkStarts.set(`coalmine ${head}`, new Date(world.now().getTime() - 60_000));
      world.repository.rewind(branch, head);
      return head;
    }

    function forceBack(world: FakeWorld, branch: string, first: string): string {
      world.repository.rewind(branch, first);
      return first;
    }

    test.each([
      ['a commit that was reviewed on another pull request', pushReviewedElsewhere],
      ['an earlier head of it', forceBack],
    ])('to %s: it is refused, also where only a sweep finds the comment', async (_, act) => {
      const { world, branch, head, comment } = await moved(act);
      const answer = await hear(world, comment);
      expect(answer).toContain('has moved since this comment was written');
      expect(answer).toContain(`its head is ${head} now`);
      expect(answer).toContain('comment again: `/promote`');
      expect(world.repository.tipOf(branch)?.sha).toBe(head);
      const again = await say(world, '/promote', { pull: comment.pull });
      expect(again).toContain(`written to \`${branch}\``);
    });

    test.each(['other/other', 'echo/echo'])(
      'to a commit that says it was made for this comment, and was not: %s',
      async (release) => {
        const { world, pull, branch } = await changeWorld();
        const comment = write(world, '/promote', { pull });
        const message = `echo: canary v2\n\nRelease: ${release}\nCommand: ${comment.id}\n`;
        const head = world.repository.push({ branch, files: { [ECHO]: `# nobody has read this\n${NOTED}` }, message });
        expect(await hear(world, comment)).toContain(`its head is ${head} now`);
        expect(world.repository.tipOf(branch)?.sha).toBe(head);
      },
    );

    test('on a server without a list of pushes the head when the comment was heard of counts', async () => {
      const { world, branch, head, comment, heard } = await moved(forceBack, { lists: false });
      await runJob({ ...jobOf(comment), head: heard } as Job, world);
      expect(answerTo(world, comment)).toContain('has moved since this comment was written');
      expect(world.repository.tipOf(branch)?.sha).toBe(head);
    });

    test('to a head that the list of pushes has not got yet', async () => {
      const { world, branch, head, comment } = await moved(forceBack);
      world.pulls.fetchPushes = async () => world.repository.pushesOf(branch).slice(1);
      expect(await hear(world, comment)).toContain(`doesn't list yet when ${head} was pushed`);
      expect(world.repository.tipOf(branch)?.sha).toBe(head);
    });
  });

  test('whose base is another branch, it gets one of its own', async () => {
    const world = await talkWorld(FLUX, HEADER);
    world.repository.push({ branch: 'next', onto: [world.repository.tipOf('main')?.sha ?? ''], files: {} });
    const pull = openPull(world, { [ECHO]: NOTED }, { base: 'next' });
    const head = world.repository.tipOf(`change-${pull}`)?.sha;
    expect(await say(world, '/promote echo', { pull })).toContain(`#${pull + 1}, merged as`);
    expect(world.repository.tipOf(`change-${pull}`)?.sha).toBe(head);
    expect(echoOn(world, 'main')).toBe(HALF);
  });

  test.each([
    ['asks for as much', HALF],
    ['asks for more', ALL],
    ['makes it the primary', DRAINING],
  ])('that %s, nothing is written', async (_, text) => {
    const { world, pull } = await changeWorld(text);
    expect(await refused(world, '/promote', { pull })).toContain('asks for that already, or for more');
  });

  test.each([
    ['another primary', release({ versions: ['v1', 'v2', 'v3'], primary: 'v3', weight: 0 }), 'makes v3 the primary'],
    ['another canary', release({ versions: ['v1', 'v2', 'v3'], canary: 'v3', weight: 0 }), 'makes v3 the canary'],
  ])('that brings %s, that comes first', async (_, text, expected) => {
    const { world, pull } = await changeWorld(text, release({ versions: ['v1', 'v2', 'v3'], weight: 0 }));
    expect(await refused(world, '/promote', { pull })).toContain(`this pull request ${expected}; merge that first`);
  });

  test.each([
    ['takes the file away', undefined, `this pull request removes \`${ECHO}\``],
    ['has no primary', 'deployment: {v1: {}}\n', 'no primary can be read in'],
    [
      'has an error',
      HEADER.replace('apiGroup: example', 'apiGroup: nowhere'),
      'with the step this branch has an error',
    ],
  ])('that %s, nothing is written', async (_, text, expected) => {
    const world = await talkWorld(FLUX, HEADER);
    const pull = openPull(world, { [ECHO]: text });
    expect(await refused(world, '/promote echo', { pull })).toContain(expected);
  });

  test('several releases are a commit each', async () => {
    const world = await talkWorld(FLUX, { [ECHO]: HEADER, [BETA]: HEADER });
    const pull = openPull(world, { [ECHO]: NOTED, [BETA]: NOTED });
    const answer = await say(world, '/promote', { pull });
    expect(answer.match(/written to/g)).toHaveLength(2);
    const tip = world.repository.tipOf(`change-${pull}`);
    const below = await world.repository.fetchCommit(tip?.parents[0] ?? '');
    expect([tip, below].flatMap((commit) => saysOf(commit ?? undefined, 'Release')).sort()).toEqual([
      'beta/beta',
      'echo/echo',
    ]);
    for (const file of [ECHO, BETA]) {
      const text = world.repository.filesOf(`change-${pull}`)[file];
      expect(linesBetween(NOTED, text)).toEqual(['-    weight: 0', '+    weight: 50']);
    }
  });
});

describe('elsewhere', () => {
  test('with "merge: rollback" it is left open, and asked for once more the answer names it', async () => {
    const world = await talkWorld('readiness: { by: flux }\n', HEADER);
    const main = world.repository.tipOf('main');
    const answer = await say(world, '/promote echo');
    expect(answer).toContain('#2, open: somebody who may merge it does (`merge: rollback`)');
    expect(world.repository.tipOf('main')).toBe(main);
    const pull = await world.pulls.fetchPull(2);
    expect(pull).toMatchObject({
      open: true,
      ours: true,
      base: 'main',
      head: { branch: 'coalmine/promote/echo/echo' },
    });
    expect(echoOn(world, 'coalmine/promote/echo/echo')).toBe(HALF);
    const { title, body } = world.pulls.proposals.get(2) ?? { title: '', body: '' };
    expect(title).toBe('echo: canary v2 0% -> 50%');
    expect(body).toMatch(/^`writer` asked for this in #1: `\/promote echo`\n/);
    expect(body).toContain('+              weight: 50');

    const before = stateOf(world);
    expect(await say(world, '/promote echo')).toContain('#2 asks for that already (canary v2 0% -> 50%)');
    expect(stateOf(world)).toEqual(before);
    expect(await say(world, '/promote echo to 70')).toContain('#2, open'); // more than that: the same one says so now
    expect(world.pulls.proposals.get(2)?.title).toBe('echo: canary v2 0% -> 70%');
  });

  test('a person merges it: gitops says who commanded', async () => {
    const world = await talkWorld('readiness: { by: flux }\n', HEADER);
    await say(world, '/promote echo', { author: 'other' });
    const head = world.repository.tipOf('coalmine/promote/echo/echo')?.sha ?? '';
    const merged = world.repository.push({
      branch: 'main',
      onto: [world.repository.tipOf('main')?.sha ?? '', head],
      files: { [ECHO]: HALF },
      author: 'admin',
    });
    const pull = world.pulls.pulls.get(2);
    if (pull) world.pulls.pulls.set(2, { ...pull, open: false, mergeCommit: merged, mergedBy: 'admin' });
    await live(world);
    const tip = world.repository.tipOf('gitops');
    expect(saysOf(tip, 'Requested-By')).toEqual(['other']);
    expect(saysOf(tip, 'Command')).toEqual(['7']);
    expect(saysOf(tip, 'Pull-Request')).toEqual(['#2']);
  });

  test.each([
    ['/promote echo to 35', '    weight: 35'],
    ['/promote echo v2', '    weight: 50'],
    ['/promote v2 to 10%, echo/echo', '    weight: 10'],
  ])('%s', async (line, expected) => {
    const world = await talkWorld(FLUX, HEADER);
    await say(world, line);
    expect(linesBetween(HEADER, echoOn(world, 'main'))).toEqual(['-    weight: 0', `+${expected}`]);
  });

  test('all the way in one step', async () => {
    const world = await talkWorld(FLUX, HEADER);
    await say(world, '/promote echo full');
    expect(echoOn(world, 'main')).toBe(DRAINING);
  });

  test.each([
    ['/promote echo to 50', 'v2 takes 50% already'],
    ['/promote echo v3', 'it has no version "v3"; did you mean'],
    ['/promote echo v1', 'v1 is the primary already'],
    ['/promote nothing', 'No release is called `nothing`'],
    ['/promote', 'This pull request changes no release, and none is named; name one: `echo`.'],
    ['/promote echo v2 v3', 'No release is called `v2`'],
    ['/promote echo to 101', '"to" takes a whole number from 0 to 100'],
    ['/promote echo --force', '--force takes the reason, in double quotes'],
    ['/promote echo --fast', 'there is no option --fast'],
  ])('%s is refused', async (line, expected) => {
    expect(await refused(await talkWorld(FLUX, HALF), line)).toContain(expected);
  });

  test('a value that may stand elsewhere, too, is left alone, and the answer has the patch', async () => {
    const anchored = HEADER.replace('echo:v2\n', 'echo:v2\n    env: {NONE: &none 0}\n').replace(
      'weight: 0',
      'weight: *none',
    );
    const answer = await refused(await talkWorld(FLUX, anchored), '/promote echo');
    expect(answer).toContain("**echo** has to be written by hand: /routes/canary/weight can't be set in place");
    expect(answer).toContain('\n```diff\n--- a/charts-values/echo.yaml\n');
    expect(answer).toMatch(/^\+ +weight: 50$/m);
  });

  test('braces over several lines are left alone', async () => {
    const braces = `deployment: {v1: {image: a}, v2: {image: b}}
routes: {primary: {version: v1},
  canary: {version: v2, weight: 100, headers: {stage: canary}}}
`;
    const answer = await refused(await talkWorld(FLUX, braces), '/promote echo');
    expect(answer).toContain('the braces that it stands in go over several lines');
  });
});

describe('what a step asks for', () => {
  const WAITS = 'has to wait. Nothing was done.';

  test('what is not published yet is not passed over', async () => {
    const world = await talkWorld(FLUX, HEADER);
    world.repository.push({ branch: 'main', files: { [ECHO]: release({ weight: 10 }) } });
    const comment = write(world, '/promote echo');
    const before = stateOf(world);
    await runJob(jobOf(comment), world);
    expect(stateOf(world)).toEqual(before);
    expect(world.pulls.answers.get(7)).toMatch(
      /what the default branch has is not published yet \(\w+ has v1 90% v2 10%, gitops has v1 100%\)/,
    );
    expect(world.pulls.written).toContain('react confused to 7');
  });

  test('the last step is live: else a list says what is, and what not', async () => {
    const world = await talkWorld(FLUX, HEADER);
    await say(world, '/promote echo');
    const answer = await refused(world, '/promote echo');
    expect(answer.split('\n')).toEqual([
      `**echo: canary v2 50% -> 100%** ${WAITS}`,
      '',
      `- ✅ the values have no errors (\`${ECHO}\`)`,
      expect.stringMatching(
        /^- ❌ the last step is not live yet: it waits for cluster `default` \(last heard .* UTC\)$/,
      ),
      '- ✅ it has the pods for its share',
      '- ✅ there is no hold',
      '',
      'Once all of it is met, type: `/promote echo`',
      '',
    ]);
    await hearFlux(world, 'echo-routes', { failed: 'no matches for kind "RouteTable"' });
    expect(await refused(world, '/promote echo')).toContain(
      'the last step failed: Flux (default, routes) says `no matches for kind "RouteTable"`',
    );
    await live(world);
    expect(await say(world, '/promote echo')).toContain('merged as');
  });

  test('by delay it is taken for live after so long', async () => {
    const world = await talkWorld('merge: all\nreadiness: { after: 60s }\n', HEADER);
    await say(world, '/promote echo');
    expect(await refused(world, '/promote echo')).toContain('❌ the last step is not live yet');
    world.advance(60);
    expect(await say(world, '/promote echo')).toContain('is taken for live');
  });

  test('it has soaked for long enough', async () => {
    const world = await talkWorld(`${FLUX}rollout: { soak: 10m }\n`, HALF);
    expect(await refused(world, '/promote echo')).toMatch(/❌ it has soaked for \d+s of 10m; the time is up at 2026/);
    expect(await say(world, '/promote echo full')).toContain('✅ the soak of 10m is skipped (`full`)');
    await live(world);
    expect(await refused(world, '/promote echo')).toContain('❌ it has soaked for');
    world.advance(600);
    expect(await say(world, '/promote echo')).toContain('✅ it has soaked for 10m');
  });

  test('the gates are open on the commit that last changed the release', async () => {
    const world = await talkWorld(`${FLUX}rollout: { gates: [errors, latency] }\n`, { [ECHO]: HALF, [BETA]: HALF });
    await say(world, '/hold beta'); // a commit that has nothing to do with it
    await say(world, '/resume beta');
    const published = (await commitsSince(world, undefined)).findLast((commit) =>
      saysOf(commit, 'Release').includes('echo/echo'),
    );
    const { sha = '' } = published ?? {};
    const tip = world.repository.tipOf('gitops')?.sha ?? '';
    expect(tip).not.toBe(sha);
    world.pulls.statuses.set(
      tip,
      new Map([
        ['errors', 'success'],
        ['latency', 'success'],
      ]),
    );
    world.pulls.statuses.set(sha, new Map([['errors', 'failure']]));
    const answer = await refused(world, '/promote echo');
    expect(answer).toContain(`❌ the gate \`errors\` has failed (failure) on ${sha.slice(0, 7)}`);
    expect(answer).toContain(`❌ the gate \`latency\` is not reported on ${sha.slice(0, 7)}`);
    world.pulls.statuses.set(
      sha,
      new Map([
        ['errors', 'success'],
        ['latency', 'success'],
      ]),
    );
    expect(await say(world, '/promote echo')).toContain('✅ the gate `latency` is open');
  });

  test('the step is no larger than the settings allow', async () => {
    const world = await talkWorld(`${FLUX}rollout: { maxStep: 20 }\n`, HEADER);
    expect(await refused(world, '/promote echo')).toContain(
      '"v2" goes from 0% to 50% of the traffic in one step; the settings allow 20',
    );
    expect(await say(world, '/promote echo to 20')).toContain('✅ the step is no larger than 20%');
  });

  test('lowering the weight asks for nothing: no gate, no soak, no hold, nothing that is live', async () => {
    const world = await talkWorld(`${FLUX}rollout: { gates: [errors], soak: 1h, maxStep: 5 }\n`, HALF);
    await say(world, '/hold echo "a look at the errors"', { author: 'other' });
    expect(await say(world, '/promote echo to 35')).toContain('**echo: canary v2 50% -> 35%**: #2, merged as');
    expect(await say(world, '/promote echo to 0')).toContain('canary v2 35% -> 0%'); // though the first is not live yet
    expect(echoOn(world, 'main')).toBe(HEADER);
  });

  test('the canary has the pods for its share', async () => {
    const world = await talkWorld(FLUX, HEADER.replace('echo:v1\n', 'echo:v1\n    replicas: 4\n'));
    expect(await refused(world, '/promote echo')).toContain('takes 50% of the traffic with 1 pod');
    expect(await say(world, '/promote echo to 25')).toContain('merged as');
  });

  test('nobody holds it', async () => {
    const world = await talkWorld(FLUX, HALF);
    await say(world, '/hold echo "a look at the errors"', { author: 'other' });
    expect(await refused(world, '/promote echo')).toMatch(
      /❌ it is on hold, by `other` since .*: a look at the errors; `\/resume echo` lifts it/,
    );
    await say(world, '/resume echo');
    expect(await say(world, '/promote echo')).toContain('✅ there is no hold');
  });

  test('the values have no errors, before and after', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({
      branch: 'main',
      files: { [ECHO]: HALF.replace('apiGroup: example', 'apiGroup: nowhere') },
    });
    const answer = await refused(world, '/promote echo');
    expect(answer).toMatch(/^\*\*echo: canary v2 100%\*\* has to wait/);
    expect(answer).toContain('❌ the values have errors: no domain selects the API group "nowhere"');
    expect(answer).not.toContain('--force');
  });
});

describe('--force', () => {
  const FORCE = `${FLUX}commands: { force: { users: [admin] } }\nrollout: { gates: [errors], soak: 1h }\n`;

  test('passes over what can be passed over, and its reason stands in every commit', async () => {
    const world = await talkWorld(FORCE, release({ weight: 50 }));
    await say(world, '/hold echo "see #1"');
    const answer = await say(world, '/promote echo --force "the gate  is broken"', { author: 'admin' });
    expect(answer).toContain('2 of 6 checks are met'.replace('2', String((answer.match(/✅/g) ?? []).length)));
    expect(answer).toContain('❌ the gate `errors` is not reported');
    expect(echoOn(world, 'main')).toBe(ALL);
    const [main, gitops] = [world.repository.tipOf('main'), world.repository.tipOf('gitops')];
    const values = await world.repository.fetchCommit(main?.parents[1] ?? '');
    for (const commit of [values, main, gitops]) {
      expect(saysOf(commit, 'Forced')).toEqual(['the gate is broken']);
      expect(saysOf(commit, 'Requested-By')).toEqual(['admin']);
    }
    expect(world.pulls.proposals.get(2)?.body).toContain('Forced, because: the gate  is broken');
    expect(world.repository.filesOf('gitops')[HOLD_FILE]).toBeDefined();
  });

  test('is refused from anybody else, whatever they may do in the repository', async () => {
    const world = await talkWorld(FORCE.replace('admin', 'boss'), HALF);
    expect(await refused(world, '/promote echo --force "please"', { author: 'admin' })).toContain(
      '`--force` takes one of `boss` who may `write`; `admin` has `admin` here',
    );
  });

  test('doesn’t pass over errors, nor over what isn’t published', async () => {
    const world = await talkWorld(FORCE, HALF);
    const force = '/promote echo --force "now"';
    world.repository.push({
      branch: 'main',
      files: { [ECHO]: HALF.replace('apiGroup: example', 'apiGroup: nowhere') },
    });
    expect(await refused(world, force, { author: 'admin' })).toContain(WAITS_ERRORS);
    world.repository.push({ branch: 'main', files: { [ECHO]: release({ weight: 60 }) } });
    const before = echoOn(world, 'main');
    await runJob(jobOf(write(world, force, { author: 'admin' })), world);
    expect(world.pulls.answers.get(8)).toContain('is not published yet');
    expect(echoOn(world, 'main')).toBe(before);
  });

  const WAITS_ERRORS = '❌ the values have errors';

  test('on an open pull request its reason stands in the commit there', async () => {
    const world = await talkWorld(FORCE, HALF);
    const pull = openPull(world, { [ECHO]: `# note\n${HALF}` });
    await say(world, '/promote --force "a demonstration"', { author: 'admin', pull });
    expect(saysOf(world.repository.tipOf(`change-${pull}`), 'Forced')).toEqual(['a demonstration']);
  });
});

describe('who may', () => {
  test('a reader may not, and nothing is written anywhere', async () => {
    const world = await talkWorld(FLUX, HALF);
    const pull = openPull(world, { [ECHO]: `# note\n${HALF}` });
    for (const more of [{}, { pull }]) {
      const answer = await refused(world, '/promote echo', { author: 'reader', ...more });
      expect(answer).toContain('`/promote` takes the permission `write`; `reader` has `read` here.');
    }
    expect(world.pulls.written.filter((line) => !/^(react|answer|check|comment|section)/.test(line))).toEqual([]);
  });

  test.each([
    ['user', '@Boss', (_: FakeWorld) => {}, 'boss'],
    ['team', '@canary/platform', (world: FakeWorld) => world.pulls.teams.set('platform', ['other']), 'other'],
    ['address', 'o@example.com', (world: FakeWorld) => world.pulls.emails.set('other', 'o@example.com'), 'other'],
  ])('the owner of the values file has to be the one who asks: a %s', async (_, owner, prepare, author) => {
    const world = await talkWorld(FLUX, { [ECHO]: HALF });
    world.pulls.permissions.set('boss', 'write');
    world.repository.push({ branch: 'main', files: { CODEOWNERS: `/charts-values/ ${owner}\n` } });
    await live(world);
    prepare(world);
    const answer = await refused(world, '/promote echo');
    expect(answer).toContain(`\`${ECHO}\` is owned by \`${owner}\` (\`CODEOWNERS\`, line 1); not by \`writer\``);
    expect(await say(world, '/promote echo', { author })).toContain('merged as');
  });

  test('the CODEOWNERS of the default branch count, not those of the pull request', async () => {
    const world = await talkWorld(FLUX, HALF);
    world.repository.push({ branch: 'main', files: { CODEOWNERS: '* @boss\n' } });
    await live(world);
    const pull = openPull(world, { [ECHO]: `# note\n${HALF}`, CODEOWNERS: '* @writer\n' });
    expect(await refused(world, '/promote', { pull })).toContain('is owned by `@boss`');
  });

  test.each([
    ['users', 'permission: admin, users: [Writer]', 'writer'],
    ['teams', 'teams: [ops]', 'reader'],
    ['a lesser permission', 'permission: read', 'reader'],
  ])('the settings may give the right by %s', async (_, right, author) => {
    const world = await talkWorld(`${FLUX}commands: { promote: { ${right} } }\n`, HALF);
    world.pulls.teams.set('ops', ['reader']);
    expect(await say(world, '/promote echo', { author })).toContain('merged as');
  });

  test('a user whom the settings name may not write: the login may have been registered by a stranger', async () => {
    const world = await talkWorld(`${FLUX}commands: { promote: { users: [Reader] } }\n`, HALF);
    expect(await refused(world, '/promote echo', { author: 'reader' })).toContain(
      'takes the permission `write`, or one of `Reader` who may `write`; `reader` has `read` here',
    );
  });

  test('in a stage its own rights and rollout count', async () => {
    const file = (stage: string) => `values/${stage}/echo.yaml`;
    const settings = [
      'merge: all',
      'readiness: { after: 0s, drain: 0s }',
      'values: "values/{stage}/{release}.yaml"',
      'stages: {production: {commands: {promote: {permission: admin}}, rollout: {steps: [0, 5, 100]}, merge: none}}',
    ];
    const world = await talkWorld(`${settings.join('\n')}\n`, { [file('dev')]: HEADER, [file('production')]: HEADER });
    expect(await refused(world, '/promote production/echo/echo')).toContain('takes the permission `admin`');
    expect(await refused(world, '/promote production/echo/echo dev/echo/echo')).toContain(
      'takes the permission `admin`',
    );
    expect(await say(world, '/promote dev/echo/echo')).toContain('merged as');
    const answer = await say(world, '/promote production/echo/echo', { author: 'admin' });
    expect(answer).toContain('canary v2 0% -> 5%');
    expect(answer).toContain('(`merge: none`)');
    const files = world.repository.filesOf('main');
    expect(linesBetween(HEADER, files[file('dev')])).toEqual(['-    weight: 0', '+    weight: 50']);
    expect(files[file('production')]).toBe(HEADER);
    expect(world.repository.tipOf('coalmine/promote/production/echo/echo')).toBeDefined();
  });
});
