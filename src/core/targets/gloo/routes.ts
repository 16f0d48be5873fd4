import { PATH_KINDS } from '../../model/draft.ts';
import { compare } from '../../model/finding.ts';
import type { Manifest } from '../../model/manifest.ts';
import { matchesWhole } from '../../model/regex.ts';
import type { ReleaseId } from '../../model/release.ts';

/** What Gloo compares a request with, of the fields that decide who answers. */
export interface Matcher {
  readonly exact?: string;
  readonly regex?: string;
  readonly prefix?: string;
  readonly headers?: readonly HeaderMatcher[];
  readonly methods?: readonly string[];
  readonly queryParameters?: readonly ValueMatcher[];
}

interface ValueMatcher {
  readonly name: string;
  readonly value?: string; // none: it must be there
  readonly regex?: boolean;
}

export interface HeaderMatcher extends ValueMatcher {
  readonly invertMatch?: boolean;
}

export interface Destination {
  readonly upstream?: { readonly name: string; readonly namespace?: string };
  readonly subset?: { readonly values?: Readonly<Record<string, string>> };
}

interface Route {
  readonly options?: { readonly shadowing?: Destination & { readonly percentage?: number } };
  readonly matchers?: readonly Matcher[];
  readonly routeAction?: {
    readonly single?: Destination;
    readonly multi?: {
      readonly destinations?: readonly { readonly destination: Destination; readonly weight?: number }[];
    };
  };
}

interface RouteTable {
  readonly metadata: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: { readonly weight?: number; readonly routes?: readonly Route[] };
}

/** One route where it stands: in which RouteTable, and at which index of it. */
export interface PlacedRoute {
  readonly table: Manifest;
  readonly index: number;
  readonly matchers: readonly Matcher[]; // at least one
  readonly route: Route;
}

/** A request as routes see it; header names in lower case. */
export interface RoutedRequest {
  readonly path: string; // without query and fragment
  readonly query: string;
  readonly headers: ReadonlyMap<string, string>;
}

/** Whether an object is one of Gloo's RouteTables. */
export function isRouteTable({ kind }: Manifest): boolean {
  return kind === 'RouteTable';
}

/** A route without matchers takes everything: Gloo's default matcher. */
const EVERYTHING: Matcher = { prefix: '/' };

/** The label by which a domain's VirtualService selects a RouteTable. */
export function apiGroupOf(table: Manifest): string | undefined {
  return (table as unknown as RouteTable).metadata.labels?.apiGroup;
}

/**
 * The routes of a domain in the order in which Gloo tries them, those left out that it leaves out: any route with a
 * path that doesn't begin with the parent's prefix (of a regex, its text).
 *
 * As in solo-io/gloo: projects/gateway/pkg/translator/converter.go (`visit`, `isRouteTableValidForDelegateMatcher`),
 * route_table_indexer.go and projects/gloo/pkg/utils/sort_routes.go (`SortRoutesByPath`). RouteTables come by namespace
 * and name, in groups of ascending weight. Where two or more share a weight, and only there, their routes are sorted
 * together, stably, each by its smallest matcher: more methods, then exact < regex < prefix, then the path as text,
 * descending. That isn't by length, but of two prefixes that take the same request the longer is the greater text.
 */
export function orderRoutes(tables: readonly Manifest[], parentPrefix: string): readonly PlacedRoute[] {
  const groups = Map.groupBy([...tables].sort(byName), (table) => (table as unknown as RouteTable).spec?.weight ?? 0);
  return [...groups]
    .sort(([a], [b]) => a - b)
    .flatMap(([, group]) => {
      const routes = group
        .flatMap(routesOf)
        .filter(({ matchers }) => matchers.every((matcher) => pathOf(matcher).startsWith(parentPrefix)));
      return group.length > 1 ? routes.sort((a, b) => order(smallest(a.matchers), smallest(b.matchers))) : routes;
    });
}

function byName({ metadata: a }: Manifest, { metadata: b }: Manifest): number {
  return compare(a.namespace ?? '', b.namespace ?? '') || compare(a.name, b.name);
}

/** The routes of one RouteTable, as they stand in it. */
export function routesOf(table: Manifest): readonly PlacedRoute[] {
  const routes = (table as unknown as RouteTable).spec?.routes ?? [];
  return routes.map((route, index) => {
    const matchers = route.matchers && route.matchers.length > 0 ? route.matchers : [EVERYTHING];
    return { table, index, matchers, route };
  });
}

