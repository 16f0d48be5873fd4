import { describe, expect, test } from 'vitest';
import { CLUSTERS_FILE, formatClusters, formatLive } from '../../src/core/readiness/live-file.ts';
import { formatHold } from '../../src/core/rollout/hold.ts';
import { coalmine, createRepository, type Project, type Run } from '../support/cli.ts';
import { createFolder, importCommit } from '../support/git.ts';
import { brokenValues, values } from '../support/values.ts';
import { AT_ONCE, cloneOf, FILE, goOn, publish, publishedWith, SETTINGS, textOf } from './published.ts';

/** That a run was refused for that reason, and wrote nothing. */
async function expectRefused(project: Project, run: Run, reason: string): Promise<void> {
  expect(run.stderr).toContain(reason);
  expect(run.stderr).toContain('; nothing was written\n');
  expect(run.stderr.split('\n').at(-2)).toMatch(/^refused: /);
  expect(run.code).toBe(1);
  expect(await project.git('status', '--short')).toBe('');
}

/** Anchors, quotes, comments and blank lines, as people have them. */
const STEP_1 = `# echo: what we sell

service: &ports { port: 80, targetPort: 8080 } # as ever
defaults:
  env: { 'LEVEL': "debug" }
  readinessProbe: &probe
    httpGet: { path: /, port: 8080 }
deployment:
  'v1': # the first
    image: 'example.com/echo:1' # pinned
    livenessProbe: *probe

  # what comes next goes here

routes:

  primary:
    version: "v1" # never touch
# the end
`;

const V1 = `  'v1': # the first
    image: 'example.com/echo:1' # pinned
    livenessProbe: *probe
`;
const V2 = `  'v2':
    image: 'example.com/echo:2'
    livenessProbe: *probe
`;
const DEPLOYED = STEP_1.replace(V1, `${V1}${V2}`);

const CANARY = `    version: "v1" # never touch
  canary:
    version: v2
    weight: 0
    headers:
      stage: canary
`;
const withCanary = DEPLOYED.replace('    version: "v1" # never touch\n', CANARY);

