import type { ManifestSet } from '../model/manifest.ts';
import type { ReleaseId } from '../model/release.ts';
import type { Traffic } from '../model/traffic.ts';
import { trafficOf } from '../targets/traffic.ts';

/** What the clusters serve of a release, as far as that is known. */
export type Serving =
  | { readonly kind: 'known'; readonly traffic: Traffic | undefined; readonly isAssumed: boolean } // undefined: nothing
  | { readonly kind: 'changing'; readonly last: Traffic | undefined } // confirmed last; what is published is other
  | { readonly kind: 'unknown'; readonly last?: Traffic };

export interface ServingFacts {
  readonly id: ReleaseId;
  /** The trees whose routes a cluster may have: from those that all confirmed last up to the published, oldest first. */
  readonly routed: readonly ManifestSet[];
  readonly isConfirmed: boolean; // the first of them was; else the clusters have never confirmed any
  readonly isAssumed: boolean; // no cluster reports: time has passed
  readonly isLost: boolean; // silent for too long, or the routes failed
}

/** What clusters serve: known only where each tree that they may have sends requests the same way. */
export function servingOf({ id, routed, isConfirmed, isAssumed, isLost }: ServingFacts): Serving {
  const all = routed.map((tree) => trafficOf(id, tree));
  const [last] = all;
  if (routed.length > 0 && !isConfirmed) return { kind: 'unknown' };
  if (new Set(all.map(textOf)).size <= 1) return { kind: 'known', traffic: last, isAssumed };
  if (isLost) return { kind: 'unknown', ...(last ? { last } : {}) };
  return { kind: 'changing', last };
}

/** Where requests go, as text: alike for two that send them the same way. */
function textOf(traffic: Traffic | undefined): string {
  const { primary, canary, headers } = traffic ?? {};
  const tested = canary && canary.weight > 0 ? canary : undefined;
  return JSON.stringify([primary, tested, headers?.version, [...(headers?.match ?? [])]]);
}
