import { type Draft, PATH_KINDS, routePathOf } from '../model/draft.ts';
import { compare } from '../model/finding.ts';
import type { Canary, Release, RoutePath, Version } from '../model/release.ts';
import type { FieldSurroundings } from '../model/version/field.ts';
import { completeFields, type WrittenFields } from '../model/version/fields.ts';
import type { StageSettings } from '../settings/settings.ts';

/** Fills in the defaults. The draft has no error left, so what is required is there. */
export function releaseFrom(draft: Draft, settings: StageSettings): Release {
  const service = { port: 80, targetPort: 8080, selects: 'all' as const, ...draft.service };
  const apiGroup = draft.apiGroup ?? 'example';
  const canary = canaryFrom(draft.canary);
  const versions = [...(draft.versions ?? [])]
    .sort(([a], [b]) => compare(a, b))
    .map(([name, version]) => {
      const around = { fullName: `${draft.id.name}-${name}`, targetPort: service.targetPort };
      return [name, versionFrom(name, version, around)] as const;
    });
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

function versionFrom(name: string, written: WrittenFields, around: Omit<FieldSurroundings, 'siblings'>): Version {
  const { members, container, pod } = completeFields(written, around);
  const { ports, ...others } = container;
  return {
    name,
    ...members,
    ports: Array.isArray(ports) ? ports.filter((port) => port !== null && typeof port === 'object') : [],
    container: others,
    pod,
  };
}

function canaryFrom(draft: Draft['canary']): Canary | undefined {
  if (draft?.version === undefined) return undefined;
  const headers = [...(draft.headers ?? [])].sort(([a], [b]) => compare(a, b));
  return { version: draft.version, weight: draft.weight ?? 0, headers: new Map(headers) };
}