describe('from the first step to the last', () => {
  test('the file is what the App would write, byte for byte', async () => {
    const project = await publishedWith(STEP_1);
    const steps: readonly (readonly [args: readonly string[], headline: string, text: string])[] = [
      [['deploy', 'echo', 'v2', 'example.com/echo:2'], 'starts v2', DEPLOYED],
      [['promote', 'echo'], 'canary v2 none -> 0%', withCanary],
      [['promote', 'echo'], 'canary v2 0% -> 50%', withCanary.replace('weight: 0', 'weight: 50')],
      [['promote', 'echo', 'v2'], 'canary v2 50% -> 100%', withCanary.replace('weight: 0', 'weight: 100')],
      [['promote', 'echo'], 'primary v1 -> v2, canary done', DEPLOYED.replace('"v1" #', '"v2" #')],
    ];
    for (const [args, headline, text] of steps) {
      const run = await project.run(...args);
      expect(run).toMatchObject({ code: 0, stderr: '' });
      expect(run.stdout).toContain(`\necho: ${headline}\n`);
      expect(run.stdout).toContain(`\nwrote ${FILE}\nnext: git commit -m 'echo: ${headline}' ${FILE}\n`);
      expect(textOf(project)).toBe(text);
      expect(await project.git('status', '--short')).toBe(`M ${FILE}`);
      await goOn(project);
    }

    const last = await project.run('promote', 'echo');
    expect(last.stdout).toContain('\necho: stops v1\n');
    expect(textOf(project)).toBe(STEP_1.replace(V1, V2).replace('"v1" #', '"v2" #'));
    await goOn(project);
    expect((await project.git('ls-tree', '-r', '--name-only', 'gitops')).match(/deployment-.*/g)).toEqual([
      'deployment-echo-v2.yaml',
    ]);
    await expectRefused(
      project,
      await project.run('promote', 'echo'),
      '; to type: coalmine deploy echo VERSION IMAGE;',
    );

    const back = await project.run('rollback', 'echo');
    expect(back).toMatchObject({ code: 0, stderr: '' });
    expect(back.stdout).toContain('\necho: primary v2 -> v1, starts v1\n');
    expect(textOf(project)).toContain('\n    image: example.com/echo:1\n');
  });

  test('prints the change, the checks and the next command', async () => {
    const project = await publishedWith(values(0).replace('weight: 0', 'weight: 5'));
    const { stdout, stderr, code } = await project.run('promote', 'echo');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout.replace(/since [0-9: -]+ UTC/, 'since NOW')).toBe(`--- a/${FILE}
+++ b/${FILE}
@@ -9,4 +9,4 @@
     version: v1
   canary:
     version: v2
-    weight: 5
+    weight: 50

echo: canary v2 5% -> 50%
  ✅ the values have no errors (${FILE})
  ✅ the last step is taken for live, since NOW: no cluster is heard
  ✅ it has the pods for its share
  ✅ there is no hold

wrote ${FILE}
next: git commit -m 'echo: canary v2 5% -> 50%' ${FILE}
  then push it or open a pull request; without the App, publish with: coalmine publish
`);
  });

  test.each([
    [['--to', '35'], 'weight: 35'],
    [['v2', '--to', '35'], 'weight: 35'],
    [['--full'], 'version: v2'],
  ])('further than a step: %j', async (args, text) => {
    const project = await publishedWith(values(5));
    expect((await project.run('promote', 'echo', ...args)).code).toBe(0);
    const expected = {
      'weight: 35': values(35),
      'version: v2': values(5).replace(/version: v1\n(.*\n)*/, 'version: v2\n'),
    };
    expect(textOf(project)).toBe(expected[text as keyof typeof expected]);
  });

  test('line ends of another system stay', async () => {
    const project = await publishedWith(values(5).replaceAll('\n', '\r\n'));
    expect((await project.run('promote', 'echo')).code).toBe(0);
    expect(textOf(project)).toBe(values(50).replaceAll('\n', '\r\n'));
  });

  test('line ends converted by git are not a change, and the commit is the same', async () => {
    const project = await publishedWith(values(5));
    await project.commit({ '.gitattributes': '*.yaml text eol=crlf\n' });
    await project.git('rm', '--quiet', '--cached', FILE);
    await project.git('checkout', '--quiet', 'HEAD', '--', FILE);
    expect(textOf(project)).toContain('\r\n');
    expect(await project.run('promote', 'echo')).toMatchObject({ code: 0, stderr: '' });
    await project.commit({});
    expect(`${await project.git('show', `HEAD:${FILE}`)}\n`).toBe(values(50));
  });
});

describe('back', () => {
  test('from half of the traffic: routes only, and no hold', async () => {
    const project = await publishedWith(withCanary.replace('weight: 0', 'weight: 50'));
    const run = await project.run('rollback', 'echo');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain(`
echo: canary v2 50% -> none
  v2 stays deployed, without traffic
  no hold was set; to keep echo from being promoted again, comment on a pull request: /hold echo

wrote ${FILE}
next: git commit -m 'echo: canary v2 50% -> none' ${FILE}
`);
    expect(textOf(project)).toBe(DEPLOYED);
  });

  test('to the earlier primary, which still runs', async () => {
    const project = await publishedWith(values());
    const both = values(0).replace(/ {2}canary:\n(.*\n)*/, '');
    await project.commit({ [FILE]: both });
    await publish(project);
    await project.commit({ [FILE]: both.replace('version: v1', 'version: v2') });
    await publish(project);
    expect((await project.run('rollback', 'echo')).code).toBe(0);
    expect(textOf(project)).toBe(both);
  });

  test('values with errors go back to what was published, at once', async () => {
    const project = await publishedWith(values(50));
    await project.commit({ [FILE]: brokenValues() });
    await expectRefused(
      project,
      await project.run('promote', 'echo', '--force', 'we know'),
      'must wait until the checks marked ❌ above are met; nothing was written',
    );
    const run = await project.run('rollback', 'echo');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain(
      'the canary v3 with 50% was not published yet, and is taken back: v1 serves 50% and v2 50%',
    );
    expect(run.stdout).toContain('-    version: v3\n');
    expect(textOf(project)).toBe(values(50));
  });
});

