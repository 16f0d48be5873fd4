import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { coalmine, createRepository, type Project, textsOf } from '../support/cli.ts';
import { createFolder } from '../support/git.ts';
import { brokenValues, values } from '../support/values.ts';

/** Settings under which every part counts as applied at once, so that one run publishes all that needs no confirmation. */
const AT_ONCE = 'readiness: { after: 0s, drain: 0s }\n';
const SETTINGS = '.github/coalmine.yml';
const FILES = {
  [SETTINGS]: AT_ONCE,
  'charts-values/echo.yaml': values(25),
  'charts-values/beta.yaml': values(),
};
const ROUTES = 'apps/echo/echo/routes/routetable-echo-routes.yaml';

function messageOf({ git }: Project, branch = 'gitops'): Promise<string> {
  return git('log', '-1', '--format=%B', branch);
}

async function trailersOf({ git }: Project, branch = 'gitops'): Promise<readonly string[]> {
  return (await git('log', '-1', '--format=%(trailers:only,unfold)', branch)).split('\n').filter((line) => line !== '');
}

async function changedFiles({ git }: Project, branch = 'gitops'): Promise<readonly string[]> {
  return (await git('diff', '--name-status', `${branch}~1`, branch)).split('\n');
}

describe('into a branch of its own', () => {
  test('first everything, then nothing, then one file for a weight', async () => {
    const project = await createRepository(FILES);
    const first = await project.run('publish');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const tip = await project.git('rev-parse', 'gitops');
    const start = await project.git('rev-parse', 'gitops~1');
    expect(first.stdout).toContain(`published to gitops (a new branch) as ${start}:\n`);
    expect(first.stdout).toContain(`published to gitops as ${tip}:\n`);
    expect(first.stdout).toContain(' A .coalmine/format.yml\n');
    const source = await project.git('rev-parse', 'main');
    expect(await trailersOf(project)).toEqual([
      `Source-Commit: ${source}`,
      'Release: beta/beta',
      'Release: echo/echo',
      'Traffic: beta v1 100%',
      'Traffic: echo v1 75% v2 25%',
    ]);
    expect(await project.git('status', '--short')).toBe('');

    await project.run('render', '--out', 'out');
    const clone = createFolder();
    await project.git('clone', '--quiet', '--branch=gitops', '.', clone);
    expect(await textsOf(clone)).toEqual(await textsOf(join(project.folder, 'out')));
    await project.git('clean', '--quiet', '-d', '--force');

    const second = await project.run('publish');
    expect(second).toEqual({
      code: 0,
      stderr: '',
      stdout: `nothing to publish: gitops already has what ${source.slice(0, 7)} renders\n`,
    });
    await project.commit({ 'charts-values/echo.yaml': values(50), 'README.md': 'Shop\n' });
    const third = await project.run('publish');
    expect(third.stdout).toContain(`\n M ${ROUTES}\n`);
    expect(await changedFiles(project)).toEqual([`M\t${ROUTES}`]);
    expect((await messageOf(project)).split('\n')[0]).toBe('echo: canary v2 25% -> 50%');
    expect(await trailersOf(project)).toEqual([
      `Source-Commit: ${await project.git('rev-parse', 'main')}`,
      'Release: echo/echo',
      'Traffic: echo v1 50% v2 50%',
    ]);
    expect(await project.git('rev-list', '--count', 'gitops')).toBe('3');
  });

  test('a removed release loses its routes; the rest of it waits for a confirmation', async () => {
    const project = await createRepository(FILES);
    await project.run('publish');
    await project.commit({ 'charts-values/beta.yaml': undefined });
    const waiting =
      'beta waits until somebody confirms to stop v1 (1 of 3 parts are published): to confirm: coalmine publish --resume\n';
    const asked = await project.run('publish');
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(asked.stdout).toContain(waiting);
    expect(await messageOf(project)).toContain('beta: take its routes away (1/3)\n');
    expect(await trailersOf(project)).toEqual(expect.arrayContaining(['Release: beta/beta', 'Traffic: beta none']));
    expect(await project.run('publish')).toEqual({ code: 0, stdout: waiting, stderr: '' });

    expect(await project.run('publish', '--resume')).toMatchObject({ code: 0, stderr: '' });
    expect(await project.git('log', '--format=%s', '-2', 'gitops')).toBe(
      'beta: remove its folders and what Flux has of it (3/3)\nbeta: stop v1 (2/3)',
    );
    const files = await project.git('ls-tree', '-r', '--name-only', 'gitops');
    expect(files.split('\n').filter((path) => path.includes('beta'))).toEqual([]);
  });

  test('a broken release stops no other, and is named each time', async () => {
    const project = await createRepository(FILES);
    await project.run('publish');
    const before = await project.git('rev-parse', 'gitops:apps/echo');
    await project.commit({ 'charts-values/echo.yaml': brokenValues(), 'charts-values/beta.yaml': values(5) });
    const first = await project.run('publish');
    expect(first.code).toBe(1);
    expect(first.stdout).toContain('Release: beta/beta');
    expect(first.stderr).toContain('charts-values/echo.yaml:11:14');
    expect(await project.git('rev-parse', 'gitops:apps/echo')).toBe(before);
    const second = await project.run('publish');
    expect(second).toMatchObject({ code: 1, stderr: first.stderr });
    expect(second.stdout).toContain('nothing to publish');
  });

  test('an edit on the branch by hand is overwritten', async () => {
    const project = await createRepository(FILES);
    await project.run('publish');
    const published = await project.git('rev-parse', 'gitops^{tree}');
    await project.git('switch', '--quiet', 'gitops');
    await project.commit({ [ROUTES]: 'kind: Nonsense\n', 'apps/beta/beta/workloads/extra.yaml': 'x\n' });
    await project.git('switch', '--quiet', 'main');
    expect(await project.run('publish')).toMatchObject({ code: 0, stderr: '' });
    expect(await project.git('rev-parse', 'gitops^{tree}')).toBe(published);
  });
});

