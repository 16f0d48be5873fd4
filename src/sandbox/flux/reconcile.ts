import type { FluxBehavior, FluxFault } from './behavior.ts';
import { BuildProblem, fetchObjects, type Manifest } from './manifests.ts';
import type { FollowedKustomization } from './state.ts';

/** The result of reconciling a Kustomization: its new state, and Flux's events in order. */
export interface ReconcileResult {
  readonly followed: FollowedKustomization;
  readonly said: readonly FluxMessage[];
}

interface FluxMessage {
  readonly severity: 'info' | 'error';
  readonly reason: string;
  readonly message: string;
}

const SUCCESS: FluxMessage = {
  severity: 'info',
  reason: 'ReconciliationSucceeded',
  message: 'Reconciliation finished in 120ms, next run in 10m0s',
};

/**
 * Applies a commit: all objects, or none if one is rejected; then prunes. With `wait` a health check comes before the
 * event of success.
 */
export async function applyCommit(
  folder: string,
  followed: FollowedKustomization,
  commit: string,
  { fail }: FluxBehavior,
): Promise<ReconcileResult> {
  let objects: readonly Manifest[];
  try {
    objects = await fetchObjects(folder, commit, followed.path);
  } catch (problem) {
    if (!(problem instanceof BuildProblem)) throw problem;
    return failed(followed, commit, problem.reason, problem.message);
  }
  const rejected = fail.find((fault) => 'object' in fault && objects.some(({ id }) => id === fault.object));
  if (rejected && 'object' in rejected) {
    const { object, message = 'admission webhook denied the request' } = rejected;
    return failed(followed, commit, 'ReconciliationFailed', `${object} dry-run failed: ${message}`);
  }
  const after = Object.fromEntries(objects.map(({ id, file }) => [id, file]));
  const kept = followed.prune ? {} : followed.objects;
  const next: FollowedKustomization = {
    ...followed,
    applied: { commit, path: followed.path },
    objects: { ...kept, ...after },
    ready: readyAmong({ ...kept, ...after }, followed.ready, !followed.wait),
    checking: followed.wait,
  };
  const progress = changeLines(followed.objects, next.objects);
  if (followed.wait) return { followed: next, said: progress };
  return { followed: { ...next, failure: null }, said: [...progress, SUCCESS] };
}

/** Ends the health check of the last applied commit: all Deployments are ready except those set to fail. */
export function checkHealth(followed: FollowedKustomization, { fail }: FluxBehavior): ReconcileResult {
  const commit = followed.applied?.commit ?? '';
  const faults = new Map<string, FluxFault>(
    fail.flatMap((fault) => ('deployment' in fault ? [[`Deployment/${fault.deployment}`, fault] as const] : [])),
  );
  const broken = Object.keys(followed.objects).filter((id) => faults.has(id));
  const all = readyAmong(followed.objects, {}, true);
  const ready = Object.fromEntries(Object.entries(all).filter(([id]) => !faults.has(id)));
  const checked = { ...followed, ready, checking: false };
  if (broken.length === 0) return { followed: { ...checked, failure: null }, said: [SUCCESS] };
  return failed(checked, commit, 'HealthCheckFailed', unhealthy(broken, faults));
}

function unhealthy(broken: readonly string[], faults: ReadonlyMap<string, FluxFault>): string {
  const stalled = broken.filter((id) => isEarly(faults.get(id)));
  const [named, how, status] =
    stalled.length > 0
      ? [stalled, 'failed early due to stalled resources', 'Failed']
      : [broken, 'timeout waiting for', 'InProgress'];
  const list = named.map((id) => {
    const { message } = faults.get(id) ?? {};
    return `${id} status: '${status}'${message === undefined ? '' : `: ${message}`}`;
  });
  return `health check failed after 5m0.02s: ${how}: [${list.join(', ')}]`;
}

function isEarly(fault: FluxFault | undefined): boolean {
  return fault !== undefined && 'deployment' in fault && fault.early === true;
}

function failed(followed: FollowedKustomization, commit: string, reason: string, message: string): ReconcileResult {
  return {
    followed: { ...followed, failure: { commit, reason, message } },
    said: [{ severity: 'error', reason, message }],
  };
}

/** The ready Deployments: all, or those that were ready before with the same text. */
function readyAmong(
  objects: FollowedKustomization['objects'],
  before: FollowedKustomization['ready'],
  all: boolean,
): FollowedKustomization['ready'] {
  const deployments = Object.entries(objects).filter(([id]) => id.startsWith('Deployment/'));
  return Object.fromEntries(deployments.filter(([id, file]) => all || before[id] === file));
}

/** Flux's events about applied objects and, as a second event, about pruned ones. */
function changeLines(
  before: FollowedKustomization['objects'],
  after: FollowedKustomization['objects'],
): readonly FluxMessage[] {
  const applied = Object.keys(after).flatMap((id) => {
    if (before[id] === after[id]) return [];
    return [`${id} ${before[id] === undefined ? 'created' : 'configured'}`];
  });
  const pruned = Object.keys(before).flatMap((id) => (after[id] === undefined ? [`${id} deleted`] : []));
  return [applied, pruned]
    .filter((lines) => lines.length > 0)
    .map((lines) => ({ severity: 'info', reason: 'Progressing', message: lines.join('\n') }));
}
