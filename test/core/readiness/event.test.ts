import { expect, test } from 'vitest';
import { readFluxEvent, readFluxStatus } from '../../../src/core/readiness/event.ts';
import { readUnready, withoutDuration } from '../../../src/core/readiness/health.ts';
import { partOf } from '../../../src/core/readiness/kustomization.ts';

const SHA = '0123456789abcdef0123456789abcdef01234567';

/** An event as kustomize-controller writes it. */
const event = {
  involvedObject: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    namespace: 'echo',
    name: 'echo-workloads',
    uid: 'd3b2c1a0-0000-4000-8000-000000000001',
  },
  severity: 'info',
  timestamp: '2026-05-04T03:02:01Z',
  message: 'Reconciliation finished in 120ms, next run in 10m0s',
  reason: 'ReconciliationSucceeded',
  metadata: { 'kustomize.toolkit.fluxcd.io/revision': `gitops@sha1:${SHA}` },
  reportingController: 'kustomize-controller',
};

const read = {
  by: 'flux',
  kustomization: { namespace: 'echo', name: 'echo-workloads', uid: 'd3b2c1a0-0000-4000-8000-000000000001' },
  revision: { branch: 'gitops', sha: SHA },
  outcome: 'applied',
  reason: 'ReconciliationSucceeded',
  message: 'Reconciliation finished in 120ms, next run in 10m0s',
  cluster: 'default',
  at: '2026-05-04T03:02:01.000Z',
};

test('an event is read as kustomize-controller writes it', () => {
  expect(readFluxEvent(event)).toEqual(read);
});

test.each<[string, object, object]>([
  [
    'as notification-controller forwards it',
    { metadata: { revision: `gitops@sha1:${SHA}`, cluster: 'eu' } },
    { cluster: 'eu' },
  ],
  [
    'of an artifact that was cut out of a commit',
    { metadata: { revision: `latest@sha256:${'a'.repeat(64)}`, originRevision: `gitops@sha1:${SHA}` } },
    {},
  ],
  [
    'of a branch with slashes',
    { metadata: { revision: `a/b@c@sha1:${SHA}` } },
    { revision: { branch: 'a/b@c', sha: SHA } },
  ],
  ['of no branch', { metadata: { revision: `sha1:${SHA}` } }, { revision: { sha: SHA } }],
  [
    'of a longer commit',
    { metadata: { revision: `g@sha256:${'a'.repeat(64)}` } },
    { revision: { branch: 'g', sha: 'a'.repeat(64) } },
  ],
  ['that is under way', { reason: 'Progressing' }, { outcome: 'progressing', reason: 'Progressing' }],
  [
    'that failed',
    { severity: 'error', reason: 'HealthCheckFailed', message: 'no' },
    { outcome: 'failed', reason: 'HealthCheckFailed', message: 'no' },
  ],
  ['that failed while it was well before', { severity: 'error' }, { outcome: 'failed' }],
  ['with a very long message', { message: 'x'.repeat(9000) }, { message: `${'x'.repeat(2000)}…` }],
])('an event %s', (_, more, expected) => {
  expect(readFluxEvent({ ...event, ...more })).toEqual({ ...read, ...expected });
});

const object = event.involvedObject;

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'ReconciliationSucceeded'],
  ['a list', [event]],
  ['an empty object', {}],
  ['another kind', { ...event, involvedObject: { ...object, kind: 'HelmRelease' } }],
  ['another group', { ...event, involvedObject: { ...object, apiVersion: 'kustomize.config.k8s.io/v1beta1' } }],
  ['no namespace', { ...event, involvedObject: { ...object, namespace: undefined } }],
  ['a path for a name', { ...event, involvedObject: { ...object, name: '../../x-workloads' } }],
  ['a name with a newline', { ...event, involvedObject: { ...object, name: 'echo-workloads\n' } }],
  ['a name that is an object', { ...event, involvedObject: { ...object, name: { toString: 'echo-workloads' } } }],
  ['no metadata', { ...event, metadata: null }],
  ['a revision that is no commit', { ...event, metadata: { revision: 'gitops@sha1:HEAD' } }],
  ['a revision with more behind it', { ...event, metadata: { revision: `gitops@sha1:${SHA}\n` } }],
  ['a list for a revision', { ...event, metadata: { revision: [`gitops@sha1:${SHA}`, 'x'] } }],
  ['a cluster with markup', { ...event, metadata: { ...event.metadata, cluster: '<b>' } }],
  ['a cluster that is a prototype', { ...event, metadata: { ...event.metadata, cluster: '__proto__' } }],
  ['a time that is none', { ...event, timestamp: 'now' }],
  ['a number for a time', { ...event, timestamp: 0 }],
  ['no message', { ...event, message: 1 }],
  ['a reason in words', { ...event, reason: 'all is well' }],
])('no event is read from %s', (_, body) => {
  expect(readFluxEvent(body)).toBeUndefined();
});

