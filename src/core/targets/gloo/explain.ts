import { domainFor, noDomain } from './explain-domain.ts';
import { missingFor, noRoute } from './explain-reason.ts';
import {
  type Found,
  findRoute,
  headersText,
  matcherText,
  type Request,
  type Scene,
  sceneOf,
  type World,
} from './explain-scene.ts';
import { type HeaderMatcher, matchesPath, versionOf, weightedDestinations } from './routes.ts';

export type Answer =
  | {
      readonly release: string; // the short name where it is unambiguous
      readonly route: number; // index in its RouteTable, from 0
      readonly destinations: readonly { readonly version: string; readonly percent: number }[];
    }
  | { readonly release: null; readonly reason: string };

/** An answer, and why. */
export interface Explanation {
  readonly answer: Answer;
  readonly matcher?: string; // 'prefix /echo with stage: canary'
  readonly variations: readonly Variation[];
  readonly missing: readonly string[]; // broken releases that would most likely answer instead
}

/** What other headers would change. */
export interface Variation {
  readonly change: string; // 'with stage: canary', 'without stage'
  readonly answer: Answer;
}

/** Which version answers a request, in percent, as Gloo and Envoy decide it. */
export function explain(request: Request, world: World): Answer {
  return explainFully(request, world).answer;
}

/** The same, with the matcher that won, and what other headers would change. */
export function explainFully(request: Request, world: World): Explanation {
  const domain = domainFor(request.host, world.domains);
  if (!domain) return { answer: none(noDomain(request.host, world.domains)), variations: [], missing: [] };
  const scene = sceneOf(request, domain, world);
  const found = findRoute(scene.request, scene.routes);
  const missing = missingFor(scene, found);
  const variations = variationsOf(scene, found);
  if (!found) return { answer: none(noRoute(scene, missing)), variations, missing };
  return { answer: answerOf(found, scene), matcher: matcherText(found.matcher), variations, missing };
}

function none(reason: string): Answer {
  return { release: null, reason };
}

function answerOf({ route }: Found, { idOf, nameOf }: Scene): Answer {
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
function variationsOf(scene: Scene, found: Found | undefined): readonly Variation[] {
  const { request, routes } = scene;
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
  const answer = JSON.stringify(found && answerOf(found, scene));
  return [...tried].flatMap(([change, headers]) => {
    const other = findRoute({ ...request, headers }, routes);
    const changed = other && answerOf(other, scene);
    return changed && JSON.stringify(changed) !== answer ? [{ change, answer: changed }] : [];
  });
}

function isPlain({ value, regex, invertMatch }: HeaderMatcher): boolean {
  return Boolean(value) && regex !== true && invertMatch !== true;
}
