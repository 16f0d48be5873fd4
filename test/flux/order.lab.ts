import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { trafficOf } from './routes.ts';
import { breachesIn, namedIn } from './safety.ts';
import { isReady, type Scene, SOON, SOURCE, startScene } from './scene.ts';

// Make before break, with Flux in the loop: whatever is merged, and however Flux jumps, each state of the API is safe.
let scene: Scene;
let begun: number;

beforeAll(async () => {
  scene = await startScene('3s');
  begun = Date.now();
});

afterAll(async () => {
  const breaches = breachesIn(scene.record.changes(), begun);
  const complaints = scene.story.complaints();
  await scene.close();
  expect(complaints).toEqual([]);
  expect(breaches).toEqual([]);
});

const FOXTROT = 'charts-values/foxtrot.yaml';
const ECHO = 'charts-values/echo.yaml';

/** A release with one version, and all traffic to it. */
const only = (version: string, image?: string): string =>
  `deployment: {${version}: {${image ? `image: ${image}` : ''}}}\nroutes: {primary: {version: ${version}}}\n`;

const serves = (release: string, shares: string) =>
  scene.record.until(`${release} ${shares}`, (world) => trafficOf(world, release, release) === shares);

const runsOnly = (release: string, version: string) =>
  scene.record.until(`of ${release} only ${version} runs`, (world) => {
    const running = [...world.keys()].filter((key) => key.startsWith(`Deployment/${release}/`));
    return running.join() === `Deployment/${release}/${release}-${version}`;
  });

const suspend = (path: string, isSuspended: boolean) =>
  scene.lab.kubernetes.patch(path, { spec: { suspend: isSuspended } });

test('from version 1 to version 2 in one merge: published in parts by itself, and version 1 goes last', async () => {
  const before = await scene.tip();
  const merged = await scene.merge('foxtrot: version 2', { [FOXTROT]: only('v2') });
  const switched = await serves('foxtrot', 'v2 100');
  expect(isReady(scene.record.world, 'foxtrot/foxtrot-v2')).toBe(true);
  expect(isReady(scene.record.world, 'foxtrot/foxtrot-v1')).toBe(true); // requests on their way still find it
  const gone = await runsOnly('foxtrot', 'v2');
  expect(gone - switched).toBeGreaterThan(2000); // the drain
  const subjects = await scene.published(before);
  expect(subjects).toHaveLength(3);
  const [routed, ended] = [switched - merged, gone - merged].map((ms) => (ms / 1000).toFixed(1));
  process.stdout.write(
    `v1 to v2 in one merge: v2 serves after ${routed} s, v1 is gone after ${ended} s\n  ${subjects.join('\n  ')}\n`,
  );
});

test('three publications while Flux is suspended: resumed, it jumps, and ends at the last one', async () => {
  await suspend(SOURCE, true);
  const before = await scene.tip();
  await scene.merge('foxtrot: version 3', { [FOXTROT]: only('v3') });
  await scene.merge('echo: all to version 2', { [ECHO]: only('v2') });
  await scene.story.stopApp(); // nothing of it is in the App's memory alone
  await scene.story.startApp();
  await scene.merge('foxtrot: version 4 instead', { [FOXTROT]: only('v4') });
  expect((await scene.published(before)).length).toBeGreaterThanOrEqual(3);
  expect(trafficOf(scene.record.world, 'foxtrot', 'foxtrot')).toBe('v2 100');
  await suspend(SOURCE, false);
  await Promise.all([runsOnly('foxtrot', 'v4'), runsOnly('echo', 'v2')]);
  expect(trafficOf(scene.record.world, 'foxtrot', 'foxtrot')).toBe('v4 100');
  expect(trafficOf(scene.record.world, 'echo', 'echo')).toBe('v2 100');
});

test('while the routes alone are suspended, what they name stays', async () => {
  const routes = '/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/foxtrot/kustomizations/foxtrot-routes';
  await suspend(routes, true);
  await scene.merge('foxtrot: version 5', { [FOXTROT]: only('v5') });
  await scene.record.until('version 5 is ready', (world) => isReady(world, 'foxtrot/foxtrot-v5'));
  await vi.waitFor(async () => {
    expect(
      await scene.read('refs/heads/gitops', 'apps/foxtrot/foxtrot/routes/routetable-foxtrot-routes.yaml'),
    ).toContain('v5');
  }, SOON);
  await scene.merge('echo: a version for testers', {
    [ECHO]: 'deployment: {v2: {}, v3: {}}\nroutes: {primary: {version: v2}, canary: {version: v3, weight: 50}}\n',
  });
  await serves('echo', 'v2 50, v3 50'); // another release isn't held up
  expect(isReady(scene.record.world, 'foxtrot/foxtrot-v4')).toBe(true);
  expect(trafficOf(scene.record.world, 'foxtrot', 'foxtrot')).toBe('v4 100');
  await suspend(routes, false);
  await runsOnly('foxtrot', 'v5');
});

test('a canary that breaks under traffic is taken off at once, while Flux still waits for it', async () => {
  const [broken, well] = ['registry.example.com/echo:broken', '{}'];
  scene.kubelet.refuse(broken);
  const values = (v3: string, canary: string): string =>
    `deployment: {v2: {}, v3: ${v3}}\nroutes: {primary: {version: v2}${canary}}\n`;
  await scene.merge('echo: a broken image', {
    [ECHO]: values(`{image: "${broken}"}`, ', canary: {version: v3, weight: 50}'),
  });
  await scene.record.until('the pods break', (world) => {
    const { status, metadata } = world.get('Deployment/echo/echo-v3') ?? {};
    return status?.observedGeneration === metadata?.generation && status?.unavailableReplicas === 1;
  });
  const merged = await scene.merge('echo: off the canary', { [ECHO]: values(well, '') });
  await scene.nudge();
  const off = await serves('echo', 'v2 100');
  expect(isReady(scene.record.world, 'echo/echo-v3')).toBe(false);
  expect(off - merged).toBeLessThan(15_000);
  process.stdout.write(`a broken canary is off ${((off - merged) / 1000).toFixed(1)} s after the merge\n`);
});

test('a canary that never becomes ready gets no request, and is rolled back by a merge', async () => {
  const broken = 'registry.example.com/foxtrot:broken';
  scene.kubelet.refuse(broken);
  await scene.merge('foxtrot: a canary', {
    [FOXTROT]: `deployment: {v5: {}, v6: {image: "${broken}"}}\nroutes: {primary: {version: v5}, canary: {version: v6, weight: 10}}\n`,
  });
  await scene.record.until('the canary is there', (world) => world.has('Deployment/foxtrot/foxtrot-v6'));
  const before = await scene.tip();
  await scene.merge('foxtrot: no canary', { [FOXTROT]: only('v5') });
  expect(await scene.published(before)).toHaveLength(1);
  const versions = scene.record
    .changes()
    .flatMap(({ object }) => (object?.kind === 'RouteTable' ? namedIn(object.spec) : []));
  expect(versions.filter(({ upstream, version }) => upstream === 'foxtrot/foxtrot' && version === 'v6')).toEqual([]);
});
