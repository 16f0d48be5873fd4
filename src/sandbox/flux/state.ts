import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readIfExists, replaceFile } from '../store/files.ts';
import { DEFAULT_BEHAVIOR, type FluxBehavior } from './behavior.ts';
import type { Kustomization } from './manifests.ts';

/** A Kustomization and its state in the cluster. */
export interface FollowedKustomization extends Kustomization {
  readonly uid: string;
  readonly applied: { readonly commit: string; readonly path: string } | null;
  readonly objects: Readonly<Record<string, string>>; // applied objects: id -> content id
  readonly ready: Readonly<Record<string, string>>; // ready Deployments: id -> content id
  readonly checking: boolean; // a health check is running
  readonly failure: { readonly commit: string; readonly reason: string; readonly message: string } | null;
}

/** The stored state of the sandbox's Flux and its cluster. */
export interface FluxState {
  readonly uid: string; // of the root Kustomization
  readonly seen: string | null; // the branch's commit at the last reconciliation
  readonly told: FluxBehavior;
  readonly followed: readonly FollowedKustomization[]; // by namespace and name
}

/** Stores the state, so that a restart continues from it. */
export interface FluxStore {
  get(): FluxState;
  put(state: FluxState): Promise<void>;
}

/** Opens the state of an earlier process, or starts with an empty cluster. */
export async function openFluxStore(dataDir: string): Promise<FluxStore> {
  const path = join(dataDir, 'state', 'flux.json');
  const text = await readIfExists(path);
  let state: FluxState =
    text === undefined
      ? { uid: randomUUID(), seen: null, told: DEFAULT_BEHAVIOR, followed: [] }
      : (JSON.parse(text) as FluxState);
  return {
    get: () => state,
    put: async (next) => {
      await replaceFile(path, `${JSON.stringify(next)}\n`);
      state = next;
    },
  };
}
