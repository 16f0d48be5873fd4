import { type Draft, type DraftVersion, PATH_KINDS, routePathOf } from '../model/draft.ts';
import { compare } from '../model/finding.ts';
import type { Autoscaling, Canary, Fields, Release, RoutePath, Version } from '../model/release.ts';
import type { StageSettings } from '../settings/settings.ts';

/** The image of part 3 of the series: it answers every request with the text it was given. */
export const DEMONSTRATION_IMAGE = 'hashicorp/http-echo';

/** Fills in the defaults. The draft has no error left, so what is required is there. */
export function releaseFrom(draft: Draft, settings: StageSettings): Release {
  const service = { port: 80, targetPort: 8080, selects: 'all' as const, ...draft.service };
  const apiGroup = draft.apiGroup ?? 'example';
  const canary = canaryFrom(draft.canary);
  const versions = [...(draft.versions ?? [])]
    .sort(([a], [b]) => compare(a, b))
    .map(
      ([name, version]) => [name, versionFrom(name, version, `${draft.id.name}-${name}`, service.targetPort)] as const,
    );
  return {
    id: draft.id,
    file: draft.file,
    versions: new Map(versions),
    service,
    apiGroup,
    paths: pathsFrom(draft, settings.domains.get(apiGroup)?.prefix ?? '/'),
    destinations: destinationsOf(draft),
    primary: { version: draft.primary ?? '' },
    ...(canary ? { canary } : {}),
    ...(draft.shadow?.version === undefined
      ? {}
      : { shadow: { version: draft.shadow.version, percentage: draft.shadow.percentage ?? 100 } }),
  };
}

/** Where a release's routes go when it says nothing about that. */
export function destinationsOf(draft: Draft): 'subset' | 'upstream' {
  return needsUpstreams(draft) ? 'upstream' : (draft.destinations ?? 'subset');
}

/** Whether the release can't be routed by labels: Gloo shadows to a whole upstream only, and one that exists has no labels of ours. */
export function needsUpstreams({ shadow, versions }: Draft): boolean {
  return (
    shadow?.version !== undefined || [...(versions?.values() ?? [])].some(({ upstream }) => upstream !== undefined)
  );
}

/** In the order in which Gloo sorts routes, so that another team's arrival changes nothing. */
export function pathsFrom({ id, paths }: Draft, domainPrefix: string): readonly RoutePath[] {
  const written = paths ?? [{ prefix: `${domainPrefix.replace(/\/+$/, '')}/${id.name}` }];
  return written
    .flatMap((entry) => routePathOf(entry) ?? [])
    .sort((a, b) => PATH_KINDS.indexOf(a.kind) - PATH_KINDS.indexOf(b.kind) || compare(b.path, a.path));
}

function versionFrom(name: string, written: DraftVersion, fullName: string, targetPort: number): Version {
  const { autoscaling, disruption, upstream } = written;
  const { ports, ...container } = containerFields(written);
  return {
    name,
    ...imageOf(written, fullName, targetPort),
    env: written.env ?? [],
    ...(autoscaling ? {} : { replicas: written.replicas ?? 1 }),
    labels: written.labels ?? {},
    annotations: written.annotations ?? {},
    ports: Array.isArray(ports) ? ports.filter((port) => port !== null && typeof port === 'object') : [],
    container,
    pod: written.pod ?? {},
    ...(autoscaling ? { autoscaling: autoscalingFrom(autoscaling) } : {}),
    ...(disruption ? { disruption } : {}),
    ...(upstream ? { upstream } : {}),
  };
}

/** The image and its arguments; without an image the demonstration's, which says the version's name. */
function imageOf({ image, args }: DraftVersion, fullName: string, targetPort: number): Pick<Version, 'image' | 'args'> {
  if (image !== undefined) return { image, ...(args ? { args } : {}) };
  return { image: DEMONSTRATION_IMAGE, args: args ?? [`-text=version:${fullName}`, `-listen=:${targetPort}`] };
}

function containerFields({ image, container, ...written }: DraftVersion): Fields {
  const { imagePullPolicy = image === undefined ? 'Always' : undefined } = written;
  const { resources, readinessProbe, livenessProbe, startupProbe } = written;
  const fields = { imagePullPolicy, resources, readinessProbe, livenessProbe, startupProbe };
  return { ...container, ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) };
}

/** Percent of the requested CPU at which the autoscaler adds pods. */
const CPU = 80;

function autoscalingFrom({ min = 1, max = min, cpu = CPU }: NonNullable<DraftVersion['autoscaling']>): Autoscaling {
  return { min, max, cpu };
}

function canaryFrom(draft: Draft['canary']): Canary | undefined {
  if (draft?.version === undefined) return undefined;
  const headers = [...(draft.headers ?? [])].sort(([a], [b]) => compare(a, b));
  return { version: draft.version, weight: draft.weight ?? 0, headers: new Map(headers) };
}
