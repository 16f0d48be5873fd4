import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Story, startStory } from '../support/story.ts';

// What the author of a typo sees on its line: git and HTTP alone, one story told in order.
let story: Story;
let clone: Clone;
let number: number;

const ECHO = 'charts-values/echo.yaml';

beforeAll(async () => {
  story = await startStory();
  clone = await story.clone('writer');
  await clone.git('checkout', '--quiet', '-b', 'canary');
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

interface ReviewComment {
  readonly id: number;
  readonly body: string;
  readonly path: string;
  readonly line: number | null;
  readonly commit_id: string;
  readonly user: { readonly login: string };
}

async function comments(): Promise<readonly ReviewComment[]> {
  const { status, body } = await story.request('reader', 'GET', `/pulls/${number}/comments`);
  expect(status).toBe(200);
  return body as ReviewComment[];
}

async function conclusion(): Promise<string | undefined> {
  const { body } = await story.request('reader', 'GET', `/commits/${await head()}/check-runs`);
  return (body as { check_runs: { conclusion: string }[] }).check_runs[0]?.conclusion;
}

const head = () => clone.git('rev-parse', 'HEAD');
const path = () => join(clone.folder, ECHO);

async function commit(change: (text: string) => string): Promise<void> {
  await writeFile(path(), change(await readFile(path(), 'utf8')));
  await clone.git('commit', '--quiet', '--all', '--message', 'An edit');
}

async function push(change: (text: string) => string): Promise<void> {
  await commit(change);
  await story.after('pull_request', () => clone.git('push', '--quiet', 'origin', 'canary'));
}

const typo = (text: string) => text.replace('canary:\n    version: v2', 'canary:\n    version: v3');

test('a typo gets a suggested change on its line', async () => {
  await commit(typo);
  await clone.git('push', '--quiet', 'origin', 'canary');
  await story.after('pull_request', async () => {
    const wanted = { title: 'canary', head: 'canary', base: 'main' };
    number = ((await story.request('writer', 'POST', '/pulls', wanted)).body as { number: number }).number;
  });
  expect(await conclusion()).toBe('failure');
  const [suggestion, ...more] = await comments();
  expect(more).toEqual([]);
  expect(suggestion).toMatchObject({ path: ECHO, line: 11, commit_id: await head(), user: { login: 'coalmine[bot]' } });
  expect(suggestion?.body).toContain('"v3" is not in the deployment map; known versions: v1, v2');
  expect(suggestion?.body).toContain('(`invalid-destination`)\n\n```suggestion\n    version: v2\n```');
  const page = await fetch(`${story.sandboxUrl}/canary/shop/pull/${number}`);
  expect(await page.text()).toContain('<span class="del">-    version: v3</span>\n<span class="add">+    version: v2');
});

test('it follows its line, and is the same one however often the review runs', async () => {
  const [before] = await comments();
  await push((text) => `# A line more\n${text}`);
  story.takeRequests();
  await story.redeliver('pull_request');
  expect(story.takeWrites()).toEqual([]);
  expect(await comments()).toMatchObject([{ id: before?.id, line: 12 }]);
});

test('taken, it is gone, and the check passes', async () => {
  const [suggestion] = await comments();
  const [, line = ''] = /```suggestion\n(.*)\n```/.exec(suggestion?.body ?? '') ?? [];
  await push((text) =>
    text
      .split('\n')
      .with((suggestion?.line ?? 0) - 1, line)
      .join('\n'),
  );
  expect(await conclusion()).toBe('success');
  expect(await comments()).toEqual([]);
});

test('a suggestion with a reply stays', async () => {
  await push(typo);
  const [suggestion] = await comments();
  const reply = { body: 'Not yet.', commit_id: await head(), path: ECHO, in_reply_to: suggestion?.id };
  expect((await story.request('reader', 'POST', `/pulls/${number}/comments`, reply)).status).toBe(201);
  await push((text) => text.replace('version: v3', 'version: v2'));
  expect((await comments()).map(({ user, line }) => [user.login, line])).toEqual([
    ['coalmine[bot]', null],
    ['reader', null],
  ]);
});
