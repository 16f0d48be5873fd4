import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { createProject, createRepository, textsOf } from '../support/cli.ts';
import { createFolder } from '../support/git.ts';
import { brokenValues, values } from '../support/values.ts';

const SETTINGS = 'domains:\n  example:\n    render: true\n';
const FILES = {
  '.github/coalmine.yml': SETTINGS,
  'charts-values/echo.yaml': values(25),
  'charts-values/beta.yaml': values(),
};

function sourcesOf(stream: string): readonly string[] {
  return [...stream.matchAll(/^# Source: (.+)$/gm)].map(([, path = '']) => path);
}

describe('as a stream', () => {
  test('is the objects of releases and domains, each headed by its path, sorted, parseable', async () => {
    const { run } = createProject(FILES);
    const { code, stdout, stderr } = await run('render');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const sources = sourcesOf(stdout);
    expect(sources).toEqual([...sources].sort());
    expect(sources).toEqual([
      'apps/beta/beta/routes/routetable-beta-routes.yaml',
      'apps/beta/beta/workloads/deployment-beta-v1.yaml',
      'apps/beta/beta/workloads/service-beta.yaml',
      'apps/beta/beta/workloads/upstream-beta.yaml',
      'apps/echo/echo/routes/routetable-echo-routes.yaml',
      'apps/echo/echo/workloads/deployment-echo-v1.yaml',
      'apps/echo/echo/workloads/deployment-echo-v2.yaml',
      'apps/echo/echo/workloads/service-echo.yaml',
      'apps/echo/echo/workloads/upstream-echo.yaml',
      'domains/example/virtualservice-app.yaml',
    ]);
    const objects = loadAll(stdout) as { kind: string; metadata: { name: string } }[];
    expect(objects.map(({ kind, metadata }) => `${kind}-${metadata.name}`.toLowerCase())).toEqual(
      sources.map((path) => path.replace(/^.*\/|\.yaml$/g, '')),
    );
    expect(stdout.startsWith('---\n# Source: apps/')).toBe(true);
    expect(stdout.endsWith('\n') && !stdout.endsWith('\n\n')).toBe(true);
  });

  test('with names has only those releases; the error for a wrong name suggests the nearest', async () => {
    const { run } = createProject(FILES);
    const { code, stdout } = await run('render', 'beta', 'beta/beta');
    expect(code).toBe(0);
    expect(new Set(sourcesOf(stdout).map((path) => path.split('/')[1]))).toEqual(new Set(['beta']));
    const wrong = await run('render', 'ecko');
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toContain('there is no release "ecko" in charts-values/{release}.yaml; did you mean "echo"?');
  });

  test('leaves out a release with errors, names it on stderr, and returns 1', async () => {
    const { run } = createProject({ ...FILES, 'charts-values/echo.yaml': brokenValues() });
    const { code, stdout, stderr } = await run('render');
    expect(code).toBe(1);
    expect(sourcesOf(stdout)).toHaveLength(5);
    expect(stdout).not.toContain('echo-routes');
    expect(stderr).toContain('error[invalid-destination]');
    expect(stderr).toContain('charts-values/echo.yaml:11:14');
  });

  test('of broken settings is nothing', async () => {
    const { run } = createProject({ ...FILES, '.github/coalmine.yml': 'valeus: x\n' });
    const { code, stdout, stderr } = await run('render');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('.github/coalmine.yml:1:1');
    expect(stderr).toContain('values');
  });

  test('of a bare repository is that of its HEAD', async () => {
    const project = await createRepository(FILES);
    const bare = createFolder();
    await project.git('clone', '--quiet', '--bare', '.', bare);
    const [one, other] = [await project.run('render'), await project.run('render', '-C', bare)];
    expect(other).toEqual(one);
    expect(one.code).toBe(0);
  });
});

describe('with --out', () => {
  test('writes the whole tree; the second time there is nothing to write, and stale files go', async () => {
    const project = createProject({ ...FILES, 'charts-values/old.yaml': values() });
    const out = join(project.folder, 'rendered/tree');
    expect(await project.run('render', '--out', 'rendered/tree')).toEqual({
      code: 0,
      stderr: '',
      stdout: 'rendered/tree: 27 files written, 0 removed, 0 unchanged\n',
    });
    const first = await textsOf(out);
    expect(Object.keys(first)).toHaveLength(27);
    expect(first['.coalmine/format.yml']).toBe('format: 1\nrenderer: 1\n');
    expect(Object.keys(first)).toEqual(
      expect.arrayContaining([
        'flux/echo/echo.yaml',
        'flux/domains/example.yaml',
        'domains/example/kustomization.yaml',
      ]),
    );
    expect((await project.run('render', '--out', out)).stdout).toBe(
      `${out}: 0 files written, 0 removed, 27 unchanged\n`,
    );
    expect(await textsOf(out)).toEqual(first);

    mkdirSync(join(out, '.git'));
    writeFileSync(join(out, '.git/HEAD'), 'ref: refs/heads/gitops\n');
    mkdirSync(join(out, '.coalmine/holds/echo'), { recursive: true });
    writeFileSync(join(out, '.coalmine/holds/echo/echo.yml'), 'who: writer\n');
    project.write({ 'charts-values/old.yaml': undefined, '.github/coalmine.yml': undefined });
    expect((await project.run('render', '--out', out)).stdout).toContain('1 file written, 10 removed, 17 unchanged');
    const { '.coalmine/holds/echo/echo.yml': hold, '.coalmine/outlines.yml': outlines, ...rest } = await textsOf(out);
    expect(hold).toBe('who: writer\n');
    expect(outlines).not.toContain('old');
    const left = Object.entries(first).filter(([path]) => !/old|domains|outlines/.test(path));
    expect(rest).toEqual(Object.fromEntries(left));
    expect(readFileSync(join(out, '.git/HEAD'), 'utf8')).toBe('ref: refs/heads/gitops\n');
    expect(readdirSync(out).sort()).toEqual(['.coalmine', '.git', 'apps', 'flux']);
  });

  test('of a broken release keeps what was there, and writes the others byte for byte', async () => {
    const project = createProject({ ...FILES, 'charts-values/old.yaml': values() });
    const out = join(project.folder, 'out');
    await project.run('render', '--out', out);
    const first = await textsOf(out);
    project.write({ 'charts-values/echo.yaml': brokenValues(), 'charts-values/beta.yaml': values(50) });
    const { code, stderr } = await project.run('render', '--out', out);
    expect(code).toBe(1);
    expect(stderr).toContain('error[invalid-destination]');
    const expected = createProject({
      ...FILES,
      'charts-values/old.yaml': values(),
      'charts-values/beta.yaml': values(50),
    });
    await expected.run('render', '--out', 'out');
    expect(await textsOf(out)).toEqual(await textsOf(join(expected.folder, 'out')));
    expect((await textsOf(out))['apps/beta/beta/routes/routetable-beta-routes.yaml']).not.toBe(
      first['apps/beta/beta/routes/routetable-beta-routes.yaml'],
    );
  });

  test('of names leaves every other release and the domains alone', async () => {
    const project = createProject(FILES);
    const out = join(project.folder, 'out');
    await project.run('render', '--out', out);
    const first = await textsOf(out);
    project.write({
      'charts-values/echo.yaml': values(75),
      'charts-values/beta.yaml': undefined,
      '.github/coalmine.yml': undefined,
    });
    expect((await project.run('render', 'echo', '--out', out)).stdout).toContain(
      '1 file written, 0 removed, 19 unchanged',
    );
    const { 'apps/echo/echo/routes/routetable-echo-routes.yaml': routes, ...rest } = await textsOf(out);
    expect(routes).toContain('weight: 75');
    expect(first).toMatchObject(rest);
  });

  test('keeps the Namespace that a broken release shares, and writes it once', async () => {
    const project = createProject({
      '.github/coalmine.yml': 'namespace: shop\n',
      'charts-values/echo.yaml': values(),
    });
    const out = join(project.folder, 'out');
    await project.run('render', '--out', out);
    expect(existsSync(join(out, 'flux/shop/_namespace.yaml'))).toBe(true);
    project.write({ 'charts-values/echo.yaml': brokenValues() });
    expect((await project.run('render', '--out', out)).stdout).toContain('0 files written, 0 removed');
    project.write({ 'charts-values/echo.yaml': values(), 'charts-values/shop.yaml': values() });
    await project.run('render', '--out', out);
    expect(existsSync(join(out, 'flux/shop/_namespace.yaml'))).toBe(false); // shop's own file has it now
    project.write({ 'charts-values/shop.yaml': brokenValues() });
    await project.run('render', 'echo', '--out', out);
    expect(existsSync(join(out, 'flux/shop/_namespace.yaml'))).toBe(false);
  });

  test('refuses a folder with other files, even a single link, and writes nothing', async () => {
    const project = createProject(FILES);
    const foreign = createFolder();
    symlinkSync('/nowhere', join(foreign, 'link'));
    const { code, stdout, stderr } = await project.run('render', '--out', foreign);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`${foreign} has files that Coalmine did not write (no .coalmine/format.yml)`);
    expect(readdirSync(foreign)).toEqual(['link']);
    expect(await project.run('render', '--out', project.folder)).toMatchObject({ code: 2, stdout: '' });
    expect((await project.run('render', '--out', join(project.folder, 'charts-values/echo.yaml'))).stderr).toContain(
      'is not a folder',
    );
  });

  test('treats a folder with only .git as empty', async () => {
    const project = createProject(FILES);
    mkdirSync(join(project.folder, 'out/.git'), { recursive: true });
    expect((await project.run('render', '--out', 'out')).stdout).toContain('20 files written');
  });

  test('writes through no link', async () => {
    const project = createProject(FILES);
    const out = join(project.folder, 'out');
    const elsewhere = createFolder();
    await project.run('render', '--out', out);
    project.write({ 'out/apps/echo/echo/workloads/service-echo.yaml': undefined, 'elsewhere.yaml': 'mine\n' });
    symlinkSync(join(project.folder, 'elsewhere.yaml'), join(out, 'apps/echo/echo/workloads/service-echo.yaml'));
    expect((await project.run('render', '--out', out)).stdout).toContain('1 file written');
    expect(readFileSync(join(project.folder, 'elsewhere.yaml'), 'utf8')).toBe('mine\n');
    expect((await textsOf(out))['apps/echo/echo/workloads/service-echo.yaml']).toContain('kind: Service');

    project.write({ 'charts-values/new.yaml': values() });
    symlinkSync(elsewhere, join(out, 'apps/new'));
    const { code, stderr } = await project.run('render', '--out', out);
    expect(code).toBe(2);
    expect(stderr).toContain(`${join(out, 'apps/new')} is in the way`);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('refuses to empty a tree because the values files are gone', async () => {
    const project = createProject(FILES);
    await project.run('render', '--out', 'out');
    const first = await textsOf(join(project.folder, 'out'));
    project.write({ '.github/coalmine.yml': 'values: elsewhere/{release}.yaml\n' });
    const { code, stderr } = await project.run('render', '--out', 'out');
    expect(code).toBe(2);
    expect(stderr).toContain('there is no values file any more');
    expect(await textsOf(join(project.folder, 'out'))).toEqual(first);
  });
});
