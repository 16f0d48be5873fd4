import type { Manifest } from '../../model/manifest.ts';
import type { Destination, Routing } from '../target.ts';
import {
  isRouteTable,
  isTested,
  type PlacedRoute,
  routesOf,
  VERSIONS_ANNOTATION,
  versionsOutside,
  weightedDestinations,
} from './routes.ts';

/** These RouteTables with these roles in place of their own, everything else as it is. */
export function writeRouting(routes: readonly Manifest[], routing: Routing): readonly Manifest[] {
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

    .filter(({ deployment, key, version }) => deployment === undefined && known[key] !== version)
    .map(({ key, version }) => [key, version] as const);
  if (others.length === 0) return {};
  const { annotations } = table.metadata as { annotations?: object };
  const all = JSON.stringify({ ...known, ...Object.fromEntries(others) });
  return { annotations: { ...annotations, [VERSIONS_ANNOTATION]: all } };
}