describe('options', () => {
  test('--dry-run says the same and writes nothing', async () => {
    const project = await createRepository(FILES);
    const refs = await project.git('for-each-ref');
    const dry = await project.run('publish', '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(await project.git('for-each-ref')).toBe(refs);
    const wet = await project.run('publish');
    const [head, ...rest] = wet.stdout.split('\n');
    expect(head).toMatch(/^published to gitops \(a new branch\) as [0-9a-f]{40}:$/);
    expect(dry.stdout.split('\n')[0]).toBe('would publish to gitops (a new branch):');
    const said = dry.stdout.trimEnd().split('\n').slice(1);
    expect(said).toContain(' A flux/echo/echo.yaml');
    expect(rest.slice(0, said.length)).toEqual(said); // of the first part alone: the next ones wait for it
  });

  test('--source names another commit, --branch another branch, the settings a third', async () => {
    const project = await createRepository(FILES);
    await project.commit({ 'charts-values/echo.yaml': values(50), [SETTINGS]: `${AT_ONCE}gitops: env/prod\n` });
    expect((await project.run('publish', '--source', 'main~1', '--branch', 'trial')).code).toBe(0);
    expect(await trailersOf(project, 'trial')).toContain('Traffic: echo v1 75% v2 25%');
    expect(await trailersOf(project, 'trial')).toContain(`Source-Commit: ${await project.git('rev-parse', 'main~1')}`);
    expect((await project.run('publish')).stdout).toContain('published to env/prod');
    const said = async (...args: string[]) => {
      const { code, stdout, stderr } = await project.run('publish', ...args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      return stderr;
    };
    expect(await said('--source', 'none')).toContain('git does not know the commit "none"');
    expect(await said('--branch', 'a..b')).toContain('"a..b" is not a valid branch name');
    expect(await said('--branch', 'env')).toContain("'refs/heads/env/prod' exists");
  });
});

describe('refuses', () => {
  test('a branch that Coalmine did not write, with what to do', async () => {
    const project = await createRepository(FILES);
    await project.git('branch', 'gitops');
    const before = await project.git('rev-parse', 'gitops');
    const { code, stdout, stderr } = await project.run('publish');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^refused: Coalmine does not manage the branch gitops: it has files and no \.coalmine\/format\.yml; name another branch/,
    );
    expect(await project.git('rev-parse', 'gitops')).toBe(before);
  });

  test('to remove every release because no values file is left', async () => {
    const project = await createRepository(FILES);
    await project.run('publish');
    await project.commit({ [SETTINGS]: 'values: elsewhere/{release}.yaml\n' });
    const { code, stderr } = await project.run('publish');
    expect(code).toBe(1);
    expect(stderr).toContain('refused: there is no values file any more');
    const fresh = await project.run('publish', '--branch', 'fresh');
    expect(fresh).toMatchObject({ code: 0, stderr: '' });
    expect(fresh.stdout).toContain('has no release to publish');
  });

  test('settings with errors, pointing at the line', async () => {
    const project = await createRepository({ ...FILES, [SETTINGS]: 'gitops: [x]\n' });
    const { code, stdout, stderr } = await project.run('publish');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('.github/coalmine.yml:1:9');
    expect(stderr).toContain('refused: .github/coalmine.yml has errors; nothing is published');
  });

  test('a branch that is checked out, here or in another working tree', async () => {
    const project = await createRepository(FILES);
    await project.run('publish');
    await project.commit({ 'charts-values/echo.yaml': values(50) });
    const other = join(createFolder(), 'worktree');
    await project.git('worktree', 'add', '--quiet', other, 'gitops');
    const before = await project.git('rev-parse', 'gitops');
    const { code, stdout, stderr } = await project.run('publish');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      `refused: the branch gitops is checked out in ${other}; switch to another branch there first\n`,
    );
    await project.git('worktree', 'remove', other);
    await project.git('switch', '--quiet', 'gitops');
    expect((await project.run('publish', '--source', 'main')).stderr).toContain(`checked out in ${project.folder};`);
    expect(await project.git('rev-parse', 'gitops')).toBe(before);
    expect(await project.git('status', '--short')).toBe('');
    expect((await project.run('publish', '--source', 'main~1')).stdout).toContain('nothing to publish');
  });
});

