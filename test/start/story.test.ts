import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Clone, type Story, startStory } from '../support/story.ts';

// The whole path as a user walks it: git and HTTP alone, one story told in order.
let story: Story;
let clone: Clone;
let number: number;

const ECHO = 'charts-values/echo.yaml';

beforeAll(async () => {
  story = await startStory();
  clone = await story.clone('writer');
});

afterAll(async () => {
  expect(story.complaints()).toEqual([]);
  await story.close();
});

async function edit(change: (text: string) => string, message: string): Promise<void> {
  const path = join(clone.folder, ECHO);
  await writeFile(path, change(await readFile(path, 'utf8')));
  await clone.git('commit', '--quiet', '--all', '--message', message);
}

async function get<T>(path: string): Promise<T> {
  const { status, body } = await story.request('reader', 'GET', path);
  expect(status, path).toBe(200);
  return body as T;
}

interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly conclusion: string;
  readonly output: { readonly title: string; readonly summary: string; readonly annotations_count: number };
}

async function checksOf(sha: string): Promise<readonly CheckRun[]> {
  return (await get<{ check_runs: CheckRun[] }>(`/commits/${sha}/check-runs`)).check_runs;
}

async function comments(): Promise<readonly { id: number; body: string; user: { login: string } }[]> {
  return get(`/issues/${number}/comments`);
}

const head = () => clone.git('rev-parse', 'HEAD');
const gitopsLog = async () => {
  await clone.git('fetch', '--quiet', 'origin', 'gitops');
  return (await clone.git('log', '--format=%H', 'FETCH_HEAD')).split('\n');
};

test('the seeded files name schemas for an editor, and those are there', async () => {
  for (const file of [ECHO, '.github/coalmine.yml']) {
    const [, schema = ''] =
      /^# yaml-language-server: \$schema=(\S+)\n/.exec(await readFile(join(clone.folder, file), 'utf8')) ?? [];
    const { title } = JSON.parse(await readFile(join(clone.folder, dirname(file), schema), 'utf8'));
    expect(title).toMatch(/^Coalmine /);
  }
});

