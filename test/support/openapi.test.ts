import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { checkExchange, checkWebhook, type Exchange, startRecorder } from './openapi.ts';

const repository = '/repos/acme/shop';
const sha = 'a'.repeat(40);
const api = 'http://127.0.0.1/api/v3';

const user = {
  ...{ login: 'ann', id: 1, node_id: 'U_1', gravatar_id: '', type: 'User', site_admin: false },
  ...{ url: `${api}/users/ann`, html_url: 'http://127.0.0.1/ann', avatar_url: 'http://127.0.0.1/ann.png' },
  ...{ followers_url: api, following_url: api, gists_url: api, starred_url: api, subscriptions_url: api },
  ...{ organizations_url: api, repos_url: api, events_url: api, received_events_url: api },
};
const reference = {
  ...{ ref: 'refs/heads/main', node_id: 'R_1', url: api },
  object: { type: 'commit', sha, url: api },
};
const comment = {
  ...{
    id: 7,
    node_id: 'C_7',
    url: api,
    html_url: api,
    issue_url: api,
    body: 'hello',
    user,
    author_association: 'NONE',
  },
  ...{ created_at: '2026-01-02T03:04:05Z', updated_at: '2026-01-02T03:04:05Z' },
};
const notFound = { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' };
const checkRun = { name: 'coalmine', head_sha: sha, output: { title: 'Fine', summary: 'All is well' } };
const installation = {
  ...{
    id: 2,
    account: user,
    app_id: 3,
    app_slug: 'coalmine',
    target_id: 1,
    target_type: 'User',
    single_file_name: null,
  },
  ...{
    access_tokens_url: api,
    repositories_url: api,
    html_url: api,
    events: ['push'],
    permissions: { contents: 'write' },
  },
  ...{ repository_selection: 'selected', suspended_at: null, suspended_by: null },
  ...{ created_at: '2026-01-02T03:04:05Z', updated_at: 1767323045 },
};

const refused = { message: 'Resource not accessible by integration' };

function get(path: string, responseBody: unknown, status = 200): Exchange {
  return { method: 'GET', path, status, responseBody };
}

function send(method: string, path: string, requestBody: unknown, status: number, responseBody?: unknown): Exchange {
  return { method, path, requestBody, status, ...(responseBody !== undefined && { responseBody }) };
}

describe('an exchange that GitHub could have had', () => {
  const raw = { accept: 'application/vnd.github.raw+json' };
  const { head_sha: _, ...changes } = checkRun;
  test.each<[string, Exchange]>([
    ['a ref with slashes', get(`${repository}/git/ref/heads/feature/one`, reference)],
    ['an encoded ref', get(`${repository}/git/ref/heads%2Fmain`, reference)],
    ['an empty page', get(`${repository}/pulls?state=open&per_page=100&page=2`, [])],
    ['null where it may be', get(`${repository}/issues/3/comments`, [{ ...comment, user: null }])],
    ['literal segments before parameters', get(`${repository}/issues/comments`, [comment])],
    ['a parameter with slashes before a literal', get(`${repository}/commits/feature/one/statuses`, [])],
    ['the root folder', get(`${repository}/contents/?ref=main`, [])],
    ['the root folder without its slash', get(`${repository}/contents`, [])],
    ['an answer asked for raw', { ...get(`${repository}/contents/a`, 'x: 1'), ...raw }],
    ['something that is not there', get(`${repository}/git/ref/heads/gone`, notFound, 404)],
    ['a failing GitHub', get('/user', '<html>Unicorn!</html>', 502)],
    ['nothing new', { method: 'GET', path: '/user', status: 304 }],
    ['a deletion', { method: 'DELETE', path: `${repository}/git/refs/heads/a/b`, status: 204 }],
    ['a creation', send('POST', `${repository}/issues/3/comments`, { body: 'hello' }, 201, comment)],
    ['an empty body that the operation does not take', send('DELETE', `${repository}/issues/comments/7`, {}, 204)],
    ['a refusal that is not listed', send('POST', `${repository}/check-runs`, checkRun, 403, refused)],
    ['one of two shapes', send('PATCH', `${repository}/check-runs/5`, { ...changes, status: 'queued' }, 403, refused)],
  ])('%s', (_name, exchange) => {
    expect(checkExchange(exchange)).toEqual([]);
  });
});

describe('an exchange that GitHub could not have had', () => {
  const run = 'POST /repos/{owner}/{repo}/check-runs';
  const pulls = 'GET /repos/{owner}/{repo}/pulls';
  const comments = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
  const oldPull = `${repository}/pulls/4`;
  test.each<[Exchange, readonly string[]]>([
    [get('/nowhere', {}), ['GET /nowhere: no such operation in schemas/github.openapi.json']],
    [send('PUT', '/user', {}, 200, user), ['PUT /user: no such operation in schemas/github.openapi.json']],
    [get(`${repository}/pulls?pagee=2`, []), [`${pulls} query: unknown "pagee"`]],
    [get(`${repository}/pulls?per_page=ten`, []), [`${pulls} query per_page: must be integer`]],
    [get(`${repository}/pulls?page=1&page=2`, []), [`${pulls} query page: must be integer`]],
    [get(`${repository}/pulls?state=opne`, []), [`${pulls} query state: must be one of ["open","closed","all"]`]],
    [get(`${repository}/issues/x/comments`, []), [`${comments} path issue_number: must be integer`]],
    [
      get(`${repository}/issues/3/comments`, [{ ...comment, id: '7' }]),
      [`${comments} response 200 /0/id: must be integer`],
    ],
    [
      get(`${repository}/issues/3/comments`, [{ ...comment, created_at: 'today', url: 'no scheme' }]),
      [
        `${comments} response 200 /0/created_at: must match format "date-time"`,
        `${comments} response 200 /0/url: must match format "uri"`,
      ],
    ],
    [
      get(`${repository}/issues/3/comments`, [{ ...comment, user: 'ann' }]),
      [`${comments} response 200 /0/user: must be object or null`],
    ],
    [get(`${repository}/pulls`, undefined), [`${pulls} response 200: must have a body`]],
    [get(`${repository}/pulls`, {}, 404), [`${pulls} response 404: must have required property 'message'`]],
    [
      get(`${repository}/pulls`, [], 201),
      [
        `${pulls} response 201: status is not listed; ` +
          'known: 200, 304, 400, 401, 403, 404, 422, 429, 500, 502, 503',
      ],
    ],
    [
      send('DELETE', `${repository}/issues/comments/7`, { body: '' }, 204, {}),
      [
        'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id} request: unknown property "body"',
        'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id} response 204: must have no body',
      ],
    ],
    [
      send('POST', `${repository}/check-runs`, { ...checkRun, output: { title: 3, summary: '' } }, 403, refused),
      [`${run} request /output/title: must be string`],
    ],
    [
      send('POST', `${repository}/check-runs`, { name: 'coalmine', headSha: sha }, 403, refused),
      [`${run} request: unknown property "headSha"`, `${run} request: must have required property 'head_sha'`],
    ],
    [send('POST', `${repository}/check-runs`, undefined, 403, refused), [`${run} request: must have a body`]],
    [
      send('PATCH', `${repository}/check-runs/5`, { conclusions: 'success' }, 403, refused),
      ['PATCH /repos/{owner}/{repo}/check-runs/{check_run_id} request: unknown property "conclusions"'],
    ],
    [
      send('PATCH', oldPull, { state: 'merged' }, 403, refused),
      ['PATCH /repos/{owner}/{repo}/pulls/{pull_number} request /state: must be one of ["open","closed"]'],
    ],
    [
      send('PUT', `${oldPull}/merge`, {}, 422, { message: 'No', documentation_url: api, errors: [3] }),
      [
        'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge response 422 /errors/0: must be object',
        'PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge response 422 /errors/0: must be string',
      ],
    ],
  ])('%#: $method $path', (exchange, expected) => {
    expect(checkExchange(exchange)).toEqual(expected);
  });
});

describe('a webhook', () => {
  const added = {
    ...{ action: 'added', installation, repository_selection: 'selected', requester: null, sender: user },
    ...{ repositories_removed: [] },
    repositories_added: [{ id: 4, node_id: 'R_4', name: 'shop', full_name: 'acme/shop', private: false }],
  };
  const label = 'webhook installation_repositories.added';
  test.each<[string, string, unknown, readonly string[]]>([
    ['as described', 'installation_repositories', added, []],
    [
      'with a wrong value',
      'installation_repositories',
      { ...added, repository_selection: 'some' },
      [`${label} /repository_selection: must be one of ["all","selected"]`],
    ],
    [
      'with something missing',
      'installation_repositories',
      { ...added, sender: undefined },
      [`${label}: must have required property 'sender'`],
    ],
    [
      'of an unknown action',
      'installation_repositories',
      { ...added, action: 'lost' },
      ['webhook installation_repositories.lost: no such webhook in schemas/github.openapi.json'],
    ],
    [
      'of a name that every object has',
      'constructor',
      {},
      ['webhook constructor: no such webhook in schemas/github.openapi.json'],
    ],
    ['of an unknown event', 'fork', {}, ['webhook fork: no such webhook in schemas/github.openapi.json']],
  ])('%s', (_name, event, payload, expected) => {
    expect(checkWebhook(event, payload)).toEqual(expected);
  });

  test('without actions is known by its event', () => {
    expect(checkWebhook('push', { ref: 3 })).toContain('webhook push /ref: must be string');
  });
});

describe('the recorder', () => {
  const closing: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function startTarget(listener: RequestListener): Promise<string> {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function startBoth(listener: RequestListener) {
    const target = await startTarget(listener);
    const recorder = await startRecorder(target);
    closing.push(recorder.close);
    return recorder;
  }

  test('passes requests on, keeps those of the API, and complains of what is wrong in them', async () => {
    const recorder = await startBoth(async (request, response) => {
      const body = await text(request);
      const seen = `${request.method} ${request.url} ${request.headers['accept-encoding']}`;
      response.writeHead(201, { 'content-type': 'application/json', 'x-seen': seen });
      response.end(body === '' ? 'plain' : JSON.stringify({ ...comment, body: JSON.parse(body).body }));
    });

    const path = `${repository}/issues/3/comments`;
    const answer = await fetch(`${recorder.url}/api/v3${path}`, { method: 'POST', body: '{"body":"hé"}' });
    expect(answer.headers.get('x-seen')).toBe(`POST /api/v3${path} identity`);
    expect(await answer.json()).toEqual({ ...comment, body: 'hé' });
    expect(await (await fetch(`${recorder.url}/acme/shop.git/info/refs`)).text()).toBe('plain');

    expect(recorder.exchanges).toEqual([
      {
        method: 'POST',
        path,
        accept: '*/*',
        requestBody: { body: 'hé' },
        status: 201,
        responseBody: { ...comment, body: 'hé' },
      },
    ]);
    expect(recorder.complaints()).toEqual([]);

    await (await fetch(`${recorder.url}/api/v3${path}`, { method: 'POST', body: '{"body":"hé","boby":""}' })).text();
    await (await fetch(`${recorder.url}/api/v3/user`)).text();
    expect(recorder.exchanges[2]).toMatchObject({ path: '/user', status: 201, responseBody: 'plain' });
    expect(recorder.complaints()).toEqual([
      'POST /repos/{owner}/{repo}/issues/{issue_number}/comments request: unknown property "boby"',
      expect.stringMatching(/^GET \/user response 201: status is not listed/),
    ]);
  });

  test('turns links to next pages and redirections to itself', async () => {
    const recorder = await startBoth((request, response) => {
      const origin = `http://${request.headers.host}`;
      response.writeHead(200, { link: `<${origin}/api/v3/x?page=2>; rel="next"`, location: `${origin}/there` }).end();
    });
    const { headers } = await fetch(`${recorder.url}/api/v3/x`);
    expect(headers.get('link')).toBe(`<${recorder.url}/api/v3/x?page=2>; rel="next"`);
    expect(headers.get('location')).toBe(`${recorder.url}/there`);
  });

  test('breaks the connection where the target breaks it, and records nothing', async () => {
    const recorder = await startBoth((request, response) => {
      if (request.url === '/api/v3/rate_limit') response.write('{');
      setImmediate(() => request.socket.destroy());
    });
    await expect(fetch(`${recorder.url}/api/v3/user`)).rejects.toThrow();
    await expect(fetch(`${recorder.url}/api/v3/rate_limit`).then((answer) => answer.text())).rejects.toThrow();
    expect(recorder.exchanges).toEqual([]);
  });
});
