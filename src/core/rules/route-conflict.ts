import { type Draft, routePathOf } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';
import type { TakenPath } from '../model/release.ts';
import { identityOf } from '../model/release.ts';
import type { Outline } from '../targets/outline.ts';
import type { Clash, Neighbours } from './together.ts';

/** Two releases, or one and somebody outside, take the same path: one of them would get no request, in silence. */
export function routeConflict({ outlines, settings, hasAlready, nameOf }: Neighbours): readonly Clash[] {
  const takers = new Map<string, { readonly path: TakenPath; readonly by: Outline[] }>();
  for (const outline of outlines.values()) {
    for (const path of outline.paths) {
      const key = keyOf(outline.apiGroup, path);
      const taken = takers.get(key) ?? { path, by: [] };
      if (!taken.by.includes(outline)) taken.by.push(outline);
      takers.set(key, taken);
    }
  }
  const claimed = new Set(
    [...settings.domains.values()].flatMap(({ apiGroup, claims }) => claims.map((claim) => keyOf(apiGroup, claim))),
  );
  return [...takers].flatMap(([key, { path, by }]) => {
    if (by.length < 2 && !claimed.has(key)) return [];
    return by.map((outline): Clash => {
      const others = by.filter((other) => other !== outline).map(nameOf);
      const already = hasAlready(outline, path);
      return {
        release: identityOf(outline.id),
        rule: 'route-conflict',
        severity: already ? 'warning' : 'error',
        about: { kind: 'path', path },
        message: messageOf({ path, apiGroup: outline.apiGroup, others, claimed: claimed.has(key), already }),
      };
    });
  });
}

function keyOf(apiGroup: string, { kind, path }: TakenPath): string {
  return JSON.stringify([apiGroup, kind, path]);
}

function messageOf({
  path,
  apiGroup,
  others,
  claimed,
  already,
}: {
  readonly path: TakenPath;
  readonly apiGroup: string;
  readonly others: readonly string[];
  readonly claimed: boolean;
  readonly already: boolean;
}): string {
  const who = [
    ...(others.length > 0 ? [`the release ${listed(others)}`] : []),
    ...(claimed ? [`somebody outside this repository (domains.${apiGroup}.claims in the settings)`] : []),
  ].join(' and ');
  const taken = `the ${path.kind} ${path.path} is taken by ${who} as well, and Gloo gives all its requests to one of them`;
  if (!already) return `${taken}; take another path (routes.paths)`;
  return others.length > 0 ? `${taken}; this release had it first and keeps it` : `${taken}; agree on who keeps it`;
}

const LISTED = 3;

/** `a, b, c and 5 more`. */
export function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** One release that takes a path twice: Gloo uses the first route, the second never gets a request. */
export function routeTwice(draft: Draft): readonly Finding[] {
  const seen = new Map<string, number>();
  return (draft.paths ?? []).flatMap((written, index) => {
    const path = routePathOf(written);
    if (!path) return [];
    const key = keyOf('', path);
    const first = seen.get(key);
    seen.set(key, first ?? index);
    if (first === undefined) return [];
    const at = `/routes/paths/${index}/${path.kind}`;
    return [
      {
        rule: 'route-conflict',
        severity: 'error',
        file: draft.file,
        path: at,
        range: draft.rangeOf(at),
        message: `the ${path.kind} ${path.path} is in this list already (entry ${first + 1}): Gloo would use that one alone; keep one of them`,
      } satisfies Finding,
    ];
  });
}
