import { describe, expect, test } from 'vitest';
import { holdFile } from '../../../src/core/model/places.ts';
import { REVIEW_CHECK } from '../../../src/flows/review/review.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import { type FakeWorld, SHOP } from '../../support/fakes.ts';
import { brokenValues, values } from '../../support/values.ts';
import { publish, publishedWorld } from '../publish/publication.ts';

// Which of the open pull requests are reviewed again once something was published, or held.

const SETTINGS = '.github/coalmine.yml';
const [BETA, ECHO, OLD] = ['beta', 'echo', 'old'].map((name) => `charts-values/${name}.yaml`) as [
  string,
  string,
  string,
];

/** A release on this path. */
const at = (path: string, weight?: number) => `${values(weight)}  paths: [{ prefix: ${path} }]\n`;

type Files = Readonly<Record<string, string | undefined>>;

/** Opens a pull request with these changes on main, and reviews it. */
async function open(world: FakeWorld, number: number, files: Files, base = 'main'): Promise<void> {
  const { repository, pulls } = world;
  const branch = `change-${number}`;
  const sha = repository.push({ branch, files, onto: [repository.tipOf(base)?.sha ?? ''] });
  pulls.pulls.set(number, { number, open: true, ours: false, base, head: { sha, branch, fork: false } });
  await runJob({ kind: 'review', repository: SHOP, pull: number }, world);
}

/** The pull requests that are chosen now, by a job of their own or by a sweep. */
async function chosen(world: FakeWorld, kind: 'review-open' | 'sweep' = 'review-open'): Promise<readonly number[]> {
  const before = world.enqueued.length;
  await runJob({ kind, repository: SHOP }, world);
  return world.enqueued.slice(before).flatMap((job) => (job.kind === 'review' ? [job.pull] : []));
}

/** Four pull requests: of echo, of beta, of no release, and of the settings; nothing has changed since. */
async function reviewedWorld(): Promise<FakeWorld> {
  const world = await publishedWorld();
  await open(world, 1, { [ECHO]: values(50) });
  await open(world, 2, { [BETA]: values(5) });
  await open(world, 3, { README: 'x' });
  await open(world, 4, { [SETTINGS]: 'rules: {default-image: off}\n' });
  expect(await chosen(world)).toEqual([]);
  expect(await chosen(world, 'sweep')).toEqual([]);
  return world;
}

async function push(world: FakeWorld, files: Files): Promise<void> {
  world.repository.push({ branch: 'main', files });
  await publish(world);
}

describe('after a publication', () => {
  test('of a weight: whose release it is, and whose settings are about all', async () => {
    const world = await reviewedWorld();
    await push(world, { [ECHO]: values(30) });
    expect(await chosen(world)).toEqual([1, 4]);
    expect(await chosen(world, 'sweep')).toEqual([1, 4]);
    for (const pull of [1, 4]) await runJob({ kind: 'review', repository: SHOP, pull }, world);
    expect(await chosen(world)).toEqual([]);
    await push(world, { [BETA]: values(30) });
    expect(await chosen(world)).toEqual([2, 4]);
  });

  test('of no release that any of them is about: none but that of the settings', async () => {
    const world = await reviewedWorld();
    await push(world, { [OLD]: values(30), README: 'y' });
    expect(await chosen(world)).toEqual([4]);
  });

  test.each<[string, Files]>([
    ['that a release has given up', { [OLD]: at('/moved') }],
    ['that a release has taken', { [OLD]: at('/beta/inside') }],
    ['of a new release', { 'charts-values/new.yaml': values() }],
    ['of a release that is gone', { [OLD]: undefined }],
  ])('of a path %s: all that are about a release', async (_, files) => {
    const world = await reviewedWorld();
    await push(world, files);
    expect(await chosen(world)).toEqual([1, 2, 4]);
  });

  test('of other settings: all', async () => {
    const world = await reviewedWorld();
    await push(world, { [SETTINGS]: 'domains: {example: {render: true}}\n' });
    expect(await chosen(world)).toEqual([1, 2, 3, 4]);
  });
});

