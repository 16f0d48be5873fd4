import { expect, test } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';

async function read({ sandbox }: Fixture, path: string): Promise<{ status: number; text: string }> {
  const answer = await fetch(sandbox.url + path);
  expect(answer.headers.get('content-type')).toContain('text/html');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  return { status: answer.status, text: await answer.text() };
}

test('the first page says what this is and what there is', async () => {
  const fixture = await startFixture();
  const empty = await read(fixture, '/');
  expect(empty.text).toContain('this is not GitHub');
  expect(empty.text).toContain(`git clone ${fixture.sandbox.url}/canary/shop.git`);
  expect(empty.text).toContain('No pull request is open.');
  await fixture.sandbox.openSeededPull();
  const { text } = await read(fixture, '/');
  expect(text).toContain('<a href="/canary/shop/pull/1">#1 Take the canary of echo to 25 percent</a>');
});

test('the first page says what to try, with the pull request that is open', async () => {
  const fixture = await startFixture();
  const empty = await read(fixture, '/');
  expect(empty.text).toContain('<li>Push a change of a values file and open a pull request: Coalmine shows');
  await fixture.sandbox.openSeededPull();
  const { text } = await read(fixture, '/');
  expect(text).toContain(
    '<li>Open <a href="/canary/shop/pull/1">#1 Take the canary of echo to 25 percent</a>: Coalmine',
  );
  for (const command of ['/status', '/promote', '/rollback', '/help'])
    expect(text).toContain(`<code>${command}</code>`);
  expect(text).toContain(
    `curl -X PUT -H 'authorization: Bearer admin-token' ${fixture.sandbox.url}/sandbox/protection`,
  );
});

test('a pull request shows its conversation and its checks', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const { head } = await fixture.repo('anonymous', 'GET /pulls/1');
  const check = await fixture.repo('bot', 'POST /check-runs', {
    name: 'coalmine',
    head_sha: head.sha,
    conclusion: 'failure',
    output: {
      title: '1 error',
      summary: 'Look **here**',
      annotations: [
        {
          path: 'charts-values/echo.yaml',
          start_line: 3,
          end_line: 3,
          annotation_level: 'failure',
          message: 'too <much>',
        },
      ],
    },
  });
  const body = [
    '<!-- unseen -->',
    '<details><summary>More</summary>\n\n```diff\n- old\n+ new <b>\n```\n\n</details>',
    '| a | b |\n|--:|---|\n| 1 | 2 |',
  ].join('\n\n');
  await fixture.repo('bot', 'POST /issues/1/comments', { body });
  const { status, text } = await read(fixture, '/canary/shop/pull/1');
  expect(status).toBe(200);
  expect(text).toContain('Half way to <strong>half way</strong>.');
  expect(text).toContain('This pull request can be merged.');
  expect(text).toContain('<details><summary>More</summary>');
  expect(text).toContain('<span class="add">+ new &lt;b&gt;</span>');
  expect(text).toContain('<td style="text-align:right">1</td>');
  expect(text).not.toContain('unseen');
  expect(text).toContain('<code>charts-values/echo.yaml:3</code> failure too &lt;much&gt;');
  expect(text).toContain('<pre>    weight: 25</pre>');
  const run = await read(fixture, new URL(check.html_url).pathname);
  expect(run.text).toContain('Look <strong>here</strong>');
});

test('a check run that goes on is shown as such, with what it says so far', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const { head } = await fixture.repo('anonymous', 'GET /pulls/1');
  const output = { title: 'Waits for echo-v2', summary: 'Until it is **ready**' };
  const wanted = { name: 'coalmine/publish', head_sha: head.sha, status: 'in_progress', output };
  const { html_url: url } = await fixture.repo('bot', 'POST /check-runs', wanted);
  for (const path of ['/canary/shop/pull/1', new URL(url).pathname]) {
    const { text } = await read(fixture, path);
    expect(text).toContain('<span class="state in_progress">in progress</span>');
    expect(text).toContain('Waits for echo-v2');
    expect(text).toContain('Until it is <strong>ready</strong>');
  }
});

test('a merged pull request also shows the checks of its merge commit', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const { sha } = await fixture.repo('writer', 'PUT /pulls/1/merge', {});
  const output = { title: 'Published', summary: 'Done' };
  await fixture.repo('bot', 'POST /check-runs', {
    name: 'coalmine/publish',
    head_sha: sha,
    conclusion: 'success',
    output,
  });
  const { text } = await read(fixture, '/canary/shop/pull/1');
  expect(text).toContain('Merged by <strong>writer</strong>');
  expect(text).toContain('coalmine/publish');
  expect((await read(fixture, '/')).text).toContain('<span class="state success">success</span> coalmine/publish');
});

test('what people write is harmless', async () => {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  const evil =
    '<script>alert(1)</script><img src=x onerror=alert(2)> [x](javascript:alert(3)) <a href="data:text/html,x">y</a>';
  await fixture.repo('writer', 'PATCH /pulls/1', { title: '<script>alert(4)</script>', body: evil });
  await fixture.repo('reader', 'POST /issues/1/comments', {
    body: `${evil}\n<style>*{}</style><iframe src=/></iframe>`,
  });
  for (const path of ['/', '/canary/shop/pull/1', '/canary/shop/<script>']) {
    const { text } = await read(fixture, path);
    expect(text).not.toMatch(/<script|<iframe|<[^>]*onerror|href="(javascript|data):/i);
    expect(text.match(/<style>/g)).toHaveLength(1);
  }
});

test('a commit shows what it changed, a file its lines', async () => {
  const fixture = await startFixture();
  const { commit } = await fixture.repo('anonymous', 'GET /branches/writer/echo-25');
  const { text } = await read(fixture, new URL(commit.html_url).pathname);
  expect(text).toContain('<span class="del">-    weight: 10</span>\n<span class="add">+    weight: 25</span>');
  expect(text).toContain('No checks have reported on this commit.');
  const file = await read(fixture, `/canary/shop/blob/${commit.sha}/charts-values/echo.yaml`);
  expect(file.text).toContain('<span id="L3"><span class="quiet">3</span>      weight: 25</span>');
});

test.each([
  '/nothing',
  '/canary/shop/pull/9',
  '/canary/shop/pull/x',
  '/canary/shop/runs/9',
  '/canary/shop/commit/0000000',
  '/canary/shop/blob/main/none',
  '/canary/shop/blob/main',
  '/canary/shop/blob/main/a%2F..%2F..%2FREADME.md',
  '/canary/shop/blob/main/%00',
  '/canary/shop/%E0%A4%A',
])('%s is not there, and says how to get back', async (path) => {
  const { status, text } = await read(await startFixture(), path);
  expect(status).toBe(404);
  expect(text).toContain('<a href="/">All pull requests</a>');
});
