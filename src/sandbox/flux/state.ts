import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { readIfThere, replaceFile } from '../store/files.ts';
import type { Kustomization } from './manifests.ts';
import { type Told, WELL } from './told.ts';

/** One Kustomization, and what the cluster has of it. */
export interface Followed extends Kustomization {
  readonly uid: string;
  readonly applied: { readonly commit: string; readonly path: string } | null;
  readonly objects: Readonly<Record<string, string>>; // what was applied: id -> id of its text
  readonly ready: Readonly<Record<string, string>>; // the Deployments that are ready, with which text
  readonly checking: boolean; // a health check is under way
  readonly failure: { readonly commit: string; readonly reason: string; readonly message: string } | null;
}

/** Everything that this Flux and its cluster remember. */
export interface FluxState {
  readonly uid: string; // of the root Kustomization
  readonly seen: string | null; // the branch's commit when it was last looked at
  readonly told: Told;
  readonly followed: readonly Followed[]; // by namespace and name
}

/** Where it is kept, so that a restart goes on from there. */
export interface FluxStore {
  get(): FluxState;
  put(state: FluxState): Promise<void>;
}

/** Opens what an earlier process left, or begins with an empty cluster. */
export async function openFluxStore(dataDir: string): Promise<FluxStore> {
  const path = join(dataDir, 'state', 'flux.json');
  const text = await readIfThere(path);
  let state: FluxState =
    text === undefined ? { uid: randomUUID(), seen: null, told: WELL, followed: [] } : (JSON.parse(text) as FluxState);
  return {
    get: () => state,
    put: async (next) => {
      await replaceFile(path, `${JSON.stringify(next)}\n`);
      state = next;
    },
  };
}
