import type { ManifestSet } from '../model/manifest.ts';
import type { Targets } from '../targets/targets.ts';
import { type Next, next } from './next.ts';
import { confirmedPending, type Pending } from './pending.ts';
import type { Obstacle } from './wait.ts';

/** One commit of a publication, for one release. */
export interface Part {
  readonly before: ManifestSet;
  readonly after: ManifestSet;
  readonly waits: readonly Obstacle[]; // what the clusters have to confirm before the next one
}

/** More turns than any change needs, each a part or a wait. */
const MAX_TURNS = 40;

/** The parts that a publication still has, if the clusters confirm each before the next. */
export function parts(pending: Pending, desired: ManifestSet, targets: Targets): readonly Part[] {
  const found: Part[] = [];
  let now = pending;
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    const step: Next = next(now, desired, targets);
    if (step.kind === 'done') break;
    if (step.kind === 'wait') {
      now = confirmedPending(now.id, now.published);
      continue;
    }
    const after = step.tree;
    const told = { workloads: [...now.workloads, now.published], routes: [...now.routes, now.published] };
    const stuck = next({ ...now, ...told, published: after }, desired, targets);
    found.push({ before: now.published, after, waits: stuck.kind === 'wait' ? stuck.obstacles : [] });
    now = confirmedPending(now.id, after);
  }
  return found;
}
