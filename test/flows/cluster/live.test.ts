import { expect, test } from 'vitest';
import type { FluxEvent } from '../../../src/core/readiness/event.ts';
import { LIVE_REF } from '../../../src/core/readiness/live-file.ts';
import { fetchLive, fetchWrittenLive, recordFluxEvents } from '../../../src/flows/cluster/live.ts';
import { historyOf } from '../../../src/flows/gitops/history.ts';
import { joinJobs } from '../../../src/flows/job.ts';
import type { Job } from '../../../src/flows/ports.ts';
import { runJob } from '../../../src/flows/run-job.ts';
import { type FakeWorld, fakeWorld, outline, SHOP } from '../../support/fakes.ts';

const ECHO = { namespace: 'echo', name: 'echo' };
const MARK = 'Change it\n\nSource-Commit: abc\nRelease: echo/echo\n';
const OTHER = 'Change the other\n\nSource-Commit: abc\nRelease: golf/golf\n';

/** A gitops branch with echo (two Deployments) and golf. */
function publishedWorld(by = 'flux'): FakeWorld & { readonly first: string } {
  const world = fakeWorld();
  world.repository.push({ branch: 'main', files: { '.github/coalmine.yml': `readiness: { by: ${by} }\n` } });
  const first = world.repository.push({
    branch: 'gitops',
    message: MARK,
    files: {
      'flux/echo/echo.yaml': 'a',
      'flux/golf/golf.yaml': 'a',
      'flux/domains/example.yaml': 'a',
      'apps/echo/echo/workloads/deployment-echo-v1.yaml': 'v1',
      'apps/echo/echo/workloads/deployment-echo-v2.yaml': 'v2',
      'apps/echo/echo/workloads/service-echo.yaml': 's',
      'apps/golf/golf/workloads/deployment-golf-v1.yaml': 'v1',
    },
  });
  return { ...world, first };
}

function eventAt(sha: string, more: Partial<FluxEvent> = {}): FluxEvent {
  return {
    by: 'flux',
    kustomization: { namespace: 'echo', name: 'echo-workloads', uid: 'u1' },
    revision: { branch: 'gitops', sha },
    outcome: 'applied',
    reason: 'ReconciliationSucceeded',
    message: 'done',
    cluster: 'default',
    at: '2026-05-04T12:00:00.000Z',
    ...more,
  };
}

const job = (...events: FluxEvent[]) => ({ kind: 'flux-events', repository: SHOP, events }) as const;
const hear = (world: FakeWorld, ...events: FluxEvent[]) => runJob(job(...events), world);

async function known(world: FakeWorld) {
  const written = await fetchWrittenLive(world.repository);
  return { clusters: [...written.clusters.keys()], echo: Object.fromEntries(await written.fetchRelease(ECHO)) };
}

test('what Flux says is written down in a ref of its own, once', async () => {
  const world = publishedWorld();
  const event = eventAt(world.first);
  await hear(world, event);
  const { clusters, echo } = await known(world);
  expect(clusters).toEqual(['default']);
  expect(Object.keys(echo.default?.workloads?.ready ?? {})).toEqual(['echo-v1', 'echo-v2']);
  expect(echo.default?.workloads?.applied).toEqual([{ commit: world.first, at: '2026-05-04T12:00:00.000Z' }]);
  const head = (await world.repository.fetchCommit(LIVE_REF))?.sha;
  await hear(world, event, event);
  expect((await world.repository.fetchCommit(LIVE_REF))?.sha).toBe(head);
  expect(await recordFluxEvents(world, [event])).toEqual([]);
});

test('several words are one commit', async () => {
  const world = publishedWorld();
  const routes = { namespace: 'echo', name: 'echo-routes', uid: 'u2' };
  const golf = { namespace: 'golf', name: 'golf-workloads', uid: 'u3' };
  const plan = await recordFluxEvents(world, [
    eventAt(world.first),
    eventAt(world.first, { kustomization: routes, cluster: 'eu' }),
    eventAt(world.first, { kustomization: golf, cluster: 'eu' }),
  ]);
  expect(outline(plan)).toEqual(['record clusters.yml, releases/echo/echo.yml, releases/golf/golf.yml']);
});

test('a commit that touched only others confirms nothing that is worth a line', async () => {
  const world = publishedWorld();
  await hear(world, eventAt(world.first));
  const second = world.repository.push({ branch: 'gitops', message: OTHER, files: { x: '1' } });
  expect(await recordFluxEvents(world, [eventAt(second)])).toEqual([]);
  const third = world.repository.push({ branch: 'gitops', message: 'By hand', files: { x: '2' } });
  await hear(world, eventAt(third));
  expect((await known(world)).echo.default?.workloads?.applied.at(-1)?.commit).toBe(third);
});

test('a newer commit confirms those before it, and an older one that comes late changes nothing', async () => {
  const world = publishedWorld();
  const second = world.repository.push({
    branch: 'gitops',
    message: MARK,
    files: { 'apps/echo/echo/workloads/x': '1' },
  });
  const third = world.repository.push({
    branch: 'gitops',
    message: MARK,
    files: { 'apps/echo/echo/workloads/x': '2' },
  });
  await hear(world, eventAt(third));
  expect(await recordFluxEvents(world, [eventAt(second), eventAt(world.first)])).toEqual([]);
});

