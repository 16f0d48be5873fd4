import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type FluxEvent, readFluxEvent } from '../../src/core/readiness/event.ts';
import { isSignedBy } from '../../src/web/body.ts';
import { importCommit } from '../support/git.ts';
import { type Fixture, runGit, startFixture } from './fixture.ts';

const flux = 'kustomize.toolkit.fluxcd.io/v1';
const kustomization = (release: string, part: string, wait: boolean) =>
  `apiVersion: ${flux}\nkind: Kustomization\nmetadata:\n  name: ${release}-${part}\n  namespace: ${release}\nspec:\n  path: ./apps/${release}/${release}/${part}\n  prune: true\n  wait: ${wait}\n`;
const object = (kind: string, name: string, text = '') =>
  `apiVersion: v1\nkind: ${kind}\nmetadata:\n  name: ${name}\n  namespace: echo\nspec:\n  text: "${text}"\n`;
const list = (...names: string[]) =>
  `kind: Kustomization\nresources:\n${names.map((name) => `  - ${name}\n`).join('')}`;

/** The files of echo with these Deployments, each with the text of its pods. */
function echo(deployments: Record<string, string>, weight = '0'): Record<string, string> {
  const names = Object.keys(deployments).map((name) => `deployment-${name}.yaml`);
  const entries = Object.entries(deployments).map(([name, text]) => [
    `apps/echo/echo/workloads/deployment-${name}.yaml`,
    object('Deployment', name, text),
  ]);
  return {
    'flux/echo/echo.yaml': `${kustomization('echo', 'workloads', true)}---\n${kustomization('echo', 'routes', false)}`,
    'apps/echo/echo/workloads/kustomization.yaml': list(...names),
    ...Object.fromEntries(entries),
    'apps/echo/echo/routes/kustomization.yaml': list('routetable-echo-routes.yaml'),
    'apps/echo/echo/routes/routetable-echo-routes.yaml': object('RouteTable', 'echo-routes', weight),
  };
}

interface Cluster extends Fixture {
  /** Puts these files on gitops, and nothing else; gives the commit. */
  publish(files: Record<string, string>): Promise<string>;
  /** Lets Flux do all that is due; gives what it says of the releases: `echo-routes applied 1a2b3c4: message`. */
  settle(within?: number): Promise<readonly string[]>;
  readonly events: FluxEvent[];
  shown(): Promise<{
    readonly kustomizations: readonly { name: string; applied: string; objects: readonly object[] }[];
  }>;
}

