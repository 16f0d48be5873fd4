import { describe, expect, test } from 'vitest';
import { readSettings } from '../../../src/core/settings/read.ts';
import { bytesOf, check, defaults, echo, inShort, withCanary, withVersion } from '../support.ts';

/** Findings of rule `manifest` in short, each with its message. */
function said(text: string, settings = defaults): readonly (readonly [string, string])[] {
  const findings = check(text, echo.id, settings);
  return findings.map((finding, index) => [inShort(findings)[index] ?? '', finding.message] as const);
}

describe('what Kubernetes would refuse is found on the line of the values', () => {
  test.each([
    // unknown keys
    ['container: { enFrom: [] }', '4:18-24 -> envFrom', 'unknown key "enFrom"; did you mean "envFrom"?'],
    [
      'container: { securityContext: { runAsNonRot: true } }',
      '4:37-48 -> runAsNonRoot',
      'unknown key "runAsNonRot"; did you mean "runAsNonRoot"?',
    ],
    [
      'pod: { volumes: [{ name: x, configmap: {} }] }',
      '4:33-42 -> configMap',
      'unknown key "configmap"; did you mean "configMap"?',
    ],
    [
      'readinessProbe: { httpget: { port: 80 } }',
      '4:23-30 -> httpGet',
      'unknown key "httpget"; did you mean "httpGet"?',
    ],
    [
      'readinessProbe: { tcpSocket: { port: 80 }, delay: 5 }',
      '4:48-53',
      'unknown key "delay"; known keys: exec, failureThreshold, grpc, httpGet, initialDelaySeconds, periodSeconds, successThreshold, tcpSocket, terminationGracePeriodSeconds, timeoutSeconds',
    ],
    ['resources: { requests: { memroy: 1Gi } }', '4:30-36 -> memory', 'unknown key "memroy"; did you mean "memory"?'],
    [
      'pod: { tolerations: [{ efect: NoSchedule }] }',
      '4:28-33 -> effect',
      'unknown key "efect"; did you mean "effect"?',
    ],
    [
      'env: [{ name: A, valueFrom: { secretKeyRef: { nam: b, key: c } } }]',
      '4:51-54 -> name',
      'unknown key "nam"; did you mean "name"?',
    ],
    [
      'container: { resource: { limits: {} } }',
      '4:18-26',
      'unknown key "resource"; "resources" belongs beside "container"',
    ],
    // values of another kind
    ['container: { tty: yes }', '4:23-26 -> true', '"tty" must be true or false, not "yes"'],
    ['container: { workingDir: 5 }', '4:30-31 -> "5"', '"workingDir" must be a string, not 5'],
    ['container: { command: [sleep, 1.5] }', '4:35-38 -> "1.5"', 'entry 2 of "command" must be a string, not 1.5'],
    ['pod: { hostname: }', '4:12-20', '"hostname" has no value; it must be a string'],
    ['pod: { volumes: { name: x } }', '4:21-32', '"volumes" must be a list, not a map'],
    ['livenessProbe: { exec: { command: true } }', '4:39-43', '"command" must be a list, not true'],
    ['pod: { dnsPolicy: clusterfirst }', '4:23-35 -> ClusterFirst', /^"dnsPolicy" must be one of ClusterFirst, /],
    [
      'container: { ports: [{ containerPort: 70000 }] }',
      '4:43-48',
      /^"containerPort" must be .* from 1 to 65535, not 70000$/,
    ],
    ['container: { ports: [{ containerPort: 90, name: Metrics }] }', '4:53-60', /^"name" must be lower-case letters/],
    [
      'container: { ports: [{ containerPort: 90, protocol: tcp }] }',
      '4:57-60 -> TCP',
      '"protocol" must be one of TCP, UDP, SCTP, not "tcp"',
    ],
    [
      'readinessProbe: { httpGet: { port: "8080" } }',
      '4:40-46 -> 8080',
      '"port" must be a number from 1 to 65535, or the name of a port, not "8080"',
    ],
    ['readinessProbe: { grpc: { port: 0 } }', '4:37-38', '"port" must be a whole number from 1 to 65535, not 0'],
    [
      'livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 }',
      '4:65-66',
      /^"successThreshold" must be a whole number .*to 1, not 2$/,
    ],
    [
      'resources: { limits: { memory: 1GB } }',
      '4:36-39',
      '"memory" must be a quantity like 500m, 2 or 128Mi, not "1GB"',
    ],
    ['resources: { limits: { cpu: -1 } }', '4:33-35', '"cpu" must be a quantity of 0 or more, not -1'],
    ['labels: { "a b": x }', '4:15-20', /^"a b" can't be a key of "labels": a key must be a name of at most 63/],
    ['labels: { a: x y }', '4:18-21', /^"a" must be letters, digits, .* not "x y"$/],
    ['annotations: { "a b": x }', '4:20-25', /^"a b" can't be a key of "annotations"/],
    ['env: { "é": x }', '4:12-15', '"name" must be printable ASCII characters but "=", not "é"'],
    [
      'pod: { volumes: [{ name: Data }] }',
      '4:30-34',
      '"name" must be lower-case letters, digits and "-", at most 63, not "Data"',
    ],
    ['pod: { serviceAccountName: My_Account }', '4:32-42', /^"serviceAccountName" must be lower-case letters/],
    ['pod: { restartPolicy: Never }', '4:27-32', '"restartPolicy" must be Always, not "Never"'],
    ['pod: { activeDeadlineSeconds: 5 }', '4:35-36', '"activeDeadlineSeconds" can\'t be set here'],
    ['container: { securityContext: { runAsUser: -1 } }', '4:48-50', /^"runAsUser" must be a whole number from 0 /],
    // what is missing, or too much
    ['readinessProbe: { httpGet: { path: / } }', '4:23-30', '"port" is missing below "httpGet"'],
    ['readinessProbe: { periodSeconds: 5 }', '4:5-19', '"readinessProbe" needs one of exec, grpc, httpGet, tcpSocket'],
    [
      'readinessProbe: { tcpSocket: { port: 80 }, exec: { command: [a] } }',
      '4:48-52',
      '"readinessProbe" takes only one of tcpSocket, exec',
    ],
    ['container: { envFrom: [{}] }', '4:28-30', 'entry 1 of "envFrom" needs one of configMapRef, secretRef'],
    ['container: { envFrom: [{ configMapRef: {} }] }', '4:30-42', '"name" is missing below "configMapRef"'],
    ['container: { lifecycle: { preStop: { exec: {} } } }', '4:42-46', '"command" is missing below "exec"'],
    [
      'env: [{ name: A, value: x, valueFrom: { fieldRef: { fieldPath: a } } }]',
      '4:32-41',
      'entry 1 of "env" takes only one of value, valueFrom',
    ],
    [
      'pod: { volumes: [{ name: x, emptyDir: {}, secret: { secretName: y1 } }] }',
      '4:47-53',
      'entry 1 of "volumes" takes only one of emptyDir, secret',
    ],
    ['pod: { initContainers: [{ name: init }] }', '4:29-43', '"image" is missing below entry 1 of "initContainers"'],
    [
      'env: [{ name: A, valueFrom: { configMapKeyRef: { name: a, key: b c } } }]',
      '4:68-71',
      '"key" must be letters, digits, "-", "_" and ".", not "b c"',
    ],
    // two places that don't go together
    [
      'pod: { volumes: [{ name: x }, { name: x }] }',
      '4:43-44',
      'entry 2 of "volumes" has the same name as entry 1 of "volumes"',
    ],
    [
      'env: [{ name: A, value: x }, { name: A, value: z }]',
      '4:42-43',
      'entry 2 of "env" has the same name as entry 1 of "env"',
    ],
    [
      'container: { ports: [{ containerPort: 90 }, { containerPort: 90, protocol: TCP }] }',
      '4:66-68',
      'entry 2 of "ports" has the same containerPort and protocol as entry 1 of "ports"',
    ],
    [
      'container: { ports: [{ name: a, containerPort: 90 }, { name: a, containerPort: 91 }] }',
      '4:66-67',
      '"a" is the name of another port already',
    ],
    [
      'container: { volumeMounts: [{ name: x, mountPath: /x }] }',
      '4:41-42',
      '"x" is no volume of the pod; there is none',
    ],
    ['readinessProbe: { httpGet: { port: http } }', '4:40-44', '"http" is no port of the container; there is none'],
    [
      'resources: { requests: { cpu: 2 }, limits: { cpu: 1500m } }',
      '4:35-36',
      '"cpu" requests 2, more than its limit of 1500m',
    ],
    [
      'container: { lifecycle: { preStop: { sleep: { seconds: 60 } } } }',
      '4:60-62',
      '"preStop" sleeps 60 seconds, longer than the pod is given to stop: raise pod.terminationGracePeriodSeconds (30)',
    ],
    [
      'pod: { initContainers: [{ name: echo-v1, image: b }] }',
      '4:37-44',
      '"echo-v1" is the name of the pod\'s own container already',
    ],
    [
      'pod: { initContainers: [{ name: init, image: b, livenessProbe: { exec: { command: [a] } } }] }',
      '4:53-66',
      'an init container can\'t have "livenessProbe" unless its restartPolicy is Always',
    ],
    ['autoscaling: { min: 5, max: 2 }', '4:33-34', '"max" is 2, fewer than "min", 5'],
  ])('%s', (fields, place, message) => {
    const [finding, ...others] = said(withVersion(fields));
    expect(others).toEqual([]);
    expect(finding?.[0]).toBe(`manifest ${place}`);
    expect(finding?.[1]).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
  });

  test('of the nearest name as replacement', () => {
    const pod = 'pod: { volumes: [{ name: cache, emptyDir: {} }] }';
    expect(said(withVersion('container: { volumeMounts: [{ name: cach, mountPath: /c }] }', pod))).toEqual([
      ['manifest 4:41-45 -> cache', '"cach" is no volume of the pod; did you mean "cache"?'],
    ]);
  });
});

describe('what is as it should be gives nothing', () => {
  test.each([
    'container: { envFrom: [{ configMapRef: { name: x } }, { secretRef: { name: z, optional: true }, prefix: X_ }] }',
    'container: { securityContext: { runAsNonRoot: true, runAsUser: 1000, capabilities: { drop: [ALL] }, seccompProfile: { type: RuntimeDefault } } }',
    'readinessProbe: { httpGet: { path: /, port: 8080, httpHeaders: [{ name: X-A, value: b }] }, periodSeconds: 5 }',
    'livenessProbe: { exec: { command: [cat, /tmp/alive] } }',
    'startupProbe: { grpc: { port: 9000 }, failureThreshold: 30 }',
    'container: { ports: [{ name: http, containerPort: 8080 }] }\nreadinessProbe: { httpGet: { port: http } }',
    'container: { ports: [{ containerPort: 8080, protocol: UDP }, { containerPort: 9090, name: metrics }] }',
    'resources: { requests: { cpu: 0.5, memory: 1Gi, ephemeral-storage: 2G }, limits: { cpu: 500m, memory: 1024Mi } }',
    'resources: { limits: { cpu: 1, example.com/gpu: 1, hugepages-2Mi: 4Mi } }',
    'env: [{ name: A, value: "", valueFrom: { fieldRef: { fieldPath: metadata.name } } }]',
    'container: { volumeMounts: [{ name: c, mountPath: /c, readOnly: true, subPath: a/b }] }\npod: { volumes: [{ name: c, configMap: { name: c, items: [{ key: a, path: b }] } }] }',
    'pod: { volumes: [{ name: a, emptyDir: { sizeLimit: 1Gi } }, { name: b, projected: { sources: [{ secret: { name: b } }, { configMap: { name: b } }] } }] }',
    'pod: { initContainers: [{ name: proxy, image: b, restartPolicy: Always, startupProbe: { tcpSocket: { port: 80 } } }] }',
    'pod: { affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: { topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: echo } } } }] } } }',
    'pod: { topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway }], tolerations: [{ key: a, operator: Exists, effect: NoSchedule }], nodeSelector: { kubernetes.io/arch: amd64 } }',
    'pod: { terminationGracePeriodSeconds: 90, imagePullSecrets: [{ name: registry }], priorityClassName: high }\ncontainer: { lifecycle: { preStop: { sleep: { seconds: 60 } } } }',
    'env: { A: x, B_C: 5, d.e-f: true }',
    'env: [{ name: A, valueFrom: { secretKeyRef: { name: b, key: c } } }, { name: IP, valueFrom: { fieldRef: { fieldPath: status.podIP } } }]',
    'labels: { app.kubernetes.io/part-of: shop, empty: "" }\nannotations: { Example.com/Key: "any text: at all" }',
    'autoscaling: { min: 2, max: 2 }\ndisruption: { minAvailable: 50% }',
  ])('%s', (fields) => expect(said(withVersion(...fields.split('\n')))).toEqual([]));
});

describe('a fault is found in the layer that it comes from', () => {
  const versions = 'deployment:\n  v1: { image: a }\n  v2: { image: b }\nroutes: { primary: { version: v1 } }\n';

  test('in defaults that several versions share, once', () => {
    expect(said(`defaults:\n  container: { enFrom: [] }\n${versions}`)).toEqual([
      ['manifest 2:16-22 -> envFrom', 'unknown key "enFrom"; did you mean "envFrom"?'],
    ]);
  });

  test('in the version, where it says itself what the defaults say too', () => {
    const text = versions.replace('image: b', 'image: b, readinessProbe: { periodSeconds: x5 }');
    expect(
      inShort(check(`defaults: { readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 3 } }\n${text}`)),
    ).toEqual(['manifest 4:52-54']);
  });

  test('in the defaults, of what the version adds to', () => {
    const text = versions.replace('image: b', 'image: b, readinessProbe: { periodSeconds: 5 }');
    expect(inShort(check(`defaults: { readinessProbe: { tcpSocket: { prt: 80 } } }\n${text}`))).toEqual([
      'manifest 1:44-47 -> port',
    ]);
  });

  test('of a variable by its name, in a map and in a list', () => {
    const text = versions.replace('image: b', 'image: b, env: [{ name: B, valueFrom: {} }]');
    expect(inShort(check(`defaults: { env: { "ä": x } }\n${text}`))).toEqual(['manifest 1:20-23', 'manifest 4:36-45']);
    const merged = versions.replace('image: b', 'image: b, env: { B: x }');
    const list = 'defaults: { env: [{ name: A, value: z }, { name: C, valueFrom: { fieldRef: { path: c } } }] }';
    expect(inShort(check(`${list}\n${merged}`))).toEqual(['manifest 1:66-74', 'manifest 1:78-82']);
  });

  test("in the settings' defaults, at each version's key", () => {
    const settings = readSettings(bytesOf('defaults: { container: { enFrom: [] } }\n'));
    if (!settings.ok) throw new Error('the settings are valid');
    expect(said(withVersion(), settings.value)).toEqual([
      [
        'manifest 2:3-5',
        'unknown key "enFrom"; did you mean "envFrom"?; it comes from "defaults" in .github/coalmine.yml',
      ],
    ]);
  });
});

describe('with other faults', () => {
  test('all are reported at once', () => {
    const text = withCanary('weight: 150').replace('image: b', 'image: b, container: { enFrom: [] }');
    expect(inShort(check(text))).toEqual(['manifest 3:32-38 -> envFrom', 'schema 9:13-16']);
  });

  test('what the schema has said is not said again', () => {
    expect(inShort(check(withVersion('container: { image: c }')))).toEqual(['schema 4:18-23']);
    expect(inShort(check(withVersion('container: { ports: [null] }')))).toEqual(['schema 4:26-30']);
    expect(inShort(check(withVersion('imagePullPolicy: always')))).toEqual(['schema 4:22-28 -> Always']);
  });

  test('what an anchor repeats is one fault', () => {
    const text =
      'deployment: { v1: &a { image: x, pod: { hostnam: z } }, v2: *a }\nroutes: { primary: { version: v1 } }\n';
    expect(inShort(check(text))).toEqual(['manifest 1:41-48 -> hostname']);
  });
});
