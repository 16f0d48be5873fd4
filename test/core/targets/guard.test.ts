import { describe, expect, test } from 'vitest';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import { readValues } from '../../../src/core/build/read-values.ts';
import type { Manifest } from '../../../src/core/model/manifest.ts';
import { gloo } from '../../../src/core/targets/gloo/target.ts';
import { guard } from '../../../src/core/targets/guard.ts';
import { renderRelease } from '../../../src/core/targets/targets.ts';
import { bytesOf, defaults, echo } from '../support.ts';

const lenient = {
  ...defaults,
  rules: new Map([
    ['version-name', 'off'],
    ['release-name', 'off'],
  ] as const),
};

test.each([
  ['a path as a version', '"../../x"', echo.id],
  ['capitals', 'V1', echo.id],
  ['a space', '"v 1"', echo.id],
  ['a namespace that is none', 'v1', { namespace: '..', name: 'echo' }],
  ['a release that is none', 'v1', { namespace: 'echo', name: 'echo/..' }],
])('refuses %s though the rule is off', (_, version, id) => {
  const bytes = bytesOf(`deployment: { ${version}: { image: a } }\nroutes: { primary: { version: ${version} } }\n`);
  const { findings, manifests } = build({ ...echo, id, bytes }, lenient, targets);
  expect(manifests).toBeUndefined();
  expect(findings[0]).toMatchObject({ rule: 'manifest', severity: 'error' });
});

describe('guard', () => {
  const bytes = bytesOf('deployment: { v1: { image: a } }\nroutes: { primary: { version: v1 } }\n');
  const read = readValues({ ...echo, bytes }, defaults);
  if (!read.ok || !read.draft) throw new Error('the values are valid');
  const { value: release, draft } = read;
  const objects = renderRelease(release, gloo, targets);
  const guarded = (manifest: object) => {
    const routes = [manifest as Manifest];
    return guard({ release, objects: { workloads: [], routes }, target: gloo, draft, settings: defaults, said: [] });
  };
  const [deployment, service, upstream] = objects.workloads;
  const metadata = { name: 'echo', namespace: 'echo' };

  test('takes what the templates render', () => {
    expect(guard({ release, objects, target: gloo, draft, settings: defaults, said: [] })).toEqual([]);
  });

  test.each([
    [
      'a Secret',
      { apiVersion: 'v1', kind: 'Secret', metadata },
      'Secret "echo", which isn\'t of a kind that a release may',
    ],
    [
      'a ClusterRole',
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata },
      'ClusterRole "echo", which',
    ],
    [
      'another namespace',
      { ...service, metadata: { ...metadata, namespace: 'kube-system' } },
      "outside the release's namespace",
    ],
    ['no namespace', { ...service, metadata: { name: 'echo' } }, "outside the release's namespace"],
    ['another name', { ...service, metadata: { ...metadata, name: 'echoes' } }, 'isn\'t named "echo" or "echo-..."'],
    ['a field of ours that Kubernetes has not', { ...service, spec: { port: 80 } }, 'in which unknown key "port"'],
    ['a field of ours that Gloo has not', { ...upstream, spec: { kub: {} } }, 'in which unknown key "kub"'],
    ['a Deployment without its pods', { ...deployment, spec: {} }, 'is missing below "spec"'],
  ])('refuses %s', (_, manifest, message) => {
    const [finding] = guarded(manifest);
    expect(finding).toMatchObject({ rule: 'manifest', severity: 'error', file: echo.file });
    expect(finding?.message).toContain(message);
  });
});

test('a port that the values name is the one of the service', () => {
  const text = 'deployment: { v1: { image: a, container: { ports: [PORT] } } }\nroutes: { primary: { version: v1 } }\n';
  const portsWith = (port: string) => {
    const { manifests } = build({ ...echo, bytes: bytesOf(text.replace('PORT', port)) }, defaults, targets);
    const deployment = manifests?.get('apps/echo/echo/workloads/deployment-echo-v1.yaml') ?? '';
    return [...deployment.matchAll(/containerPort: (\d+)/g)].map(([, number]) => number);
  };
  expect(portsWith('{ name: http, containerPort: 8080 }')).toEqual(['8080']);
  expect(portsWith('{ name: dns, containerPort: 8080, protocol: UDP }')).toEqual(['8080', '8080']);
  expect(portsWith('{ name: metrics, containerPort: 9090 }')).toEqual(['8080', '9090']);
});
