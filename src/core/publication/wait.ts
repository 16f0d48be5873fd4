import { deploymentOf, versionDeployedBy } from '../targets/kubernetes/names.ts';
import { pinnedTo } from '../targets/kubernetes/read.ts';
import type { Objects } from '../targets/objects.ts';
import { type Destination, nameIn, type ObjectKey, type Routing } from '../targets/target.ts';
import { isReady, type PublicationSituation } from './situation.ts';

/** What a publication waits for. */
export type Obstacle =
  | { readonly kind: 'ready'; readonly version: string; readonly deployment: string } // with desired's pod template
  | { readonly kind: 'workloads' } // as published, to be confirmed applied
  | { readonly kind: 'routes'; readonly versions: readonly string[] } // the same, and drained: these may still answer
  | { readonly kind: 'takeover' }; // the release that takes over the paths of a deleted one, to be live

/** What stands between the published tree, which is all that can be published now, and desired. */
export function obstaclesOf(
  situation: PublicationSituation,
  routing: Routing | undefined,
  workloads: Objects,
): readonly Obstacle[] {
  const { unconfirmed, desired, id } = situation;
  const held = heldBack(routing, desired.routing);
  const unready = new Map(
    [...held, ...heldServices(situation, workloads)]
      .filter(({ deployment }) => !isReady(situation, deployment))
      .map(({ deployment, version }) => [deployment, version] as const),
  );
  const kept = [...workloads.keys()].filter((key) => !desired.workloads.has(key));
  const versions = kept.flatMap((key) => {
    return versionDeployedBy(id, key) ?? [];
  });
  const isApplied = !unconfirmed.workloads || unready.size > 0; // what is ready was applied
  // What a route that isn't switched yet stands on is kept for it, not for the drain.
  const isDrained = held.length > 0 || (!unconfirmed.routes && versions.length === 0);
  const obstacles: readonly Obstacle[] = [
    ...[...unready].map(([deployment, version]) => {
      return { kind: 'ready', version, deployment: deployment === undefined ? '' : nameIn(deployment) } as const;
    }),
    ...(isApplied ? [] : [{ kind: 'workloads' } as const]),
    ...(isDrained ? [] : [{ kind: 'routes', versions } as const]),
  ];
  return obstacles.length > 0 ? obstacles : [{ kind: 'workloads' }];
}

/** The destinations of desired's roles that aren't as desired has them. */
function heldBack(routing: Routing | undefined, wanted: Routing | undefined): readonly Destination[] {
  if (!wanted) return [];
  return [
    ...(wanted.primary.key === routing?.primary.key ? [] : [wanted.primary]),
    ...(['canary', 'header', 'shadow'] as const).flatMap((role) => {
      const held = wanted[role];
      const isHeld = held && JSON.stringify(held) !== JSON.stringify(routing?.[role]);
      return isHeld && held.destination.key !== routing?.primary.key ? [held.destination] : []; // takes the rest already
    }),
  ];
}

interface PinnedService {
  readonly version: string;
  readonly deployment: ObjectKey;
}

function heldServices({ desired, id }: PublicationSituation, workloads: Objects): readonly PinnedService[] {
  return [...desired.workloads].flatMap(([key, wanted]) => {
    const version = pinnedTo(wanted);
    if (version === undefined || workloads.get(key)?.text === wanted.text) return [];
    return [{ version, deployment: deploymentOf(id, version) }];
  });
}
