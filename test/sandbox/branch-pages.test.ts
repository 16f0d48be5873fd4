import { expect, test } from 'vitest';
import { type AnyJson, type Fixture, startFixture } from './fixture.ts';

async function read({ sandbox }: Fixture, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(sandbox.url + path);
  return { status: answer.status, text: await answer.text() };
}

/** Puts commits on a branch, one per message, each with the next number in a file. */
async function commitAll({ repo }: Fixture, branch: string, messages: readonly string[]): Promise<string[]> {
  const main = await repo('anonymous', 'GET /git/ref/heads/main');
  let parent: string = main.object.sha;
  const shas: string[] = [];
  for (const [index, message] of messages.entries()) {
    const tree: AnyJson = await repo('writer', 'POST /git/trees', {
      base_tree: parent,
      tree: [{ path: 'number.txt', mode: '100644', type: 'blob', content: `<number> ${index + 1}\n` }],
    });
    const commit: AnyJson = await repo('writer', 'POST /git/commits', { message, tree: tree.sha, parents: [parent] });
    parent = commit.sha;
    shas.push(parent);
  }
  await repo('writer', 'POST /git/refs', { ref: `refs/heads/${branch}`, sha: parent });
  return shas;
}

test('each commit of a branch is shown with who, why and what, the newest one open', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const { id } = await fixture.repo('writer', 'POST /issues/1/comments', { body: '/promote <echo>\n\nPlease' });
  const trailers = [
    'Source-Commit: 1234567',
    'Pull-Request: #1',
    'Pull-Request: #12',
    'Requested-By: writer',
    `Command: ${id}`,
    'Command: 999',
    'Traffic: echo v1 75% v2 25%',
  ];
  const [first = '', second = ''] = await commitAll(fixture, 'gitops', [
    'Earlier',
    `echo: canary v2 10% -> 25%\n\n${trailers.join('\n')}`,
  ]);
  const { status, text } = await read(fixture, '/canary/shop/commits/gitops');
  expect(status).toBe(200);
  const [, newest = '', older = ''] = text.split('<div class="card"><div class="top"><a href="/canary/shop/commit/');
  expect(newest).toContain(`${second}"><strong>echo: canary v2 10% -&gt; 25%</strong>`);
  expect(newest).toContain('<time datetime="');
  expect(newest).toContain('<th>Requested-By</th><td>writer</td>');
  expect(newest).toContain('<th>Pull-Request</th><td><a href="/canary/shop/pull/1">#1</a></td>');
  expect(newest).toContain('<th>Pull-Request</th><td><a href="/canary/shop/pull/12">#12</a></td>');
  expect(newest).toContain(
    `<a href="/canary/shop/pull/1#issuecomment-${id}"><code>/promote &lt;echo&gt;</code></a></td>`,
  );
  expect(newest).toContain('<th>Command</th><td>999</td>');
  expect(newest).toContain('<th>Traffic</th><td><code>echo v1 75% v2 25%</code></td>');
  expect(newest).not.toContain('Source-Commit');
  expect(newest).toContain('<details open><summary>1 file, +1 −1</summary>');
  expect(newest).toContain('<span class="del">-&lt;number&gt; 1</span>\n<span class="add">+&lt;number&gt; 2</span>');
  expect(older).toContain(`${first}"><strong>Earlier</strong>`);
  expect(older).toContain('<details><summary>1 file, +1 −0</summary>');
});

test('thirty commits make a page, and the older ones the next', async () => {
  const fixture = await startFixture();
  await commitAll(
    fixture,
    'team/many',
    Array.from({ length: 31 }, (_, index) => `Number ${index + 1}.`),
  );
  const subjects = (text: string): string[] =>
    [...text.matchAll(/<strong>(Number \d+|Add the)/g)].map(([, it]) => `${it}`);
  const first = await read(fixture, '/canary/shop/commits/team/many');
  expect(subjects(first.text)).toEqual(Array.from({ length: 30 }, (_, index) => `Number ${31 - index}`));
  expect(first.text).toContain('<a href="?page=2" rel="next">older</a>');
  expect(first.text).not.toContain('newer');
  const second = await read(fixture, '/canary/shop/commits/team/many?page=2');
  expect(subjects(second.text)).toEqual(['Number 1', 'Add the']);
  expect(second.text).toContain('<a href="?page=1" rel="prev">newer</a>');
  expect(second.text).not.toContain('older');
  expect(second.text).not.toContain('<details open>');
  for (const page of ['0', '-1', 'x', '9'.repeat(30)]) {
    expect(subjects((await read(fixture, `/canary/shop/commits/team/many?page=${page}`)).text)).toHaveLength(30);
  }
  expect((await read(fixture, '/canary/shop/commits/team/many?page=9')).text).toContain('no commits this old');
});

test('a merge stands above what it brought, though both are of one second', async () => {
  const fixture = await startFixture({ clock: () => new Date('2026-01-01T00:00:00Z') });
  await fixture.sandbox.openSeededPull();
  await fixture.repo('writer', 'PUT /pulls/1/merge', {});
  const { text } = await read(fixture, '/canary/shop/commits/main');
  const [, main = ''] = text.split('<main>');
  const subjects = [...main.matchAll(/<strong>([A-Z]\w+) [^<]*<\/strong><\/a>/g)].map(([, word]) => word);
  expect(subjects).toEqual(['Merge', 'Take', 'Add']);
});

test('what a commit says is harmless', async () => {
  const fixture = await startFixture();
  const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>';
  const keys = ['Requested-By', 'Pull-Request', 'Command', 'Traffic'];
  const trailers = keys.flatMap((key) => [`${key}: ${evil}`, `${key}: #1"><script>`, `${key}: javascript:alert(3)`]);
  await commitAll(fixture, 'evil', [`${evil}\n\n${trailers.join('\n')}`, evil]);
  for (const path of ['/canary/shop/commits/evil', `/canary/shop/commits/${encodeURIComponent(evil)}`]) {
    const { text } = await read(fixture, path);
    expect(text).toContain('&lt;script&gt;alert(1)');
    expect(text).not.toMatch(/<script|<[^>]*onerror|href="javascript:/i);
  }
});

test('a commit too long for the page is to be read on its own', async () => {
  const fixture = await startFixture();
  const content = Buffer.from('line\n'.repeat(2001)).toString('base64');
  await fixture.repo('writer', 'PUT /contents/long.txt', { message: 'Long', content });
  const { text } = await read(fixture, '/canary/shop/commits/main');
  expect(text).toContain('<summary>1 file, +2001 −0</summary>\n<p>This change is too large for this page');
  expect(text).not.toContain('+line');
});

test.each([
  ['gitops', 'Coalmine creates it with the first publication.'],
  ['team/none', 'Push it to see it here.'],
  ['--all', 'Push it to see it here.'],
])('the branch %s is not there yet, and its page says so', async (branch, words) => {
  const { status, text } = await read(await startFixture(), `/canary/shop/commits/${branch}`);
  expect(status).toBe(404);
  expect(text).toContain(`The branch <code>${branch}</code> does not exist yet. ${words}`);
});

test('every page leads to the gitops branch', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const link = '<a href="/canary/shop/commits/gitops">gitops</a>';
  for (const path of ['/', '/cluster', '/canary/shop/pull/1', '/canary/shop/commits/main', '/nothing']) {
    const [header = ''] = (await read(fixture, path)).text.split('<main>');
    expect(header).toContain(link);
  }
  expect((await read(fixture, '/')).text.split('<main>')[1]).toContain(link);
});
