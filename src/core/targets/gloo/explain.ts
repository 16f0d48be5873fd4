import type { Domain } from '../../settings/settings.ts';
import type { Answer, Explanation, Request, Variation, World } from '../explanation.ts';
import { missingFor, noRoute } from './explain-reason.ts';
import { type Found, findRoute, headersText, matcherText, type RequestInDomain, requestIn } from './explain-routes.ts';
import { type HeaderMatcher, matchesPath, versionOf, weightedDestinations } from './routes.ts';

/** Which version answers a request in a domain as Gloo and Envoy decide it, by which matcher, and what other headers would change. */
export function explainInGloo(request: Request, domain: Domain, world: World): Explanation {
  const asked = requestIn(request, domain, world);
  const found = findRoute(asked.request, asked.routes);
  const missing = missingFor(asked, found);
  const variations = variationsOf(asked, found);
  if (!found) return { answer: none(noRoute(asked, missing)), variations, missing };
  const by = `route ${found.route.index} of its RouteTable (counted from 0): ${matcherText(found.matcher)}`;
  return { answer: answerOf(found, asked), by, variations, missing };
}

function none(reason: string): Answer {
  return { release: null, reason };
}

function answerOf({ route }: Found, { idOf, nameOf }: RequestInDomain): Answer {
  const id = idOf(route);
  const shares = weightedDestinations(route).filter(({ weight }) => weight > 0);
  if (shares.length === 0) {
    return none(`route ${route.index} of ${nameOf(id)} takes it and names no version with a weight; give it one`);
  }
  const percents = percentsOf(shares.map(({ weight }) => weight));
  return {
    release: nameOf(id),
    route: route.index,
    destinations: shares.map(({ destination }, index) => ({
      version: versionOf(destination, id, route.table),
      percent: percents[index] ?? 0,
    })),
  };
}

/** Weights as percent, to two places; what rounding leaves goes to the largest, so that they add up to 100. */
function percentsOf(weights: readonly number[]): readonly number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const parts = weights.map((weight) => Math.round((10_000 * weight) / total));
  const largest = weights.indexOf(Math.max(...weights));
  const rest = 10_000 - parts.reduce((sum, part) => sum + part, 0);
  return parts.map((part, index) => (part + (index === largest ? rest : 0)) / 100);
}

/** Tries the headers of every route on this path, and leaves away those that decided. */
function variationsOf(asked: RequestInDomain, found: Found | undefined): readonly Variation[] {
  const { request, routes } = asked;
  const tried = new Map<string, ReadonlyMap<string, string>>();
  const used = (found?.matcher.headers ?? []).map(({ name }) => name);
  if (used.length > 0) {
    const dropped = new Set(used.map((name) => name.toLowerCase()));
    tried.set(`without ${used.join(' and ')}`, new Map([...request.headers].filter(([name]) => !dropped.has(name))));
  }
  for (const matcher of routes.flatMap(({ matchers }) => matchers)) {
    const wanted = (matcher.headers ?? []).filter(isPlain);
    if (wanted.length === 0 || !matchesPath(matcher, request.path)) continue;
    const added = wanted.map(({ name, value }) => [name.toLowerCase(), value ?? ''] as const);
    tried.set(`with ${headersText(wanted)}`, new Map([...request.headers, ...added]));
  }
  const answer = JSON.stringify(found && answerOf(found, asked));
  return [...tried].flatMap(([change, headers]) => {
    const other = findRoute({ ...request, headers }, routes);
    const changed = other && answerOf(other, asked);
    return changed && JSON.stringify(changed) !== answer ? [{ change, answer: changed }] : [];
  });
}

function isPlain({ value, regex, invertMatch }: HeaderMatcher): boolean {
  return Boolean(value) && regex !== true && invertMatch !== true;
}
