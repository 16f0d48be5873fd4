import type { Manifest } from '../../model/manifest.ts';
import type { Release, Version } from '../../model/release.ts';
import { CONTAINER_FIELDS, POD_FIELDS } from '../../model/version/fields.ts';
import type { Keys, PlacesOf } from '../written-place.ts';
import { deploymentName } from './names.ts';
import { portsOf } from './workloads.ts';

/** The place in the values that a place in an object of a release's workloads speaks of; undefined for other kinds. */
export function placesInWorkload(release: Release, { kind, metadata }: Manifest): PlacesOf | undefined {
  const version = release.versions.get(metadata.name.slice(deploymentName(release.id, '').length));
  const own = version ? ['deployment', version.name] : [];
  switch (kind) {
    case 'Deployment':
      return (keys) => (version ? [...own, ...inDeployment(release, version, keys)] : []);
    case 'HorizontalPodAutoscaler':
      return ([, field = '']) => [...own, 'autoscaling', ...(AUTOSCALING[field] ?? [])];
    case 'PodDisruptionBudget':
      return ([, field]) => [...own, 'disruption', ...(field === 'minAvailable' ? [field] : [])];
    case 'Service':
      return ([, part, , field]) =>
        part === 'ports' && (field === 'port' || field === 'targetPort') ? ['service', field] : [];
    default:
      return undefined;
  }
}

const AUTOSCALING: Readonly<Record<string, Keys>> = { minReplicas: ['min'], maxReplicas: ['max'], metrics: ['cpu'] };

/** A place in a Deployment -> one below the version. */
function inDeployment(release: Release, version: Version, [, first, second, ...keys]: Keys): Keys {
  if (first === 'replicas') return [first];
  if (first !== 'template') return [];
  if (second === 'metadata') return keys[0] === 'labels' || keys[0] === 'annotations' ? keys : [];
  const [part] = keys;
  if (part === undefined) return [];
  if (part !== 'containers') return [...(POD_FIELDS.has(part) ? [] : ['pod']), ...keys];
  const [, , field, index, ...rest] = keys;
  if (field === undefined) return [];
  if (field === 'env' && index !== undefined && rest.length > 0)
    return [field, version.env[Number(index)]?.name ?? index, ...rest];
  if (field === 'ports' && index !== undefined) {
    const written = Number(index) - (portsOf(release, version).length - version.ports.length);
    return written < 0 ? [] : ['container', field, String(written), ...rest];
  }
  return [...(CONTAINER_FIELDS.has(field) ? [] : ['container']), ...keys.slice(2)];
}
