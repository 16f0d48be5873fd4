import type { Manifest } from '../../model/manifest.ts';
import { shortNames } from '../../model/names.ts';
import type { ReleaseId } from '../../model/release.ts';
import type { Domain } from '../../settings/settings.ts';
import {
  apiGroupOf,
  type HeaderMatcher,
  kindOf,
  type Matcher,
  matches,
  orderRoutes,
  type PlacedRoute,
  pathOf,
  type RoutedRequest,
} from './routes.ts';

export interface Request {
  readonly host?: string; // a port may follow
  readonly path: string; // a query may follow
  readonly headers: ReadonlyMap<string, string>;
}

/** All that decides who answers. */
export interface World {
  readonly domains: readonly Domain[];
  readonly tables: readonly { readonly release: ReleaseId; readonly routeTable: Manifest }[];
  readonly broken?: readonly ReleaseId[]; // releases that can't be rendered: they have no table here
}

/** A request in the domain that answers for its host. */
export interface Scene {
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

export function sceneOf({ path, headers }: Request, domain: Domain, world: World): Scene {
  const ids = new Map<Manifest, ReleaseId>(world.tables.map(({ release, routeTable }) => [routeTable, release]));
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
