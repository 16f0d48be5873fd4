import { describe, expect, test } from 'vitest';
import { createProject } from '../support/cli.ts';
import { brokenValues, values } from '../support/values.ts';

const CANARY = `${values(25)}    headers:\n      stage: canary\n`;
const FILES = { 'charts-values/echo.yaml': CANARY, 'charts-values/foxtrot.yaml': values() };
const DOMAINS = `domains:
  example:
    hosts: [shop.example.com]
  inner:
    hosts: ['*.inner.example.com']
    prefix: /api
`;

const MAIN = {
  release: 'echo',
  route: 1,
  destinations: [
    { version: 'v1', percent: 75 },
    { version: 'v2', percent: 25 },
  ],
};
const TESTED = { release: 'echo', route: 0, destinations: [{ version: 'v2', percent: 100 }] };

describe('as JSON', () => {
  test.each<[string, readonly string[], unknown]>([
    ['a path', ['/echo'], MAIN],
    ['a path below', ['/echo/a/b?c=d'], MAIN],
    ['without its slash', ['echo'], MAIN],
    ['a URL', ['https://user@shop.example.com:8443/echo?x'], MAIN],
    ['a header', ['/echo', '-H', 'stage: canary'], TESTED],
    ['a header in another case, without a space', ['/echo', '--header', 'STAGE:canary'], TESTED],
    ['a header before the path', ['-H', 'stage: canary', '/echo'], TESTED],
    ['several headers', ['/echo', '-H', 'a: b', '-H', 'stage: canary'], TESTED],
    ['a value in another case', ['/echo', '-H', 'stage: Canary'], MAIN],
    ['a header twice, which Envoy reads as one', ['/echo', '-H', 'stage: canary', '-H', 'stage: canary'], MAIN],
    [
      'a path that no release has',
      ['/ecko'],
      {
        release: null,
        reason: 'no release of the domain example has a route for /ecko; the nearest is /echo of echo',
      },
    ],
  ])('%s', async (_name, args, expected) => {
    const { code, stdout, stderr } = await createProject(FILES).run('explain', ...args, '--format', 'json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${JSON.stringify(expected)}\n`);
  });
});

describe('as text', () => {
  test('shows which versions answer, by which route, and what another header would change', async () => {
    const { run } = createProject(FILES);
    expect((await run('explain', '/echo')).stdout).toBe(
      '/echo: echo answers, v1 75% v2 25%\n' +
        '  by route 1 of its RouteTable (counted from 0): prefix /echo\n' +
        '  with stage: canary: v2 100%\n',
    );
    expect((await run('explain', '/echo', '-H', 'Stage: canary')).stdout).toBe(
      '/echo with stage: canary: echo answers, v2 100%\n' +
        '  by route 0 of its RouteTable (counted from 0): prefix /echo with stage: canary\n' +
        '  without stage: v1 75% v2 25%\n',
    );
  });

  test('says that no release answers, and why, on one line for any request', async () => {
    const { code, stdout } = await createProject(FILES).run('explain', '/a\nb\u001b[1m');
    expect(code).toBe(0);
    expect(stdout).toBe(
      '/a\\u000ab\\u001b[1m: no release answers; no release of the domain example has a route for ' +
        '/a\\u000ab\\u001b[1m; there are /foxtrot of foxtrot, /echo of echo\n',
    );
  });
});

describe('with several domains', () => {
  const files = {
    ...FILES,
    '.github/coalmine.yml': DOMAINS,
    'charts-values/inner.yaml': values().replace('apiGroup: example', 'apiGroup: inner'),
  };
  test.each<[string, readonly string[], string | null]>([
    ['by the option', ['/echo', '--host', 'shop.example.com'], 'echo'],
    ['by the URL', ['http://me:secret@SHOP.example.com:80/echo'], 'echo'],
    ['by the header', ['/echo', '-H', 'Host: shop.example.com'], 'echo'],
    ['by the option before the URL', ['http://other.example.com/echo', '--host=shop.example.com'], 'echo'],
    ['a wildcard, below its prefix', ['/api/inner', '--host', 'a.inner.example.com'], 'inner'],
    ['another', ['/echo', '--host', 'other.example.com'], null],
    ['the other one', ['/echo', '--host', 'a.inner.example.com'], null],
  ])('the host is chosen: %s', async (_name, args, release) => {
    const { code, stdout } = await createProject(files).run('explain', ...args, '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ release });
  });

  test('it is required, and the error lists the known ones', async () => {
    const { code, stdout, stderr } = await createProject(files).run('explain', '/echo');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('known hosts: shop.example.com, *.inner.example.com (--host HOST)');
  });
});

describe('with a broken release', () => {
  test('the others answer, and stderr names it with its place', async () => {
    const { run } = createProject({ ...FILES, 'charts-values/foxtrot.yaml': brokenValues() });
    const { code, stdout, stderr } = await run('explain', '/echo', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(MAIN);
    expect(stderr).toBe(
      'coalmine: foxtrot has errors (charts-values/foxtrot.yaml:11:14) and is left out of the answer; ' +
        'the cluster keeps what was last published of it\n',
    );
  });

  test('its own path has no answer, for that reason', async () => {
    const { run } = createProject({ ...FILES, 'charts-values/foxtrot.yaml': brokenValues() });
    const { code, stdout } = await run('explain', '/foxtrot/a', '--format', 'json');
    expect(code).toBe(0);
    const reason = 'foxtrot would take it by its name, but has errors; fix them first';
    expect(JSON.parse(stdout)).toEqual({ release: null, reason });
  });

  test('another release may answer until then, and the text says so', async () => {
    const { run } = createProject({ ...FILES, 'charts-values/echo-admin.yaml': brokenValues() });
    expect((await run('explain', '/echo-admin')).stdout).toBe(
      '/echo-admin: echo answers, v1 75% v2 25%\n' +
        '  by route 1 of its RouteTable (counted from 0): prefix /echo\n' +
        '  with stage: canary: v2 100%\n' +
        '  echo-admin has errors; by its name it would answer this request\n',
    );
    expect((await run('explain', '/echo')).stdout).not.toContain('echo-admin');
  });

  test('broken settings end it with their findings', async () => {
    const { run } = createProject({ ...FILES, '.github/coalmine.yml': 'domain: {}\n' });
    const { code, stdout, stderr } = await run('explain', '/echo', '--format', 'json');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('.github/coalmine.yml:1:1');
  });
});

test.each<[string, readonly string[], string]>([
  ['no path', [], 'explain needs a path; usage: coalmine explain PATH|URL'],
  ['two paths', ['/a', '/b'], 'too many arguments'],
  ['a header without a colon', ['/a', '-H', 'stage'], `-H takes 'NAME: VALUE', not "stage"`],
  ['a header without a name', ['/a', '-H', ': x'], `-H takes 'NAME: VALUE', not ": x"`],
  ['a header without anything', ['/a', '-H'], '-H needs a value'],
  ['another format', ['/a', '--format', 'yaml'], '--format takes text, json'],
])('usage: %s', async (_name, args, message) => {
  const { code, stdout, stderr } = await createProject(FILES).run('explain', ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('is listed in the help, and has its own', async () => {
  const { run } = createProject();
  expect((await run('--help')).stdout).toContain('explain PATH|URL');
  expect((await run('explain', '--help')).stdout).toContain("-H, --header 'NAME: VALUE'");
});
