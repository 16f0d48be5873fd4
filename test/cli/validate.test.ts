import { describe, expect, test } from 'vitest';
import { createProject, createRepository, type Run } from '../support/cli.ts';
import { createFolder } from '../support/git.ts';
import { brokenValues, values } from '../support/values.ts';

const GOOD = { 'charts-values/echo.yaml': values(25), 'charts-values/beta.yaml': values() };
const BROKEN = { ...GOOD, 'charts-values/echo.yaml': brokenValues() };

function jsonOf({ stdout }: Run): { findings: Record<string, unknown>[]; releases: number } {
  return JSON.parse(stdout);
}

describe('forms', () => {
  test('text points at the line in the style of a compiler, and counts', async () => {
    const { code, stdout, stderr } = await createProject(BROKEN).run('validate');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toContain('error[invalid-destination]: "v3" is not in the deployment map; known versions: v1, v2');
    const lines = stdout.split('\n');
    const at = lines.indexOf('  --> charts-values/echo.yaml:11:14');
    expect(lines.slice(at + 2, at + 4)).toEqual(['11 |     version: v3', '   |              ^^ write v2']);
    expect(stdout).toMatch(/\n\n2 releases checked: 1 error\n$/);
  });

  test('json has exactly the documented members, all positions 1-based', async () => {
    const run = await createProject(BROKEN).run('validate', '--format', 'json');
    expect(run).toMatchObject({ code: 1, stderr: '' });
    expect(jsonOf(run)).toEqual({
      releases: 2,
      findings: [
        {
          rule: 'invalid-destination',
          severity: 'error',
          file: 'charts-values/echo.yaml',
          path: '/routes/canary/version',
          line: 11,
          column: 14,
          endLine: 11,
          endColumn: 16,
          message: expect.stringContaining('"v3" is not in the deployment map'),
          replacement: 'v2',
        },
      ],
    });
    const demonstration = createProject({
      'charts-values/echo.yaml': 'deployment:\n  v1: {}\nroutes:\n  primary:\n    version: v1\n',
    });
    const { findings } = jsonOf(await demonstration.run('validate', '--format=json'));
    expect(findings.map(({ rule, severity, replacement }) => [rule, severity, replacement])).toEqual([
      ['default-image', 'warning', undefined],
    ]);
  });

  test('github prints a workflow command for each finding, with text from files escaped', async () => {
    const odd = createProject({ 'charts-values/a,b%.yaml': values(), 'charts-values/echo.yaml': '[]\n' });
    const { code, stdout } = await odd.run('validate', '--format', 'github');
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^::error file=charts-values\/a%2Cb%25\.yaml,line=1,col=1,.*title=release-name::/);
    expect(lines.at(-1)).toMatch(/^::error file=charts-values\/echo\.yaml,line=1,col=1,endLine=1,.*::/);
    for (const line of lines) expect(line).toMatch(/^::(?:error|warning) /);
  });

  test('warnings alone, and nothing at all, are fine', async () => {
    const { code, stdout } = await createProject(GOOD).run('validate');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 releases checked: no findings\n' });
    const warned = createProject({
      'charts-values/echo.yaml': 'deployment:\n  v1: {}\nroutes:\n  primary:\n    version: v1\n',
    });
    const run = await warned.run('validate');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/warning\[default-image\].*\n1 release checked: 1 warning\n$/s);
  });

  test('an unknown format is refused', async () => {
    const { code, stdout, stderr } = await createProject(GOOD).run('validate', '--format', 'xml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe('coalmine: --format takes text, json, github, not "xml"\n');
  });
});

