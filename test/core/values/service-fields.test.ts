import { describe, expect, test } from 'vitest';
import { check, inShort } from '../support.ts';

// The fields that a real service needs beside its image.
function withFields(fields: string, block = 'deployment:\n  v1:\n    image: a'): string {
  return `${block}\n${fields.replace(/^/gm, '    ')}\nroutes:\n  primary:\n    version: v1\n`;
}

describe('fields that are as in Kubernetes', () => {
  test.each([
    'resources: { requests: { cpu: 0.5, memory: 128Mi }, limits: { cpu: 2, example.com/gpu: 1 } }',
    'readinessProbe: { httpGet: { path: /, port: 8080 } }',
    'imagePullPolicy: Never',
    'labels: { team: payments }',
    'annotations: { prometheus.io/scrape: "true" }',
    'container: { envFrom: [{ configMapRef: { name: x } }], ports: [{ containerPort: 9090 }] }',
    'pod: { hostNetwork: false, volumes: [{ name: x, emptyDir: {} }] }',
    'autoscaling: { max: 3 }',
    'disruption: { minAvailable: 0 }',
    'disruption: { minAvailable: 100% }',
  ])('%s', (fields) => expect(inShort(check(withFields(fields)))).toEqual([]));
});

describe('fields that can not be so', () => {
  test.each([
    ['labels: { on-call: yes }', ['ambiguous-scalar 4:24-27 -> "yes"']],
    ['labels: { retries: 3 }', ['ambiguous-scalar 4:24-25 -> "3"']],
    ['labels: { version: v9 }', ['schema 4:15-22']],
    ['annotations: { a: true }', ['ambiguous-scalar 4:23-27 -> "true"']],
    ['container: { image: b }', ['schema 4:18-23']],
    ['pod: { containers: [] }', ['schema 4:12-22']],
    ['pod: { dnsPolicy: on }', ['manifest 4:23-25']],
    ['imagePullPolicy: always', ['schema 4:22-28 -> Always']],
    ['resources: { limit: {} }', ['manifest 4:18-23 -> limits']],
    ['autoscaling: { min: 2 }', ['schema 4:5-16']],
    ['autoscaling: { max: 1.5 }', ['schema 4:25-28']],
    ['disruption: { minAvailable: 101% }', ['schema 4:33-37']],
    ['disruption: { minAvailable: -1 }', ['schema 4:33-35']],
  ])('%s', (fields, expected) => expect(inShort(check(withFields(fields)))).toEqual(expected));
});

test.each([
  ['envFrom', 'container'],
  ['securityContext', 'container'],
  ['command', 'container'],
  ['volumes', 'pod'],
  ['serviceAccountName', 'pod'],
])('%s belongs below %s', (key, below) => {
  const message = `unknown key "${key}"; as a field of Kubernetes' ${below} it belongs below "${below}"`;
  const text = withFields(`${key}: []`);
  expect(check(text).map((finding) => finding.message)).toEqual([message]);
  expect(inShort(check(text))).toEqual([`schema 4:5-${5 + key.length}`]);
  const shared = `defaults: { ${key}: [] }\ndeployment: { v1: { image: a } }\nroutes: { primary: { version: v1 } }\n`;
  expect(check(shared).map((finding) => finding.message)).toEqual([message]);
});

test('defaults are checked once, where they stand', () => {
  const text =
    'defaults:\n  replicas: many\ndeployment:\n  v1: { image: a }\n  v2: { image: b }\nroutes: { primary: { version: v1 } }\n';
  expect(inShort(check(text))).toEqual(['schema 2:13-17']);
});

test('an image in the defaults is no demonstration image', () => {
  const text = 'defaults: { image: a }\ndeployment: { v1: {} }\nroutes: { primary: { version: v1 } }\n';
  expect(inShort(check(text))).toEqual([]);
});

describe('routes', () => {
  const routed = (routes: string, deployment = 'v1: { image: a }, v2: { image: b }') =>
    `deployment: { ${deployment} }\nroutes:\n  primary: { version: v1 }\n${routes.replace(/^/gm, '  ')}\n`;

  test.each([
    'paths: [{ prefix: /a }, { exact: /b, rewrite: / }, { regex: "/c/[0-9]+" }]',
    'shadow: { version: v2, percentage: 0.5 }',
    'shadow: {version: v2}\ndestinations: upstream',
    'destinations: subset',
    'shadow:',
  ])('%s', (routes) => expect(inShort(check(routed(routes)))).toEqual([]));

  test.each([
    ['paths: []', ['schema 4:10-12']],
    ['paths: [{ prefix: a }]', ['schema 4:21-22']],
    ['paths: [{}]', ['schema 4:11-13']],
    ['paths: [{ prefix: /a, exact: /a }]', ['schema 4:11-36']],
    ['paths: [{ regex: "(" }]', ['schema 4:11-25']],
    ['paths: [{ regex: /a, rewrite: /b }]', ['schema 4:11-37']],
    ['shadow: { version: v9 }', ['invalid-destination 4:22-24 -> v2']],
    ['shadow: { version: v2, percentage: 101 }', ['schema 4:38-41']],
    ['shadow: { version: v2 }\ndestinations: subset', ['invalid-destination 5:17-23 -> upstream']],
    ['destinations: label', ['schema 4:17-22']],
  ])('%s', (routes, expected) => expect(inShort(check(routed(routes)))).toEqual(expected));
});