test('a pull request gets one passing check run and one comment that says what changes', async () => {
  await clone.git('checkout', '--quiet', '-b', 'canary');
  await edit((text) => text.replace('    headers:', '    weight: 25\n    headers:'), 'A quarter for version 2');
  await clone.git('push', '--quiet', 'origin', 'canary');
  await story.after('pull_request', async () => {
    const { status, body } = await story.request('writer', 'POST', '/pulls', {
      title: 'canary',
      head: 'canary',
      base: 'main',
    });
    expect(status).toBe(201);
    number = (body as { number: number }).number;
  });

  const checks = await checksOf(await head());
  expect(checks.map(({ name, conclusion }) => ({ name, conclusion }))).toEqual([
    { name: 'coalmine', conclusion: 'success' },
  ]);
  expect(checks[0]?.output.title).toContain('echo: canary v2 0% -> 25%');
  const [comment, ...more] = await comments();
  expect(more).toEqual([]);
  expect(comment?.user.login).toBe('coalmine[bot]');
  expect(comment?.body).toMatch(/^<!-- coalmine:review -->\n\n### echo: canary v2 0% -> 25%\n/);
  expect(comment?.body).toContain('+              weight: 25');
});

test('another push edits that comment', async () => {
  const [before] = await comments();
  await edit((text) => text.replace('weight: 25', 'weight: 50'), 'Half of it');
  await story.after('pull_request', () => clone.git('push', '--quiet', 'origin', 'canary'));

  const now = await comments();
  expect(now).toHaveLength(1);
  expect(now[0]?.id).toBe(before?.id);
  expect(now[0]?.body).toContain('echo: canary v2 0% -> 50%');
  expect(await checksOf(await head())).toHaveLength(1);
});

test('a typo fails the check with an annotation on its line; fixed, the check passes', async () => {
  await edit((text) => text.replace('canary:\n    version: v2', 'canary:\n    version: v22'), 'A typo');
  await story.after('pull_request', () => clone.git('push', '--quiet', 'origin', 'canary'));

  const [failed] = await checksOf(await head());
  expect(failed?.conclusion).toBe('failure');
  const annotations = await get<{ path: string; start_line: number; annotation_level: string; message: string }[]>(
    `/check-runs/${failed?.id}/annotations`,
  );
  const lines = (await readFile(join(clone.folder, ECHO), 'utf8')).split('\n');
  const failures = annotations.filter(({ annotation_level: level }) => level === 'failure');
  expect(failures).toMatchObject([{ path: ECHO, start_line: lines.findIndex((line) => line.includes('v22')) + 1 }]);
  expect(failures[0]?.message).toContain('known versions: v1, v2');
  expect((await comments())[0]?.body).toContain('known versions: v1, v2');

  await edit((text) => text.replace('v22', 'v2'), 'No typo');
  await story.after('pull_request', () => clone.git('push', '--quiet', 'origin', 'canary'));
  expect((await checksOf(await head()))[0]?.conclusion).toBe('success');
  expect(await comments()).toHaveLength(1);
});

test('a merge is published as exactly one commit of one file, with its trailers', async () => {
  const before = await gitopsLog();
  let merge = '';
  await story.after('push', async () => {
    const { status, body } = await story.request('writer', 'PUT', `/pulls/${number}/merge`, {});
    expect(status).toBe(200);
    merge = (body as { sha: string }).sha;
  });

  const after = await gitopsLog();
  expect(after.slice(1)).toEqual(before);
  const changed = await clone.git('show', '--name-status', '--format=', after[0] ?? '');
  expect(changed).toBe('M\tapps/echo/echo/routes/routetable-echo-routes.yaml');
  expect(await clone.git('show', '--no-patch', '--format=%B', after[0] ?? '')).toBe(
    [
      'echo: canary v2 0% -> 50%',
      '',
      `Source-Commit: ${merge}`,
      `Pull-Request: #${number}`,
      'Requested-By: writer',
      'Release: echo/echo',
      'Traffic: echo v1 50% v2 50%',
      '',
    ].join('\n'),
  );
  expect(
    await clone.git('show', '--no-patch', '--format=%(trailers:key=Pull-Request,valueonly)', after[0] ?? ''),
  ).toContain(`#${number}`);

  const [check] = (await checksOf(merge)).filter(({ name }) => name === 'coalmine/publish');
  expect(check).toMatchObject({ conclusion: 'success', output: { title: 'echo: canary v2 0% -> 50%' } });
  expect(check?.output.summary).toContain(after[0]);
});

test('a redelivered webhook, a restarted server and a sweep change nothing', async () => {
  const [before, said] = [await gitopsLog(), await comments()];
  story.takeRequests();
  await story.redeliver('push');
  await story.redeliver('pull_request');
  await story.stopApp();
  await story.startApp();
  const requests = story.takeRequests();
  expect(requests.length).toBeGreaterThan(5);
  expect(requests.filter((request) => !/^GET |access_tokens|^POST \/graphql$/.test(request))).toEqual([]);
  expect(await gitopsLog()).toEqual(before);
  expect(await comments()).toEqual(said);
});

test('what was merged and opened while the server was down is made up for after its start', async () => {
  const before = await gitopsLog();
  await story.stopApp();
  await clone.git('fetch', '--quiet', 'origin');
  await clone.git('checkout', '--quiet', '-B', 'main', 'origin/main');
  await edit((text) => text.replace('weight: 50', 'weight: 60'), 'Straight to main');
  await story.after('push', () => clone.git('push', '--quiet', 'origin', 'main'));
  await clone.git('checkout', '--quiet', '-b', 'later');
  await edit((text) => text.replace('weight: 60', 'weight: 70'), 'Later');
  await clone.git('push', '--quiet', 'origin', 'later');
  await story.after('pull_request', async () => {
    const { body } = await story.request('writer', 'POST', '/pulls', { title: 'later', head: 'later', base: 'main' });
    number = (body as { number: number }).number;
  });
  expect(await gitopsLog()).toEqual(before);
  expect(await comments()).toEqual([]);

  await story.startApp();
  expect((await gitopsLog()).slice(1)).toEqual(before);
  expect((await comments()).map(({ body }) => body)).toEqual([expect.stringContaining('echo: canary v2 60% -> 70%')]);
  expect(await checksOf(await head())).toHaveLength(1);
});

test('a broken release fails the review and holds up no other', async () => {
  await writeFile(join(clone.folder, 'charts-values/foxtrot.yaml'), 'deployment: [\n');
  await edit((text) => text.replace('weight: 70', 'weight: 80'), 'One good, one broken');
  await story.after('pull_request', () => clone.git('push', '--quiet', 'origin', 'later'));
  expect((await checksOf(await head()))[0]?.conclusion).toBe('failure');
  expect((await comments())[0]?.body).toContain('echo: canary v2 60% -> 80%');

  let merge = '';
  await story.after('push', async () => {
    merge = ((await story.request('writer', 'PUT', `/pulls/${number}/merge`, {})).body as { sha: string }).sha;
  });
  const [tip = ''] = await gitopsLog();
  expect(await clone.git('show', '--name-status', '--format=%s', tip)).toBe(
    'echo: canary v2 60% -> 80%\n\nM\tapps/echo/echo/routes/routetable-echo-routes.yaml',
  );
  const [check] = (await checksOf(merge)).filter(({ name }) => name === 'coalmine/publish');
  expect(check).toMatchObject({ conclusion: 'action_required' });
});

test('a pull request without values gets a passing check and no comment', async () => {
  await clone.git('checkout', '--quiet', '-B', 'docs', 'origin/main');
  await writeFile(join(clone.folder, 'NOTES.md'), 'Nothing about values.\n');
  await clone.git('add', '.');
  await clone.git('commit', '--quiet', '--message', 'Notes');
  await clone.git('push', '--quiet', 'origin', 'docs');
  await story.after('pull_request', async () => {
    const { body } = await story.request('writer', 'POST', '/pulls', { title: 'notes', head: 'docs', base: 'main' });
    number = (body as { number: number }).number;
  });
  expect(await checksOf(await head())).toMatchObject([{ conclusion: 'success' }]);
  expect(await comments()).toEqual([]);
});
