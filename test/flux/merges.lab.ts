import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { KubernetesObject } from './kubernetes.ts';
import { trafficOf } from './routes.ts';
import { breachesIn } from './safety.ts';
import { isReady, type Scene, SOON, SOURCE, startScene } from './scene.ts';

// What users merge, and what the API of a cluster with Flux then holds: one story told in order.
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

const echo = (weight: number): string => `deployment:
  v1: {}
  v2: {}
routes:
  primary: {version: v1}
  canary: {version: v2, weight: ${weight}, headers: {stage: canary}}
`;

const serves = (release: string, shares: string) =>
  scene.record.until(`${release} ${shares}`, (world) => trafficOf(world, release, release) === shares);

const REFUSED = 'this cluster runs no refused image';

/** What some clusters have: a policy that refuses what every schema allows. */
const POLICY = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  name: images
spec:
  matchConstraints:
    resourceRules:
      - {apiGroups: [apps], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [deployments]}
  validations:
    - expression: "!object.spec.template.spec.containers.exists(container, container.image.contains('refused'))"
      message: ${REFUSED}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: images
spec:
  policyName: images
  validationActions: [Deny]
`;

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly message: string;
}

function readyOf(kustomization: KubernetesObject | undefined): Condition | undefined {
  const conditions = kustomization?.status?.conditions as readonly Condition[] | undefined;
  return conditions?.find(({ type }) => type === 'Ready');
}

/** What is in a namespace, by kind and name. */
const holds = (namespace: string) =>
  [...scene.record.world.keys()].filter((key) => key.split('/')[1] === namespace).sort();

test('a merged weight is in the API after the interval of the GitRepository, or at once with a nudge', async () => {
  const seconds: string[] = [];
  const interval = 15;
  await scene.lab.kubernetes.patch(SOURCE, { spec: { interval: `${interval}s` } });
  for (const [weight, isNudged] of [
    [10, false] as const,
    [20, true] as const,
    [30, false] as const,
    [40, true] as const,
  ]) {
    const merged = await scene.merge(`echo: ${weight} %`, { 'charts-values/echo.yaml': echo(weight) });
    const published = Date.now();
    if (isNudged) await scene.nudge();
    const arrived = await serves('echo', `v1 ${100 - weight}, v2 ${weight}`);
    const [all, after] = [arrived - merged, arrived - published].map((ms) => (ms / 1000).toFixed(1));
    seconds.push(
      `${isNudged ? 'nudged' : `interval of ${interval} s alone`}: ${all} s, ${after} s of them after the commit`,
    );
    expect(arrived - merged).toBeLessThan(isNudged ? 15_000 : (interval + 15) * 1000);
  }
  await scene.lab.kubernetes.patch(SOURCE, { spec: { interval: '3s' } });
  process.stdout.write(`from merge to the weight in the API\n  ${seconds.join('\n  ')}\n`);
});

test('what Flux has applied is written down, from its own words', async () => {
  const tip = await scene.tip();
  await vi.waitFor(async () => {
    expect(await scene.read('refs/coalmine/live', 'releases/echo/echo.yml')).toContain(tip);
  }, SOON);
});

test('a new release appears: its pods first, its routes when they are ready', async () => {
  const before = await scene.tip();
  await scene.merge('golf is new', {
    'charts-values/golf.yaml': 'deployment: {v1: {}}\nroutes: {primary: {version: v1}}\n',
  });
  await serves('golf', 'v1 100');
  expect(isReady(scene.record.world, 'golf/golf-v1')).toBe(true);
  expect(await scene.published(before)).toHaveLength(2);
});

test('a release that deploys nothing of its own has an empty folder, and that builds', async () => {
  const text = 'deployment: {v1: {upstream: {name: outside}}}\nroutes: {primary: {version: v1}}\n';
  await scene.merge('hotel is new', { 'charts-values/hotel.yaml': text });
  await serves('hotel', 'outside 100');
  await scene.record.until('Flux is content with the empty folder', (world) => {
    return readyOf(world.get('Kustomization/hotel/hotel-workloads'))?.status === 'True';
  });
});

test('a deleted release goes, and leaves nothing behind', async () => {
  await scene.merge('golf is over', { 'charts-values/golf.yaml': undefined });
  await scene.record.until('the routes are gone', (world) => !world.has('RouteTable/golf/golf-routes'));
  await scene.record.until('nothing is left of it', () => holds('golf').length === 0);
});

test("one team's object is refused; the other team's release moves on, and so does the first when it is repaired", async () => {
  await scene.lab.apply(POLICY);
  const foxtrot = (image: string): string =>
    `deployment: {v1: {}, v2: {image: "${image}"}}\nroutes: {primary: {version: v1}, canary: {version: v2, weight: 50}}\n`;
  await scene.merge('foxtrot: an image that the cluster refuses; echo: 60 %', {
    'charts-values/foxtrot.yaml': foxtrot('registry.example.com/refused:1'),
    'charts-values/echo.yaml': echo(60),
  });
  await serves('echo', 'v1 40, v2 60');
  await scene.record.until('Flux says why foxtrot stands still', (world) =>
    Boolean(readyOf(world.get('Kustomization/foxtrot/foxtrot-workloads'))?.message.includes(REFUSED)),
  );
  expect(trafficOf(scene.record.world, 'foxtrot', 'foxtrot')).toBe('v1 100');
  await vi.waitFor(async () => {
    expect(await scene.read('refs/coalmine/live', 'releases/foxtrot/foxtrot.yml')).toContain(REFUSED);
  }, SOON);
  await scene.merge('foxtrot: an image that it takes', {
    'charts-values/foxtrot.yaml': foxtrot('registry.example.com/foxtrot:2'),
  });
  await serves('foxtrot', 'v1 50, v2 50');
});
