import { describe, expect, test } from 'vitest';
import { formatFile, holdFile } from '../../src/core/model/places.ts';
import { formatMessage, parseMessage, trailer } from '../../src/core/model/trailers.ts';
import { formatHold } from '../../src/core/rollout/hold.ts';
import { HOLD_TRAILER, isHold, releasesOf, touches } from '../../src/flows/gitops/history.ts';
import { fetchPublished, NOTHING_PUBLISHED } from '../../src/flows/gitops/published.ts';
import { runJob } from '../../src/flows/run-job.ts';
import { commentOf, type FakeWorld, fakeWorld, outline, SHOP } from '../support/fakes.ts';
import { memoryTree } from '../support/memory-tree.ts';
import { values } from '../support/values.ts';
import {
  BETA,
  checkOf,
  commitsSince,
  ECHO,
  hear,
  later,
  mergePull,
  only,
  sectionOf,
  settle,
  settledWorld,
  subjectOf,
  sweep,
} from './publish/parts-world.ts';
import { plan, publish, publishedWorld, resume } from './publish/publication.ts';

const ID = { namespace: 'echo', name: 'echo' };
const FLUX = 'readiness: { by: flux }\n';
const TWO = { [ECHO]: only('v1'), [BETA]: values(25) };

/** Somebody holds echo, or lets it go again; no part waits for that. */
function hold(world: FakeWorld, state: 'set' | 'lifted' = 'set', more: Readonly<Record<string, string>> = {}): void {
  const source = trailer(parseMessage(world.repository.tipOf('gitops')?.message ?? ''), 'Source-Commit');
  const when = world.now().toISOString();
  const text = state === 'set' ? formatHold({ who: 'writer', why: 'errors', when }) : undefined;
  const said = {
    ...(source === undefined ? {} : { 'Source-Commit': source }),
    'Pull-Request': '#99',
    'Requested-By': 'holder',
    Command: '70',
    Release: 'echo/echo',
    [HOLD_TRAILER]: state,
    ...more,
  };
  const subject = state === 'set' ? 'echo: hold' : 'echo: hold lifted';
  const message = formatMessage({ subject, trailers: Object.entries(said) });
  world.repository.push({ branch: 'gitops', files: { [holdFile(ID)]: text }, message });
}

/** So many holds, set and lifted by turns. */
function holdTimes(world: FakeWorld, times: number): void {
  for (let count = 0; count < times; count++) hold(world, count % 2 === 0 ? 'set' : 'lifted');
}

type Act = (world: FakeWorld) => Promise<unknown>;

const STORIES: readonly (readonly [name: string, settings: string, acts: readonly Act[]])[] = [
  [
    'by flux, in three parts, with another release in between',
    FLUX,
    [
      (world) => mergePull(world, 12, { [ECHO]: only('v2') }),
      (world) => hear(world, 'echo-workloads', { failed: 'v2 crashes' }),
      (world) => mergePull(world, 13, { [BETA]: values(40) }),
      (world) => hear(world, 'echo-workloads'),
      (world) => hear(world, 'echo-routes'),
      (world) => later(world, 31),
      (world) => hear(world, 'echo-workloads'),
      (world) => settle(world, ['echo', 'beta']),
      (world) => later(world, 1000),
    ],
  ],
  [
    'by delay, the last part by somebody’s word',
    '',
    [
      (world) => mergePull(world, 12, { [ECHO]: only('v2') }),
      (world) => later(world, 60),
      (world) => later(world, 60),
      (world) => later(world, 30),
      (world) => mergePull(world, 13, { [BETA]: values(40) }),
      (world) => later(world, 1000),
      (world) => resume(world, new Set(['echo/echo'])),
      (world) => later(world, 1000),
    ],
  ],
  [
    'a broken release, and its repair',
    FLUX,
    [
      (world) => mergePull(world, 12, { [ECHO]: values(50).replace('version: v2', 'version: v3') }),
      (world) => mergePull(world, 13, { 'README.md': 'x' }),
      (world) => mergePull(world, 14, { [ECHO]: only('v2') }),
      (world) => settle(world, ['echo', 'beta']),
    ],
  ],
];

