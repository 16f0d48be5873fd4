import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect, test } from 'vitest';
import { errorsIn } from '../../src/core/targets/schemas.ts';
import { createProject, createRepository, type Project } from '../support/cli.ts';
import { values } from '../support/values.ts';

type Objects = readonly { readonly kind: string; readonly metadata: object; readonly spec: object }[];

const APP = ['--app', 'https://coalmine.example.com'];
const TWO = { 'charts-values/echo.yaml': values(25), 'charts-values/foxtrot.yaml': values(0) };

async function repository(
  settings: string,
  { origin = 'https://github.com/canary/shop.git', files = TWO as Readonly<Record<string, string>> } = {},
): Promise<Project> {
  const project = await createRepository({ ...files, '.github/coalmine.yml': settings });
  if (origin !== '') await project.git('remote', 'add', 'origin', origin);
  return project;
}

async function objectsOf(project: Project, ...args: readonly string[]): Promise<Objects> {
  const { code, stdout, stderr } = await project.run('flux', ...args);
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return loadAll(stdout) as unknown as Objects;
}

const ofKind = (objects: Objects, kind: string) => objects.find((each) => each.kind === kind);

interface Case {
  readonly name: string;
  readonly settings: string;
  readonly args: readonly string[];
  readonly origin?: string;
}

const CASES: readonly Case[] = [
  { name: 'delay', settings: '{}\n', args: [] },
  { name: 'flux', settings: 'readiness: { by: flux }\n', args: APP },
  {
    name: 'flux-cluster',
    settings:
      'flux: { namespace: gitops-system, name: shop, interval: 5m }\nreadiness: { by: flux, clusters: [eu, us] }\ngitops: env/live\n',
    args: [...APP, '--cluster', 'eu', '--private'],
  },
  { name: 'status', settings: 'readiness: { by: status }\n', args: [], origin: 'git@github.com:canary/shop.git' },
  { name: 'status-cluster', settings: 'readiness: { by: status, clusters: [eu, us] }\n', args: ['--cluster', 'us'] },
];

/** What a case prints. */
async function runCase({ settings, args, origin }: Case) {
  return (await repository(settings, origin === undefined ? {} : { origin })).run('flux', ...args);
}

test.each(CASES)('what a cluster needs once: $name', async (each) => {
  const { code, stdout, stderr } = await runCase(each);
  expect(code).toBe(0);
  await expect(stdout).toMatchFileSnapshot(`flux/${each.name}.yaml`);
  await expect(stderr).toMatchFileSnapshot(`flux/${each.name}.txt`);
  const objects = loadAll(stdout) as unknown as Objects;
  expect(objects.flatMap((object) => errorsIn(object))).toEqual([]);
  expect(objects.map(({ kind }) => kind)).not.toContain('Secret');
});

test('Flux tells of a release by an Alert that the release brings, in the name of the cluster it stands in', async () => {
  const stages = 'values: "{stage}/{release}.yaml"\nstages: { live: { readiness: { by: flux } }, dev: {} }\n';
  const files = { 'dev/echo.yaml': values(5), 'live/echo.yaml': values(5) };
  const project = await repository(stages, { files });
  const alerts = async (stage: string) => {
    expect(await project.run('render', '--out', 'out')).toMatchObject({ code: 0 });
    const flux = loadAll(
      readFileSync(join(project.folder, `out/${stage}/flux/echo/echo.yaml`), 'utf8'),
    ) as unknown as Objects;
    return flux.filter(({ kind }) => kind === 'Alert');
  };
  expect(await alerts('live')).toMatchObject([
    {
      metadata: { name: 'coalmine.echo.echo', namespace: 'flux-system' },
      spec: {
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux fills it in
        eventMetadata: { cluster: '${coalmine_cluster:=default}' },
        eventSources: [
          { kind: 'Kustomization', name: 'echo-workloads', namespace: 'echo' },
          { kind: 'Kustomization', name: 'echo-routes', namespace: 'echo' },
        ],
        providerRef: { name: 'coalmine-live' },
      },
    },
  ]);
  expect(await alerts('dev')).toEqual([]);

  project.write({ '.github/coalmine.yml': stages.replace('flux', 'status') });
  const [told] = await alerts('live');
  expect(told?.spec).not.toHaveProperty('eventMetadata'); // a commit status says it in its own name
});

test('every Secret that is named is asked for, and no other', async () => {
  for (const each of CASES) {
    const { stdout, stderr } = await runCase(each);
    const named = [...stdout.matchAll(/secretRef:\n {4}name: (.+)/g)].map(([, secret]) => secret);
    const made = [...stderr.matchAll(/create secret (?:generic|git) (\S+)/g)].map(([, secret]) => secret);
    expect(made.toSorted()).toEqual(named.toSorted());
  }
});

test('the line that makes the Secret of events makes the key that the App takes for this repository', async () => {
  const [, flux] = CASES;
  const { stderr } = await runCase(flux as Case);
  const [, made] = /coalmine-events --from-literal=token="(.*)"$/m.exec(stderr) ?? [];
  const token = 'a "token" with $1';
  const env = { ...process.env, FLUX_WEBHOOK_TOKEN: token };
  const key = execFileSync('sh', ['-c', `printf %s "${made}"`], { env, encoding: 'utf8' });
  expect(key).toBe(createHmac('sha256', token).update('canary/shop').digest('hex')); // test/web/flux.test.ts
});