/** Whether a route takes only requests with certain headers. */
export function isTested({ matchers }: PlacedRoute): boolean {
  return (matchers[0]?.headers?.length ?? 0) > 0;
}

function smallest(matchers: readonly Matcher[]): Matcher {
  return matchers.reduce((least, matcher) => (order(matcher, least) < 0 ? matcher : least));
}

function order(a: Matcher, b: Matcher): number {
  return (
    (b.methods?.length ?? 0) - (a.methods?.length ?? 0) || kindRank(a) - kindRank(b) || compare(pathOf(b), pathOf(a))
  );
}

function kindRank(matcher: Matcher): number {
  return PATH_KINDS.indexOf(kindOf(matcher));
}

/** Which kind of path a matcher has. */
export function kindOf(matcher: Matcher): (typeof PATH_KINDS)[number] {
  return PATH_KINDS.find((kind) => matcher[kind] !== undefined) ?? 'prefix';
}

/** The path of a matcher as it is written, whichever kind it is. */
export function pathOf({ exact, regex, prefix }: Matcher): string {
  return exact ?? regex ?? prefix ?? '';
}

/**
 * Whether a matcher takes a request. A prefix is a prefix of the text (`/echo` takes `/echoes`), a regex must match the
 * whole path.
 */
export function matches(matcher: Matcher, request: RoutedRequest): boolean {
  return matchesPath(matcher, request.path) && matchesRest(matcher, request);
}

export function matchesPath({ exact, regex, prefix }: Matcher, path: string): boolean {
  if (exact !== undefined) return path === exact;
  if (regex !== undefined) return matchesWhole(regex, path);
  return prefix !== undefined && path.startsWith(prefix);
}

function matchesRest({ headers = [], methods = [], queryParameters = [] }: Matcher, request: RoutedRequest): boolean {
  const query = new URLSearchParams(request.query);
  return (
    headers.every((header) => matchesHeader(header, request.headers.get(header.name.toLowerCase()))) &&
    (methods.length === 0 || methods.includes(request.headers.get(':method') ?? 'GET')) &&
    queryParameters.every((parameter) => matchesValue(parameter, query.get(parameter.name) ?? undefined))
  );
}

/** An inverted matcher with a value still wants the header to be there: Envoy's way. */
function matchesHeader(matcher: HeaderMatcher, actual: string | undefined): boolean {
  const inverted = matcher.invertMatch === true;
  if (actual === undefined) return inverted && !matcher.value;
  return matchesValue(matcher, actual) !== inverted;
}

function matchesValue({ value, regex }: ValueMatcher, actual: string | undefined): boolean {
  if (actual === undefined) return false;
  if (!value) return true;
  return regex === true ? matchesWhole(value, actual) : value === actual;
}

/** Where a route sends its requests, by weight; weights are relative, and one that isn't there is 0. */
export function weightedDestinations({
  route,
}: PlacedRoute): readonly { readonly destination: Destination; readonly weight: number }[] {
  const { single, multi } = route.routeAction ?? {};
  if (single) return [{ destination: single, weight: 1 }];
  return (multi?.destinations ?? []).map(({ destination, weight = 0 }) => ({ destination, weight }));
}

/** On a RouteTable that names upstreams from outside: which version each is, since nothing in their names says it. */
export const VERSIONS_ANNOTATION = 'coalmine.dev/versions';

/** The version behind a destination: its subset's, the one that an upstream outside stands for, or that its Upstream is named for. */
export function versionOf({ upstream, subset }: Destination, { name, namespace }: ReleaseId, table: Manifest): string {
  const upstreamName = upstream?.name ?? '';
  const outside = versionsOutside(table)[`${upstream?.namespace ?? namespace}/${upstreamName}`];
  const own = upstreamName.startsWith(`${name}-`) && (upstream?.namespace ?? namespace) === namespace;
  return subset?.values?.version ?? outside ?? (own ? upstreamName.slice(name.length + 1) : upstreamName);
}

/** The versions that upstreams from outside stand for, by `namespace/name`. */
export function versionsOutside(table: Manifest): Readonly<Record<string, string>> {
  const written = (table as unknown as RouteTable).metadata.annotations?.[VERSIONS_ANNOTATION];
  try {
    const versions: unknown = written === undefined ? {} : JSON.parse(written);
    return versions !== null && typeof versions === 'object' ? (versions as Readonly<Record<string, string>>) : {};
  } catch {
    return {}; // edited by hand
  }
}