const withoutShas = (text: string) => text.replace(/\b[0-9a-f]{7,40}\b/g, 'SHA');

/** All that a story leads to, act by act, where somebody holds so many times before each. */
async function tell(settings: string, acts: readonly Act[], holds: number): Promise<readonly unknown[]> {
  const world = await settledWorld(settings, TWO);
  const start = world.repository.tipOf('gitops')?.sha;
  const told: unknown[] = [];
  for (const act of acts) {
    holdTimes(world, holds);
    world.repository.takeReads();
    await sweep(world);
    const swept = new Set(world.repository.takeReads());
    await act(world);
    const commits = (await commitsSince(world, start)).filter((commit) => !isHold(commit));
    told.push({
      commits: commits.map(({ message }) => withoutShas(message)),
      written: world.pulls.written.splice(0).map(withoutShas),
      sections: [12, 13, 14].map((number) => sectionOf(world, number)),
      later: world.enqueuedLater.splice(0).map(({ seconds }) => seconds),
      swept,
    });
  }
  return told;
}

describe.each(STORIES)('holds change nothing of a publication: %s', (_, settings, acts) => {
  // More than the 20 commits by hand that are looked past, and together fewer than the 200 that are looked back at.
  test.each([1, 5, 21])('%i before every act', async (holds) => {
    const undisturbed = await tell(settings, acts, 0);
    expect(await tell(settings, acts, holds)).toEqual(undisturbed);
  });
});

describe('a hold on top of what is published', () => {
  test('plans nothing and reads nothing', async () => {
    const world = await publishedWorld();
    hold(world);
    expect(outline(await plan(world))).toEqual([]);
    expect(world.repository.takeReads()).toEqual([]);
  });

  test('leaves the check the title and the commit of the publication', async () => {
    const world = await publishedWorld({ [ECHO]: values(25) });
    const sha = await mergePull(world, 12, { [ECHO]: values(50) });
    const published = world.repository.tipOf('gitops');
    const before = checkOf(world, sha);
    hold(world);
    world.pulls.checks.clear(); // as after a kill between the commit and its check
    const [check] = await plan(world);
    expect(check).toMatchObject({ kind: 'check', report: { title: before?.title } });
    expect(check?.kind === 'check' && check.report.summary).toContain(`as ${published?.sha}`);
  });

  test('is what the next publication is put on: the hold stays', async () => {
    const world = await publishedWorld({ [ECHO]: values(25) });
    hold(world);
    const held = world.repository.tipOf('gitops')?.sha;
    await mergePull(world, 12, { [ECHO]: values(50) });
    expect(world.repository.tipOf('gitops')).toMatchObject({ parents: [held] });
    expect(world.repository.filesOf('gitops')[holdFile(ID)]).toContain('who: writer');
  });

  test('doesn’t hide a commit by hand below it: everything is looked at, and put right', async () => {
    const world = await publishedWorld();
    const path = 'apps/echo/echo/routes/routetable-echo-routes.yaml';
    const right = world.repository.filesOf('gitops')[path];
    world.repository.push({ branch: 'gitops', files: { [path]: 'by: hand\n' }, message: 'By hand' });
    hold(world, 'set', { 'Source-Commit': world.repository.tipOf('main')?.sha ?? '' }); // that of our newest publication
    await publish(world);
    expect(world.repository.filesOf('gitops')[path]).toBe(right);
  });

  test('lets a review read what it would without: all values files where the branch can’t be relied on', async () => {
    const world = await publishedWorld();
    const main = world.repository.tipOf('main')?.sha ?? '';
    const files = { [ECHO]: `${values(50)}  paths: [{ prefix: /new }]\n` };
    const sha = world.repository.push({ branch: 'feature', files, onto: [main] });
    const head = { sha, branch: 'feature', fork: false };
    world.pulls.pulls.set(5, { number: 5, open: true, ours: false, head, base: 'main' });
    const review = async () => {
      world.repository.takeReads();
      await runJob({ kind: 'review', repository: SHOP, pull: 5 }, world);
      return world.repository.takeReads().includes('charts-values/old.yaml');
    };
    expect(await review()).toBe(false);
    hold(world, 'set', { 'Source-Commit': 'unknown' });
    expect(await review()).toBe(false);
    world.repository.push({ branch: 'gitops', files: { 'README.md': 'by hand\n' }, message: 'By hand' });
    expect(await review()).toBe(true);
    hold(world, 'set', { 'Source-Commit': main });
    expect(await review()).toBe(true);
  });

  test('isn’t what the same comment’s /resume has done', async () => {
    const world = await settledWorld('', TWO);
    await mergePull(world, 1, { [ECHO]: only('v2') });
    for (const seconds of [60, 90]) await later(world, seconds);
    world.pulls.permissions.set('writer', 'write');
    world.pulls.conversation.set(7, commentOf({ id: 7, body: '/resume', createdAt: world.now() }));
    hold(world, 'set', { Command: '7' });
    await runJob({ kind: 'command', repository: SHOP, pull: 1, comment: 7 }, world);
    const tip = world.repository.tipOf('gitops');
    expect(tip && subjectOf(tip)).toBe('echo: stop v1 (3/3)');
    expect(world.pulls.answers.get(7)).toContain('echo: stop v1 (3/3)');
  });
});