test('with stages a cluster follows its own, under a name of its own, beside others', async () => {
  const files = { 'dev/echo.yaml': values(5), 'live/echo.yaml': values(5), 'live/golf.yaml': values(5) };
  const settings =
    'values: "{stage}/{release}.yaml"\nstages: { live: { readiness: { by: flux, clusters: [eu] }, namespace: shop }, later: {} }\n';
  const project = await repository(settings, { files });
  expect(await project.run('flux')).toMatchObject({
    code: 2,
    stderr: 'coalmine: there are several stages (dev, later, live); choose one with --stage STAGE\n',
  });
  const live = await objectsOf(project, '--stage', 'live', '--cluster', 'eu', ...APP);
  expect(live.map(({ kind, metadata }) => [kind, metadata])).toMatchObject([
    ['ClusterRole', { name: 'coalmine-release' }],
    ['GitRepository', { name: 'coalmine' }],
    ['Kustomization', { name: 'coalmine-live' }],
    ['Receiver', { name: 'coalmine' }],
    ['Provider', { name: 'coalmine-live' }],
    ['Alert', { name: 'coalmine-live' }],
  ]);
  expect(ofKind(live, 'Kustomization')?.spec).toMatchObject({ path: './live/flux', sourceRef: { name: 'coalmine' } });
  expect(ofKind(live, 'Alert')?.spec).toMatchObject({
    providerRef: { name: 'coalmine-live' },
    eventSources: [{ name: '*', namespace: 'flux-system' }],
  });
  const later = await objectsOf(project, '--stage', 'later');
  expect(later.map(({ kind }) => kind)).toEqual(['ClusterRole', 'GitRepository', 'Kustomization']);
});

test('flux.url goes before the remote; a token in either is not printed', async () => {
  const settings = 'flux: { url: "https://robot:secret@git.example.com/shop" }\n';
  const project = await repository(settings, { origin: 'https://ghp_secret@github.com/canary/shop' });
  const { stdout, stderr } = await project.run('flux');
  expect(stdout).toContain('url: https://git.example.com/shop\n');
  expect(stdout + stderr).not.toContain('secret@');
  project.write({ '.github/coalmine.yml': '{}\n' });
  expect((await project.run('flux')).stdout).toContain('url: https://github.com/canary/shop\n');
});

test('a plain folder needs no git, and no release', async () => {
  const project = createProject({ '.github/coalmine.yml': 'flux: { url: "https://git.example.com/shop" }\n' });
  expect((await objectsOf(project)).length).toBe(3);
  project.write({ '.github/coalmine.yml': 'flux: { url: "https://git.example.com/a/b" }\nreadiness: { by: flux }\n' });
  expect(ofKind(await objectsOf(project, ...APP), 'Alert')?.spec).toMatchObject({
    eventSources: [{ namespace: 'flux-system' }],
  });
});

const FLUX = 'readiness: { by: flux }\n';
const EU = 'readiness: { by: flux, clusters: [eu, us] }\n';
const STAGED = 'values: "{stage}/{release}.yaml"\n';

test.each<readonly [string, string, readonly string[], string, string]>([
  [
    'no remote',
    '{}\n',
    [],
    '',
    'there is no git remote here; set the address that Flux clones in .github/coalmine.yml: flux: { url: https://... }',
  ],
  [
    'a remote on this machine',
    '{}\n',
    [],
    '/srv/shop.git',
    "the git remote's address works only on this machine; set the address",
  ],
  [
    'no App',
    FLUX,
    [],
    'https://github.com/a/b',
    'give the address at which the cluster reaches the App: --app https://HOST',
  ],
  [
    'an App that is no address',
    FLUX,
    ['--app', 'coalmine'],
    'https://github.com/a/b',
    '--app takes an address such as',
  ],
  ['an App with a token', FLUX, ['--app', 'https://a:b@c'], 'https://github.com/a/b', '--app takes an address such as'],
  ['a remote that is not of GitHub', FLUX, APP, 'https://git.example.com/a/b/c', 'give --repository OWNER/NAME'],
  [
    'a repository that is none',
    FLUX,
    [...APP, '--repository', 'shop'],
    'https://github.com/a/b',
    '--repository takes OWNER/NAME, not "shop"',
  ],
  ['no cluster', EU, APP, 'https://github.com/a/b', 'readiness.clusters lists eu, us; choose one with --cluster NAME'],
  [
    'another cluster',
    EU,
    [...APP, '--cluster', 'eus'],
    'https://github.com/a/b',
    'unknown cluster "eus"; readiness.clusters lists eu, us; did you mean "eu"?',
  ],
  ["a cluster's bad name", FLUX, [...APP, '--cluster', "a'b"], 'https://github.com/a/b', `"a'b" is not a cluster name`],
  ['another stage', '{}\n', ['--stage', 'dev'], 'https://github.com/a/b', 'there are no stages here'],
  [
    'no stage yet',
    STAGED,
    [],
    'https://github.com/a/b',
    'there is no stage yet: no values file matches {stage}/{release}.yaml',
  ],
])('%s: the error says what to do', async (_, settings, args, origin, words) => {
  const files = settings === STAGED ? {} : TWO;
  const { code, stdout, stderr } = await (await repository(settings, { origin, files })).run('flux', ...args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(words);
});

test('a stage with a name that Kubernetes refuses', async () => {
  const project = await repository(STAGED, { files: { 'Dev_1/echo.yaml': values(5) } });
  const { code, stdout, stderr } = await project.run('flux');
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('Kubernetes would refuse the Kustomization "coalmine-Dev_1": "name" must be lower-case');
});

test('settings with errors are findings', async () => {
  const { code, stderr } = await (await repository('readiness: { by: magic }\n')).run('flux');
  expect(code).toBe(1);
  expect(stderr).toContain('.github/coalmine.yml:1:');
});
