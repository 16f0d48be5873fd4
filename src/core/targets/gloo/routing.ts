import type { Manifest } from '../../model/manifest.ts';
import type { ReleaseId } from '../../model/release.ts';
import { deploymentOf } from '../kubernetes/names.ts';
import type { Destination, ObjectKey, RenderTarget, Routing } from '../target.ts';
import {
  type Destination as GlooDestination,
  type PlacedRoute,
  routesOf,
  VERSIONS_ANNOTATION,
  versionOf,
  versionsOutside,
  weightedDestinations,
} from './routes.ts';

/** Gloo as publication sees it: RouteTables name Upstreams, which stand on Services. */
export const glooTarget: RenderTarget = { readRouting, namedIn, writeRouting, serviceOf };

function isRouteTable({ kind }: Manifest): boolean {
  return kind === 'RouteTable';
}

function readRouting(id: ReleaseId, routes: readonly Manifest[]): Routing | undefined {
  try {
    for (const table of routes.filter(isRouteTable)) {
      const routing = routingOf(id, table);
      if (routing) return routing;
    }
  } catch {
    // edited by hand into something that isn't a RouteTable
  }
  return undefined;
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

function isTested({ matchers }: PlacedRoute): boolean {
  return (matchers[0]?.headers?.length ?? 0) > 0;
}

/** Weights are relative; ours add up to 100. */
function percentOf(weight: number, total: number): number {
  return total === 100 ? weight : total > 0 ? Math.round((100 * weight) / total) : 0;
}

function destinationOf(id: ReleaseId, { upstream, subset }: GlooDestination, table: Manifest): Destination {
  const [name, namespace] = [String(upstream?.name), String(upstream?.namespace ?? id.namespace)];
  const ref = `${namespace}/${name}`;
  const version = String(versionOf({ upstream: { name, namespace }, ...(subset ? { subset } : {}) }, id, table));
  const outside = namespace !== id.namespace || ref in versionsOutside(table);
  return {
    key: subset ? `${ref} ${JSON.stringify(subset.values ?? {})}` : ref,
    version,
    ...(outside ? {} : { backend: `Upstream/${name}`, deployment: deploymentOf(id, version) }),
    named: { upstream: { name, namespace }, ...(subset ? { subset } : {}) },
  };
}

function namedIn(id: ReleaseId, routes: readonly Manifest[]): readonly Destination[] {
  const found = new Map<string, Destination>();
  const visit = (value: unknown, table: Manifest): void => {
    if (value === null || typeof value !== 'object') return;
    if ('upstream' in value && value.upstream !== null && typeof value.upstream === 'object') {
      const destination = destinationOf(id, value as GlooDestination, table);
      found.set(`${destination.key} ${destination.version}`, destination);
    }
    for (const member of Object.values(value)) visit(member, table);
  };
  for (const table of routes.filter(isRouteTable)) visit(table.spec, table);
  return [...found.values()];
}

function serviceOf({ spec }: Manifest): ObjectKey | undefined {
  const name = (spec as { kube?: { serviceName?: unknown } } | undefined)?.kube?.serviceName;
  return typeof name === 'string' ? `Service/${name}` : undefined;
}

function writeRouting(routes: readonly Manifest[], routing: Routing): readonly Manifest[] {
  return routes.map((manifest) => {
    if (!isRouteTable(manifest)) return manifest;
    const paths = routesOf(manifest).filter((route) => !isTested(route));
    return {
      ...manifest,
      metadata: { ...manifest.metadata, ...annotationsOf(manifest, routing) },
      spec: { ...(manifest.spec as object), routes: paths.flatMap((path) => routesOfPath(path, routing)) },
    };
  });
}

/** The routes of one path, the header's first; what they say beside destinations stays. */
function routesOfPath(
  { route, matchers }: PlacedRoute,
  { primary, canary, header, shadow }: Routing,
): readonly object[] {
  const { routeAction = {}, options, ...rest } = route;
  const [first] = weightedDestinations({ route } as PlacedRoute);
  const { upstream: _upstream, subset: _subset, ...called } = first?.destination ?? {}; // a function of the upstream
  const to = ({ named }: Destination) => ({ ...named, ...called });
  const { shadowing: _shadowing, ...plain } = options ?? {};
  const mirrored = shadow ? { shadowing: { ...shadow.destination.named, percentage: shadow.percentage } } : {};
  const { single: _single, multi: _multi, ...action } = routeAction;
  const shared = canary
    ? {
        multi: {
          destinations: [
            { destination: to(primary), weight: 100 - canary.weight },
            { destination: to(canary.destination), weight: canary.weight },
          ],
        },
      }
    : { single: to(primary) };
  const tested = header
    ? [
        {
          ...rest,
          ...withOptions(plain),
          matchers: matchers.map((matcher) => ({ ...matcher, headers: header.match })),
          routeAction: { ...action, single: to(header.destination) },
        },
      ]
    : [];
  return [...tested, { ...rest, ...withOptions({ ...plain, ...mirrored }), routeAction: { ...action, ...shared } }];
}

function withOptions(options: object): { readonly options?: object } {
  return Object.keys(options).length > 0 ? { options } : {};
}

/** Which versions the upstreams from outside are that these roles name, where the table doesn't say so already. */
function annotationsOf(table: Manifest, routing: Routing): { readonly annotations?: object } {
  const known = versionsOutside(table);
  const others = [routing.primary, ...[routing.canary, routing.header, routing.shadow].map((role) => role?.destination)]
    .filter((destination) => destination !== undefined)

    .filter(({ backend, key, version }) => backend === undefined && known[key] !== version)
    .map(({ key, version }) => [key, version] as const);
  if (others.length === 0) return {};
  const { annotations } = table.metadata as { annotations?: object };
  const all = JSON.stringify({ ...known, ...Object.fromEntries(others) });
  return { annotations: { ...annotations, [VERSIONS_ANNOTATION]: all } };
}