describe('where it runs', () => {
  test('a bare repository, even one whose HEAD is the branch', async () => {
    const project = await createRepository(FILES);
    const bare = createFolder();
    await project.git('clone', '--quiet', '--bare', '.', bare);
    expect(await coalmine(bare, 'publish')).toMatchObject({ code: 0, stderr: '' });
    await project.git('-C', bare, 'symbolic-ref', 'HEAD', 'refs/heads/gitops');
    await project.commit({ 'charts-values/echo.yaml': values(50) });
    await project.git('push', '--quiet', bare, 'main');
    expect(await project.run('publish', '-C', bare, '--source', 'main')).toMatchObject({ code: 0, stderr: '' });
    expect(await project.git('-C', bare, 'rev-list', '--count', 'gitops')).toBe('3');
  });

  test("a fresh clone continues from its remote's branch", async () => {
    const project = await createRepository(FILES);
    await project.run('publish');
    const tip = await project.git('rev-parse', 'gitops');
    await project.commit({ 'charts-values/echo.yaml': values(50) });
    const clone = createFolder();
    await project.git('clone', '--quiet', '.', clone);
    const dry = await coalmine(clone, 'publish', '--dry-run');
    expect(dry.stdout).toContain('would publish to gitops (started from origin/gitops):');
    expect(await project.git('-C', clone, 'branch', '--list', 'gitops')).toBe('');
    const { code, stdout } = await coalmine(clone, 'publish');
    expect(code).toBe(0);
    expect(stdout).toContain('published to gitops (started from origin/gitops)');
    expect(stdout).toContain('\nnext: git push origin gitops\n');
    expect(await project.git('-C', clone, 'rev-parse', 'gitops~1')).toBe(tip);
    await project.git('-C', clone, 'push', '--quiet', 'origin', 'gitops');

    await project.git('-C', clone, 'branch', '--quiet', '-D', 'gitops');
    await project.git('-C', clone, 'update-ref', 'refs/remotes/fork/gitops', tip);
    expect((await coalmine(clone, 'publish')).stderr).toContain('on several remotes (fork/gitops, origin/gitops)');
  });

  test('beside others: each publication is one commit, and none is lost', async () => {
    const project = await createRepository(FILES);
    await project.run('publish');
    for (const weight of [10, 20, 30]) {
      await project.git('switch', '--quiet', '-c', `w${weight}`, 'main');
      await project.commit({ 'charts-values/echo.yaml': values(weight) });
    }
    const runs = await Promise.all([10, 20, 30].map((weight) => project.run('publish', '--source', `w${weight}`)));
    for (const run of runs) expect(run).toMatchObject({ code: 0, stderr: '' });
    const shas = runs.map(({ stdout }) => /as ([0-9a-f]{40})/.exec(stdout)?.[1]);
    expect((await project.git('rev-list', 'gitops')).split('\n').slice(0, 3).sort()).toEqual(shas.sort());
    expect(await project.git('rev-list', '--count', 'gitops')).toBe('5');
  });

  test('with hooks and signing that would stop a commit', async () => {
    const project = await createRepository(FILES);
    const hook = join(project.folder, '.git/hooks/reference-transaction');
    writeFileSync(hook, '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    appendFileSync(join(project.folder, '.git/config'), '[commit]\n\tgpgSign = true\n[gpg]\n\tprogram = false\n');
    expect(await project.run('publish')).toMatchObject({ code: 0, stderr: '' });
  });
});
