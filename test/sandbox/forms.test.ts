import { request } from 'node:http';
import { expect, test } from 'vitest';
import { type Fixture, startFixture } from './fixture.ts';

const page = '/canary/shop/pull/1';

interface Page {
  readonly status: number;
  readonly text: string;
  readonly location: string | undefined;
}

async function startWithPull(): Promise<Fixture> {
  const fixture = await startFixture();
  await fixture.sandbox.openSeededPull();
  return fixture;
}

/** Sends a form as a page of the sandbox does, in a browser that says where it was; headers may say otherwise. */
async function send(
  { sandbox }: Fixture,
  path: string,
  fields: Readonly<Record<string, string>> | string,
  headers: Readonly<Record<string, string>> = { 'sec-fetch-site': 'same-origin' },
): Promise<Page> {
  const type = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = typeof fields === 'string' ? fields : new URLSearchParams(fields).toString();
  return new Promise((resolve, reject) => {
    const sent = request(sandbox.url + path, { method: 'POST', headers: { ...type, ...headers } }, async (answer) => {
      let text = '';
      for await (const chunk of answer.setEncoding('utf8')) text += chunk;
      resolve({ status: answer.statusCode ?? 0, text, location: answer.headers.location });
    });
    sent.on('error', reject).end(body);
  });
}

async function read({ sandbox }: Fixture, path = page): Promise<string> {
  return (await fetch(sandbox.url + path)).text();
}

async function bodies(fixture: Fixture): Promise<string[]> {
  const comments: { body: string }[] = await fixture.repo('anonymous', 'GET /issues/1/comments');
  return comments.map(({ body }) => body);
}

test.each(['admin', 'writer', 'reader'])('%s says something by the form, and the App is told', async (as) => {
  const fixture = await startWithPull();
  const { status, location } = await send(fixture, `${page}/comments`, { as, body: '/status\r\n\r\nplease & thanks' });
  const { payload } = await fixture.hooks.next('issue_comment.created');
  expect({ status, location }).toEqual({ status: 303, location: `${page}#issuecomment-${payload.comment.id}` });
  expect(payload.complaints).toBeUndefined();
  expect(payload).toMatchObject({
    issue: { number: 1 },
    comment: { user: { login: as }, body: '/status\r\n\r\nplease & thanks' },
    sender: { login: as },
  });
  expect(await read(fixture)).toContain(`id="issuecomment-${payload.comment.id}"`);
});

test('the page of a pull request says what to type, and asks as whom', async () => {
  const text = await read(await startWithPull());
  for (const command of ['/promote', '/rollback', '/status', '/help'])
    expect(text).toContain(`<code>${command}</code>`);
  expect(text).toContain(
    '<select name="as"><option>writer</option><option>admin</option><option>reader</option></select>',
  );
});

test.each([
  ['', 'the text is empty'],
  [' \r\n ', 'the text is empty'],
  [`<b>${'x'.repeat(65_534)}`, 'body is too long (maximum is 65536 characters)'],
])('a comment that cannot be made is answered in words, and is still in the box', async (body, words) => {
  const fixture = await startWithPull();
  const { status, text } = await send(fixture, `${page}/comments`, { as: 'reader', body });
  expect(status).toBe(422);
  expect(text).toContain(`<strong>The comment was refused:</strong> ${words}`);
  expect(text).toContain(`/status">\n${body.replace('<b>', '&lt;b&gt;')}</textarea>`);
  expect(text).toContain('<option selected>reader</option>');
  expect(await bodies(fixture)).toEqual([]);
});

test('a comment of as many characters as GitHub takes is made', async () => {
  const fixture = await startWithPull();
  expect((await send(fixture, `${page}/comments`, { as: 'writer', body: 'x'.repeat(65_536) })).status).toBe(303);
});

test.each(['', 'stranger', 'coalmine[bot]', 'canary'])('a comment as "%s" is refused', async (as) => {
  const fixture = await startWithPull();
  const { status, text } = await send(fixture, `${page}/comments`, { as, body: 'Typed <with> care' });
  expect(status).toBe(422);
  expect(text).toContain('choose a user to act as');
  expect(text).toContain('Typed &lt;with&gt; care</textarea>');
  expect(await bodies(fixture)).toEqual([]);
});

test.each(['admin', 'writer'])('%s merges by the button, and the App is told', async (as) => {
  const fixture = await startWithPull();
  const sha = /name="sha" value="([0-9a-f]{40})"/.exec(await read(fixture))?.[1] ?? '';
  expect(await send(fixture, `${page}/merge`, { as, sha })).toMatchObject({ status: 303, location: page });
  const { payload } = await fixture.hooks.next('pull_request.closed');
  expect(payload).toMatchObject({ pull_request: { merged: true, merged_by: { login: as } }, sender: { login: as } });
  const text = await read(fixture);
  expect(text).toContain(`Merged by <strong>${as}</strong>`);
  expect(text).not.toContain('Merge pull request');
});