describe('refused', () => {
  test.each<[args: readonly string[], reason: string]>([
    [['promote', 'ecko'], 'there is no release "ecko" in charts-values/{release}.yaml; did you mean "echo"?'],
    [['rollback', 'nothing'], 'there is no release "nothing" in charts-values/{release}.yaml'],
    [['promote'], 'usage: coalmine promote RELEASE'],
    [['rollback'], 'usage: coalmine rollback RELEASE'],
    [['deploy', 'echo'], 'usage: coalmine deploy RELEASE VERSION'],
    [['promote', 'echo', '--to', '101'], '--to takes a whole number from 0 to 100, not "101"'],
    [['promote', 'echo', '--to', '5', '--full'], '--to and --full exclude each other; give only one'],
    [['promote', 'echo', '--force'], '--force needs a value'],
    [['promote', 'echo', 'v1', 'v2'], 'too many arguments'],
    [['deploy', 'echo', 'v2', 'a', 'b'], 'too many arguments'],
  ])('as usage: %j', async (args, reason) => {
    const project = await createRepository({ [FILE]: values() });
    const run = await project.run(...args);
    expect(run.stderr).toContain(`coalmine: ${reason}`);
    expect(run).toMatchObject({ code: 2, stdout: '' });
  });

  test('an ambiguous name, until the whole name is given', async () => {
    const project = await createRepository({
      [SETTINGS]: `${AT_ONCE}values: envs/{namespace}/{release}.yaml\n`,
      'envs/one/echo.yaml': values(5).replace('apiGroup: example', 'apiGroup: example\n  paths: [{ prefix: /one }]'),
      'envs/two/echo.yaml': values(5),
    });
    await publish(project);
    expect(await project.run('promote', 'echo')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'coalmine: several releases are called "echo"; choose one of one/echo, two/echo\n',
    });
    const run = await project.run('promote', 'two/echo');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('\ntwo/echo: canary v2 5% -> 50%\n');
    expect(textOf(project, 'envs/two/echo.yaml')).toBe(values(50));
    expect(await project.git('status', '--short')).toBe('M envs/two/echo.yaml');
  });

  test('a step that the rollout itself refuses', async () => {
    const project = await publishedWith(values(50).replace('routes:', '  v3: { image: example.com/echo:v3 }\nroutes:'));
    const declined: readonly (readonly [args: readonly string[], reason: string])[] = [
      [['promote', 'echo', 'v22'], 'echo: it has no version "v22"; did you mean "v2"?'],
      [['promote', 'echo', '--to', '50'], 'echo: v2 takes 50% already'],
      [
        ['promote', 'echo', 'v3', '--to', '20'],
        'v2 is the canary, so v3 begins with weight 0: say it without "--to 20"',
      ],
      [['rollback', 'echo', 'v9'], 'echo: it has no version "v9"'],
      [['deploy', 'echo', 'v1', 'a/b:2'], 'echo: v1 is the primary'],
      [['deploy', 'echo', 'v2'], 'echo: v2 is deployed already'],
      [['deploy', 'echo', 'no.dots'], 'echo: the values would have an error: '],
    ];
    for (const [args, reason] of declined) await expectRefused(project, await project.run(...args), reason);
  });

  test('a change that is not published yet: the next step would skip it', async () => {
    const project = await publishedWith(values(5));
    const sha = await project.commit({ [FILE]: values(20) });
    await expectRefused(
      project,
      await project.run('promote', 'echo'),
      `echo: what HEAD has is not published yet (${sha.slice(0, 7)} has v1 80% v2 20%, gitops has v1 95% v2 5%); coalmine publish publishes it`,
    );
    await project.commit({ 'charts-values/late.yaml': values(5) });
    await expectRefused(project, await project.run('promote', 'late'), 'late: nothing of it is published yet');
  });

  test('a values file that differs from HEAD in any way', async () => {
    const project = await publishedWith(values(5));
    const other = 'differs from HEAD, from which this command starts; commit or stash it first';
    const edited = `${values(5)}# mine\n`;
    const refused = { code: 1, stdout: '', stderr: `refused: ${FILE} ${other}; nothing was written\n` };
    project.write({ [FILE]: edited });
    for (const args of [['promote'], ['rollback'], ['deploy', 'v3']]) {
      const [verb = '', ...rest] = args;
      expect(await project.run(verb, 'echo', ...rest)).toEqual(refused);
    }
    expect(textOf(project)).toBe(edited);
    await project.git('add', FILE);
    project.write({ [FILE]: values(5) });
    expect(await project.run('promote', 'echo')).toEqual(refused);
    await project.git('reset', '--quiet');
    project.write({ 'charts-values/beta.yaml': values(5), 'README.md': 'Shop\n' });
    expect(await project.run('promote', 'beta')).toEqual({
      ...refused,
      stderr: 'refused: charts-values/beta.yaml is not in HEAD yet; commit it first; nothing was written\n',
    });
    expect((await project.run('promote', 'echo')).code).toBe(0); // whatever else is going on here
  });

  test('a repository without a file to write', async () => {
    const project = await publishedWith(values(5));
    const bare = createFolder();
    await project.git('clone', '--quiet', '--bare', '.', bare);
    const run = await coalmine(bare, 'promote', 'echo');
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain('is a bare repository; this command writes into a working tree');
    project.write({ [FILE]: undefined });
    expect(await project.run('rollback', 'echo')).toEqual({
      code: 2,
      stdout: '',
      stderr: `coalmine: ${FILE} is not a regular file of a working tree, so Coalmine cannot write it\n`,
    });
  });

  test('settings with errors', async () => {
    const project = await createRepository({ [FILE]: values(5), [SETTINGS]: 'valeus: x\n' });
    const run = await project.run('promote', 'echo');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`--> ${SETTINGS}:1:1`);
  });

  test('an edit that cannot be proved safe prints a patch', async () => {
    const alias = 'deployment:\n  v1: &one\n    image: a\n  v2: *one\nroutes:\n  primary:\n    version: v1\n';
    const project = await publishedWith(alias);
    const run = await project.run('deploy', 'echo', 'v2', 'b');
    expect(run.stdout).toMatch(/^--- a[\s\S]*\n- {2}v2: \*one\n\+ {2}v2:\n\+ {4}image: b\n/);
    await expectRefused(project, run, 'to make this change, review the patch above and apply it by hand');
  });
});

