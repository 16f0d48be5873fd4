import { type Change, diff } from '../../core/model/diff.ts';
import type { ManifestSet } from '../../core/model/manifest.ts';
import { workloadsFolder } from '../../core/model/places.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { type Next, next, type Rendering } from '../../core/publication/next.ts';
import { parts } from '../../core/publication/parts.ts';
import { meaningOf } from '../../core/report/meaning.ts';
import { numberedPart, partText } from '../../core/report/part.ts';
import type { Charts } from '../../core/targets/charts.ts';
import { glooTarget } from '../../core/targets/gloo/routing.ts';
import { LIST_FILE } from '../../core/targets/manifest-set.ts';
import type { Standing } from '../cluster/standing.ts';
import type { Moving, Resumed } from './decide-publication.ts';

/** What happens to one release now: a part of its publication, or it waits. `number` parts of `of` are published then. */
export interface PartStep {
  readonly kind: 'part';
  readonly id: ReleaseId;
  readonly name: string;
  readonly tree: ManifestSet;
  readonly changes: readonly Change[];
  readonly text: string; // `switch routes to v2 (2/3)`
  readonly number: number;
  readonly of: number;
  readonly standing: Standing;
}

export interface WaitStep {
  readonly kind: 'wait';
  readonly id: ReleaseId;
  readonly name: string;
  readonly until: string; // `v2 is ready (Deployment echo-v2)`
  readonly person: boolean; // it is somebody's word that it waits for
  readonly number: number;
  readonly of: number;
  readonly standing: Standing;
}

interface Stepping {
  readonly resumed: Resumed | undefined;
  readonly atOnce: boolean;
  readonly many: boolean;
  readonly nameOf: (id: ReleaseId) => string;
  readonly charts: Charts;
}

/** The next step of a release; undefined where there is none: it is where it should be, or broken. */
export function stepOf(
  moving: Moving,
  { resumed, atOnce, many, nameOf, charts }: Stepping,
): PartStep | WaitStep | undefined {
  const { id, desired, standing, takenOver, done } = moving;
  if (!desired) return undefined;
  const rendering: Rendering = { target: glooTarget, charts };
  const pending = { ...standing.pending, takenOver };
  const step = atOnce ? allAtOnce(pending.published, desired) : next(pending, desired, rendering);
  if (step.kind === 'done') return undefined;

  const of = done + restOf(moving, { step, many, rendering });
  const base = { id, name: nameOf(id), standing, of };
  if (step.kind === 'wait') return { ...base, kind: 'wait', until: step.until, person: false, number: done };
  const { tree } = step;
  const what = () => partText(id, { before: pending.published, after: tree });
  const changes = diff(pending.published, tree);
  const isConfirmed = resumed === 'everything' || resumed?.has(identityOf(id)) === true;
  if (moving.byPerson && done > 0 && !isConfirmed && removesWorkloads(id, changes)) {
    return { ...base, kind: 'wait', until: `somebody confirms to ${what()}`, person: true, number: done };
  }
  const text = of === 1 ? meaningOf(id, pending.published, tree).headline : what();
  return { ...base, kind: 'part', tree, changes, text: numberedPart(text, done + 1, of), number: done + 1 };
}

function allAtOnce(published: ManifestSet, desired: ManifestSet): Next {
  return diff(published, desired).length === 0 ? { kind: 'done' } : { kind: 'tree', tree: desired };
}

/** How many parts there are from here. Of many releases at once it is only known whether this is the last one. */
function restOf(
  { standing, takenOver, desired = new Map() }: Moving,
  { step, many, rendering }: { readonly step: Next; readonly many: boolean; readonly rendering: Rendering },
): number {
  if (step.kind === 'tree' && diff(step.tree, desired).length === 0) return 1;
  if (many) return step.kind === 'tree' ? 2 : 1;
  return Math.max(1, parts({ ...standing.pending, takenOver }, desired, rendering).length);
}

function removesWorkloads(id: ReleaseId, changes: readonly Change[]): boolean {
  const folder = workloadsFolder(id);
  const gone = changes.filter(({ path, after }) => path.startsWith(folder) && after === undefined);
  const isWhole = changes.some(({ path, after }) => path === `${folder}${LIST_FILE}` && after === undefined);
  return gone.length > 0 && !isWhole; // what is left of a release at last was emptied before
}