async function startCluster(): Promise<Cluster> {
  const fixture = await startFixture({ manualFlux: true });
  const events: FluxEvent[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const isEvent = request.url === '/api/flux?repository=canary%2Fshop';
    if (isEvent && request.headers['gotk-component'] === 'kustomize-controller') {
      const event = readFluxEvent(JSON.parse(body.toString()));
      const signed = isSignedBy(fixture.sandbox.app.fluxToken, body, request.headers['x-signature']);
      if (event && signed) events.push(event);
    }
    response.writeHead(202).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`;
  const bare = join(fixture.dataDir, 'canary/shop.git');
  let tip: string | undefined;
  let told = 0;
  return Object.assign(fixture, {
    events,
    publish: async (files: Record<string, string>) => {
      const before = tip === undefined ? [] : (await runGit(bare, ['ls-tree', '-r', '--name-only', tip])).split('\n');
      const gone = Object.fromEntries(before.map((path) => [path, undefined]));
      const parents = tip === undefined ? [] : [tip];
      tip = await importCommit(bare, { branch: 'gitops', parents, files: { ...gone, ...files } });
      fixture.sandbox.flux.notice();
      return tip;
    },
    settle: async (within?: number) => {
      fixture.sandbox.deliverTo(url);
      await fixture.sandbox.flux.settle(within);
      const fresh = events.slice(told);
      told = events.length;
      return fresh
        .filter((event) => event.kustomization.namespace !== 'flux-system')
        .map(({ kustomization: { name }, outcome, revision, message }) => {
          const words = outcome === 'applied' ? '' : `: ${message.replaceAll('\n', ', ')}`;
          return `${name} ${outcome} ${revision.sha.slice(0, 7)}${words}`;
        });
    },
    shown: async () => (await fetch(`${fixture.sandbox.url}/sandbox/flux`)).json() as ReturnType<Cluster['shown']>,
  });
}

const short = (sha: string) => sha.slice(0, 7);
const both = (...names: string[]) => names.map((name) => `Deployment/echo/${name}`);

test('a commit is applied, pruned and, with wait, found healthy, and each is said', async () => {
  const cluster = await startCluster();
  const first = await cluster.publish(echo({ 'echo-v1': 'a' }));
  expect(await cluster.settle()).toEqual([
    `echo-routes progressing ${short(first)}: RouteTable/echo/echo-routes created`,
    `echo-routes applied ${short(first)}`,
    `echo-workloads progressing ${short(first)}: Deployment/echo/echo-v1 created`,
    `echo-workloads applied ${short(first)}`,
  ]);
  expect(cluster.events[0]).toMatchObject({
    kustomization: { namespace: 'flux-system', name: 'coalmine' },
    outcome: 'applied',
  });
  const second = await cluster.publish(echo({ 'echo-v2': 'b' }));
  expect(await cluster.settle()).toEqual([
    `echo-routes applied ${short(second)}`,
    `echo-workloads progressing ${short(second)}: Deployment/echo/echo-v2 created`,
    `echo-workloads progressing ${short(second)}: Deployment/echo/echo-v1 deleted`,
    `echo-workloads applied ${short(second)}`,
  ]);
  const uids = new Set(cluster.events.map(({ kustomization: { name, uid } }) => `${name} ${uid}`));
  expect(uids.size).toBe(3);
  expect((await cluster.shown()).kustomizations).toMatchObject([
    { name: 'echo/echo-routes', applied: second, objects: [{ id: 'RouteTable/echo/echo-routes' }] },
    { name: 'echo/echo-workloads', applied: second, objects: [{ id: 'Deployment/echo/echo-v2', ready: true }] },
  ]);
});

test('only the newest commit is applied, and none while Flux is suspended', async () => {
  const cluster = await startCluster();
  await cluster.publish(echo({ 'echo-v1': 'a' }));
  const second = await cluster.publish(echo({ 'echo-v1': 'a' }, '10'));
  expect(new Set(cluster.events.map(({ revision }) => revision.sha))).toEqual(new Set());
  await cluster.settle();
  expect(new Set(cluster.events.map(({ revision }) => revision.sha))).toEqual(new Set([second]));
  await cluster.sandbox.flux.configure({ suspended: true });
  await cluster.publish(echo({ 'echo-v1': 'a' }, '20'));
  const fourth = await cluster.publish(echo({ 'echo-v1': 'a' }, '30'));
  expect(await cluster.settle()).toEqual([]);
  await cluster.sandbox.flux.configure({ suspended: false });
  expect(await cluster.settle()).toEqual([
    `echo-routes progressing ${short(fourth)}: RouteTable/echo/echo-routes configured`,
    `echo-routes applied ${short(fourth)}`,
    `echo-workloads applied ${short(fourth)}`,
  ]);
});

test('while Flux waits for health it applies nothing newer there, and the newest as soon as it has waited', async () => {
  const cluster = await startCluster();
  await cluster.sandbox.flux.configure({ ready: '1h' });
  const first = await cluster.publish(echo({ 'echo-v1': 'a' }));
  await cluster.settle(60_000);
  await cluster.publish(echo({ 'echo-v1': 'b' }));
  const third = await cluster.publish(echo({ 'echo-v1': 'c' }));
  expect(await cluster.settle(60_000)).toEqual([`echo-routes applied ${short(third)}`]);
  const state = (await cluster.shown()).kustomizations[1];
  expect(state).toMatchObject({ applied: first, checking: true, objects: [{ ready: false }] });
  expect(await cluster.settle()).toEqual([
    `echo-workloads applied ${short(first)}`,
    `echo-workloads progressing ${short(third)}: Deployment/echo/echo-v1 configured`,
    `echo-workloads applied ${short(third)}`,
  ]);
});

test('it can be told to skip commits, to lose events and to repeat them', async () => {
  const cluster = await startCluster();
  await cluster.publish(echo({ 'echo-v1': 'a' }));
  await cluster.settle();
  await cluster.sandbox.flux.configure({ skip: 1 });
  await cluster.settle();
  await cluster.publish(echo({ 'echo-v1': 'b' }));
  expect(await cluster.settle()).toEqual([]);
  const third = await cluster.publish(echo({ 'echo-v1': 'b' }));
  expect(await cluster.settle()).toContain(`echo-workloads applied ${short(third)}`);
  await cluster.sandbox.flux.configure({ drop: 2 }); // the root's, and the routes'
  expect(await cluster.settle()).toEqual([`echo-workloads applied ${short(third)}`]);
  await cluster.sandbox.flux.configure({ repeat: 1, cluster: 'eu' });
  const twice = [`echo-routes applied ${short(third)}`, `echo-workloads applied ${short(third)}`];
  expect(await cluster.settle()).toEqual(twice.flatMap((line) => [line, line]));
  expect(cluster.events.at(-1)?.cluster).toBe('eu');
});

test('a Deployment that never gets ready fails the health check; what was applied stays, and it may heal', async () => {
  const cluster = await startCluster();
  await cluster.publish(echo({ 'echo-v1': 'a' }));
  await cluster.settle();
  await cluster.sandbox.flux.configure({ fail: { deployment: 'echo/echo-v2' } });
  const second = await cluster.publish(echo({ 'echo-v1': 'a', 'echo-v2': 'b' }));
  expect((await cluster.settle()).at(-1)).toBe(
    `echo-workloads failed ${short(second)}: health check failed after 5m0.02s: timeout waiting for: [Deployment/echo/echo-v2 status: 'InProgress']`,
  );
  expect(cluster.events.at(-1)?.reason).toBe('HealthCheckFailed');
  const { kustomizations } = await cluster.shown();
  expect(kustomizations[1]?.objects).toEqual(
    both('echo-v1', 'echo-v2').map((id, index) => ({ id, ready: index === 0 })),
  );
  const early = { deployment: 'echo/echo-v2', early: true, message: 'no' };
  await cluster.sandbox.flux.configure({ fail: [early] });
  expect((await cluster.settle()).at(-1)).toContain(
    "failed early due to stalled resources: [Deployment/echo/echo-v2 status: 'Failed': no]",
  );
  await cluster.sandbox.flux.configure({ fail: [] });
  expect((await cluster.settle()).at(-1)).toBe(`echo-workloads applied ${short(second)}`);
});

test('an object that is rejected, or a folder that does not build, leaves the cluster as it was', async () => {
  const cluster = await startCluster();
  const first = await cluster.publish(echo({ 'echo-v1': 'a' }));
  await cluster.settle();
  await cluster.sandbox.flux.configure({ fail: { object: 'Deployment/echo/echo-v2', message: 'no' } });
  const second = await cluster.publish(echo({ 'echo-v1': 'b', 'echo-v2': 'b' }));
  expect((await cluster.settle()).at(-1)).toBe(
    `echo-workloads failed ${short(second)}: Deployment/echo/echo-v2 dry-run failed: no`,
  );
  expect((await cluster.shown()).kustomizations[1]).toMatchObject({
    applied: first,
    objects: [{ id: 'Deployment/echo/echo-v1', ready: true }],
  });
  const broken = { ...echo({ 'echo-v1': 'b' }), 'apps/echo/echo/routes/routetable-echo-routes.yaml': 'a: [' };
  const third = await cluster.publish(broken);
  const said = await cluster.settle();
  expect(said[0]).toContain(`echo-routes failed ${short(third)}: kustomize build failed`);
  expect(said.at(-1)).toBe(`echo-workloads applied ${short(third)}`);
  await cluster.publish({ ...echo({ 'echo-v1': 'b' }), 'flux/echo/echo.yaml': 'a: [' });
  await cluster.settle();
  expect(cluster.events.findLast(({ outcome }) => outcome === 'failed')?.kustomization.name).toBe('coalmine');
});

test('a release that goes takes its objects along, and is another one when it comes back', async () => {
  const cluster = await startCluster();
  await cluster.publish(echo({ 'echo-v1': 'a' }));
  await cluster.settle();
  const uid = cluster.events.at(-1)?.kustomization.uid;
  await cluster.publish({ 'README.md': 'nothing' });
  expect(await cluster.settle()).toEqual([]);
  expect((await cluster.shown()).kustomizations).toEqual([]);
  await cluster.publish(echo({ 'echo-v1': 'a' }));
  await cluster.settle();
  expect(cluster.events.at(-1)?.kustomization.name).toBe('echo-workloads');
  expect(cluster.events.at(-1)?.kustomization.uid).not.toBe(uid);
});

test('a restart goes on from what was applied, says it again, and remembers what it was told', async () => {
  const cluster = await startCluster();
  const first = await cluster.publish(echo({ 'echo-v1': 'a' }));
  await cluster.settle();
  const before = await cluster.shown();
  await cluster.sandbox.flux.configure({ cluster: 'eu' });
  await cluster.restart();
  expect((await cluster.shown()).kustomizations).toEqual(before.kustomizations);
  expect(await cluster.settle()).toEqual([
    `echo-routes applied ${short(first)}`,
    `echo-workloads applied ${short(first)}`,
  ]);
  expect(cluster.events.at(-1)?.cluster).toBe('eu');
});

test('a push over HTTP is noticed, and by itself Flux applies it a moment later', async () => {
  const fixture = await startFixture();
  const folder = await fixture.clone('writer');
  await importCommit(folder, { branch: 'gitops', files: echo({ 'echo-v1': 'a' }) });
  await fixture.sandbox.flux.settle();
  await fixture.sandbox.flux.configure({ delay: '1ms', ready: '1ms' });
  await fixture.sandbox.flux.settle();
  await runGit(folder, ['push', '--quiet', 'origin', 'gitops']);
  await expect
    .poll(() => fixture.sandbox.flux.state().followed.map(({ checking, ready }) => [checking, Object.keys(ready)]))
    .toEqual([
      [false, []],
      [false, both('echo-v1')],
    ]);
});

test.each<[string, object, string]>([
  ['an unknown word', { slow: true }, '"slow"'],
  ['a delay that is none', { delay: 'soon' }, '"delay" takes a duration such as 2s'],
  ['a negative number', { skip: -1 }, '"skip" takes a number'],
  ['a fault of nothing', { fail: {} }, '"fail" takes {deployment: NAMESPACE/NAME}'],
  ['a fault of two things', { fail: [{ deployment: 'a/b', object: 'c' }] }, '"fail" takes'],
])('%s is refused with what it takes', async (_, told, words) => {
  const { sandbox } = await startFixture({ manualFlux: true });
  const answer = await fetch(`${sandbox.url}/sandbox/flux`, {
    method: 'POST',
    headers: { authorization: 'Bearer admin-token' },
    body: JSON.stringify(told),
  });
  expect([answer.status, await answer.text()]).toEqual([
    422,
    expect.stringContaining(JSON.stringify(words).slice(1, -1)),
  ]);
});

test('it is told by who may push, and shows what it was told', async () => {
  const { sandbox } = await startFixture({ manualFlux: true });
  const configure = (authorization: string) =>
    fetch(`${sandbox.url}/sandbox/flux`, { method: 'POST', headers: { authorization }, body: '{"suspended":true}' });
  expect((await configure('Bearer reader-token')).status).toBe(401);
  expect((await configure('')).status).toBe(401);
  const answer = await configure('Bearer writer-token');
  expect(await answer.json()).toMatchObject({ told: { suspended: true, delay: '1s' }, kustomizations: [] });
  expect((await fetch(`${sandbox.url}/sandbox/flux`, { method: 'DELETE' })).status).toBe(405);
  expect(await (await fetch(`${sandbox.url}/`)).text()).toContain('suspended');
});

test('the page of the cluster shows each release: what is applied, what is ready, and who gets how much', async () => {
  const cluster = await startCluster();
  expect(await (await fetch(`${cluster.sandbox.url}/cluster`)).text()).toContain('Nothing has been applied yet.');
  await cluster.sandbox.flux.configure({ fail: { deployment: 'echo/echo-v2', message: '<b>no</b>' } });
  const sha = await cluster.publish(echo({ 'echo-v1': 'a', 'echo-v2': 'b' }));
  await cluster.settle();
  const text = await (await fetch(`${cluster.sandbox.url}/cluster`)).text();
  expect(text).toContain(`<code>${short(sha)}</code>`);
  expect(text).toContain('<code>Deployment/echo/echo-v1</code> <span class="state ready">ready</span>');
  expect(text).toContain('<code>Deployment/echo/echo-v2</code> <span class="state not_ready">not ready</span>');
  expect(text).toContain('&lt;b&gt;no&lt;/b&gt;');
  expect(text).not.toContain('<b>no');
});
