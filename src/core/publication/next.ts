import { diff } from '../model/diff.ts';
import type { ManifestSet } from '../model/manifest.ts';
import { fluxFile, routesFolder, workloadsFolder } from '../model/places.ts';
import { fileName, folderOf } from '../targets/manifest-set.ts';
import type { Objects } from '../targets/objects.ts';
import type { Routing } from '../targets/target.ts';
import { type Targets, writeRouting } from '../targets/targets.ts';
import { serialize } from '../yaml/serialize.ts';
import type { Pending } from './pending.ts';
import { nextRouting } from './routing.ts';
import { type PublicationSituation, situationOf } from './situation.ts';
import { type Obstacle, obstaclesOf } from './wait.ts';
import { nextWorkloads } from './workloads.ts';

/** The next part of a publication. */
export type Next =
  | { readonly kind: 'tree'; readonly tree: ManifestSet } // everything of the release
  | { readonly kind: 'wait'; readonly obstacles: readonly Obstacle[] }
  | { readonly kind: 'done' };

/**
 * The next tree to publish for one release on the way to desired (empty: the release is deleted), such that every
 * state is safe in which workloads and routes may stand at any two pending commits: make before break. Total: it ends
 * at desired once the clusters confirm, whatever is on the branch.
 */
export function next(pending: Pending, desired: ManifestSet, targets: Targets): Next {
  const { published } = pending;
  if (diff(published, desired).length === 0) return { kind: 'done' };
  if (desired.size === 0 && !pending.takenOver) return waitFor([{ kind: 'takeover' }]);

  const situation = situationOf(pending, desired);
  const routing = nextRouting(situation);
  const workloads = nextWorkloads(situation, routing);
  const tree = treeOf(situation, { published, desired, routing, workloads }, targets);
  if (diff(published, tree).length > 0) return { kind: 'tree', tree };
  if (desired.size === 0 && workloads.size === 0 && isConfirmed(situation)) return { kind: 'tree', tree: desired };
  return waitFor(obstaclesOf(situation, routing, workloads));
}

function isConfirmed({ unconfirmed }: PublicationSituation): boolean {
  return !unconfirmed.workloads && !unconfirmed.routes;
}

function waitFor(obstacles: readonly Obstacle[]): Next {
  return { kind: 'wait', obstacles };
}

interface ChosenObjects {
  readonly published: ManifestSet;
  readonly desired: ManifestSet;
  readonly routing: Routing | undefined;
  readonly workloads: Objects;
}

function treeOf(situation: PublicationSituation, chosen: ChosenObjects, targets: Targets): ManifestSet {
  const { id } = situation;
  const { published, desired, workloads } = chosen;
  const flux = (desired.size > 0 ? desired : published).get(fluxFile(id));
  if (flux === undefined) return desired; // nothing follows a deleted release any more: a person removed it by hand
  return new Map([
    ...folderOf(workloadsFolder(id), workloadsFiles(situation, workloads), targets),
    ...folderOf(routesFolder(id), routesFiles(situation, chosen.routing), targets),
    [fluxFile(id), flux],
  ]);
}

/** Desired's objects where desired has them; others by the name that they would have. */
function workloadsFiles({ id, desired }: PublicationSituation, workloads: Objects): ReadonlyMap<string, string> {
  return new Map(
    [...workloads].map(([key, { manifest, text }]) => {
      return [desired.workloads.get(key)?.path.slice(workloadsFolder(id).length) ?? fileName(manifest), text] as const;
    }),
  );
}

function routesFiles({ id, desired }: PublicationSituation, routing: Routing | undefined): ReadonlyMap<string, string> {
  const routes = [...desired.routes.values()];
  const inFolder = (path: string) => path.slice(routesFolder(id).length);
  const isDesired = JSON.stringify(routing) === JSON.stringify(desired.routing);
  if (!routing && !isDesired) return new Map();
  if (!routing || isDesired) return new Map(routes.map(({ path, text }) => [inFolder(path), text] as const));
  const written = writeRouting(
    routes.map(({ manifest }) => manifest),
    routing,
  );
  return new Map(routes.map(({ path }, index) => [inFolder(path), serialize(written[index] ?? {})] as const));
}