describe('a dry run', () => {
  test.each([[['promote', 'echo']], [['rollback', 'echo']], [['deploy', 'echo', 'v3', 'a/b:3']]])(
    'of %j says the same, and writes nothing',
    async (args) => {
      const project = await publishedWith(values(5));
      const dry = await project.run(...args, '--dry-run');
      expect(dry).toMatchObject({ code: 0, stderr: '' });
      expect(textOf(project)).toBe(values(5));
      const wet = await project.run(...args);
      const [said = ''] = wet.stdout.split('\nwrote ');
      expect(dry.stdout).toBe(`${said}\ndry run: nothing was written\n`);
      expect(textOf(project)).not.toBe(values(5));
    },
  );
});

describe('what a step asks for', () => {
  const SOAK = `${AT_ONCE}rollout: { soak: 1h }\n`;

  test('is shown, and is overridden only with a reason, which the history keeps', async () => {
    const project = await publishedWith(values(5), SOAK);
    const run = await project.run('promote', 'echo');
    expect(run.stdout).toContain('echo: canary v2 5% -> 50%\n  ✅ the values have no errors');
    expect(run.stdout).toMatch(/^ {2}❌ it has soaked for \d+s of 1h;/m);
    await expectRefused(
      project,
      run,
      'echo: canary v2 5% -> 50% must wait until the checks marked ❌ above are met; to override: --force REASON',
    );
    const forced = await project.run('promote', 'echo', '--force', "it's  known");
    expect(forced).toMatchObject({ code: 0, stderr: '' });
    expect(textOf(project)).toBe(values(50));
    const trailer = `--trailer 'Forced: it'\\''s known'`;
    expect(forced.stdout).toContain(`\nnext: git commit -m 'echo: canary v2 5% -> 50%' ${trailer} ${FILE}\n`);

    await project.git('commit', '--quiet', '--all', '-m', 'echo', '--trailer', "Forced: it's known");
    await publish(project);
    expect((await project.run('history', 'echo', '--limit', '1')).stdout).toContain("  because: it's known  ");
  });

  test('no override is recorded if all checks are met', async () => {
    const project = await publishedWith(values(5));
    expect((await project.run('promote', 'echo', '--force', 'to be sure')).stdout).not.toContain('Forced');
  });

  test('commit statuses are unknown here, and stop no promotion', async () => {
    const project = await publishedWith(values(5), `${AT_ONCE}rollout: { gates: [metrics] }\n`);
    const run = await project.run('promote', 'echo');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain("\n  ❓ whether the gate metrics is open can't be seen here\n");
    expect(textOf(project)).toBe(values(50));
  });

  test('a hold stops promotions and deployments, and no rollback', async () => {
    const project = await publishedWith(values(5));
    await importCommit(project.folder, {
      branch: 'gitops',
      parents: [await project.git('rev-parse', 'gitops')],
      files: {
        '.coalmine/holds/echo/echo.yml': formatHold({ who: 'ann_1', why: 'a *bad* day', when: '2026-01-02T03:04:05Z' }),
      },
      message: 'echo: hold\n\nRequested-By: ann_1\nRelease: echo/echo\nHold: set\nReason: a *bad* day\n',
    });
    const held = 'it is on hold, by ann_1 since 2026-01-02 03:04:05 UTC: a *bad* day; /resume echo';
    const run = await project.run('promote', 'echo');
    expect(run.stdout).toContain(`\n  ❌ ${held}`);
    await expectRefused(project, run, 'must wait until the checks');
    await expectRefused(project, await project.run('deploy', 'echo', 'v3'), `echo: ${held}`);
    expect((await project.run('rollback', 'echo', '--dry-run')).code).toBe(0);
  });
});

