import { expect, test } from 'vitest';
import { formatHold } from '../../src/core/rollout/hold.ts';
import { coalmine, createRepository, type Project } from '../support/cli.ts';
import { createFolder } from '../support/git.ts';
import { brokenValues, values } from '../support/values.ts';
import { AT_ONCE, cloneOf, FILE, publish, publishedWith, SETTINGS } from './published.ts';

const BETA = 'charts-values/beta.yaml';
const NO_BRANCH =
  "note: there is no branch gitops here, so the published state is unknown; if a remote has it: git fetch origin gitops:gitops. Earlier versions are read from the values file's own history\n";

/** A text with the times of now as words. */
function timeless(text: string): string {
  return text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'NOW');
}

async function shaOf({ git }: Project, name: string): Promise<string> {
  return git('rev-parse', name);
}

async function hold(project: Project): Promise<string> {
  const { git, write } = project;
  await git('switch', '--quiet', 'gitops');
  const file = '.coalmine/holds/echo/echo.yml';
  write({ [file]: formatHold({ who: 'ann', why: 'a bad day', when: '2026-01-02T03:04:05Z' }) });
  await git('add', file);
  const trailers = 'Pull-Request: #7\nRequested-By: ann\nRelease: echo/echo\nHold: set\nReason: a bad day';
  await git('commit', '--quiet', '-m', 'echo: hold', '-m', trailers);
  await git('switch', '--quiet', 'main');
  return shaOf(project, 'gitops');
}

test('the state of a release, line by line', async () => {
  const project = await publishedWith(values(25));
  const [main, gitops] = [await shaOf(project, 'main'), await shaOf(project, 'gitops')];
  await hold(project);
  const { stdout, stderr, code } = await project.run('status', 'echo');
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  expect(timeless(stdout)).toBe(`echo: shifting: v2 is the canary, with 25%
  v1 ███████████████░░░░░  75%
  v2 █████░░░░░░░░░░░░░░░  25%
  desired    v1 75% v2 25%, by ${main.slice(0, 7)}
  published  the same, in ${gitops.slice(0, 7)}, NOW
  live       taken for live, since NOW (no cluster is heard)
  next       coalmine promote echo: canary v2 25% -> 50%, once this is met: ❌ it is on hold, by ann since NOW: a bad day; /resume echo lifts it
  hold       it is on hold, by ann since NOW: a bad day
`);
});

test('releases that are in progress, have errors, or were never published', async () => {
  const project = await publishedWith(values(25));
  await project.commit({ [FILE]: values(40), [BETA]: brokenValues() });
  const { stdout, code } = await project.run('status', 'echo', 'beta');
  expect(code).toBe(0);
  const [beta = '', echo = ''] = stdout.split('\n\n');
  expect(beta).toContain('\n  desired    its values have errors, in ');
  expect(beta).toContain('\n  published  not published yet\n  live       nothing\n');
  expect(echo).toContain('\n  v2 █████░░░░░░░░░░░░░░░  25%\n  desired    v1 60% v2 40%, by ');
  expect(echo).toContain('\n  published  v1 75% v2 25%, in ');
  expect(echo).toContain('\n  next       what HEAD has is not published yet (');
});

test('without names, one line per release', async () => {
  const project = await createRepository({ [FILE]: values(25), [BETA]: values(), [SETTINGS]: AT_ONCE });
  const list = (beta: string, echo: string) =>
    `beta  stable: it runs the primary alone; ${beta}\necho  shifting: v2 is the canary, with 25%; ${echo}\n`;
  const unknown = 'published state unknown';
  expect(await project.run('status')).toEqual({ code: 0, stdout: list(unknown, unknown), stderr: NO_BRANCH });
  await publish(project);
  await hold(project);
  expect(await project.run('status')).toEqual({
    code: 0,
    stdout: list('published, assumed live', 'published, assumed live, on hold'),
    stderr: '',
  });
  await project.commit({ 'charts-values/late.yaml': values(), [BETA]: values(5) });
  expect((await project.run('status')).stdout).toContain('; not fully published, assumed live\n');
  expect((await project.run('status')).stdout).toContain('; not published yet\n');
});

