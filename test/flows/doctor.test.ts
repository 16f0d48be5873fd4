import { expect, test } from 'vitest';
import type { BranchAccess } from '../../src/core/doctor/access.ts';
import { diagnoseClusters, diagnoseHost, type HostFacts } from '../../src/flows/doctor.ts';
import { fetchSettings } from '../../src/flows/gitops/snapshot.ts';
import { fakeWorld } from '../support/fakes.ts';
import { values } from '../support/values.ts';
import { ECHO, settle, settledWorld, sweep } from './publish/parts-world.ts';

const PERMISSIONS = { contents: 'write', checks: 'write' };
const FACTS: HostFacts = {
  installed: { permissions: PERMISSIONS, events: [], suspended: false, page: 'https://github.com/x' },
  wanted: { permissions: PERMISSIONS, events: [] },
  listens: true,
  now: new Date('2026-05-04T12:00:00Z'),
};
const FREE = { exists: true, rules: [], isProtected: false };

function world(settings?: string) {
  const { repository, pulls } = fakeWorld();
  const own = settings === undefined ? {} : { '.github/coalmine.yml': settings };
  const asked: string[] = [];
  const access = {
    fetchBranchAccess: async (name: string): Promise<BranchAccess> => {
      asked.push(name);
      return { ...FREE, name };
    },
  };
  repository.push({ branch: 'main', files: { 'charts-values/echo.yaml': values(5), ...own } });
  const diagnose = async (facts: Partial<HostFacts> = {}) =>
    (await diagnoseHost({ repository, pulls, access }, { ...FACTS, ...facts })).map(
      ({ about, state, says }) => `${state} ${about}: ${says}`,
    );
  return { repository, asked, diagnose };
}

test('the branches that matter are asked for: where it pushes, and where it merges', async () => {
  const { asked, diagnose } = world('gitops: live\n');
  expect(await diagnose()).toEqual([
    'ok permissions: the App may write what it writes',
    'ok settings on main: .github/coalmine.yml reads',
    'ok values on main: 1 file (charts-values/{release}.yaml)',
    "problem branch live: isn't there yet: nothing was published",
    'ok push to live: nothing stands in the way',
    'ok merge into main: no ruleset keeps the App from merging its own (merge: rollback)',
    'note cluster: nobody is asked: 60 s after its commit a part counts as applied (readiness.by: delay)',
  ]);
  expect(asked.toSorted()).toEqual(['live', 'main']);
});

test.each([
  ['suspended', { suspended: true }],
  ['without contents', { permissions: { checks: 'write' } }],
])('an installation that is %s is not asked for more', async (_, installed) => {
  const { asked, diagnose } = world();
  expect(await diagnose({ installed: { ...FACTS.installed, ...installed } })).toHaveLength(1);
  expect(asked).toEqual([]);
});

test('settings that do not read, and events that nobody takes', async () => {
  expect((await world('merg: all\n').diagnose()).at(-1)).toMatch(
    /^problem settings: .github\/coalmine.yml:1 unknown key/,
  );
  const flux = world('readiness: { by: flux }\n');
  expect(await flux.diagnose()).not.toContainEqual(expect.stringContaining('FLUX_WEBHOOK_TOKEN'));
  expect(await flux.diagnose({ listens: false })).toContainEqual(
    expect.stringMatching(/^problem events: FLUX_WEBHOOK_TOKEN is not set/),
  );
});

const STAGED = `values: "{stage}/{release}.yaml"
readiness: { by: flux }
stages:
  dev: { readiness: { clusters: [dev] } }
  live: { readiness: { clusters: [eu, us] } }
  test: { readiness: { by: delay } }
`;

test('each stage has clusters of its own', async () => {
  const { repository } = world(STAGED);
  const folder = (stage: string) => `${stage}/apps/echo/echo/workloads/kustomization.yaml`;
  repository.push({ branch: 'gitops', files: { [folder('dev')]: 'a', [folder('live')]: 'b' }, onto: [] });
  await repository.commit({
    ref: 'refs/coalmine/live',
    expectedHead: undefined,
    files: new Map([
      ['clusters.yml', 'dev: "2026-05-04T03:02:01.000Z"\neu: "2026-05-04T03:02:02.000Z"\n'],
      ['releases/live/echo/echo.yml', '{}\n'],
    ]),
    message: 'Live',
  });
  const settings = await fetchSettings(repository.treeOf(repository.tipOf('main')?.sha ?? ''));
  if (!settings.ok) throw new Error('the settings do not read');
  const diagnoses = await diagnoseClusters(repository, settings.value, { isComplete: true, now: FACTS.now });
  expect(diagnoses.map(({ about, state, says }) => `${state} ${about}: ${says}`)).toEqual([
    'ok cluster in dev: dev has answered, first at 2026-05-04T03:02:01.000Z',
    'problem cluster in dev: nothing was ever heard of dev/echo/echo',
    'ok cluster in live: eu has answered, first at 2026-05-04T03:02:02.000Z',
    'problem cluster in live: us never answered',
    'note cluster in test: nobody is asked: 60 s after its commit a part counts as applied (readiness.by: delay)',
  ]);
});

test('a cluster that was renamed is named, with when it was heard and the line to write', async () => {
  const settings = 'readiness: { by: flux }\n';
  const world = await settledWorld(settings, { [ECHO]: values(5) }, ['old']);
  world.repository.push({ branch: 'main', files: { [ECHO]: values(10) } });
  await sweep(world);
  await settle(world, ['echo'], ['new']);
  const read = await fetchSettings(world.repository.treeOf(world.repository.tipOf('main')?.sha ?? ''));
  if (!read.ok) throw new Error('the settings do not read');
  const diagnose = async () => {
    const facts = { isComplete: true, now: world.now() };
    return (await diagnoseClusters(world.repository, read.value, facts)).filter(({ state }) => state !== 'ok');
  };
  expect((await diagnose()).map(({ state, says }) => `${state}: ${says}`)).toEqual([
    expect.stringMatching(/^note: old \(last heard 2026-05-04 12:00:\d\d UTC\) is waited for, by echo\/echo$/),
  ]);
  world.advance(601);
  expect(await diagnose()).toEqual([
    {
      about: 'cluster',
      state: 'problem',
      says: expect.stringMatching(/^old \(last heard [^)]*\) has been silent for longer than .* on echo\/echo, which/),
      remedy: expect.stringContaining('write clusters: [new] under readiness in .github/coalmine.yml'),
    },
  ]);
  await settle(world, ['echo'], ['old']);
  expect(await diagnose()).toEqual([]);
});
