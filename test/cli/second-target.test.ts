import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createRepository, type Project } from '../support/cli.ts';

// What adding a target takes: its folder (test/support/tiny), its template, and one line in the list of targets.
// Modules are replaced: this file needs a registry of modules of its own (vitest's `isolate`).
vi.mock('../../src/core/targets/list.ts', async (original) => {
  return (await import('../support/tiny/wiring.ts')).listWithTiny(original);
});
vi.mock('../../src/charts/targets.ts', async () => (await import('../support/tiny/wiring.ts')).targetsWithTiny());

const FOX = 'charts-values/fox.yaml';
const FOX_ROUTES = 'apps/fox/fox/routes/weights-fox.yaml';
const SETTINGS = `readiness: { after: 0s, drain: 0s }
domains:
  example: {}
  tiny: { hosts: [tiny.example] }
`;

function valuesOf(apiGroup: string, canary = ''): string {
  return `deployment:
  v1: { image: example.com/app:1 }
  v2: { image: example.com/app:2 }
routes:
  apiGroup: ${apiGroup}
  primary: { version: v1 }
${canary}`;
}

const CANARY = '  canary:\n    version: v2\n    weight: 25\n    headers: { stage: canary }\n';

function createShop(fox: string): Promise<Project> {
  return createRepository({
    '.github/coalmine.yml': SETTINGS,
    [FOX]: fox,
    'charts-values/echo.yaml': valuesOf('example', CANARY),
  });
}

async function publishedFiles({ git }: Project): Promise<readonly string[]> {
  return (await git('ls-tree', '-r', '--name-only', 'gitops')).split('\n').filter((path) => path.includes('/routes/'));
}

test('its releases are validated, by its own schema on the line of the values', async () => {
  const paths = (path: string) => valuesOf('tiny', `  paths:\n    - prefix: ${path}\n`);
  const project = await createShop(paths('/short'));
  expect(await project.run('validate')).toMatchObject({ code: 0 });
  project.write({ [FOX]: paths('/longer-than-twenty-letters') });
  const { code, stdout } = await project.run('validate');
  expect(stdout).toContain(`${FOX}:8:15`);
  expect(stdout).toContain('manifest');
  expect(code).toBe(1);
});

test('they are rendered beside those of Gloo', async () => {
  const project = await createShop(valuesOf('tiny', CANARY));
  const { stdout } = await project.run('render');
  expect(stdout.match(/^kind: (?:Weights|RouteTable)\n(?:.*\n)*? {2}name: .*/gm)).toHaveLength(2);
  expect((await project.run('render', 'fox')).stdout).not.toMatch(/kind: (?:RouteTable|Upstream)/);
  await project.git('remote', 'add', 'origin', 'https://github.com/canary/shop.git');
  expect((await project.run('flux')).stdout).toContain('- weights\n');
});

test('a rollout goes through every command, in parts that are safe', async () => {
  const project = await createShop(valuesOf('tiny'));
  expect(await project.run('publish')).toMatchObject({ code: 0, stderr: '' });
  expect(await publishedFiles(project)).toContain(FOX_ROUTES);

  for (const headline of ['canary v2 none -> 0%', 'canary v2 0% -> 50%', 'canary v2 50% -> 100%']) {
    const promoted = await project.run('promote', 'fox');
    expect(promoted).toMatchObject({ code: 0, stderr: '' });
    expect(promoted.stdout).toContain(`\nfox: ${headline}\n`);
    for (const format of ['text', 'markdown'])
      expect((await project.run('diff', '--format', format)).stdout).toContain(headline);
    await project.commit({});
    expect((await project.run('publish')).stdout).toContain(` M ${FOX_ROUTES}\n`);
    expect(await project.git('log', '-1', '--format=%s', 'gitops')).toBe(`fox: ${headline}`);
  }
  expect(await project.git('log', '-2', '--format=%(trailers:key=Traffic)', 'gitops')).toMatch(
    /^Traffic: fox v2 100%\s+Traffic: fox v1 50% v2 50%$/,
  );

  project.write({ [FOX]: readFileSync(join(project.folder, FOX), 'utf8').replace('weight: 100', 'weight: 30') });
  const explained = await project.run('explain', 'http://tiny.example/fox');
  expect(explained.stdout).toBe('tiny.example/fox: fox answers, v1 70% v2 30%\n');
  const other = await project.run('explain', '--host=shop.example', '/echo');
  expect(other.stdout).toContain('echo answers, v1 75% v2 25%\n  by route 1 of its RouteTable');
});

test('traffic goes to a version only once it is there, and an old one stops last', async () => {
  const project = await createShop(valuesOf('tiny').replace('  v2: { image: example.com/app:2 }\n', ''));
  await project.run('publish');
  await project.commit({
    [FOX]: valuesOf('tiny').replace('  v1: { image: example.com/app:1 }\n', '').replace('v1', 'v2'),
  });
  await project.run('publish');
  await project.run('publish', '--resume');
  expect((await project.git('log', '-3', '--format=%s', 'gitops')).split('\n')).toEqual([
    'fox: stop v1 (3/3)',
    'fox: switch routes to v2 (2/3)',
    'fox: start v2 (1/3)',
  ]);
  expect((await project.run('rollback', 'fox')).stdout).toContain('\nfox: primary v2 -> v1, starts v1\n');
});
