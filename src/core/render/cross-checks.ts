import { nearest } from '../nearest.ts';
import { join } from '../pointer.ts';
import type { Fault } from '../schema-fault.ts';
import type { Manifest } from './charts.ts';
import { amountOf } from './quantity.ts';

/*
 * What Kubernetes' API server refuses since two places of an object don't go together, which no schema says. Each names
 * its source in kubernetes/kubernetes pkg/apis. They look at what has the right shape, and leave the rest to the schema.
 */

/** A value in an object, and where it is. */
interface Spot {
  readonly path: string;
  readonly value: unknown;
}

/** What doesn't go together in a rendered object. */
export function crossFaults(manifest: Manifest): readonly Fault[] {
  const spec = at({ path: '', value: manifest }, 'spec');
  if (manifest.kind === 'Deployment') return podFaults(at(spec, 'template', 'spec'));
  return manifest.kind === 'HorizontalPodAutoscaler' ? fewerThanLeast(spec) : [];
}

function podFaults(pod: Spot): readonly Fault[] {
  const main = entries(at(pod, 'containers'));
  const init = entries(at(pod, 'initContainers'));
  const volumes = entries(at(pod, 'volumes')).flatMap((volume) => text(at(volume, 'name')));
  const grace = at(pod, 'terminationGracePeriodSeconds').value;
  return [
    ...[...main, ...init].flatMap((container) => [
      ...mountsOfNoVolume(container, volumes),
      ...portsOfOneName(container),
      ...probesOfNoPort(container),
      ...requestsAboveLimits(container),
      ...sleepsTooLong(container, typeof grace === 'number' ? grace : GRACE),
    ]),
    ...init.flatMap(probesOfInitContainer),
    ...containersOfOneName(init, main),
  ];
}

/** core/validation ValidateVolumeMounts: the name isn't found. */
function mountsOfNoVolume(container: Spot, volumes: readonly string[]): readonly Fault[] {
  return entries(at(container, 'volumeMounts')).flatMap((mount) => {
    const name = at(mount, 'name');
    return text(name).flatMap((word) =>
      volumes.includes(word) ? [] : [unknownName(name, 'volume of the pod', volumes)],
    );
  });
}

/** core/validation validateContainerPorts: a name is there already. */
function portsOfOneName(container: Spot): readonly Fault[] {
  return repeated(entries(at(container, 'ports')), 'port');
}

/** core/validation validateContainers, validateInitContainers: of all containers of a pod no two have one name. */
function containersOfOneName(init: readonly Spot[], main: readonly Spot[]): readonly Fault[] {
  const names = main.flatMap((container) => text(at(container, 'name')));
  return init.flatMap((container) => {
    const name = at(container, 'name');
    return text(name)
      .filter((word) => names.includes(word))
      .map((word) => value(name, `"${word}" is the name of the pod's own container already`));
  });
}

/** pkg/kubelet/container FindPortByName: the pod starts, and no probe ever reaches it. */
function probesOfNoPort(container: Spot): readonly Fault[] {
  const ports = entries(at(container, 'ports')).flatMap((port) => text(at(port, 'name')));
  return PROBES.flatMap((probe) =>
    ['httpGet', 'tcpSocket'].map((handler) => at(container, probe, handler, 'port')),
  ).flatMap((port) =>
    text(port)
      .filter((word) => !ports.includes(word) && !/^[0-9]+$/.test(word))
      .map(() => unknownName(port, 'port of the container', ports)),
  );
}

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'];

/** core/validation validateInitContainers; one that restarts always is a sidecar. */
function probesOfInitContainer(container: Spot): readonly Fault[] {
  if (at(container, 'restartPolicy').value === 'Always') return [];
  return ['lifecycle', ...PROBES]
    .map((key) => ({ key, spot: at(container, key) }))
    .filter(({ spot }) => spot.value !== undefined)
    .map(({ key, spot }) => ({
      path: spot.path,
      about: 'key',
      message: `an init container can't have "${key}" unless its restartPolicy is Always`,
    }));
}

/** core/validation ValidateContainerResourceRequirements. */
function requestsAboveLimits(container: Spot): readonly Fault[] {
  const requests = at(container, 'resources', 'requests');
  return keysIn(requests).flatMap((name) => {
    const [request, limit] = [at(requests, name), at(container, 'resources', 'limits', name)];
    const [asked, most] = [amountOf(request.value), amountOf(limit.value)];
    if (asked === undefined || most === undefined || asked <= most) return [];
    return [value(request, `"${name}" requests ${request.value}, more than its limit of ${limit.value}`)];
  });
}

/** core/validation validateSleepAction; 30 seconds unless said. */
function sleepsTooLong(container: Spot, grace: number): readonly Fault[] {
  const seconds = at(container, 'lifecycle', 'preStop', 'sleep', 'seconds');
  if (typeof seconds.value !== 'number' || seconds.value <= grace) return [];
  return [
    value(
      seconds,
      `"preStop" sleeps ${seconds.value} seconds, longer than the pod is given to stop: raise pod.terminationGracePeriodSeconds (${grace})`,
    ),
  ];
}

const GRACE = 30;

/** autoscaling/validation validateHorizontalPodAutoscalerSpec. */
function fewerThanLeast(spec: Spot): readonly Fault[] {
  const [least, most] = [at(spec, 'minReplicas').value, at(spec, 'maxReplicas')];
  if (typeof least !== 'number' || typeof most.value !== 'number' || most.value >= least) return [];
  return [value(most, `"max" is ${most.value}, fewer than "min", ${least}`)];
}

function repeated(list: readonly Spot[], what: string): readonly Fault[] {
  const seen = new Set<string>();
  return list.flatMap((entry) => {
    const name = at(entry, 'name');
    return text(name).flatMap((word) => {
      if (!seen.has(word)) {
        seen.add(word);
        return [];
      }
      return [value(name, `"${word}" is the name of another ${what} already`)];
    });
  });
}

function unknownName(spot: Spot, what: string, known: readonly string[]): Fault {
  const meant = nearest(String(spot.value), known);
  const hint = meant === undefined ? `; there is ${known.join(', ') || 'none'}` : `; did you mean "${meant}"?`;
  const fault = value(spot, `"${spot.value}" is no ${what}${hint}`);
  return meant === undefined ? fault : { ...fault, replacement: meant };
}

function value({ path }: Spot, message: string): Fault {
  return { path, about: 'value', message };
}

function at(spot: Spot, ...keys: readonly string[]): Spot {
  return keys.reduce(({ path, value: parent }, key) => ({ path: join(path, key), value: fieldsOf(parent)[key] }), spot);
}

function entries(spot: Spot): readonly Spot[] {
  return Array.isArray(spot.value)
    ? spot.value.map((item, index) => ({ path: join(spot.path, index), value: item }))
    : [];
}

function keysIn({ value: map }: Spot): readonly string[] {
  return Array.isArray(map) ? [] : Object.keys(fieldsOf(map));
}

function text({ value: word }: Spot): readonly string[] {
  return typeof word === 'string' ? [word] : [];
}

function fieldsOf(map: unknown): Readonly<Record<string, unknown>> {
  return map !== null && typeof map === 'object' ? (map as Readonly<Record<string, unknown>>) : {};
}
