import type { Draft } from '../model/draft.ts';
import type { Manifest } from '../model/manifest.ts';
import type { Release, ReleaseId, TakenPath } from '../model/release.ts';
import type { UpstreamRef } from '../model/version/upstream.ts';
import type { CheckDefinition } from '../schema/definitions.ts';
import type { Domain } from '../settings/settings.ts';
import type { Explanation, Request, World } from './explanation.ts';
import type { FillTemplate } from './templates.ts';
import type { PlacesOf } from './written-place.ts';

/** An object of a release by kind and name: `Deployment/echo-v1`. */
export type ObjectKey = `${string}/${string}`;

/** The key of an object among those of its release. */
export function keyOf({ kind, metadata }: Manifest): ObjectKey {
  return `${kind}/${metadata.name}`;
}

/** The name of an object. */
export function nameIn(key: ObjectKey): string {
  return key.slice(key.indexOf('/') + 1);
}

/** A kind of Kubernetes object. */
export interface ObjectKind {
  readonly kind: string;
  readonly group: string; // of its API; empty: Kubernetes' core
  readonly resource: string; // as a ClusterRole names it
}

/** The objects of a release, by the part of the gitops branch that they belong to. */
export interface RenderedRelease {
  readonly workloads: readonly Manifest[];
  readonly routes: readonly Manifest[];
}

/** API version -> the schema that has its kinds. */
export type Schemas = Readonly<Record<string, CheckDefinition>>;

/** Where routes send requests: all that has to be there, and be ready, before they may. */
export interface Destination {
  readonly key: string; // equal destinations of a release have equal keys
  readonly version: string;
  readonly backends: readonly ObjectKey[]; // of ours that routes name: none where it exists outside, or pods are found by label
  readonly deployment?: ObjectKey; // with the version's pods; none: it exists outside
  readonly named: Readonly<Record<string, unknown>>; // as the target's own routes write it
}

/** A header that a request must have; a target may know more about it than its value. */
export interface HeaderMatch {
  readonly name: string;
  readonly value?: string; // none: any
}

/** The roles that a release's routes give to destinations. Weights are percent; the primary takes the rest. */
export interface Routing {
  readonly primary: Destination;
  readonly canary?: { readonly destination: Destination; readonly weight: number };
  readonly header?: { readonly destination: Destination; readonly match: readonly HeaderMatch[] };
  readonly shadow?: { readonly destination: Destination; readonly percentage: number };
}

/** What a release's routes say, read back from its objects: the one reading that all others are made of. */
export interface ReleaseRoutes {
  readonly apiGroup: string;
  readonly paths: readonly TakenPath[]; // whatever the headers
  readonly routing?: Routing; // none: no primary can be read
  readonly named: readonly Destination[]; // in any role, rendered or edited by hand
  readonly backends: readonly UpstreamRef[]; // that are named, by name
}

/**
 * What writes a release's routes for one kind of gateway, and reads them back. Workloads are the same for all targets.
 * What reads never throws, whatever became of the objects by hand, and leaves alone what is of another target.
 *
 * Two targets of one domain at once are one target made of both: its routing has a destination for each version that
 * stands on the backends of both.
 */
export interface RenderTarget {
  readonly name: string; // of its folders
  /** The kinds that it renders for a release beside those of the workloads, and for a domain. */
  readonly kinds: readonly ObjectKind[];
  readonly domainKinds: readonly ObjectKind[];
  readonly schemas: Schemas;
  /** Whether a domain is reached through this target. */
  readonly serves: (domain: Domain) => boolean;

  /** What routes need beside the workloads (`workloads`), and the routes. */
  readonly render: (release: Release, fill: FillTemplate) => RenderedRelease;
  /** The shared entry point of a domain. */
  readonly renderDomain: (domain: Domain, fill: FillTemplate) => readonly Manifest[];
  /** For an object of its own: where a place in it comes from in the values. */
  readonly placesIn: (manifest: Manifest) => PlacesOf | undefined;

  /** What a release's routes say; undefined where it has none of this target. */
  readonly readRoutes: (id: ReleaseId, routes: readonly Manifest[]) => ReleaseRoutes | undefined;
  /** These routes with these roles in place of their own, everything else as it is. */
  readonly writeRouting: (routes: readonly Manifest[], routing: Routing) => readonly Manifest[];
  /** The Service that a backend takes its endpoints from. */
  readonly serviceOf: (backend: Manifest) => ObjectKey | undefined;
  /** The backends that other releases' routes may name: of a draft, and of rendered objects. */
  readonly offeredBy: (draft: Draft) => readonly UpstreamRef[];
  readonly offeredIn: (id: ReleaseId, manifests: readonly Manifest[]) => readonly UpstreamRef[];

  /** Which version answers a request in this domain, in the target's own order, and why. */
  readonly explain: (request: Request, domain: Domain, world: World) => Explanation;
}
