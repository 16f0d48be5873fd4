import { type Next, next, type Rendering } from '../publication.ts';
import type { ManifestSet } from '../render/manifest-set.ts';
import { type Pending, settled } from './pending.ts';

/** One commit of a publication, for one release. */
export interface Part {
  readonly before: ManifestSet;
  readonly after: ManifestSet;
}

/** More parts than any change needs: a renamed kind of destination, a narrowed Service and a deletion have fewer. */
const MAX_PARTS = 20;

/** The parts that a publication still has, if the clusters confirm each before the next. */
export function parts(pending: Pending, desired: ManifestSet, rendering: Rendering): readonly Part[] {
  const found: Part[] = [];
  let now = pending;
  let step: Next = next(now, desired, rendering);
  for (let turn = 0; step.kind !== 'done' && turn < 2 * MAX_PARTS; turn++) {
    if (step.kind === 'tree') found.push({ before: now.published, after: step.tree });
    now = settled(now.id, step.kind === 'tree' ? step.tree : now.published);
    step = next(now, desired, rendering);
  }
  return found;
}
