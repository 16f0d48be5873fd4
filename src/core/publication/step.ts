import { type Change, diff } from '../model/diff.ts';
import type { ManifestSet } from '../model/manifest.ts';
import { workloadsFolder } from '../model/places.ts';
import { identityOf, type ReleaseId } from '../model/release.ts';
import { LIST_FILE } from '../targets/manifest-set.ts';
import type { Targets } from '../targets/targets.ts';
import type { Approval, PartStep, ReleaseToPublish, WaitStep } from './decision.ts';
import { type Next, next } from './next.ts';
import { parts } from './parts.ts';

interface StepOptions {
  readonly resumed: Approval | undefined;
  readonly atOnce: boolean;
  readonly many: boolean;
  readonly nameOf: (id: ReleaseId) => string;
  readonly targets: Targets;
}

/** The next step of a release; undefined where there is none: it is where it should be, or broken. */
export function stepOf(
  moving: ReleaseToPublish,
  { resumed, atOnce, many, nameOf, targets }: StepOptions,
): PartStep | WaitStep | undefined {
  const { id, desired, standing, takenOver, done } = moving;
  if (!desired) return undefined;
  const pending = { ...standing.pending, takenOver };
  const step = atOnce ? allAtOnce(pending.published, desired) : next(pending, desired, targets);
  if (step.kind === 'done') return undefined;

  const of = done + restOf(moving, { step, many, targets });
  const base = { id, name: nameOf(id), standing, of };
  if (step.kind === 'wait') {
    return { ...base, kind: 'wait', waitsFor: { kind: 'clusters', obstacles: step.obstacles }, number: done };
  }
  const { tree } = step;
  const changes = diff(pending.published, tree);
  const isConfirmed = resumed === 'everything' || resumed?.has(identityOf(id)) === true;
  if (moving.byPerson && done > 0 && !isConfirmed && removesWorkloads(id, changes)) {
    return { ...base, kind: 'wait', waitsFor: { kind: 'person', tree }, number: done };
  }
  return { ...base, kind: 'part', tree, changes, number: done + 1 };
}

function allAtOnce(published: ManifestSet, desired: ManifestSet): Next {
  return diff(published, desired).length === 0 ? { kind: 'done' } : { kind: 'tree', tree: desired };
}

/** How many parts there are from here. Of many releases at once it is only known whether this is the last one. */
function restOf(
  { standing, takenOver, desired = new Map() }: ReleaseToPublish,
  { step, many, targets }: { readonly step: Next; readonly many: boolean; readonly targets: Targets },
): number {
  if (step.kind === 'tree' && diff(step.tree, desired).length === 0) return 1;
  if (many) return step.kind === 'tree' ? 2 : 1;
  return Math.max(1, parts({ ...standing.pending, takenOver }, desired, targets).length);
}

function removesWorkloads(id: ReleaseId, changes: readonly Change[]): boolean {
  const folder = workloadsFolder(id);
  const gone = changes.filter(({ path, after }) => path.startsWith(folder) && after === undefined);
  const isWhole = changes.some(({ path, after }) => path === `${folder}${LIST_FILE}` && after === undefined);
  return gone.length > 0 && !isWhole; // what is left of a release at last was emptied before
}
