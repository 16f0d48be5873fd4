import { expect, test } from 'vitest';
import { createProject, createRepository, type Run } from '../support/cli.ts';
import { createFolder } from '../support/git.ts';
import { brokenValues, values } from '../support/values.ts';

const FILES = { 'charts-values/echo.yaml': values(25), 'charts-values/beta.yaml': values() };
const ROUTES = 'apps/echo/echo/routes/routetable-echo-routes.yaml';

interface Json {
  releases: { release: string; summary: string | null; manifests: { path: string; change: string; diff: string }[] }[];
  shared: { path: string; change: string }[];
  findings: object[];
}

function jsonOf({ stdout }: Run): Json {
  return JSON.parse(stdout);
}

test('the working tree beside HEAD: nothing, then a weight', async () => {
  const project = await createRepository(FILES);
  expect(await project.run('diff')).toEqual({ code: 0, stdout: 'nothing changes in the cluster\n', stderr: '' });
  project.write({ 'charts-values/echo.yaml': values(50) });
  const { code, stdout, stderr } = await project.run('diff');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^echo: canary v2 25% -> 50%\n {2}v1 █+░+ +50% {2}\(was 75%\)\n/);
  expect(stdout).toContain(`--- a/${ROUTES}\n+++ b/${ROUTES}\n`);
  expect(stdout).toMatch(/^- +weight: 25$/m);
  expect(stdout).toMatch(/^\+ +weight: 50$/m);
  expect(stdout).not.toContain('beta');

  const markdown = (await project.run('diff', '--format', 'markdown')).stdout;
  expect(markdown).toMatch(/^### echo: canary v2 25% -> 50%\n\n?```text\n/m);
  expect(markdown).toContain('<details>');
  expect(jsonOf(await project.run('diff', '--format', 'json'))).toEqual({
    releases: [
      {
        release: 'echo',
        summary: 'canary v2 25% -> 50%',
        starts: [],
        changes: [],
        stops: [],
        manifests: [{ path: ROUTES, change: 'changed', diff: expect.stringContaining('+++ b/') }],
      },
    ],
    shared: [],
    findings: [],
  });
});

test('two commits: a renamed, a deleted and a new release, and the way back', async () => {
  const project = await createRepository({ ...FILES, 'charts-values/gone.yaml': values() });
  const base = await project.git('rev-parse', 'HEAD');
  const head = await project.commit({
    'charts-values/beta.yaml': undefined,
    'charts-values/gamma.yaml': values(),
    'charts-values/gone.yaml': undefined,
    'charts-values/new.yaml': values(10),
  });
  const summaries = async (...args: string[]) => {
    const run = await project.run('diff', '--format', 'json', ...args);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    return Object.fromEntries(jsonOf(run).releases.map(({ release, summary }) => [release, summary]));
  };
  expect(await summaries(base, head)).toEqual({
    beta: 'removed',
    gamma: 'first publication, v1 100%',
    gone: 'removed',
    new: 'first publication, v1 90% v2 10%',
  });
  expect(await summaries(head, base)).toMatchObject({ beta: 'first publication, v1 100%', gamma: 'removed' });
  expect(await summaries(base)).toMatchObject({ gone: 'removed' });
  expect(await summaries('HEAD')).toEqual({});
  expect((await project.run('diff', 'main~1', 'main')).stdout).toContain('+++ /dev/null');
});

test('settings that change: what they move, and a broken one on either side', async () => {
  const project = await createRepository(FILES);
  project.write({ '.github/coalmine.yml': 'domains:\n  example:\n    render: true\n' });
  const rendered = jsonOf(await project.run('diff', '--format', 'json'));
  expect(rendered.releases).toEqual([]);
  expect(rendered.shared.map(({ path, change }) => [path, change])).toEqual([
    ['domains/example/kustomization.yaml', 'added'],
    ['domains/example/virtualservice-app.yaml', 'added'],
    ['flux/domains/example.yaml', 'added'],
  ]);
  expect((await project.run('diff')).stdout).toMatch(/^shared objects\n\n--- \/dev\/null\n/);

  await project.commit({ '.github/coalmine.yml': 'namespace: [shop]\n', 'charts-values/echo.yaml': values(50) });
  const broken = await project.run('diff', 'HEAD~1');
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain('echo: '); // judged by the settings of before
  expect(broken.stderr).toContain('.github/coalmine.yml:1:12');
  expect(broken.stderr).toContain('values files are judged by the settings of HEAD~1');
  project.write({ '.github/coalmine.yml': undefined, 'charts-values/echo.yaml': values(75) });
  const repaired = await project.run('diff');
  expect(repaired.code).toBe(0);
  expect(repaired.stdout).toContain('echo: canary v2 50% -> 75%');
  expect(repaired.stderr).toContain('note: .github/coalmine.yml of HEAD has errors');
});

test('a broken release is named, with exit code 1, beside what changes otherwise', async () => {
  const project = await createRepository(FILES);
  project.write({ 'charts-values/echo.yaml': brokenValues(), 'charts-values/beta.yaml': values(5) });
  const { code, stdout, stderr } = await project.run('diff');
  expect(code).toBe(1);
  expect(stdout).toContain("echo: can't be rendered\n");
  expect(stdout).toMatch(/^beta: .*canary v2 none -> 5%/m);
  expect(stderr).toContain('charts-values/echo.yaml:11:14');
  expect(jsonOf(await project.run('diff', '--format', 'json')).findings).toMatchObject([
    { rule: 'invalid-destination', line: 11, column: 14 },
  ]);
  await project.commit({});
  project.write({ 'charts-values/beta.yaml': values(6) });
  expect(await project.run('diff')).toMatchObject({ code: 0, stderr: '' }); // echo was broken before
});

test('refuses what cannot be compared, with the reason', async () => {
  const project = await createRepository(FILES);
  const bare = createFolder();
  await project.git('clone', '--quiet', '--bare', '.', bare);
  const said = async (...args: string[]) => {
    const { code, stdout, stderr } = await project.run('diff', ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    return stderr;
  };
  expect(await said('none')).toContain('git does not know the commit "none"');
  expect(await said('a', 'b', 'c')).toContain('too many arguments; usage: coalmine diff [BASE [HEAD]]');
  expect(await said('-C', bare)).toContain('name two commits');
  expect((await project.run('diff', '-C', bare, 'main', 'main')).code).toBe(0);
  expect(await said('-C', 'charts-values')).toContain(`is inside the repository ${project.folder}`);
  const plain = createProject(FILES);
  expect(await said('-C', plain.folder)).toContain('is not a git repository (render and validate work without one)');
  await plain.git('init', '--quiet');
  expect(await said('-C', plain.folder)).toContain('has no commit yet');
});