test.each([{}, { 'Source-Commit': 'abc' }])('a hold touches nothing, whatever it says (%j)', async (said) => {
  const world = fakeWorld();
  hold(world, 'set', said);
  const tip = world.repository.tipOf('gitops');
  expect(tip && [touches(tip, ID), releasesOf(tip), isHold(tip)]).toEqual([false, [], true]);
  world.repository.push({ branch: 'gitops', files: {}, message: 'Hold on\n\nby hand' });
  const byHand = world.repository.tipOf('gitops');
  expect(byHand && [touches(byHand, ID), isHold(byHand)]).toEqual([true, false]);
});

describe('a release that goes', () => {
  test.each(['', 'dev/'])('takes its hold away with its last part, and no other one (%j)', async (stage) => {
    const settings = stage === '' ? {} : { '.github/coalmine.yml': 'values: charts-values/{stage}/{release}.yaml\n' };
    const [echo, beta] = [ECHO, BETA].map((file) => file.replace('/', `/${stage}`)) as [string, string];
    const world = await publishedWorld({ ...settings, [echo]: values(), [beta]: values() });
    const holds = ['echo', 'beta', 'new'].map((name) => `${stage}.coalmine/holds/${name}/${name}.yml`);
    const left = () => holds.filter((path) => world.repository.filesOf('gitops')[path] !== undefined);
    hold(world);
    world.repository.push({
      branch: 'gitops',
      files: Object.fromEntries(holds.map((path) => [path, 'who: writer\n'])),
      message: world.repository.tipOf('gitops')?.message ?? '',
    });
    world.repository.push({ branch: 'main', files: { [echo]: undefined } });
    await publish(world);
    expect(left()).toEqual(holds);
    await resume(world);
    expect(left()).toEqual(holds.slice(1));
    expect(Object.keys(world.repository.filesOf('gitops')).filter((path) => /apps\/echo/.test(path))).toEqual([]);
    expect(world.repository.filesOf('gitops')[formatFile(stage === '' ? undefined : 'dev')]).toBeDefined();
    expect(await publish(world)).toEqual([]);
  });
});

describe('what holds a release', () => {
  const fetch = async (text: string | undefined) => {
    const files = new Map(text === undefined ? [] : [[holdFile(ID), text] as const]);
    return (await fetchPublished(memoryTree(files))).fetchHold(ID);
  };

  test('is read from the branch', async () => {
    const held = { who: 'writer', why: 'errors', when: '2026-05-04T12:00:00.000Z' };
    expect(await fetch(formatHold(held))).toEqual(held);
    expect(await fetch(undefined)).toBeUndefined();
    expect(await NOTHING_PUBLISHED.fetchHold(ID)).toBeUndefined();
  });

  test.each([
    ['broken', '{'],
    ['empty', ''],
    ['far too large', `who: ${'x'.repeat(300_000)}\n`],
  ])('still holds though its file is %s', async (_, text) => {
    expect(await fetch(text)).toEqual({ who: '', why: '', when: '' });
  });
});
