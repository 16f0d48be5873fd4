import { deploymentCalled, deploymentOf } from '../targets/kubernetes/names.ts';
import { pinnedTo } from '../targets/kubernetes/read.ts';
import { ATTACHED_KINDS } from '../targets/kubernetes/workloads.ts';
import type { Objects, Placed } from '../targets/objects.ts';
import { type Destination, nameIn, type ObjectKey, type Routing } from '../targets/target.ts';
import { serviceOf } from '../targets/targets.ts';
import { destinationsOf, isReady, isThere, newest, type PublicationSituation, selects } from './situation.ts';

/**
 * The workloads to publish next: desired's, and what pending routes, and those to publish next, still stand on. A
 * backend or a Service in use moves on as a route does: once what it moves to is there, and was ready.
 */
export function nextWorkloads(situation: PublicationSituation, routing: Routing | undefined): Objects {
  const { desired } = situation;
  const used = [...situation.named, ...(routing ? destinationsOf(routing) : [])];
  const backends = new Map(
    [...desired.workloads].map(([key, placed]) => [key, nextBackend(situation, key, placed, used)] as const),
  );
  const kept = keptBy(situation, used, backends);
  const next = new Map<ObjectKey, Placed>();
  for (const [key, placed] of backends) {
    const chosen = pinnedTo(placed) === undefined ? placed : nextService(situation, key, placed, { used, backends });
    if (chosen) next.set(key, chosen);
  }
  for (const key of kept) {
    const placed = next.has(key) ? undefined : newest(situation, key);
    if (placed) next.set(key, placed);
  }
  return next;
}

/** A backend in use stays on its Service until the one that it moves to is in every pending tree. */
function nextBackend(
  situation: PublicationSituation,
  key: ObjectKey,
  wanted: Placed,
  used: readonly Destination[],
): Placed {
  const { workloads } = situation;
  const users = used.filter(({ backends }) => backends.includes(key));
  const before = users.length > 0 ? newest(situation, key) : undefined;
  const service = serviceOf(wanted.manifest);
  if (!before || service === undefined || serviceOf(before.manifest) === service) return wanted;
  const isOpen = users.every(({ version }) => workloads.every((tree) => selects(tree, service, version)));
  return isOpen ? wanted : before;
}

/** What must stay though desired may not have it. */
function keptBy(
  situation: PublicationSituation,
  used: readonly Destination[],
  backends: Objects,
): ReadonlySet<ObjectKey> {
  const { answering, desired, id } = situation;
  const trees = [...answering, backends];
  const kept = new Set<ObjectKey>();
  for (const { key, backends: own, deployment } of used) {
    // Desired's own routes name it, and desired doesn't have it: keeping it would never end.
    const isFinal = (part: ObjectKey) => situation.finally.has(key) && !desired.workloads.has(part);
    if (deployment !== undefined && !isFinal(deployment)) for (const part of versionParts(deployment)) kept.add(part);
    for (const backend of own.filter((each) => !isFinal(each))) {
      kept.add(backend);
      for (const tree of trees) {
        const placed = tree.get(backend);
        const service = placed && serviceOf(placed.manifest);
        if (service !== undefined) kept.add(service);
      }
    }
  }
  for (const [service, version] of answering.flatMap(pins)) {
    const wanted = desired.workloads.get(service);
    const deployment = deploymentOf(id, version);
    const isFinal = wanted && pinnedTo(wanted) === version && !desired.workloads.has(deployment);
    if (!isFinal) for (const part of versionParts(deployment)) kept.add(part);
  }
  for (const part of [...kept]) if (isAttached(desired.workloads, part)) kept.delete(part);
  return kept;
}

/** A version's Deployment, and what belongs to it by its name. */
function versionParts(deployment: ObjectKey): readonly ObjectKey[] {
  const name = nameIn(deployment);
  return [deployment, ...ATTACHED_KINDS.map((kind) => `${kind}/${name}` as const)];
}

/** Whether desired has the Deployment that this belongs to: then desired says what belongs to it. */
function isAttached(desired: Objects, part: ObjectKey): boolean {
  const [kind = '', name = ''] = part.split('/');
  return ATTACHED_KINDS.includes(kind) && desired.has(deploymentCalled(name));
}

/** The Services of a tree that select a single version, each with that version. */
function pins(tree: Objects): readonly (readonly [service: ObjectKey, version: string])[] {
  return [...tree].flatMap(([key, placed]) => {
    const version = pinnedTo(placed);
    return version === undefined ? [] : [[key, version] as const];
  });
}

/**
 * A Service that selects a single version is a route to it: it moves on to a version that is there and was ready, or
 * back to one that may still answer. And it is an ingredient of backends: in use by one it doesn't turn away from
 * that one's version. Undefined: there is none yet.
 */
function nextService(
  situation: PublicationSituation,
  key: ObjectKey,
  wanted: Placed,
  { used, backends }: { readonly used: readonly Destination[]; readonly backends: Objects },
): Placed | undefined {
  const version = pinnedTo(wanted);
  if (version === undefined) return wanted;
  const { answering, id } = situation;
  const pinsIt = (tree: Objects) => pins(tree).some(([k, v]) => k === key && v === version);
  const standsOn = (tree: Objects, backend: ObjectKey) => {
    const placed = tree.get(backend);
    return placed !== undefined && serviceOf(placed.manifest) === key;
  };
  const leaves = (backend: ObjectKey) => {
    const stays = standsOn(situation.desired.workloads, backend);
    return !stays && [...answering, backends].some((tree) => standsOn(tree, backend));
  };
  const isNeeded = used.some(({ backends: own, version: other }) => other !== version && own.some(leaves));
  if (isNeeded) return newest(situation, key);
  const deployment = deploymentOf(id, version);
  const isOpen =
    isThere(situation, { key: '', version, backends: [], deployment, named: {} }) &&
    (isReady(situation, deployment) || answering.some(pinsIt));
  return isOpen ? wanted : newest(situation, key);
}