/** As if the App had written down that a cluster has applied that commit. */
async function tell({ folder, git }: Project, commit: string): Promise<void> {
  const at = '2026-01-02T03:04:05.000Z';
  const word = { commit, said: at, applied: [{ commit, at }], ready: {} };
  const live = await importCommit(folder, {
    files: {
      [CLUSTERS_FILE]: formatClusters(new Map([['eu', at]])),
      'releases/echo/echo.yml': formatLive(new Map([['eu', { routes: word, workloads: word }]])),
    },
  });
  await git('update-ref', 'refs/coalmine/live', live);
}

describe('in a clone', () => {
  const FLUX = 'readiness: { by: flux, drain: 0s }\nrollout: { soak: 1h }\n';
  const FETCHED = 'note: the published state is that of origin/gitops as last fetched\n';

  test('the branch is read from the remote-tracking branch', async () => {
    const clone = await cloneOf(await publishedWith(values(5)));
    expect(await clone.run('promote', 'echo')).toMatchObject({ code: 0, stderr: FETCHED });
    expect(textOf(clone)).toBe(values(50));
    expect(await clone.git('branch', '--format=%(refname:short)')).toBe('main');
    await clone.commit({});
    const again = await clone.run('promote', 'echo');
    expect(again.stderr).toMatch(
      /what HEAD has is not published yet \(\w{7} has v1 50% v2 50%, gitops has v1 95% v2 5%\)/,
    );
  });

  test('cluster reports are unknown and stop no promotion, until they are fetched', async () => {
    const origin = await publishedWith(values(5)); // all of it at once: no cluster is asked yet
    await origin.commit({ [SETTINGS]: FLUX });
    await publish(origin);
    const clone = await cloneOf(origin);
    const missing =
      'note: cluster reports were not fetched; to see them: git fetch origin refs/coalmine/live:refs/coalmine/live\n';
    const run = await clone.run('promote', 'echo');
    expect(run).toMatchObject({ code: 0, stderr: `${FETCHED}${missing}` });
    expect(run.stdout).toContain(
      "\n  ❓ whether the last step is live can't be seen here\n  ❓ the soak of 1h begins when",
    );
    expect(textOf(clone)).toBe(values(50));
    await clone.git('checkout', '--quiet', '.');

    await tell(origin, await origin.git('rev-parse', 'gitops~1'));
    const fetch = ['fetch', '--quiet', 'origin', '+refs/coalmine/live:refs/coalmine/live'];
    await clone.git(...fetch);
    const behind = await clone.run('promote', 'echo');
    expect(behind.stderr).toContain(`${FETCHED}note: cluster reports are as last fetched; to update them: git fetch`);
    expect(behind.stdout).toMatch(
      /\n {2}❌ the last step is not live yet: it waits for cluster \S+ \(last heard .*\)\n {2}❌ the soak of 1h begins when/,
    );
    await expectRefused(clone, behind, 'must wait until the checks');

    await tell(origin, await origin.git('rev-parse', 'gitops'));
    await clone.git(...fetch);
    const known = await clone.run('promote', 'echo', '--dry-run');
    expect(known.code).toBe(0);
    expect(known.stdout).toContain(
      '\n  ✅ the last step is live, since 2026-01-02 03:04:05 UTC\n  ✅ it has soaked for 1h\n',
    );
  });

  test('a local branch that is behind is still read, with a note', async () => {
    const origin = await publishedWith(values(5));
    const clone = await cloneOf(origin);
    await clone.git('branch', '--quiet', 'gitops', 'origin/gitops');
    expect(await clone.run('promote', 'echo', '--dry-run')).toMatchObject({ code: 0, stderr: '' });
    await origin.commit({ [FILE]: values(20) });
    await publish(origin);
    await clone.git('pull', '--quiet');
    const run = await clone.run('promote', 'echo');
    expect(run.stderr).toContain(
      'note: gitops here lacks commits of origin/gitops; to get them: git fetch origin gitops:gitops\n',
    );
    await expectRefused(clone, run, 'gitops has v1 95% v2 5%');
    await clone.git('fetch', '--quiet', 'origin', 'gitops:gitops');
    expect(await clone.run('promote', 'echo')).toMatchObject({ code: 0, stderr: '' });
  });

  test('several remotes with the branch are refused: the user chooses', async () => {
    const clone = await cloneOf(await publishedWith(values(5)));
    await clone.git('remote', 'add', 'fork', '.');
    await clone.git('update-ref', 'refs/remotes/fork/gitops', 'origin/gitops');
    const run = await clone.run('promote', 'echo');
    expect(run).toMatchObject({ code: 2, stdout: '' });
    expect(run.stderr).toContain(
      'gitops is on several remotes (fork/gitops, origin/gitops); start it from the right one, such as: git branch gitops fork/gitops',
    );
  });
});