describe('what is looked at', () => {
  test('names choose releases', async () => {
    const { run } = createProject(BROKEN);
    expect(await run('validate', 'beta')).toMatchObject({ code: 0, stdout: '1 release checked: no findings\n' });
    expect(await run('validate', 'echo/echo')).toMatchObject({ code: 1 });
  });

  test.each([
    ['one key', 'gitops: [x]\n', ['.github/coalmine.yml:1 schema', 'charts-values/echo.yaml:11 invalid-destination']],
    ['what values are judged by', 'domains: 7\n', ['.github/coalmine.yml:1 schema']],
    ['all of them', '{[', ['.github/coalmine.yml:1 yaml-syntax']],
  ])('errors of the settings, in %s, hide none of the values files', async (_, settings, expected) => {
    const broken = { ...BROKEN, '.github/coalmine.yml': settings, 'charts-values/typo.yaml': 'deploymnt: {}\n' };
    const run = await createProject(broken).run('validate', '--format', 'json');
    expect(run.code).toBe(1);
    const said = jsonOf(run).findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`);
    expect(said).toEqual(expect.arrayContaining([...expected, 'charts-values/typo.yaml:1 schema']));
    expect(said.some((line) => line.includes('invalid-destination'))).toBe(expected.length > 1);
  });

  test('without values files, the error says where they are expected', async () => {
    const { run, folder } = createProject();
    const { code, stdout, stderr } = await run('validate', '--format', 'json');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '{"findings":[],"releases":0}\n' });
    expect(stderr).toContain(`no values files: no file in ${folder} matches charts-values/{release}.yaml`);
    expect(stderr).toContain('-C');
    expect(await run('render')).toEqual({ code: 0, stdout: '', stderr });
  });

  test('any bad file gives findings and affects no other', async () => {
    const { run, write } = createProject(GOOD);
    write({
      'charts-values/bomb.yaml': `a: &a [x,x]\n${'bcdefghijk'.replace(/./g, '$&: &$& [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n')}`,
      'charts-values/empty.yaml': '',
      'charts-values/huge.yaml': `deployment:\n${'# filling\n'.repeat(600_000)}`,
      'charts-values/list.yaml': '- v1\n',
      'charts-values/text.yaml': '\u0000\u0001{{{',
      'charts-values/twice.yaml': `${values()}deployment:\n  v1: {}\n`,
      'charts-values/weight.yaml': values(50).replace('weight: 50', 'weight: "50%"'),
    });
    const run1 = await run('validate', '--format', 'json');
    expect(run1).toMatchObject({ code: 1, stderr: '' });
    const { findings, releases } = jsonOf(run1);
    expect(releases).toBe(9);
    const bad = ['bomb', 'empty', 'huge', 'list', 'text', 'twice', 'weight'];
    expect([...new Set(findings.map(({ file }) => file))]).toEqual(bad.map((name) => `charts-values/${name}.yaml`));
    for (const { line, column } of findings) expect(Number(line) >= 1 && Number(column) >= 1).toBe(true);
  });
});

describe('with --base', () => {
  test('checks only the files that differ from that commit, and all of them if the settings differ', async () => {
    const project = await createRepository(BROKEN);
    expect(await project.run('validate', '--base', 'HEAD')).toMatchObject({
      code: 0,
      stdout: '0 releases checked: no findings\n',
    });
    project.write({ 'charts-values/beta.yaml': values(50), 'charts-values/new.yaml': values() });
    expect(await project.run('validate', '--base', 'main', '--format', 'json')).toMatchObject({
      code: 0,
      stdout: '{"findings":[],"releases":2}\n',
    });
    project.write({ '.github/coalmine.yml': 'namespace: shop\n' });
    expect(await project.run('validate', '--base', 'main')).toMatchObject({ code: 1 });
  });

  test('checks the change itself, and its effect on other releases', async () => {
    const echo = values(5);
    const settings = 'rollout: { maxStep: 10 }\n';
    const project = await createRepository({
      ...GOOD,
      'charts-values/echo.yaml': echo,
      '.github/coalmine.yml': settings,
    });
    const short = async (...args: readonly string[]) =>
      jsonOf(await project.run('validate', '--format', 'json', ...args)).findings.map(
        ({ rule, severity, file, line }) => {
          return `${severity} ${rule} ${file}:${line}`;
        },
      );
    project.write({
      'charts-values/echo.yaml': echo.replace('weight: 5', 'weight: 50').replace('echo:v1', 'echo:v1.1'),
      'charts-values/new.yaml': `${values()}  paths: [{ prefix: /beta }]\n`,
    });
    expect(await short('--base', 'main')).toEqual([
      'warning route-conflict charts-values/beta.yaml:4',
      'warning live-version-changed charts-values/echo.yaml:2',
      'error step-too-large charts-values/echo.yaml:12',
      'error route-conflict charts-values/new.yaml:8',
    ]);
    expect(await short('--base', 'main', 'echo')).toEqual([
      'warning live-version-changed charts-values/echo.yaml:2',
      'error step-too-large charts-values/echo.yaml:12',
    ]);
    // Without a base no release was first.
    expect(await short()).toEqual([
      'error route-conflict charts-values/beta.yaml:4',
      'error route-conflict charts-values/new.yaml:8',
    ]);
    expect(await short('new')).toEqual(['error route-conflict charts-values/new.yaml:8']);
  });

  test('a missing commit or repository is an error with its name', async () => {
    const project = await createRepository(GOOD);
    const unknown = await project.run('validate', '--base', 'mian');
    expect(unknown).toMatchObject({ code: 2, stdout: '', stderr: 'coalmine: git does not know the commit "mian"\n' });
    const shallow = createFolder();
    await project.git('clone', '--quiet', '--depth=1', `file://${project.folder}`, shallow);
    expect((await project.run('validate', '--base', 'mian', '-C', shallow)).stderr).toContain(
      'this is a shallow clone',
    );
    const plain = await createProject(GOOD).run('validate', '--base', 'main');
    expect(plain).toMatchObject({ code: 2, stdout: '' });
    expect(plain.stderr).toContain('is not a git repository');
  });
});
