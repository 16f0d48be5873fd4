import { compare } from '../model/finding.ts';
import { listed } from '../model/names.ts';
import { identityOf, type TakenPath } from '../model/release.ts';
import type { StageSettings } from '../settings/settings.ts';
import type { Outline } from '../targets/outline.ts';
import { MAX_NAMES } from './route-conflict.ts';
import type { NeighbourBreach, Neighbours, NeighboursRule } from './rule.ts';

/** A path with who takes it. */
interface Taken {
  readonly by: Outline | undefined; // undefined: a release outside this repository
  readonly path: TakenPath;
  readonly inside: Taken[]; // paths of others that begin with it
  outside?: Taken; // the longest prefix of another that begins it
}

/**
 * A prefix is text: `/echo` begins `/echo-admin` and `/echoes`, and a team's `/` everything. Gloo tries the longer path
 * first, so each of the two releases gets other requests than its own file says.
 */
export const routeOverlap: NeighboursRule = {
  id: 'route-overlap',
  severity: 'warning',
  about: 'neighbours',
  check: findOverlaps,
};

function findOverlaps({ outlines, settings, nameOf }: Neighbours): readonly NeighbourBreach[] {
  const nameIn = ({ by }: Taken) => (by ? nameOf(by) : 'somebody outside this repository (claims)');
  const groups = Map.groupBy(outlines.values(), ({ apiGroup }) => apiGroup);
  return [...groups].flatMap(([apiGroup, group]) => {
    const taken = takenIn(apiGroup, group, settings);
    const open: Taken[] = []; // the prefixes that begin the present path, shortest first
    for (const each of taken) {
      while (open.length > 0 && !each.path.path.startsWith(open.at(-1)?.path.path ?? '')) open.pop();
      const around = open.filter((outer) => outer.by !== each.by && !isSame(outer.path, each.path));
      for (const { inside } of around) inside.push(each);
      const nearest = around.at(-1);
      if (nearest) each.outside = nearest;
      if (each.path.kind === 'prefix') open.push(each);
    }
    return taken.flatMap((each) => breachOf(each, nameIn));
  });
}

/** The prefixes and exact paths of a domain as text, what begins another before it. */
function takenIn(apiGroup: string, group: readonly Outline[], { domains }: StageSettings): readonly Taken[] {
  const claims = domains.get(apiGroup)?.claims ?? [];
  return [
    ...group.flatMap((by) => by.paths.map((path) => ({ by, path, inside: [] }))),
    ...claims.map((path) => ({ by: undefined, path, inside: [] })),
  ]
    .filter(({ path: { kind } }) => kind !== 'regex')
    .sort((a, b) => compare(a.path.path, b.path.path) || compare(b.path.kind, a.path.kind)); // prefix, then exact
}

function isSame(one: TakenPath, other: TakenPath): boolean {
  return one.kind === other.kind && one.path === other.path;
}

function breachOf({ by, path, outside, inside }: Taken, nameIn: (taken: Taken) => string): readonly NeighbourBreach[] {
  const others = listed(
    inside.map((each) => `${each.path.path} of ${nameIn(each)}`),
    MAX_NAMES,
  );
  const said = [
    ...(outside
      ? [
          `begins with ${outside.path.path}, which ${nameIn(outside)} takes: Gloo tries the longer path first, so these requests come here`,
        ]
      : []),
    ...(inside.length > 0
      ? [
          `begins ${others} too: Gloo tries the longer path first, so those requests go there; where that isn't meant, end the prefix with "/" or take exact paths`,
        ]
      : []),
  ];
  if (!by || said.length === 0) return [];
  return [
    {
      release: identityOf(by.id),
      about: { kind: 'path', path },
      message: `the ${path.kind} ${path.path} ${said.join('; and it ')}`,
    },
  ];
}
