import { load } from 'js-yaml';
import { expect, test } from 'vitest';
import { createRepository } from '../support/cli.ts';
import { values } from '../support/values.ts';

const SETTINGS = `readiness: { after: 0s, drain: 0s }
values: "{stage}/{release}.yaml"
domains: { example: { hosts: [shop.example.com], render: true } }
stages:
  staging:
    namespace: testing
    domains: { example: { hosts: [staging.example.com], prefix: /next } }
    defaults: { replicas: 2 }
`;

const FILES = {
  '.github/coalmine.yml': SETTINGS,
  'staging/echo.yaml': values(50),
  'production/echo.yaml': values(5),
};

test('each stage has its folder on the branch, its own domains and its own settings', async () => {
  const project = await createRepository(FILES);
  expect(await project.run('validate')).toMatchObject({ code: 0, stdout: '2 releases checked: no findings\n' });
  expect(await project.run('publish')).toMatchObject({ code: 0, stderr: '' });
  const files = (await project.git('ls-tree', '-r', '--name-only', 'gitops')).split('\n');
  const workloads = ['deployment-echo-v1', 'deployment-echo-v2', 'kustomization', 'service-echo', 'upstream-echo'];
  const stageFiles = (stage: string, namespace: string, own: readonly string[]) =>
    [
      `${stage}/.coalmine/format.yml`,
      `${stage}/.coalmine/outlines.yml`,
      `${stage}/apps/${namespace}/echo/routes/kustomization.yaml`,
      `${stage}/apps/${namespace}/echo/routes/routetable-echo-routes.yaml`,
      ...workloads.map((name) => `${stage}/apps/${namespace}/echo/workloads/${name}.yaml`),
      `${stage}/domains/example/kustomization.yaml`,
      `${stage}/domains/example/virtualservice-app.yaml`,
      `${stage}/flux/domains/example.yaml`,
      `${stage}/flux/${namespace}/echo.yaml`,
      ...own,
    ].sort();
  expect(files).toEqual([
    ...stageFiles('production', 'echo', []),
    ...stageFiles('staging', 'testing', ['staging/flux/testing/_namespace.yaml']),
  ]);
  const show = async (path: string) => load(await project.git('show', `gitops:${path}`));
  expect(await show('staging/domains/example/virtualservice-app.yaml')).toMatchObject({
    spec: { virtualHost: { domains: ['staging.example.com'], routes: [{ matchers: [{ prefix: '/next' }] }] } },
  });
  expect(await show('production/apps/echo/echo/routes/routetable-echo-routes.yaml')).toMatchObject({
    spec: { routes: [{ matchers: [{ prefix: '/echo' }] }] },
  });
  expect(await show('staging/apps/testing/echo/routes/routetable-echo-routes.yaml')).toMatchObject({
    spec: { routes: [{ matchers: [{ prefix: '/next/echo' }] }] },
  });
  expect(await show('staging/apps/testing/echo/workloads/deployment-echo-v1.yaml')).toMatchObject({
    spec: { replicas: 2 },
  });
  expect(await project.git('log', '-1', '--format=%(trailers:key=Release,key=Traffic,separator=%x2C)', 'gitops')).toBe(
    'Release: production/echo/echo,Release: staging/testing/echo,Traffic: production/echo/echo v1 95% v2 5%,Traffic: staging/testing/echo v1 50% v2 50%',
  );

  await project.commit({ 'staging/echo.yaml': values(60) });
  await project.run('publish');
  expect(await project.git('diff', '--name-only', 'gitops~1', 'gitops')).toBe(
    'staging/apps/testing/echo/routes/routetable-echo-routes.yaml',
  );
  await project.commit({ 'staging/echo.yaml': undefined });
  await project.run('publish');
  await project.run('publish', '--resume');
  expect((await project.git('ls-tree', '--name-only', 'gitops')).split('\n')).toEqual(['production']);
});

test('a request is explained in the stage that it goes to', async () => {
  const project = await createRepository(FILES);
  const answer = (...args: readonly string[]) => project.run('explain', '--format', 'json', ...args);
  expect(await answer('/echo')).toMatchObject({
    code: 2,
    stderr: 'coalmine: there are several stages (production, staging); choose one with --stage STAGE\n',
  });
  expect(await answer('/echo', '--stage', 'test')).toMatchObject({ code: 2 });
  expect(JSON.parse((await answer('/echo', '--stage', 'production')).stdout)).toMatchObject({
    destinations: [
      { version: 'v1', percent: 95 },
      { version: 'v2', percent: 5 },
    ],
  });
  expect(JSON.parse((await answer('/next/echo', '--stage', 'staging')).stdout)).toMatchObject({ release: 'echo' });
});

test.each([
  ['stages without {stage} in the pattern', 'stages: { dev: {} }\n', 1, 'stages need {stage} in "values"'],
  [
    'another branch for a stage',
    'values: "{stage}/{release}.yaml"\nstages: { dev: { gitops: x } }\n',
    2,
    'unknown key "gitops"',
  ],
  ['steps that fall', 'rollout: { steps: [0, 50, 20] }\n', 1, 'the steps of a rollout must rise'],
  ['a claim that is no path', 'domains: { example: { claims: [{}] } }\n', 1, 'a path is one of'],
  [
    'a host in two domains of one stage',
    'values: "{stage}/{release}.yaml"\nstages: { dev: { domains: { a: {}, b: {} } } }\n',
    2,
    'the host * is in the domain a already',
  ],
])('%s is a finding, on its line', async (_, settings, line, words) => {
  const project = await createRepository({ '.github/coalmine.yml': settings });
  const { code, stdout } = await project.run('validate', '--format', 'json');
  const [finding] = JSON.parse(stdout).findings;
  expect(code).toBe(1);
  expect(finding).toMatchObject({ file: '.github/coalmine.yml', line, message: expect.stringContaining(words) });
});

test('a folder with a name that is not a stage', async () => {
  const project = await createRepository({ '.github/coalmine.yml': SETTINGS, 'apps/echo.yaml': values() });
  const { stdout } = await project.run('validate');
  expect(stdout).toContain('error[release-name]: "apps" can\'t be a stage');
});
