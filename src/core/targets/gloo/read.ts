import type { Manifest } from '../../model/manifest.ts';
import type { ReleaseId, TakenPath } from '../../model/release.ts';
import type { UpstreamRef } from '../../model/version/upstream.ts';
import { deploymentOf } from '../kubernetes/names.ts';
import type { Destination, ObjectKey, ReleaseRoutes, Routing } from '../target.ts';
import {
  apiGroupOf,
  type Destination as GlooDestination,
  isRouteTable,
  isTested,
  kindOf,
  pathOf,
  routesOf,
  versionOf,
  versionsOutside,
  weightedDestinations,
} from './routes.ts';

/** What a release's RouteTables say; undefined where there is none. */
export function readRoutes(id: ReleaseId, routes: readonly Manifest[]): ReleaseRoutes | undefined {
  const tables = routes.filter(isRouteTable);
  const [first] = tables;
  if (!first) return undefined;
  const named = tables.flatMap((table) => namedIn(id, table));
  const routing = tables.map((table) => unlessBroken(() => routingOf(id, table))).find((each) => each !== undefined);
  return {
    apiGroup: unlessBroken(() => apiGroupOf(first)) ?? '',
    paths: unlessBroken(() => pathsIn(first)) ?? [],
    ...(routing ? { routing } : {}),
    named: [
      ...new Map(named.map(({ destination }) => [`${destination.key} ${destination.version}`, destination])).values(),
    ],
    backends: named.map(({ backend }) => backend),
  };
}

/** What is read of an object; undefined where people made something else of it. */
function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function pathsIn(table: Manifest): readonly TakenPath[] {
  return routesOf(table)
    .flatMap(({ matchers }) => matchers)
    .filter(({ headers }) => !headers?.length)
    .map((matcher) => ({ kind: kindOf(matcher), path: pathOf(matcher) }));
}

function routingOf(id: ReleaseId, table: Manifest): Routing | undefined {
  const placed = routesOf(table);
  const main = placed.find((route) => !isTested(route));
  const [first, second] = main ? weightedDestinations(main) : [];
  if (!main || !first) return undefined;

  const read = (destination: GlooDestination) => destinationOf(id, destination, table);
  const tested = placed.find(isTested);
  const [only] = tested ? weightedDestinations(tested) : [];
  const shadow = main.route.options?.shadowing;
  const total = weightedDestinations(main).reduce((sum, { weight }) => sum + weight, 0);
  return {
    primary: read(first.destination),
    ...(second ? { canary: { destination: read(second.destination), weight: percentOf(second.weight, total) } } : {}),
    ...(only ? { header: { destination: read(only.destination), match: tested?.matchers[0]?.headers ?? [] } } : {}),
    ...(shadow ? { shadow: { destination: read(shadow), percentage: shadow.percentage ?? 0 } } : {}),
  };
}

/** Weights are relative; ours add up to 100. */
function percentOf(weight: number, total: number): number {
  return total === 100 ? weight : total > 0 ? Math.round((100 * weight) / total) : 0;
}

function destinationOf(id: ReleaseId, destination: GlooDestination, table: Manifest): Destination {
  const { subset } = destination;
  const { name, namespace } = backendOf(id, destination);
  const ref = `${namespace}/${name}`;
  const version = String(versionOf({ upstream: { name, namespace }, ...(subset ? { subset } : {}) }, id, table));
  const outside = namespace !== id.namespace || ref in versionsOutside(table);
  return {
    key: subset ? `${ref} ${JSON.stringify(subset.values ?? {})}` : ref,
    version,
    backends: outside ? [] : [`Upstream/${name}`],
    ...(outside ? {} : { deployment: deploymentOf(id, version) }),
    named: { upstream: { name, namespace }, ...(subset ? { subset } : {}) },
  };
}

function backendOf({ namespace }: ReleaseId, { upstream }: GlooDestination): UpstreamRef {
  return { namespace: String(upstream?.namespace ?? namespace), name: String(upstream?.name) };
}

interface Named {
  readonly destination: Destination;
  readonly backend: UpstreamRef;
}

/** All that a RouteTable names, wherever in it. */
function namedIn(id: ReleaseId, table: Manifest): readonly Named[] {
  const found: Named[] = [];
  const visit = (value: unknown): void => {
    if (value === null || typeof value !== 'object') return;
    if ('upstream' in value && value.upstream !== null && typeof value.upstream === 'object') {
      const named = value as GlooDestination;
      found.push({ destination: destinationOf(id, named, table), backend: backendOf(id, named) });
    }
    for (const member of Object.values(value)) visit(member);
  };
  visit(table.spec);
  return found;
}

/** The Upstreams among rendered objects. */
export function upstreamsIn({ namespace }: ReleaseId, manifests: readonly Manifest[]): readonly UpstreamRef[] {
  return manifests.filter(({ kind }) => kind === 'Upstream').map(({ metadata: { name } }) => ({ namespace, name }));
}

/** The Service that an Upstream takes its endpoints from. */
export function serviceOf({ spec }: Manifest): ObjectKey | undefined {
  const name = (spec as { kube?: { serviceName?: unknown } } | undefined)?.kube?.serviceName;
  return typeof name === 'string' ? `Service/${name}` : undefined;
}
