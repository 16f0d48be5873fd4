import type { Manifest, ManifestSet } from '../model/manifest.ts';
import { routesFolder, workloadsFolder } from '../model/places.ts';
import type { ReleaseId } from '../model/release.ts';
import { pinnedTo, templateOf } from '../targets/kubernetes/read.ts';
import { type Objects, objectsOf, type Placed } from '../targets/objects.ts';
import type { Destination, ObjectKey, Routing } from '../targets/target.ts';
import { readRoutes, serviceOf } from '../targets/targets.ts';
import { drainingOf, type Pending, routesOf, workloadsOf } from './pending.ts';

/** Everything that the next part is decided from, read once. Lists are oldest first, the published tree's last. */
export interface PublicationSituation {
  readonly id: ReleaseId;
  readonly desired: { readonly workloads: Objects; readonly routes: Objects; readonly routing: Routing | undefined };
  /** Destinations that desired's own routes name, by key. */
  readonly finally: ReadonlySet<string>;
  /** The objects of every pending workloads tree. */
  readonly workloads: readonly Objects[];
  /** And of those whose Services may still be answering. */
  readonly answering: readonly Objects[];
  /** The roles in every pending routes tree that has them. */
  readonly routings: readonly Routing[];
  /** As the published routes have it; where a person broke or removed these, as the newest before that can be read. */
  readonly before: Routing | undefined;
  /** Every destination that a pending route names. */
  readonly named: readonly Destination[];
  readonly unconfirmed: { readonly workloads: boolean; readonly routes: boolean };
  readonly ready: Pending['ready'];
}

export function situationOf(pending: Pending, desired: ManifestSet): PublicationSituation {
  const { id, ready } = pending;
  const [workloadsTrees, routesTrees] = [workloadsOf(pending), routesOf(pending)];
  const workloads = workloadsTrees.map((tree) => objectsOf(tree, workloadsFolder(id)));
  const drained = drainingOf(pending).map((tree) => objectsOf(tree, workloadsFolder(id)));
  const tables = routesTrees.map((tree) => manifestsOf(objectsOf(tree, routesFolder(id))));
  const read = tables.map((routes) => readRoutes(id, routes));
  const routes = objectsOf(desired, routesFolder(id));
  const wanted = readRoutes(id, manifestsOf(routes));
  const situation = {
    id,
    desired: {
      workloads: objectsOf(desired, workloadsFolder(id)),
      routes,
      routing: wanted?.routing,
    },
    finally: new Set(wanted?.named.map(({ key }) => key)),
    workloads,
    answering: [...drained, ...workloads],
    routings: read.flatMap((each) => each?.routing ?? []),
    named: read.flatMap((each) => each?.named ?? []),
    unconfirmed: { workloads: workloadsTrees.length > 1, routes: routesTrees.length > 1 },
    ready,
  };
  return { ...situation, before: read.at(-1)?.routing ?? lastThatHolds({ ...situation, before: undefined }) };
}

function manifestsOf(objects: Objects): readonly Manifest[] {
  return [...objects.values()].map(({ manifest }) => manifest);
}

function lastThatHolds(situation: PublicationSituation): Routing | undefined {
  return situation.routings.findLast((routing) =>
    destinationsOf(routing).every((destination) => isThere(situation, destination)),
  );
}

export function destinationsOf({ primary, canary, header, shadow }: Routing): readonly Destination[] {
  return [primary, ...[canary, header, shadow].flatMap((role) => (role ? [role.destination] : []))];
}

/** An object as the newest pending tree that has it has it. */
export function newest({ workloads }: PublicationSituation, key: ObjectKey): Placed | undefined {
  return workloads.findLast((tree) => tree.has(key))?.get(key);
}

/** Whether a destination is in every pending workloads tree, with desired's pod template. */
export function isThere(situation: PublicationSituation, destination: Destination): boolean {
  const { backends, deployment, version } = destination;
  const { workloads } = situation;
  return (
    backends.every(
      (key) => !waitsFor(situation, key) || workloads.every((tree) => reaches(situation, tree, key, version)),
    ) &&
    (!waitsFor(situation, deployment) || workloads.every((tree) => runs(situation, tree, deployment)))
  );
}

/** What neither desired nor any pending tree has can't be waited for: it exists outside, or never will. */
function waitsFor({ desired, workloads }: PublicationSituation, key: ObjectKey | undefined): key is ObjectKey {
  return key !== undefined && (desired.workloads.has(key) || workloads.some((tree) => tree.has(key)));
}

/** Whether a tree has a backend on the Service that it will stay on, and that one selects the version. */
function reaches(situation: PublicationSituation, tree: Objects, key: ObjectKey, version: string): boolean {
  const [backend, last] = [tree.get(key), newest(situation, key)];
  if (!backend || !last) return false;
  const service = serviceOf(backend.manifest);
  if (service !== serviceOf(last.manifest)) return false;
  return !waitsFor(situation, service) || selects(tree, service, version);
}

export function selects(tree: Objects, service: ObjectKey, version: string): boolean {
  const placed = tree.get(service);
  const pinned = placed && pinnedTo(placed);
  return placed !== undefined && (pinned === undefined || pinned === version);
}

/** Whether a tree has a Deployment, as desired has it. */
function runs({ desired }: PublicationSituation, tree: Objects, key: ObjectKey): boolean {
  const [wanted, placed] = [desired.workloads.get(key), tree.get(key)];
  return placed !== undefined && (wanted === undefined || templateOf(wanted) === templateOf(placed));
}

/** Whether every cluster called the version's Deployment ready, with desired's pod template. */
export function isReady(situation: PublicationSituation, deployment: ObjectKey | undefined): boolean {
  if (!waitsFor(situation, deployment)) return true;
  const placed = situation.desired.workloads.get(deployment) ?? newest(situation, deployment);
  return placed !== undefined && situation.ready.get(deployment)?.has(templateOf(placed)) === true;
}
