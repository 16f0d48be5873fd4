import type { Manifest } from '../model/manifest.ts';
import type { ReleaseId } from '../model/release.ts';

/** An object of a release by kind and name: `Deployment/echo-v1`. */
export type ObjectKey = `${string}/${string}`;

export function keyOf({ kind, metadata }: Manifest): ObjectKey {
  return `${kind}/${metadata.name}`;
}

/** The name of an object. */
export function nameIn(key: ObjectKey): string {
  return key.slice(key.indexOf('/') + 1);
}

/** Where routes send requests: all that has to be there, and be ready, before they may. */
export interface Destination {
  readonly key: string; // equal destinations of a release have equal keys
  readonly version: string;
  readonly backend?: ObjectKey; // what the route names, and the version's pods; neither: it exists outside
  readonly deployment?: ObjectKey;
  readonly named: Readonly<Record<string, unknown>>; // as the target's own routes write it
}

/** The roles that a release's routes give to destinations. Weights are percent; the primary takes the rest. */
export interface Routing {
  readonly primary: Destination;
  readonly canary?: { readonly destination: Destination; readonly weight: number };
  readonly header?: { readonly destination: Destination; readonly match: readonly unknown[] };
  readonly shadow?: { readonly destination: Destination; readonly percentage: number };
}

/**
 * What publication asks of a render target: to read routes back, and to write them with other roles. None of these
 * throws, whatever somebody has made of the objects by hand.
 */
export interface RenderTarget {
  /** The roles in a release's routes; undefined where no primary can be read. */
  readonly readRouting: (id: ReleaseId, routes: readonly Manifest[]) => Routing | undefined;
  /** Every destination that routes name, in whatever role and by whoever's hand. */
  readonly namedIn: (id: ReleaseId, routes: readonly Manifest[]) => readonly Destination[];
  /** These routes with these roles in place of their own, everything else as it is. */
  readonly writeRouting: (routes: readonly Manifest[], routing: Routing) => readonly Manifest[];
  /** The Service that a backend takes its endpoints from. */
  readonly serviceOf: (backend: Manifest) => ObjectKey | undefined;
}
