import { distance, nearest } from '../../model/nearest.ts';
import { type Found, findRoute, matcherText, type RequestInDomain } from './explain-routes.ts';
import { apiGroupOf, isRouteTable, matchesPath, orderRoutes, pathOf } from './routes.ts';

/** Why no route takes a request, and the way out; `missing` are the broken releases that would most likely take it. */
export function noRoute(asked: RequestInDomain, missing: readonly string[]): string {
  const { request, domain, routes } = asked;
  if (missing.length > 0) return `${missing.join(' and ')} would take it by its name, but has errors; fix them first`;

  const known = onlyWithHeaders(asked) ?? elsewhere(asked);
  if (known !== undefined) return known;
  if (!request.path.startsWith(domain.prefix)) {
    return `the domain ${domain.apiGroup} takes only paths that begin with ${domain.prefix}`;
  }
  if (routes.length === 0) return `no release has a route in the domain ${domain.apiGroup}`;
  return `no release of the domain ${domain.apiGroup} has a route for ${request.path}${hint(asked)}`;
}

/** Broken releases that would win against what was found: by the path that a release has without saying any. */
export function missingFor(
  { request, domain, world, nameOf }: RequestInDomain,
  found: Found | undefined,
): readonly string[] {
  const won = found === undefined ? 0 : (found.matcher.prefix?.length ?? Number.POSITIVE_INFINITY);
  return (world.broken ?? [])
    .filter(({ name }) => {
      const path = `${domain.prefix.replace(/\/+$/, '')}/${name}`;
      return path.length > won && request.path.startsWith(path);
    })
    .map(nameOf);
}

function onlyWithHeaders({ request, routes, idOf, nameOf }: RequestInDomain): string | undefined {
  for (const route of routes) {
    const matcher = route.matchers.find((each) => matchesPath(each, request.path));
    if (matcher) return `${nameOf(idOf(route))} takes it only by ${matcherText(matcher)}`;
  }
  return undefined;
}

/** Whose route would take the request if this domain selected it. */
function elsewhere({ request, domain, world, idOf, nameOf }: RequestInDomain): string | undefined {
  for (const routeTable of world.releases.flatMap(({ routes }) => routes.filter(isRouteTable))) {
    const found = findRoute(request, orderRoutes([routeTable], ''));
    if (!found) continue;
    const who = `${nameOf(idOf(found.route))} takes it by ${matcherText(found.matcher)}`;
    const apiGroup = apiGroupOf(routeTable) ?? '';
    if (apiGroup === domain.apiGroup) {
      return `${who}, which is outside the domain's prefix ${domain.prefix}: Gloo leaves that route out`;
    }
    const other = world.domains.find((each) => each.apiGroup === apiGroup);
    return other
      ? `${who}, but in the domain ${apiGroup}; its hosts: ${other.hosts.join(', ')}`
      : `${who}, but no domain selects its apiGroup ${apiGroup}; known: ${world.domains.map((each) => each.apiGroup).join(', ')}`;
  }
  return undefined;
}

/** The path that is a typo away from the request's, or from its first segments; else a few that there are. */
function hint({ request, routes, idOf, nameOf }: RequestInDomain): string {
  const paths = routes.flatMap((route) =>
    route.matchers.map((matcher) => ({ path: pathOf(matcher), name: nameOf(idOf(route)) })),
  );
  const [best] = paths
    .flatMap(({ path, name }) => {
      const head = request.path.split('/').slice(0, path.split('/').length).join('/');
      return nearest(head, [path]) === undefined ? [] : [{ path, name, apart: distance(head, path) }];
    })
    .sort((a, b) => a.apart - b.apart);
  if (best) return `; the nearest is ${best.path} of ${best.name}`;
  const all = [...new Set(paths.map(({ path, name }) => `${path} of ${name}`))];
  return `; there are ${all.slice(0, 3).join(', ')}${all.length > 3 ? ` and ${all.length - 3} more` : ''}`;
}
