import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type AnyJson, type Fixture, startFixture } from './fixture.ts';

const NOTES = 'notes.yaml';
const LIST = '/repos/canary/shop/pulls/1/comments';
const numbered = Array.from({ length: 20 }, (_, index) => `line ${index + 1}`);

interface Pull extends Fixture {
  /** Pushes the file with these lines to the pull request; gives the new head. */
  write(lines: readonly string[]): Promise<string>;
  comment(more?: object): Promise<AnyJson>;
  head: string;
}

/** A pull request that changes line 10 of a file of 20. */
async function startWithPull(): Promise<Pull> {
  const fixture = await startFixture();
  const clone = await fixture.clone('writer');
  const git = (...args: string[]) => fixture.git('-C', clone, ...args);
  const write = async (lines: readonly string[]) => {
    await writeFile(join(clone, NOTES), lines.map((line) => `${line}\n`).join(''));
    await git('add', '.');
    await git('commit', '--quiet', '--message', 'Notes');
    await git('push', '--quiet', 'origin', 'HEAD');
    return git('rev-parse', 'HEAD');
  };
  await write(numbered);
  await git('checkout', '--quiet', '-b', 'change');
  const head = await write(numbered.with(9, 'other'));
  await fixture.repo('writer', 'POST /pulls', { title: 'Notes', head: 'change', base: 'main' });
  const place = { commit_id: head, path: NOTES, line: 10, side: 'RIGHT' };
  const comment = (more: object = {}) =>
    fixture.repo('bot', 'POST /pulls/1/comments', { body: 'Hm', ...place, ...more });
  return Object.assign(fixture, { write, comment, head });
}

test('a comment on a line is written, listed, counted and deleted', async () => {
  const pull = await startWithPull();
  const made = await pull.comment();
  expect(made).toMatchObject({
    path: NOTES,
    line: 10,
    position: 5,
    commit_id: pull.head,
    original_commit_id: pull.head,
  });
  expect(made.diff_hunk).toBe('@@ -7,7 +7,7 @@ line 6\n line 7\n line 8\n line 9\n-line 10\n+other');
  expect(made.user).toMatchObject({ login: 'coalmine[bot]', type: 'Bot' });
  expect((await pull.repo('anonymous', 'GET /pulls/1')).review_comments).toBe(1);
  expect(await pull.repo('anonymous', 'GET /pulls/1/comments?per_page=100')).toEqual([made]);
  await pull.restart();
  expect(await pull.repo('anonymous', 'GET /pulls/1/comments')).toMatchObject([{ id: made.id, body: 'Hm', line: 10 }]);
  expect((await pull.call('bot', `DELETE /repos/canary/shop/pulls/comments/${made.id}`)).status).toBe(204);
  expect((await pull.call('bot', `DELETE /repos/canary/shop/pulls/comments/${made.id}`)).status).toBe(404);
  expect(await pull.repo('anonymous', 'GET /pulls/1/comments')).toEqual([]);
});

test('lines in sight of a change can be commented on, others not', async () => {
  const pull = await startWithPull();
  for (const line of [7, 13]) expect((await pull.comment({ line })).line).toBe(line);
  const place = { body: 'Hm', commit_id: pull.head, path: NOTES, line: 10 };
  for (const wrong of [
    { line: 6 },
    { line: 14 },
    { line: 0 },
    { path: 'README.md' },
    { path: 'gone' },
    { commit_id: 'f'.repeat(40) },
    { commit_id: (await pull.repo('anonymous', 'GET /branches/main')).commit.sha },
    { body: ' ' },
    { side: 'LEFT' },
    { in_reply_to: 99 },
  ]) {
    const { status } = await pull.call('writer', `POST ${LIST}`, { ...place, ...wrong });
    expect(status, JSON.stringify(wrong)).toBe(422);
  }
  expect((await pull.call('anonymous', `POST ${LIST}`, place)).status).toBe(401);
});

test('a comment follows its line, until that changes or is out of sight', async () => {
  const pull = await startWithPull();
  await pull.comment();
  const listed = async () => (await pull.repo('anonymous', 'GET /pulls/1/comments'))[0];
  const head = await pull.write(['first', ...numbered.with(9, 'other')]);
  expect(await listed()).toMatchObject({ line: 11, commit_id: head, original_line: 10, original_commit_id: pull.head });
  await pull.write(numbered.with(9, 'other').toSpliced(2, 2));
  expect(await listed()).toMatchObject({ line: 8, original_line: 10 });
  await pull.write(['first', ...numbered.with(9, 'yet another')]);
  expect(await listed()).toMatchObject({ line: null, position: null, commit_id: pull.head, original_line: 10 });
  await pull.write(numbered);
  expect(await listed()).toMatchObject({ line: null });
  await pull.write(numbered.with(9, 'other'));
  expect(await listed()).toMatchObject({ line: 10 });
});

test('a reply is where its conversation began, and a reader deletes only what is his', async () => {
  const pull = await startWithPull();
  const { id } = await pull.comment();
  const place = { commit_id: pull.head, path: NOTES };
  const reply = async (to: number) =>
    pull.repo('reader', 'POST /pulls/1/comments', { body: 'Why?', ...place, in_reply_to: to });
  const first = await reply(id);
  expect(first).toMatchObject({ in_reply_to_id: id, line: 10, user: { login: 'reader' } });
  expect(await reply(first.id)).toMatchObject({ in_reply_to_id: id });
  expect((await pull.call('reader', `DELETE /repos/canary/shop/pulls/comments/${id}`)).status).toBe(403);
  expect((await pull.call('reader', `DELETE /repos/canary/shop/pulls/comments/${first.id}`)).status).toBe(204);
});

test("the pull request's page shows what a suggestion does to its line", async () => {
  const pull = await startWithPull();
  const { id } = await pull.comment({ body: '<!-- mark -->\n\nRather so\n\n```suggestion\n<b>line</b> 10\n```\n' });
  const page = async () => (await fetch(`${pull.sandbox.url}/canary/shop/pull/1`)).text();
  const text = await page();
  expect(text).toContain(`<div class="card" id="discussion_r${id}">\n<div class="top"><code>${NOTES}:10</code></div>`);
  expect(text).toContain('<span class="del">-other</span>\n<span class="add">+&lt;b&gt;line&lt;/b&gt; 10</span>');
  expect(text).not.toContain('mark --');
  await pull.write(numbered.with(9, 'yet another'));
  expect(await page()).toContain(`<code>${NOTES}</code> (outdated)`);
});
