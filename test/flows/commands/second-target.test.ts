import { expect, test, vi } from 'vitest';
import { runJob } from '../../../src/flows/run-job.ts';
import { SHOP } from '../../support/fakes.ts';
import { ECHO, FLUX, live, openPull, release, say, talkWorld } from './world.ts';

// Modules are replaced: this file needs a registry of modules of its own (vitest's `isolate`).
vi.mock('../../../src/core/targets/list.ts', async (original) => {
  return (await import('../../support/tiny/wiring.ts')).listWithTiny(original);
});
vi.mock('../../../src/charts/targets.ts', async () => (await import('../../support/tiny/wiring.ts')).targetsWithTiny());

const SETTINGS = `${FLUX}domains: { tiny: {} }\n`;
const inTiny = (values: string) => values.replace('apiGroup: example', 'apiGroup: tiny');

test('the App reviews, publishes, promotes and rolls back the releases of a second target', async () => {
  const world = await talkWorld(SETTINGS, inTiny(release({ weight: 0 })));
  const pull = openPull(world, { [ECHO]: inTiny(release({ weight: 20 })) });
  await runJob({ kind: 'review', repository: SHOP, pull }, world);
  expect(world.pulls.comments.get(pull)).toContain('canary v2 0% -> 20%');

  expect(await say(world, '/promote echo')).toContain('canary v2 0% -> 50%');
  await live(world);
  const published = world.repository.filesOf('gitops')['apps/echo/echo/routes/weights-echo.yaml'];
  expect(published).toContain('weight: 50');
  expect(world.repository.tipOf('gitops')?.message).toContain('Traffic: echo v1 50% v2 50%');
  expect(await say(world, '/status echo')).toContain('v1 50% v2 50%');

  await say(world, '/rollback echo');
  expect(world.repository.filesOf('gitops')['apps/echo/echo/routes/weights-echo.yaml']).not.toContain('canary');
});
