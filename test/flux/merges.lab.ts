import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { trafficOf } from './routes.ts';
import { breachesIn } from './safety.ts';
import { type Scene, SOURCE, startScene } from './scene.ts';

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

const echo = (weight: number, more = ''): string => `deployment:
  v1: {}
  v2: {}
${more}routes:
  primary: {version: v1}
  canary: {version: v2, weight: ${weight}, headers: {stage: canary}}
`;

const SOON = { timeout: 60_000, interval: 500 };

const ECHO = 'charts-values/echo.yaml';
const serves = (shares: string) =>
  scene.record.until(`echo ${shares}`, (world) => trafficOf(world, 'echo', 'echo') === shares);

test('what Flux has applied is written down in its own words', async () => {
  const tip = await scene.tip();
  await vi.waitFor(async () => {
    const live = await scene.read('refs/coalmine/live', 'releases/echo/echo.yml');
    expect(live.split(tip).length).toBeGreaterThan(3);
    expect(live).toContain('echo-v2:');
  }, SOON);
});

test('a merged weight is in the API after the interval of the GitRepository, or at once with a nudge', async () => {
  const seconds: string[] = [];
  const interval = 15;
  await scene.lab.kubernetes.patch(SOURCE, { spec: { interval: `${interval}s` } });
  for (const [weight, isNudged] of [
    [10, false],
    [20, true],
    [30, false],
    [40, true],
  ] as const) {
    const merged = await scene.merge(`echo: ${weight} %`, { [ECHO]: echo(weight) });
    const published = Date.now();
    if (isNudged) await scene.nudge();
    const arrived = await serves(`v1 ${100 - weight}, v2 ${weight}`);
    const [all, after] = [arrived - merged, arrived - published].map((ms) => (ms / 1000).toFixed(1));
    seconds.push(
      `${isNudged ? 'with a nudge' : `interval of ${interval} s alone`}: ${all} s (${after} s after the commit)`,
    );
    expect(arrived - merged).toBeLessThan(isNudged ? 15_000 : (interval + 15) * 1000);
  }
  await scene.lab.kubernetes.patch(SOURCE, { spec: { interval: '3s' } });
  process.stdout.write(`from merge to the weight in the API\n  ${seconds.join('\n  ')}\n`);
});
