import type { Manifest } from '../../model/manifest.ts';
import { shortNames } from '../../model/names.ts';
import type { ReleaseId } from '../../model/release.ts';
import type { Domain } from '../../settings/settings.ts';
import type { Request, World } from '../explanation.ts';
import {
  apiGroupOf,
  type HeaderMatcher,
  isRouteTable,
  kindOf,
  type Matcher,
  matches,
  orderRoutes,
  type PlacedRoute,
  pathOf,
  type RoutedRequest,
} from './routes.ts';

/** A request in the domain that answers for its host. */
export interface RequestInDomain {
  readonly request: RoutedRequest;
  readonly domain: Domain;
  readonly world: World;
  readonly routes: readonly PlacedRoute[]; // the domain's, in Gloo's order
  readonly idOf: (route: PlacedRoute) => ReleaseId;
  readonly nameOf: (id: ReleaseId) => string; // short where it is unambiguous
}

/** The route that takes a request, by which of its matchers. */
export interface Found {
  readonly route: PlacedRoute;
  readonly matcher: Matcher;
}

/** A request with all the routes of its domain. */
export function requestIn({ path, headers }: Request, domain: Domain, world: World): RequestInDomain {
  const ids = new Map<Manifest, ReleaseId>(
    world.releases.flatMap(({ id, routes }) => routes.filter(isRouteTable).map((table) => [table, id] as const)),
  );
  const [, plain = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(path) ?? [];
  const own = [...ids.keys()].filter((table) => apiGroupOf(table) === domain.apiGroup);
  return {
    request: { path: plain, query, headers: new Map([...headers].map(([name, value]) => [name.toLowerCase(), value])) },
    domain,
    world,
    routes: orderRoutes(own, domain.prefix),
    idOf: ({ table }) => ids.get(table) ?? { namespace: table.metadata.namespace ?? '', name: table.metadata.name },
    nameOf: shortNames([...ids.values(), ...(world.broken ?? [])]),
  };
}

/** Envoy gets a route for each matcher, in their order, and takes the first that fits. */
export function findRoute(request: RoutedRequest, routes: readonly PlacedRoute[]): Found | undefined {
  for (const route of routes) {
    const matcher = route.matchers.find((each) => matches(each, request));
    if (matcher) return { route, matcher };
  }
  return undefined;
}

/** `prefix /echo with stage: canary`. */
export function matcherText(matcher: Matcher): string {
  const headers = headersText(matcher.headers ?? []);
  return `${kindOf(matcher)} ${pathOf(matcher)}${headers === '' ? '' : ` with ${headers}`}`;
}

/** `stage: canary`, several joined by "and". */
export function headersText(headers: readonly HeaderMatcher[]): string {
  return headers
    .map(({ name, value, invertMatch }) => `${name}${invertMatch ? ' other than' : ''}${value ? `: ${value}` : ''}`)
    .join(' and ');
}