test('shows at most 50 releases, unless they are named', async () => {
  const names = Array.from({ length: 52 }, (_, index) => `team-${index}`);
  const files = names.map((name) => [`charts-values/${name}.yaml`, values()]);
  const project = await createRepository(Object.fromEntries(files));
  const { stdout } = await project.run('status');
  expect(stdout.split('\n')).toHaveLength(52);
  expect(stdout).toContain('\n... and 2 more releases; name a release to see it\n');
  const all = await project.run('status', '--format', 'json', ...names);
  expect(JSON.parse(all.stdout)).toMatchObject({ omitted: 0, releases: { length: 52 } });
  const some = await project.run('status', '--format', 'json');
  expect(JSON.parse(some.stdout)).toMatchObject({ omitted: 2, releases: { length: 50 } });
});

test('no values files, and an unknown release', async () => {
  const project = await createRepository({ 'README.md': 'Shop\n' });
  const run = await project.run('status');
  expect(run).toMatchObject({ code: 0, stdout: '' });
  expect(run.stderr).toContain('coalmine: no values files: ');
  for (const verb of ['status', 'history']) {
    const missing = await project.run(verb, 'echo');
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('coalmine: there is no release "echo"');
  }
});

test('for scripts', async () => {
  const project = await publishedWith(values(25));
  const [main, gitops] = [await shaOf(project, 'main'), await shaOf(project, 'gitops')];
  const at = new Date(await project.git('log', '-1', '--format=%cI', 'gitops')).toISOString();
  const shares = [
    { version: 'v1', percent: 75 },
    { version: 'v2', percent: 25 },
  ];
  const { stdout, code } = await project.run('status', '--format=json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    branch: 'gitops',
    omitted: 0,
    releases: [
      {
        release: 'echo/echo',
        name: 'echo',
        state: { kind: 'shifting', version: 'v2', weight: 25 },
        primary: 'v1',
        desired: { commit: main, shares },
        published: { commit: gitops, at, shares, equal: true },
        live: { state: 'assumed', since: at },
        hold: null,
        next: {
          step: 'canary v2 25% -> 50%',
          checks: [
            { state: 'met', text: `the values have no errors (${FILE})` },
            { state: 'met', text: expect.stringContaining('the last step is taken for live') },
            { state: 'met', text: 'it has the pods for its share' },
            { state: 'met', text: 'there is no hold' },
          ],
        },
      },
    ],
  });
});

test('for scripts, with almost no facts known', async () => {
  const project = await createRepository({ [FILE]: 'deployment: [\n' });
  expect(JSON.parse((await project.run('status', '--format=json')).stdout)).toEqual({
    branch: null,
    omitted: 0,
    releases: [
      {
        release: 'echo/echo',
        name: 'echo',
        state: null,
        primary: null,
        desired: null,
        published: null,
        live: null,
        hold: null,
        next: { step: null, why: expect.stringContaining(`no primary can be read in ${FILE}`) },
      },
    ],
  });
  const text = await project.run('status', 'echo');
  expect(text.stdout).toContain(
    '  published  unknown: there is no branch gitops here\n  live       unknown: there is no',
  );
});

test('unknown facts are shown as unknown', async () => {
  const dark = values(0).replace(/ {2}canary:\n(.*\n)*/, '');
  const project = await createRepository({ [FILE]: dark });
  const { stdout } = await project.run('status', 'echo');
  expect(stdout).toContain(
    "  next       whether v2 waits for its turn or was the primary before can't be told here; name the version to make it the canary, or fetch more history\n",
  );

  await publish(project);
  await project.commit({ [SETTINGS]: 'readiness: { by: flux }\n' });
  const clone = await cloneOf(project);
  const run = await clone.run('status', 'echo');
  expect(run.stderr).toContain('note: cluster reports were not fetched; to see them: git fetch origin');
  expect(run.stdout).toContain("  live       unknown: it can't be seen here\n");
  const list = await clone.run('status');
  expect(list.stdout).toContain(', live state unknown\n');
});