describe('beside a publication', () => {
  test('a hold, and its end: whose release it is', async () => {
    const world = await reviewedWorld();
    const hold = holdFile({ namespace: 'echo', name: 'echo' });
    world.repository.push({ branch: 'gitops', files: { [hold]: 'by: ada\n' } });
    expect(await chosen(world)).toEqual([1, 4]);
    world.repository.push({ branch: 'gitops', files: { [hold]: undefined } });
    expect(await chosen(world)).toEqual([]); // as it was when they were reviewed
  });

  test('values with errors on main: whose release it is, though nothing is published', async () => {
    const world = await reviewedWorld();
    await push(world, { [ECHO]: brokenValues() });
    expect(await chosen(world)).toEqual([1, 4]);
  });

  test('what is published in place of values with errors: who shows it', async () => {
    const world = await publishedWorld();
    await push(world, { [ECHO]: brokenValues() });
    await open(world, 1, { [ECHO]: values(50) });
    await open(world, 2, { [BETA]: values(5) });
    expect(await chosen(world)).toEqual([]);
    const routes = 'apps/echo/echo/routes/routetable-echo-routes.yaml';
    const text = world.repository.filesOf('gitops')[routes] ?? '';
    world.repository.push({ branch: 'gitops', files: { [routes]: text.replace('weight: 25', 'weight: 20') } });
    expect(await chosen(world)).toEqual([1]);
  });

  test('a pull request that was merged into this one as well: its files are another change now', async () => {
    const world = await publishedWorld();
    await open(world, 1, { [ECHO]: values(50), [BETA]: values(5) });
    await open(world, 2, { [OLD]: values(5) });
    world.repository.push({ branch: 'main', files: { [BETA]: values(5) } }); // the same as it has
    await publish(world);
    expect(await chosen(world)).toEqual([1]);
  });

  test('a file that both have alike, once main changes it again', async () => {
    const world = await publishedWorld();
    await push(world, {}); // main moves on from where the branch leaves it
    await open(world, 1, { [ECHO]: values(50), [BETA]: values(5) });
    await push(world, { [ECHO]: values(50) });
    await runJob({ kind: 'review', repository: SHOP, pull: 1 }, world); // of beta alone now
    expect(await chosen(world)).toEqual([]);
    await push(world, { [ECHO]: values(60) });
    expect(await chosen(world)).toEqual([1]);
  });
});

describe('what can not be told', () => {
  const check = async (world: FakeWorld, change: (basis: string | undefined) => string | undefined) => {
    const { sha } = world.repository.tipOf('change-2') ?? { sha: '' };
    const key = `${REVIEW_CHECK} ${sha}`;
    const { basis, ...seen } = world.pulls.checks.get(key) ?? { completed: true, title: '' };
    const changed = change(basis);
    world.pulls.checks.set(key, { ...seen, ...(changed === undefined ? {} : { basis: changed }) });
  };

  test.each<[string, (basis: string | undefined) => string | undefined]>([
    ['a review without a basis, as one that failed is', () => undefined],
    ['one of an older kind', (basis) => basis?.replace(/^1/, '0')],
    ['one of another pull request with that head', (basis) => basis?.replace(/^1 2/, '1 3')],
  ])('%s is made again after each publication, and by no sweep', async (_, change) => {
    const world = await reviewedWorld();
    await check(world, change);
    expect(await chosen(world)).toEqual([2]);
    expect(await chosen(world, 'sweep')).toEqual([]);
  });

  test('one that is not finished is made by both', async () => {
    const world = await reviewedWorld();
    const { sha } = world.repository.tipOf('change-2') ?? { sha: '' };
    world.pulls.checks.set(`${REVIEW_CHECK} ${sha}`, { completed: false, title: '' });
    expect(await chosen(world)).toEqual([2]);
    expect(await chosen(world, 'sweep')).toEqual([2]);
  });

  test('a pull request into another branch is reviewed after each publication', async () => {
    const world = await publishedWorld();
    world.repository.push({ branch: 'feature', onto: [world.repository.tipOf('main')?.sha ?? ''], files: {} });
    await open(world, 1, { [ECHO]: values(50) }, 'feature');
    expect(await chosen(world)).toEqual([1]);
    expect(await chosen(world, 'sweep')).toEqual([]);
  });
});

test('what is kept with a review fits into a check run, however many files it is about', async () => {
  const world = await publishedWorld();
  for (const count of [19, 20, 21, 60]) {
    const files = Object.fromEntries(Array.from({ length: count }, (_, i) => [`charts-values/n${i}.yaml`, values()]));
    await open(world, count, files);
    const { sha } = world.repository.tipOf(`change-${count}`) ?? { sha: '' };
    const basis = world.pulls.checks.get(`${REVIEW_CHECK} ${sha}`)?.basis ?? '';
    expect(basis).toMatch(/^1 \d+ values:(?:\*|[0-9a-f,]+) [0-9a-f]{16}$/);
    expect(basis.length).toBeLessThanOrEqual(255);
  }
  expect(await chosen(world)).toEqual([]);
});
