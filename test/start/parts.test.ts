import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FOLLOWING_MARKER } from '../../src/core/report/following.ts';
import { splitSection } from '../../src/core/report/section.ts';
import { type Clone, type Story, startStory } from '../support/story.ts';

// Part 3's whole rollout in one merge, over HTTP and git alone: the order is the App's, and the cluster's word its clock.
let story: Story;
let clone: Clone;

const FOXTROT = 'charts-values/foxtrot.yaml';
const SETTINGS = '.github/coalmine.yml';
const ONLY = (version: string) =>
  `deployment:\n  ${version}: {}\nroutes:\n  apiGroup: example\n  primary:\n    version: ${version}\n`;

beforeAll(async () => {
  story = await startStory();
  clone = await story.clone('admin');
  const settings = await clone.git('show', `HEAD:${SETTINGS}`);
  await writeFile(join(clone.folder, SETTINGS), `${settings.replace('by: flux', 'by: flux\n  drain: 0s')}\n`);
  await clone.git('commit', '--quiet', '--all', '--message=A short drain');
  await story.after('push', () => clone.git('push', '--quiet', 'origin', 'main'));
  await story.settleFlux();
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

async function gitops(...args: readonly string[]): Promise<string> {
  await clone.git('fetch', '--quiet', 'origin', '+gitops:refs/gitops');
  return clone.git(...args);
}

const subjects = async () => (await gitops('log', '--format=%s', 'refs/gitops')).split('\n');
const trailersOf = (key: string) =>
  gitops('log', '-1', `--format=%(trailers:key=${key},valueonly,separator=%x2C)`, 'refs/gitops');

async function deployments(): Promise<readonly string[]> {
  const files = await gitops('ls-tree', '-r', '--name-only', 'refs/gitops', 'apps/foxtrot/foxtrot/workloads/');
  return [...files.matchAll(/deployment-foxtrot-(\S+)\.yaml/g)].map(([, version = '']) => version);
}

async function checkOf(sha: string): Promise<string> {
  const path = `/commits/${sha}/check-runs?check_name=${encodeURIComponent('coalmine/publish')}`;
  const { body } = await story.request('reader', 'GET', path);
  const [run] = (body as { check_runs: { status: string; conclusion: string | null; output: { title: string } }[] })
    .check_runs;
  return `${run?.conclusion ?? run?.status}: ${run?.output.title}`;
}

async function followed(pull: number): Promise<string> {
  const { body } = await story.request('reader', 'GET', `/issues/${pull}/comments`);
  const [comment] = body as { body: string }[];
  return splitSection(comment?.body ?? '', FOLLOWING_MARKER).section;
}

/** The App is killed between any two parts: what it knows is in git. */
async function restart(): Promise<void> {
  await story.stopApp();
  await story.startApp();
}

test('v1 to v2 in one merge is published in the safe order by itself', async () => {
  await clone.git('switch', '--quiet', '-c', 'jump');
  await writeFile(join(clone.folder, FOXTROT), ONLY('v2'));
  await clone.git('commit', '--quiet', '--all', '--message=foxtrot: v2');
  await story.after('push', () => clone.git('push', '--quiet', 'origin', 'jump'));
  let number = 0;
  await story.after('pull_request', async () => {
    const { body } = await story.request('writer', 'POST', '/pulls', {
      title: 'foxtrot: v2',
      head: 'jump',
      base: 'main',
    });
    number = (body as { number: number }).number;
  });
  const { body: comments } = await story.request('reader', 'GET', `/issues/${number}/comments`);
  expect((comments as { body: string }[])[0]?.body).toContain(
    [
      '- Will be published in 3 parts:',
      '  1. start v2',
      '  2. switch routes to v2, once v2 is ready (Deployment foxtrot-v2)',
      '  3. stop v1, once the published routes are applied and v1 has drained',
    ].join('\n'),
  );

  let merged = '';
  await story.after('push', async () => {
    const { body } = await story.request('writer', 'PUT', `/pulls/${number}/merge`, {});
    merged = (body as { sha: string }).sha;
  });
  expect((await subjects())[0]).toBe('foxtrot: start v2 (1/3)');
  expect(await deployments()).toEqual(['v1', 'v2']);
  expect(await checkOf(merged)).toMatch(/^in_progress: foxtrot waits until v2 is ready/);
  expect(await followed(number)).toMatch(
    /- foxtrot: published in `\w+` \(part 1 of 3\), not applied yet, waits until v2 is ready/,
  );
  await restart();
  expect((await subjects())[0]).toBe('foxtrot: start v2 (1/3)');

  await story.settleFlux();
  expect((await subjects())[0]).toBe('foxtrot: switch routes to v2 (2/3)');
  expect(await deployments()).toEqual(['v1', 'v2']);
  expect(await trailersOf('Traffic')).toBe('foxtrot v2 100%');
  await restart();
  await story.settleFlux();
  expect((await subjects())[0]).toBe('foxtrot: stop v1 (3/3)');
  expect(await deployments()).toEqual(['v2']);
  expect(await trailersOf('Pull-Request')).toBe(`#${number}`);
  expect(await trailersOf('Requested-By')).toBe('writer');
  expect(await trailersOf('Source-Commit')).toBe(merged);
  expect(await checkOf(merged)).toBe('success: foxtrot: stop v1 (3/3)');
  await restart();
  await story.settleFlux();
  expect(await followed(number)).toMatch(/- foxtrot: published in `\w+` \(part 3 of 3\), applied$/);
  expect((await subjects()).filter((subject) => subject.startsWith('foxtrot: s'))).toHaveLength(3);
});

test('a canary that never becomes ready is told in Flux’s words, and taken back at once', async () => {
  await clone.git('switch', '--quiet', 'main');
  await clone.git('pull', '--quiet', 'origin', 'main');
  const canary = `${ONLY('v2').replace('v2: {}', 'v2: {}\n  v3: {}')}  canary: { version: v3, weight: 10 }\n`;
  const push = async (text: string, message: string) => {
    await writeFile(join(clone.folder, FOXTROT), text);
    await clone.git('commit', '--quiet', '--all', `--message=${message}`);
    await story.after('push', () => clone.git('push', '--quiet', 'origin', 'main'));
    return clone.git('rev-parse', 'HEAD');
  };
  const broken = await push(canary, 'foxtrot: canary v3');
  expect((await subjects())[0]).toBe('foxtrot: start v3 (1/2)');
  await story.settleFlux({ fail: { deployment: 'foxtrot/foxtrot-v3' } });
  expect((await subjects())[0]).toBe('foxtrot: start v3 (1/2)');
  expect(await checkOf(broken)).toMatch(/^failure: foxtrot failed: .*Deployment\/foxtrot\/foxtrot-v3/);

  await push(ONLY('v2'), 'foxtrot: v3 was broken'); // Flux still fails
  expect(await deployments()).toEqual(['v2']);
  expect(await checkOf(broken)).toMatch(/^neutral: goes on with /);
  await story.settleFlux({ fail: [] });
});