test('the history, newest first', async () => {
  const project = await publishedWith(values(25));
  const first = await shaOf(project, 'gitops');
  await project.commit({ [FILE]: values(50) });
  await publish(project);
  const second = await shaOf(project, 'gitops');
  expect((await project.run('history', 'echo', '--limit=1')).stdout).toContain('  v1 75% v2 25% -> v1 50% v2 50%  ');
  const third = await hold(project);
  const told = await project.run('history', 'echo');
  expect(told).toMatchObject({ code: 0, stderr: '' });
  expect(timeless(told.stdout).split('\n').slice(0, 3)).toEqual([
    `NOW  hold  by ann  #7  because: a bad day  ${third.slice(0, 7)}`,
    `NOW  canary v2 25% -> 50%  v1 75% v2 25% -> v1 50% v2 50%  ${second.slice(0, 7)}`,
    expect.stringContaining(first.slice(0, 7)),
  ]);

  const bare = createFolder();
  await project.git('clone', '--quiet', '--bare', '.', bare);
  const { stdout } = await coalmine(bare, 'history', 'echo', '--limit', '2', '--format', 'json');
  expect(JSON.parse(stdout)).toEqual({
    release: 'echo/echo',
    branch: 'gitops',
    history: [
      {
        commit: third,
        at: expect.stringMatching(/^\d{4}-.*Z$/),
        what: 'hold',
        from: null,
        to: null,
        who: ['ann'],
        why: 'a bad day',
        pulls: ['#7'],
      },
      {
        commit: second,
        at: expect.any(String),
        what: 'canary v2 25% -> 50%',
        from: 'v1 75% v2 25%',
        to: 'v1 50% v2 50%',
        who: [],
        why: null,
        pulls: [],
      },
    ],
  });
  expect((await coalmine(bare, 'status', 'echo')).stdout).toContain('  published  the same, in ');
});

test('the history of a removed release, and of an unknown one', async () => {
  const settings = `${AT_ONCE}namespace: shop\n`;
  const project = await createRepository({ [FILE]: values(), [BETA]: values(), [SETTINGS]: settings });
  expect(await project.run('history', 'echo')).toEqual({
    code: 0,
    stdout: 'the history of echo is unknown: there is no branch gitops here\n',
    stderr: NO_BRANCH,
  });
  await publish(project);
  await project.commit({ [BETA]: undefined, 'charts-values/late.yaml': values() });
  expect(await project.run('history', 'late')).toEqual({
    code: 0,
    stdout: 'the history of late is empty: it was never published\n',
    stderr: '',
  });
  const going = await project.run('history', 'beta');
  expect(going).toMatchObject({ code: 0, stderr: '' });
  expect(going.stdout).toContain('  send traffic to v1 100% (2/2)  v1 100%  ');
  await publish(project);
  expect(await project.run('publish', '--resume')).toMatchObject({ code: 0 });
  expect((await project.run('history', 'shop/beta', '--limit=1')).stdout).toContain(
    '  remove its folders and what Flux has of it (3/3)  ',
  );
  expect(await project.run('history', 'beta')).toMatchObject({ code: 2, stdout: '' });
});

test.each([
  [['history'], 'usage: coalmine history RELEASE'],
  [['history', 'echo', '--limit', '0'], '--limit takes a whole number from 1'],
  [['history', 'echo', '--limit', 'x'], '--limit takes a whole number, not "x"'],
  [['history', 'echo', '--format', 'yaml'], '--format takes text, json, not "yaml"'],
  [['status', '--format', 'yaml'], '--format takes text, json, not "yaml"'],
  [['status', 'ecko'], 'there is no release "ecko" in charts-values/{release}.yaml; did you mean "echo"?'],
])('usage: %j', async (args, reason) => {
  const project = await createRepository({ [FILE]: values() });
  expect(await project.run(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(reason) });
});
