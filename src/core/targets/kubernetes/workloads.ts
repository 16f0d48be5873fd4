import type { Fields } from '../../model/fields.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Release, Version } from '../../model/release.ts';
import { fieldsThatGoTo } from '../../model/version/fields.ts';
import type { ObjectKind } from '../target.ts';
import type { FillTemplate } from '../templates.ts';
import { deploymentName } from './names.ts';

/** The kinds that every target's releases have. */
export const WORKLOAD_KINDS: readonly ObjectKind[] = [
  { kind: 'Deployment', group: 'apps', resource: 'deployments' },
  { kind: 'Service', group: '', resource: 'services' },
  { kind: 'HorizontalPodAutoscaler', group: 'autoscaling', resource: 'horizontalpodautoscalers' },
  { kind: 'PodDisruptionBudget', group: 'policy', resource: 'poddisruptionbudgets' },
];

/** What belongs to a Deployment, by its name. */
export const ATTACHED_KINDS: readonly string[] = ['HorizontalPodAutoscaler', 'PodDisruptionBudget'];

/** What a version alone gives. */
export const VERSION_KINDS: readonly string[] = ['Deployment', ...ATTACHED_KINDS];

/** The versions that run here: the others exist already. */
export function deployedVersions({ versions }: Release): readonly Version[] {
  return [...versions.values()].filter(({ upstream }) => upstream === undefined);
}

/** Renders each version's Deployment and what belongs to it, and the Service of all or of the primary. */
export function renderWorkloads(release: Release, fill: FillTemplate): readonly Manifest[] {
  const { id, service, primary } = release;
  const deployed = deployedVersions(release);
  if (deployed.length === 0) return [];
  return [
    ...deployed.flatMap((version) => renderVersion(release, version, fill)),
    renderService(release, { name: id.name, version: service.selects === 'all' ? '' : primary.version }, fill),
  ];
}

/** Templates are strict: what a version doesn't have is there, and empty. */
const NO_MEMBERS = Object.fromEntries(fieldsThatGoTo('version').map((name) => [name, null]));

function renderVersion(release: Release, version: Version, fill: FillTemplate): readonly Manifest[] {
  const ports = portsOf(release, version);
  const whole = { ...NO_MEMBERS, ...version, ports };
  const { id } = release;
  const fullName = deploymentName(id, version.name);
  const view = { release: id.name, namespace: id.namespace, fullName, version: whole };
  return [
    fill('kubernetes/deployment', view),
    ...(version.autoscaling ? [fill('kubernetes/horizontalpodautoscaler', view)] : []),
    ...(version.disruption ? [fill('kubernetes/poddisruptionbudget', view)] : []),
  ];
}

/** Renders a Service of that name that selects one version's pods, or with an empty version those of all. */
export function renderService(
  { id, service }: Release,
  { name, version }: { readonly name: string; readonly version: string },
  fill: FillTemplate,
): Manifest {
  return fill('kubernetes/service', { release: id.name, namespace: id.namespace, service, name, version });
}

/** The ports of a version's container: the service's comes first, unless the version says more about it (its name). */
export function portsOf({ service }: Release, { ports }: Version): readonly Fields[] {
  const own = ports.some(({ containerPort, protocol = 'TCP' }) => {
    return containerPort === service.targetPort && protocol === 'TCP';
  });
  return own ? ports : [{ containerPort: service.targetPort }, ...ports];
}