test('what is still under way makes a cluster known, and no more', async () => {
  const world = publishedWorld();
  await hear(world, eventAt(world.first, { outcome: 'progressing', reason: 'Progressing' }));
  expect(await known(world)).toEqual({ clusters: ['default'], echo: {} });
});

test.each<[string, Partial<FluxEvent>]>([
  ['of another branch', { revision: { branch: 'main', sha: '' } }],
  ['of a commit that the branch has not', { revision: { branch: 'gitops', sha: 'f'.repeat(40) } }],
  ["of the domain's Kustomization", { kustomization: { namespace: 'flux-system', name: 'domain-example' } }],
  ['of a release that is not there', { kustomization: { namespace: 'echo', name: 'hotel-routes' } }],
])('nothing is written down %s', async (_, more) => {
  const world = publishedWorld();
  const revision = more.revision && { ...more.revision, sha: more.revision.sha || world.first };
  expect(await recordFluxEvents(world, [eventAt(world.first, { ...more, ...(revision ? { revision } : {}) })])).toEqual(
    [],
  );
});

test('nothing is written down where nothing is published', async () => {
  expect(await recordFluxEvents(fakeWorld(), [eventAt('a'.repeat(40))])).toEqual([]);
});

test('what another process writes down meanwhile stays, and is built upon', async () => {
  const world = publishedWorld();
  const [theirs] = await recordFluxEvents(world, [eventAt(world.first, { cluster: 'us' })]);
  world.repository.interfere(() => void (theirs?.kind === 'record' && world.repository.commit(theirs)));
  await hear(world, eventAt(world.first, { cluster: 'eu' }));
  const { clusters, echo } = await known(world);
  expect(clusters).toEqual(['eu', 'us']);
  expect(Object.keys(echo)).toEqual(['eu', 'us']);
});

test('what is known is read back as seen from the tip, for each release that is asked for', async () => {
  const world = publishedWorld();
  const routes = { namespace: 'echo', name: 'echo-routes', uid: 'u2' };
  const second = world.repository.push({ branch: 'gitops', message: MARK, files: { x: '1' } });
  const tip = world.repository.push({ branch: 'gitops', message: MARK, files: { x: '2' } });
  await hear(world, eventAt(second), eventAt(world.first, { kustomization: routes }));
  const golf = { namespace: 'golf', name: 'golf' };
  const branchAt = async (sha: string) => historyOf(world.repository, await world.repository.fetchCommit(sha));
  const facts = { branch: await branchAt(tip), clusters: [], now: new Date('2026-05-04T12:01:00Z'), drain: 30_000 };
  const live = await fetchLive(world.repository, [ECHO, golf], facts);
  expect(live.get('echo/echo')).toMatchObject({
    workloads: { commit: second },
    routes: { commit: world.first },
    drained: world.first,
    ready: new Map(['echo-v1', 'echo-v2'].map((name) => [name, [second]])),
    clusters: ['default'],
  });
  expect(live.get('golf/golf')).toEqual({
    ready: new Map(),
    failures: [],
    clusters: ['default'],
    reports: [{ cluster: 'default' }],
  });
  const rewritten = world.repository.push({ branch: 'gitops', onto: [], files: { x: '3' } });
  const lost = await fetchLive(world.repository, [ECHO], { ...facts, branch: await branchAt(rewritten) });
  expect(lost.get('echo/echo')).toMatchObject({ ready: new Map(), failures: [], clusters: ['default'] });
  expect(lost.get('echo/echo')?.workloads).toBeUndefined();
});

test('events that wait are one job, each once', () => {
  const [one, two] = [eventAt('a'.repeat(40)), eventAt('b'.repeat(40))];
  expect(joinJobs(job(one, two), job(two))).toEqual(job(one, two));
  expect(joinJobs(undefined, job(one))).toEqual(job(one));
  const publish = { kind: 'publish', repository: SHOP } as const;
  expect(joinJobs(publish, publish)).toEqual(publish);
});

test('of 30,000 events that wait the newest 10,000 stay, and joining them takes no time to speak of', () => {
  const events = Array.from({ length: 30_000 }, (_, index) => eventAt(index.toString(16).padStart(40, '0')));
  const start = performance.now();
  const waiting = events.reduce<Job | undefined>((joined, event) => joinJobs(joined, job(event)), undefined);
  expect(performance.now() - start).toBeLessThan(5000); // writing all of them for each one takes minutes
  expect(waiting).toEqual(job(...events.slice(-10_000)));
});

test.each([
  ['flux', { by: 'flux' }, ['default']],
  ['flux', { by: 'status', kustomization: { name: 'echo-workloads' } }, []], // a commit status: anybody who may push may set one
  ['status', { by: 'status', kustomization: { name: 'echo-workloads' } }, ['default']],
  ['status', { by: 'flux' }, []],
  ['delay', { by: 'flux' }, []],
  ['delay', { by: 'status', kustomization: { name: 'echo-workloads' } }, []],
] as const)('with readiness by %s an event %j counts for %j', async (by, event, clusters) => {
  const world = publishedWorld(by);
  await hear(world, eventAt(world.first, event));
  expect((await known(world)).clusters).toEqual(clusters);
});
