import { expect, test } from 'vitest';
import { coalmineWith, createProject, createRepository } from '../support/cli.ts';
import { createFolder } from '../support/git.ts';
import { values } from '../support/values.ts';

const FILES = { 'charts-values/echo.yaml': values(25) };
const FLUX = { '.github/coalmine.yml': 'readiness: { by: flux }\n' };
const UNASKED =
  "\nGitHub was not checked: the App's credentials are not in the environment (see coalmine doctor --help).\n";

test('a repository before and after its first publication', async () => {
  const project = await createRepository(FILES);
  const lines = (last: string) =>
    `Here\n  ok       git: a repository at ${project.folder}\n  ok       settings: there is no .github/coalmine.yml; the defaults hold\n  ok       values: 1 file (charts-values/{release}.yaml)\n  ${last}\n  note     cluster: nobody is asked: 60 s after its commit a part counts as applied (readiness.by: delay)\n${UNASKED}`;
  expect(await project.run('doctor')).toEqual({
    code: 0,
    stdout: lines(
      "note     branch gitops: isn't here; the first publication makes it, or git fetch, where a remote has it",
    ),
    stderr: '',
  });
  await project.run('publish');
  expect((await project.run('doctor')).stdout).toBe(lines('ok       branch gitops: is here, with our mark'));
});

test('a clone whose remote has the branch', async () => {
  const origin = await createRepository(FILES);
  await origin.run('publish');
  const folder = createFolder();
  await origin.git('clone', '--quiet', origin.folder, folder);
  expect((await origin.run('doctor', '-C', folder)).stdout).toContain(
    'note     branch gitops: is at origin/gitops and not here; to look at it: git fetch origin gitops:gitops\n',
  );
});

test('a problem is printed with what to do, and the exit code is 1', async () => {
  const project = await createRepository({ README: 'text' });
  await project.git('branch', 'gitops');
  const { code, stdout } = await project.run('doctor');
  expect(code).toBe(1);
  expect(stdout).toContain(
    '  problem  values: no file matches charts-values/{release}.yaml\n           -> add one, or set the pattern in .github/coalmine.yml (values)\n  problem  branch gitops: gitops has files and no .coalmine/format.yml',
  );
});

test('settings with errors', async () => {
  const project = await createRepository({ ...FILES, '.github/coalmine.yml': 'values: "{release}.yaml"\nmerg: all\n' });
  const { code, stdout } = await project.run('doctor');
  expect(code).toBe(1);
  expect(stdout).toContain('problem  settings: .github/coalmine.yml:2 unknown key "merg"');
  expect(stdout).not.toContain('branch gitops');
});

test('a plain folder', async () => {
  const { code, stdout } = await createProject(FILES).run('doctor');
  expect(code).toBe(1);
  expect(stdout).toContain('problem  git: ');
});

test('cluster reports, if they were fetched', async () => {
  const project = await createRepository({ ...FILES, ...FLUX });
  await project.run('publish');
  expect((await project.run('doctor')).stdout).toContain("note     cluster: what clusters have answered isn't here");
  await project.git('switch', '--quiet', '--orphan', 'live');
  const head = await project.commit({ 'clusters.yml': 'eu: "2026-05-04T03:02:01.000Z"\n' });
  await project.git('update-ref', 'refs/coalmine/live', head);
  await project.git('switch', '--quiet', 'main');
  const { code, stdout } = await project.run('doctor');
  expect(code).toBe(1);
  expect(stdout).toContain('ok       cluster: eu has answered, first at 2026-05-04T03:02:01.000Z');
  expect(stdout).toContain('problem  cluster: nothing was ever heard of echo/echo');
});

test.each([
  [['--app'], {}, "--app needs the App's credentials in the environment: set APP_ID"],
  [[], { APP_ID: '1' }, 'PRIVATE_KEY (or PRIVATE_KEY_PATH) is missing'],
])('required credentials: %j, %j', async (args, environment, words) => {
  const project = await createRepository(FILES);
  const { code, stdout, stderr } = await coalmineWith(environment, project.folder, 'doctor', ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
});