const status = {
  context: 'kustomization/echo-workloads/0a1b2c3d',
  state: 'success',
  description: 'reconciliation succeeded',
  sha: SHA,
  at: '2026-05-04T03:02:01Z',
};

test('a commit status is an event that knows no namespace, no uid and no branch', () => {
  expect(readFluxStatus(status)).toEqual({
    by: 'status',
    kustomization: { name: 'echo-workloads' },
    revision: { sha: SHA },
    outcome: 'applied',
    reason: 'ReconciliationSucceeded',
    message: 'reconciliation succeeded',
    cluster: '0a1b2c3d',
    at: '2026-05-04T03:02:01.000Z',
  });
});

test.each([
  ['failure', 'health check failed', 'failed', 'HealthCheckFailed'],
  ['error', 'reconciliation failed', 'failed', 'ReconciliationFailed'],
  ['pending', 'progressing', 'progressing', 'Progressing'],
  ['failure', null, 'failed', 'Unknown'],
  ['failure', '<b>', 'failed', 'Unknown'],
])('a commit status %s, %j', (state, description, outcome, reason) => {
  expect(readFluxStatus({ ...status, state, description })).toMatchObject({ outcome, reason });
});

test.each([
  [{ context: 'ci/test' }],
  [{ context: 'kustomization/echo-workloads' }],
  [{ context: 'kustomization/a/b/c' }],
  [{ context: 'helmrelease/echo-workloads/0a1b2c3d' }],
  [{ context: 'kustomization//0a1b2c3d' }],
  [{ context: 'kustomization/Echo/0a1b2c3d' }],
  [{ state: 'constructor' }],
  [{ sha: 'main' }],
  [{ at: '' }],
])('no event is read from the commit status %j', (more) => {
  expect(readFluxStatus({ ...status, ...more })).toBeUndefined();
});

const early = 'failed early due to stalled resources';

test.each<[string, readonly string[], boolean]>([
  ["timeout waiting for: [Deployment/echo/echo-v2 status: 'InProgress']", ['echo/echo-v2'], true],
  [
    "timeout waiting for: [Deployment/e/a status: 'InProgress', Service/e/e status: 'Failed', Deployment/e/b status: 'Failed': no [x]]",
    ['e/a', 'e/b'],
    true,
  ],
  ["timeout waiting for: [can't determine status for Deployment/e/a]", ['e/a'], true],
  [`${early}: [Deployment/echo/echo-v2 status: 'Failed']`, ['echo/echo-v2'], false],
  ["timeout waiting for: [Deployment/e/a status: 'InProgress', Deployment/e/b sta…", [], false],
  ['timeout waiting for: []', [], false],
  ['context canceled', [], false],
  ['', [], false],
])('a failed health check that says %s', (message, named, othersReady) => {
  expect(readUnready(`health check failed after 5m0.02s: ${message}`)).toEqual({ named: new Set(named), othersReady });
});

test('the time that it took is no part of what was said', () => {
  const said = (time: string) => `health check failed after ${time}: timeout waiting for: [Deployment/e/a status: 'x']`;
  expect(withoutDuration(said('5m0.030442677s'))).toBe(withoutDuration(said('34.97ms')));
  expect(withoutDuration(said('1s'))).not.toBe(withoutDuration(said('1s').replace('/a', '/b')));
});

const published = [
  { namespace: 'x', name: 'x' },
  { namespace: 'x', name: 'x-routes' },
  { namespace: 'one', name: 'echo' },
  { namespace: 'two', name: 'echo' },
  { stage: 'dev', namespace: 'three', name: 'golf' },
  { stage: 'prod', namespace: 'three', name: 'golf' },
];

test.each<[{ name: string; namespace?: string }, string | undefined, string?]>([
  [{ namespace: 'x', name: 'x-workloads' }, 'x/x', 'workloads'],
  [{ namespace: 'x', name: 'x-routes' }, 'x/x', 'routes'],
  [{ namespace: 'x', name: 'x-routes-workloads' }, 'x/x-routes', 'workloads'],
  [{ namespace: 'x', name: 'x-routes-routes' }, 'x/x-routes', 'routes'],
  [{ namespace: 'two', name: 'echo-routes' }, 'two/echo', 'routes'],
  [{ namespace: 'three', name: 'echo-routes' }, undefined],
  [{ namespace: 'flux-system', name: 'x-routes' }, undefined],
  [{ namespace: 'flux-system', name: 'domain-example' }, undefined],
  [{ namespace: 'x', name: 'x' }, undefined],
  [{ namespace: 'x', name: '-workloads' }, undefined],
  [{ name: 'x-routes' }, 'x/x', 'routes'],
  [{ name: 'echo-routes' }, undefined], // of which namespace?
  [{ namespace: 'three', name: 'golf-routes' }, undefined], // of which stage?
])('the Kustomization %j is of %s', (kustomization, release, part?: string) => {
  const found = partOf(kustomization, published);
  expect(found && `${found.id.namespace}/${found.id.name}`).toBe(release);
  expect(found?.part).toBe(part);
});