test('what refuses a merge is shown in words, and changes nothing', async () => {
  const fixture = await startWithPull();
  const { head } = await fixture.repo('anonymous', 'GET /pulls/1');
  const merge = (as: string, sha: string): Promise<Page> => send(fixture, `${page}/merge`, { as, sha });
  const headers = { authorization: 'Bearer admin-token' };
  const body = JSON.stringify({ branch: 'main', approvals: 1 });
  await fetch(`${fixture.sandbox.url}/sandbox/protection`, { method: 'PUT', headers, body });

  const missing = 'At least 1 approving review is required by reviewers with write access.';
  expect(await read(fixture)).toContain(
    `<code>main</code> is <a href="/canary/shop/rules/1">protected</a>. ${missing} An admin may merge anyway.`,
  );
  expect(await read(fixture, '/canary/shop/rules/1')).toContain('Protection of main');
  const refusals = [
    { ...(await merge('writer', head.sha)), code: 405, words: missing },
    { ...(await merge('admin', '1'.repeat(40))), code: 409, words: 'Head branch was modified.' },
    { ...(await merge('reader', head.sha)), code: 403, words: 'Must have push access to repository' },
    { ...(await merge('stranger', head.sha)), code: 422, words: 'choose a user to act as' },
  ];
  for (const { status, text, code, words } of refusals) {
    expect(status).toBe(code);
    expect(text).toContain(`<strong>The merge was refused:</strong> ${words}`);
    expect(text).toContain('Merge pull request');
  }
  expect((await fixture.repo('anonymous', 'GET /pulls/1')).merged).toBe(false);
  expect((await merge('admin', head.sha)).status).toBe(303);
  const late = await merge('admin', head.sha);
  expect(late.status).toBe(405);
  expect(late.text).toContain('<strong>The merge was refused:</strong> Pull Request is not mergeable');
});

test('a pull request that is closed, a draft or in conflict has no button', async () => {
  const fixture = await startWithPull();
  expect(await read(fixture)).toContain('Merge pull request');
  await fixture.repo('writer', 'PATCH /pulls/1', { state: 'closed' });
  expect(await read(fixture)).not.toContain('Merge pull request');

  const draft = { title: 'Later', head: 'writer/echo-25', base: 'main', draft: true };
  const { number } = await fixture.repo('writer', 'POST /pulls', draft);
  const later = await read(fixture, `/canary/shop/pull/${number}`);
  expect(later).toContain('This pull request is a draft.');
  expect(later).not.toContain('Merge pull request');

  const file = '/contents/charts-values/echo.yaml';
  const { sha } = await fixture.repo('anonymous', `GET ${file}`);
  const content = Buffer.from('routes: {}\n').toString('base64');
  await fixture.repo('writer', `PUT ${file}`, { message: 'Otherwise', content, sha });
  await fixture.repo('writer', `PATCH /pulls/${number}`, { state: 'closed' });
  const again = await fixture.repo('writer', 'POST /pulls', { title: 'x', head: 'writer/echo-25', base: 'main' });
  const torn = await read(fixture, `/canary/shop/pull/${again.number}`);
  expect(torn).toContain('This pull request has conflicts with the base branch.');
  expect(torn).not.toContain('Merge pull request');
});

const elsewhere = 'http://evil.example';

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
  ['another site, with an origin made up', { 'sec-fetch-site': 'cross-site', origin: 'OWN' }],
  ['an old browser elsewhere', { origin: elsewhere }],
  ['a page without an origin', { origin: 'null' }],
  ['a name that leads here', { origin: elsewhere, host: 'evil.example' }],
])('a form from %s is refused', async (_, headers) => {
  const fixture = await startWithPull();
  const own = Object.entries(headers).map(([name, value]) => [name, value === 'OWN' ? fixture.sandbox.url : value]);
  for (const [path, fields] of [
    ['comments', { as: 'admin', body: 'Hello' }],
    ['merge', { as: 'admin' }],
  ] as const) {
    const { status, text } = await send(fixture, `${page}/${path}`, fields, Object.fromEntries(own));
    expect(status).toBe(403);
    expect(text).toContain('This came from a page of another site.');
  }
  expect(await bodies(fixture)).toEqual([]);
  expect((await fixture.repo('anonymous', 'GET /pulls/1')).state).toBe('open');
});

test('a form of our own, an address typed in, and who is no browser are taken', async () => {
  const fixture = await startWithPull();
  const { url } = fixture.sandbox;
  const good: Readonly<Record<string, string>>[] = [
    { 'sec-fetch-site': 'same-origin', origin: url },
    { 'sec-fetch-site': 'none' },
    { origin: url },
    { origin: url.replace('127.0.0.1', 'localhost') },
    {},
  ];
  for (const [index, headers] of good.entries()) {
    const { status } = await send(fixture, `${page}/comments`, { as: 'reader', body: `${index}` }, headers);
    expect(status).toBe(303);
  }
  expect(await bodies(fixture)).toEqual(['0', '1', '2', '3', '4']);
});

test('only forms are taken, up to a size, and only where there is one', async () => {
  const fixture = await startWithPull();
  const form = { as: 'writer', body: 'Hello' };
  const json = { 'content-type': 'application/json' };
  expect((await send(fixture, `${page}/comments`, JSON.stringify(form), json)).status).toBe(415);
  const large = await send(fixture, `${page}/comments`, { as: 'writer', body: 'x'.repeat(256 * 1024) });
  expect(large.status).toBe(413);
  expect(large.text).toContain('This text has more than 256 KiB.');
  expect((await send(fixture, '/canary/shop/pull/9/comments', form)).status).toBe(404);
  for (const path of ['/', page, `${page}/x`, '/canary/other/pull/1/comments', '/canary/shop/pull/1/comments/x']) {
    expect((await send(fixture, path, form)).status).toBe(405);
  }
  expect(await bodies(fixture)).toEqual([]);
});

test('who reads the address of a form comes to its page', async () => {
  const { sandbox } = await startWithPull();
  for (const form of ['comments', 'merge']) {
    const answer = await fetch(`${sandbox.url}${page}/${form}`, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, page]);
  }
});

test('forms go to the sandbox only, and its pages into no frame', async () => {
  const { sandbox } = await startWithPull();
  const policy = (await fetch(sandbox.url + page)).headers.get('content-security-policy');
  expect(policy).toContain("form-action 'self';");
  expect(policy).toContain("frame-ancestors 'none';");
});
