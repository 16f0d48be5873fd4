import type { Manifest } from '../../model/manifest.ts';
import { nearest } from '../../model/nearest.ts';
import { join } from '../../model/pointer.ts';
import type { Fault } from '../../schema/fault.ts';
import { amountOf } from './quantity.ts';

/*
 * What Kubernetes' API server refuses since two places of an object don't go together, which no schema says. Each names
 * its source in kubernetes/kubernetes pkg/apis. They look at what has the right shape, and leave the rest to the schema.
 */

/** A value in an object, and where it is: its path is asked for only where something is wrong. */
interface Spot {
  readonly parent?: Spot;
  readonly key?: string | number;
  readonly value: unknown;
}

/** What doesn't go together in a rendered object. */
export function crossFaults(manifest: Manifest): readonly Fault[] {
  const spec = at({ value: manifest }, 'spec');
  if (manifest.kind === 'Deployment') return podFaults(at(spec, 'template', 'spec'));
  return manifest.kind === 'HorizontalPodAutoscaler' ? fewerThanLeast(spec) : [];
}

function podFaults(pod: Spot): readonly Fault[] {
  const main = entries(at(pod, 'containers'));
  const init = entries(at(pod, 'initContainers'));
  return [
    ...[...main, ...init].flatMap((container) =>
      keysIn(container).flatMap((field) => CHECKS.get(field)?.(container, pod) ?? []),
    ),
    ...init.flatMap(probesOfInitContainer),
    ...containersOfOneName(init, main),
  ];
}

/** core/validation ValidateVolumeMounts, ValidateVolumeDevices: the name isn't found. */
function mountsOfNoVolume(field: 'volumeMounts' | 'volumeDevices'): Check {
  return (container, pod) => {
    const volumes = entries(at(pod, 'volumes')).flatMap((volume) => text(at(volume, 'name')));
    return entries(at(container, field)).flatMap((mount) => {
      const name = at(mount, 'name');
      return text(name)
        .filter((word) => !volumes.includes(word))
        .map(() => unknownName(name, 'volume of the pod', volumes));
    });
  };
}

/** core/validation validateContainerPorts: a name is there already. */
function portsOfOneName(container: Spot): readonly Fault[] {
  const seen = new Set<string>();
  return entries(at(container, 'ports')).flatMap((port) => {
    const name = at(port, 'name');
    return text(name).flatMap((word) => {
      if (seen.has(word)) return [value(name, `"${word}" is the name of another port already`)];
      seen.add(word);
      return [];
    });
  });
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
function probeOfNoPort(probe: string): Check {
  return (container) => {
    const ports = entries(at(container, 'ports')).flatMap((port) => text(at(port, 'name')));
    return ['httpGet', 'tcpSocket'].flatMap((handler) => {
      const port = at(container, probe, handler, 'port');
      return text(port)
        .filter((word) => !ports.includes(word) && !/^[0-9]+$/.test(word))
        .map(() => unknownName(port, 'port of the container', ports));
    });
  };
}

/** core/validation validateInitContainers; one that restarts always is a sidecar. */
function probesOfInitContainer(container: Spot): readonly Fault[] {
  if (at(container, 'restartPolicy').value === 'Always') return [];
  return ['lifecycle', ...PROBES]
    .map((key) => ({ key, spot: at(container, key) }))
    .filter(({ spot }) => spot.value !== undefined)
    .map(({ key, spot }) => ({
      path: pathOf(spot),
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
function sleepsTooLong(container: Spot, pod: Spot): readonly Fault[] {
  const grace = at(pod, 'terminationGracePeriodSeconds').value ?? 30;
  const seconds = at(container, 'lifecycle', 'preStop', 'sleep', 'seconds');
  if (typeof seconds.value !== 'number' || typeof grace !== 'number' || seconds.value <= grace) return [];
  return [
    value(
      seconds,
      `"preStop" sleeps ${seconds.value} seconds, longer than the pod is given to stop: raise pod.terminationGracePeriodSeconds (${grace})`,
    ),
  ];
}

const PROBES = ['readinessProbe', 'livenessProbe', 'startupProbe'];

type Check = (container: Spot, pod: Spot) => readonly Fault[];

/** Field of a container -> what is checked where it is there. */
const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['lifecycle', sleepsTooLong],
  ['ports', portsOfOneName],
  ['resources', requestsAboveLimits],
  ['volumeDevices', mountsOfNoVolume('volumeDevices')],
  ['volumeMounts', mountsOfNoVolume('volumeMounts')],
  ...PROBES.map((probe) => [probe, probeOfNoPort(probe)] as const),
]);

/** autoscaling/validation validateHorizontalPodAutoscalerSpec. */
function fewerThanLeast(spec: Spot): readonly Fault[] {
  const [least, most] = [at(spec, 'minReplicas').value, at(spec, 'maxReplicas')];
  if (typeof least !== 'number' || typeof most.value !== 'number' || most.value >= least) return [];
  return [value(most, `"max" is ${most.value}, fewer than "min", ${least}`)];
}

function unknownName(spot: Spot, what: string, known: readonly string[]): Fault {
  const meant = nearest(String(spot.value), known);
  const hint = meant === undefined ? `; there is ${known.join(', ') || 'none'}` : `; did you mean "${meant}"?`;
  const fault = value(spot, `"${spot.value}" is no ${what}${hint}`);
  return meant === undefined ? fault : { ...fault, replacement: meant };
}

function value(spot: Spot, message: string): Fault {
  return { path: pathOf(spot), about: 'value', message };
}

const NOWHERE: Spot = { value: undefined };

function at(spot: Spot, ...keys: readonly string[]): Spot {
  let found = spot;
  for (const key of keys) {
    const value = fieldsOf(found.value)[key];
    if (value === undefined) return NOWHERE;
    found = { parent: found, key, value };
  }
  return found;
}

function entries(spot: Spot): readonly Spot[] {
  return Array.isArray(spot.value) ? spot.value.map((value, key) => ({ parent: spot, key, value })) : [];
}

function pathOf({ parent, key }: Spot): string {
  return parent && key !== undefined ? join(pathOf(parent), key) : '';
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
