import { listed } from '../model/names.ts';
import { identityOf, type TakenPath } from '../model/release.ts';
import type { Outline } from '../targets/outline.ts';
import type { NeighbourBreach, Neighbours, NeighboursRule } from './rule.ts';

/** Two releases, or one and another outside this repository, take the same path: one would get no request, silently. */
export const routeConflict: NeighboursRule = {
  id: 'route-conflict',
  severity: 'error',
  about: 'neighbours',
  check: findConflicts,
};

function findConflicts({ outlines, settings, hasAlready, nameOf }: Neighbours): readonly NeighbourBreach[] {
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
    return by.map((outline): NeighbourBreach => {
      const others = by.filter((other) => other !== outline).map(nameOf);
      const already = hasAlready(outline, path);
      return {
        release: identityOf(outline.id),
        about: { kind: 'path', path },
        ...(already ? { isMild: true } : {}),
        message: messageOf({ path, apiGroup: outline.apiGroup, others, claimed: claimed.has(key), already }),
      };
    });
  });
}

function keyOf(apiGroup: string, { kind, path }: TakenPath): string {
  return JSON.stringify([apiGroup, kind, path]);
}

/** Maximum number of releases that a message names. */
export const MAX_NAMES = 3;

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
    ...(others.length > 0 ? [`the release ${listed(others, MAX_NAMES)}`] : []),
    ...(claimed ? [`somebody outside this repository (domains.${apiGroup}.claims in the settings)`] : []),
  ].join(' and ');
  const taken = `the ${path.kind} ${path.path} is taken by ${who} as well, and Gloo gives all its requests to one of them`;
  if (!already) return `${taken}; take another path (routes.paths)`;
  return others.length > 0 ? `${taken}; this release had it first and keeps it` : `${taken}; agree on who keeps it`;
}
