import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Story, startStory, type User } from '../support/story.ts';

// Without reports of a cluster, a user approves the removal of the old version: git and HTTP only, one story in order.
let story: Story;
let clone: Clone;
let number: number;
let merge: string;

const SETTINGS = 'domains: {example: {render: true}}\nreadiness: {by: delay, after: 0s, drain: 0s}\n';
const FOXTROT = 'charts-values/foxtrot.yaml';

beforeAll(async () => {
  story = await startStory();
  clone = await story.clone('writer');
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

async function commit(file: string, text: string): Promise<void> {
  await writeFile(join(clone.folder, file), text);
  await clone.git('add', '.');
  await clone.git('commit', '--quiet', '--message', `Another ${file}`);
}

async function log(): Promise<readonly string[]> {
  await clone.git('fetch', '--quiet', 'origin', 'gitops');
  return (await clone.git('log', '--format=%s', 'FETCH_HEAD')).split('\n');
}

async function publication(): Promise<{ conclusion: string | null; output: { title: string; summary: string } }> {
  const { body } = await story.request('reader', 'GET', `/commits/${merge}/check-runs?check_name=coalmine/publish`);
  const [check] = (body as { check_runs: Awaited<ReturnType<typeof publication>>[] }).check_runs;
  if (!check) throw new Error('the publication left no check run');
  return check;
}

interface Comment {
  readonly id: number;
  readonly body: string;
  readonly user: { readonly login: string };
}

async function say(user: User, body: string): Promise<number> {
  let id = 0;
  const act = async () => {
    id = ((await story.request(user, 'POST', `/issues/${number}/comments`, { body })).body as Comment).id;
  };
  await story.after('issue_comment', act, `"sender":{"login":"${user}"`); // and not an answer of before
  return id;
}

async function reactions(comment: number): Promise<readonly string[]> {
  const { body } = await story.request('reader', 'GET', `/issues/comments/${comment}/reactions`);
  return (body as { content: string; user: { login: string } }[]).map(
    ({ content, user }) => `${user.login} ${content}`,
  );
}

async function answersTo(comment: number): Promise<readonly string[]> {
  const { body } = await story.request('reader', 'GET', `/issues/${number}/comments`);
  const said = (body as Comment[]).filter(({ user }) => user.login === 'coalmine[bot]').map((each) => each.body);
  return said.filter((text) => text.startsWith(`<!-- coalmine:answer ${comment} -->`));
}

test('a merge that jumps is published part after part, and the one that removes something waits', async () => {
  await commit('.github/coalmine.yml', SETTINGS);
  await story.after('push', () => clone.git('push', '--quiet', 'origin', 'main'));
  const before = await log();
  await clone.git('checkout', '--quiet', '-b', 'jump');
  await commit(FOXTROT, (await readFile(join(clone.folder, FOXTROT), 'utf8')).replaceAll('v1', 'v2'));
  await clone.git('push', '--quiet', 'origin', 'jump');
  await story.after('pull_request', async () => {
    const { body } = await story.request('writer', 'POST', '/pulls', { title: 'jump', head: 'jump', base: 'main' });
    number = (body as { number: number }).number;
  });
  await story.after('push', async () => {
    merge = ((await story.request('writer', 'PUT', `/pulls/${number}/merge`, {})).body as { sha: string }).sha;
  });
  const [switched, started, ...rest] = await log();
  expect([started, switched]).toEqual(['foxtrot: start v2 (1/3)', 'foxtrot: switch routes to v2 (2/3)']);
  expect(rest).toEqual(before);
  const { conclusion, output } = await publication();
  expect(conclusion).toBe('action_required');
  expect(output.summary).toContain('`/resume` on the pull request');
});

test('a reader may not let it go, and is told who may', async () => {
  const before = await log();
  const id = await say('reader', '/resume');
  expect(await reactions(id)).toEqual(['coalmine[bot] eyes', 'coalmine[bot] confused']);
  expect(await answersTo(id)).toEqual([
    expect.stringContaining('`/resume` takes the permission `write`; `reader` has `read` here. Nothing was done.'),
  ]);
  expect(await log()).toEqual(before);
});

test('what is only quoted does nothing', async () => {
  const before = await log();
  const id = await say('writer', '> /resume\n\nNot yet.\n\n```\n/resume\n```\n');
  expect([await reactions(id), await answersTo(id), await log()]).toEqual([[], [], before]);
});

test('a writer lets it go, once, however often it is delivered', async () => {
  const before = await log();
  const id = await say('writer', 'Nothing calls it any more.\n\n/resume foxtrot');
  const after = await log();
  expect(after).toEqual(['foxtrot: stop v1 (3/3)', ...before]);
  const trailers = await clone.git('log', '-1', '--format=%(trailers)', 'FETCH_HEAD');
  expect(trailers).toContain('Requested-By: writer\n');
  expect(trailers).toContain(`Command: ${id}\n`);
  expect(trailers).toContain(`Pull-Request: #${number}\n`);
  expect(await reactions(id)).toEqual(['coalmine[bot] eyes', 'coalmine[bot] rocket']);
  const answers = await answersTo(id);
  expect(answers).toEqual([expect.stringContaining(await clone.git('rev-parse', 'FETCH_HEAD'))]);
  expect((await publication()).conclusion).toBe('success');

  story.takeRequests();
  await Promise.all([1, 2, 3].map(() => story.redeliver('issue_comment', '/resume foxtrot')));
  await story.stopApp();
  await story.startApp();
  await story.redeliver('issue_comment', '/resume foxtrot');
  const written = story.takeWrites();
  expect([written, await log(), await answersTo(id)]).toEqual([[], after, answers]);
});

test('said while the App was down, it is answered after its start', async () => {
  await story.stopApp();
  const id = await say('writer', '/resume');
  expect(await answersTo(id)).toEqual([]);
  await story.startApp();
  expect(await reactions(id)).toEqual(['coalmine[bot] eyes', 'coalmine[bot] confused']);
  const [answer = ''] = await answersTo(id);
  expect(answer).toContain("Nothing that this pull request brought waits for somebody's word.");
  expect(answer).toContain(`gitops has all that can be published of ${merge}`);
});