describe('a version beside the primary', () => {
  const dark = values(0).replace(/ {2}canary:\n(.*\n)*/, '');
  const swapped = dark.replace('version: v1', 'version: v2');
  const NO_BRANCH = 'note: there is no branch gitops here';
  const DOUBT = "waits for its turn or was the primary before can't be told here";

  /** A repository whose values file had these texts, one after the other; nothing is published. */
  async function unpublished(...texts: readonly string[]): Promise<Project> {
    const [first = '', ...rest] = texts;
    const settings = `${AT_ONCE}rollout: { gates: [metrics], soak: 1h }\n`;
    const project = await createRepository({ [FILE]: first, [SETTINGS]: settings });
    for (const text of rest) await project.commit({ [FILE]: text });
    return project;
  }

  test('that came later starts as the canary, although the published state is unknown', async () => {
    const project = await unpublished(values(), dark);
    const run = await project.run('promote', 'echo');
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining(NO_BRANCH) });
    expect(run.stdout).toContain("\n  ❓ whether the last step is live can't be seen here\n  ❓ the soak of 1h begins");
    expect(run.stdout).toContain("\n  ❓ whether the gate metrics is open can't be seen here\n");
    expect(textOf(project)).toBe(
      `${dark}  canary:\n    version: v2\n    weight: 0\n    headers:\n      stage: canary\n`,
    );
    await project.git('checkout', '--quiet', '.');
    const back = await project.run('rollback', 'echo');
    expect(back).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('there was never another primary; nothing was written'),
    });
    expect(textOf(project)).toBe(dark);
  });

  test('that was the primary is dropped or becomes the primary again, by the history of the file', async () => {
    const project = await unpublished(values(), dark, swapped);
    expect(await project.run('promote', 'echo')).toMatchObject({ code: 0 });
    expect(textOf(project)).toBe(swapped.replace(/ {2}v1:\n.*\n/, ''));
    await project.git('checkout', '--quiet', '.');
    expect(await project.run('rollback', 'echo')).toMatchObject({ code: 0 });
    expect(textOf(project)).toBe(dark);
    await project.commit({ [FILE]: swapped.replace(/ {2}v1:\n.*\n/, '') });
    expect(await project.run('rollback', 'echo')).toMatchObject({ code: 0 });
    expect(textOf(project)).toContain('    version: v1\n');
    expect(textOf(project)).toContain('    image: example.com/echo:v1\n');
  });

  test('that was the primary with other pods is another version', async () => {
    const other = swapped.replace('echo:v1', 'echo:v1-fixed');
    const project = await unpublished(values(), dark, swapped, other);
    expect((await project.run('promote', 'echo')).stdout).toContain('\necho: canary v1 none -> 0%\n');
  });

  test('of unknown past is neither promoted nor rolled back to without its name', async () => {
    const project = await unpublished(swapped, `${swapped}# later\n`);
    await expectRefused(project, await project.run('promote', 'echo'), `whether v1 ${DOUBT}; name the version`);
    for (const words of [[], ['v1'], ['v2']])
      await expectRefused(project, await project.run('rollback', 'echo', ...words), `whether v1 ${DOUBT}`);
    const named = await project.run('promote', 'echo', 'v1');
    expect(named).toMatchObject({ code: 0 });
    expect(named.stdout).toContain('\necho: canary v1 none -> 0%\n');
  });

  test('of unknown past in a shallow clone is treated in the same way', async () => {
    const origin = await publishedWith(values());
    for (const text of [dark, swapped, `${swapped}# later\n`]) {
      await origin.commit({ [FILE]: text });
      await publish(origin);
    }
    await origin.commit({ 'README.md': 'Shop\n' });
    const clone = await cloneOf(origin, '--depth=1', '--no-single-branch');
    await expectRefused(clone, await clone.run('promote', 'echo'), `whether v1 ${DOUBT}`);
    await clone.git('fetch', '--quiet', '--unshallow');
    expect((await clone.run('promote', 'echo')).stdout).toContain('\necho: stops v1\n');
  });
});
