import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProject, createRepository, program, shell } from '../support/cli.ts';
import { createFolder } from '../support/git.ts';
import { values } from '../support/values.ts';

const FILES = { 'charts-values/echo.yaml': values(25) };

test('--help lists all commands and describes each one, and so does help', async () => {
  const { run } = createProject();
  const all = await run('--help');
  expect(all).toMatchObject({ code: 0, stderr: '' });
  for (const name of ['render', 'validate', 'diff', 'publish']) {
    expect(all.stdout).toMatch(new RegExp(`^ {2}${name} .*--`, 'm'));
    const own = await run(name, '--help');
    expect(own).toMatchObject({ code: 0, stderr: '' });
    expect(own.stdout.startsWith(`Usage: npx coalmine ${name} `)).toBe(true);
    const options = [...(own.stdout.split('\n')[0]?.matchAll(/--[a-z-]+/g) ?? [])].map(([option]) => option);
    for (const option of options) expect(own.stdout.split('\n').slice(1).join('\n')).toContain(option);
  }
  expect(await run('help', 'diff')).toEqual(await run('diff', '-h'));
  expect(all.stdout).toContain('Exit codes: 0 success, 1 errors in the files or a refusal, 2 wrong usage');
  expect((await run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('without a command, the help goes to stderr', async () => {
  const { run } = createProject();
  const { code, stdout, stderr } = await run();
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Usage: npx coalmine COMMAND');
  expect((await run('-C', '.')).stderr).toBe(stderr);
});

test.each([
  [['publsh'], 'unknown command "publsh"; did you mean "publish"? (all commands: coalmine --help)'],
  [['constructor'], 'unknown command "constructor" (all commands: coalmine --help)'],
  [['help', 'rendr'], 'unknown command "rendr"; did you mean "render"? (all commands: coalmine --help)'],
  [['validate', '--fromat', 'json'], 'unknown option --fromat; did you mean --format?'],
  [['publish', '--dryrun'], 'unknown option --dryrun; did you mean --dry-run?'],
  [['render', '-x'], 'unknown option -x'],
  [['render', '--out'], '--out needs a value'],
  [['render', '--out='], '--out needs a value'],
  [['render', '--out', '--help'], '--out needs a value'],
  [['publish', '--dry-run=yes'], '--dry-run takes no value'],
  [
    ['publish', 'echo'],
    'too many arguments; usage: coalmine publish [--source REF] [--branch gitops] [--resume] [--dry-run]',
  ],
  [['validate', '-C', 'none'], /^there is no folder \/.*\/none$/],
  [['validate', 'a\u001b[31mb'], /^there is no release "a\\u001b\[31mb"/],
])('%j gets an answer that says what to type instead', async (args, answer) => {
  const { code, stdout, stderr } = await createProject(FILES).run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  const said = stderr.replace(/^coalmine: (.*)\n$/s, '$1');
  expect(said).toEqual(typeof answer === 'string' ? answer : expect.stringMatching(answer));
});

describe('-C', () => {
  test('may come before or after the command, and must name a folder', async () => {
    const { folder } = createProject(FILES);
    const { run } = createProject();
    const expected = { code: 0, stdout: '1 release checked: no findings\n', stderr: '' };
    expect(await run('-C', folder, 'validate')).toEqual(expected);
    expect(await run(`-C${folder}`, 'validate', 'echo')).toEqual(expected);
    expect(await run('validate', '-C', folder, 'echo')).toEqual(expected);
    expect(await run('validate', 'echo', '-C', folder)).toEqual(expected);
    expect((await run('validate', '-C', join(folder, 'charts-values/echo.yaml'))).code).toBe(2);
  });

  test('may go through a link', async () => {
    const project = await createRepository(FILES);
    const link = join(createFolder(), 'link');
    symlinkSync(project.folder, link);
    expect(await project.run('diff', '-C', link)).toMatchObject({ code: 0, stderr: '' });
    expect((await project.run('diff', '-C', join(project.folder, '.git'))).stderr).toContain('is not a working tree');
  });
});

test('the program prints the output and returns the exit code of the command', async () => {
  const { folder, run } = createProject({
    'charts-values/echo.yaml': values(25).replace('version: v2', 'version: v3'),
  });
  const within = await run('validate');
  expect(within).toMatchObject({ code: 1, stderr: '' });
  expect(await program(folder, 'validate')).toEqual(within);
  expect(await program(folder, 'validat')).toEqual(await run('validat'));
});

test('a reader that closes the pipe is not a failure, and the exit code stays', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `charts-values/r${index}.yaml`);
  const project = createProject(Object.fromEntries(names.map((name) => [name, values(25)])));
  const head = '"$0" render | head -1; echo $PIPESTATUS';
  expect(await shell(project.folder, head)).toEqual({ code: 0, stdout: '---\n0\n', stderr: '' });
  const note = '"$0" render 2>&1 | head -0; echo $PIPESTATUS';
  expect(await shell(createFolder(), note)).toEqual({ code: 0, stdout: '0\n', stderr: '' });
});

test("git's hooks may call it: it ignores the variables that git sets for them", async () => {
  const project = await createRepository(FILES);
  const script = 'GIT_DIR=/nonexistent GIT_INDEX_FILE=/nonexistent/index "$0" diff HEAD HEAD';
  expect(await shell(project.folder, script)).toEqual({
    code: 0,
    stdout: 'nothing changes in the cluster\n',
    stderr: '',
  });
});
