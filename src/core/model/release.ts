/** Which release: one service in one stage. */
export interface ReleaseId {
  readonly stage?: string;
  readonly namespace: string;
  readonly name: string;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: unknown; // as in Kubernetes, checked by the schema
}

/** Fields as Kubernetes has them; its own schema judges them. */
export type Fields = Readonly<Record<string, unknown>>;

/** One entry of the deployment map, with its defaults filled in. */
export interface Version {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env: readonly EnvVar[];
  readonly replicas?: number; // none: the autoscaler decides
  readonly labels: Readonly<Record<string, string>>; // of the pods, beside app and version
  readonly annotations: Readonly<Record<string, string>>;
  readonly ports: readonly Fields[]; // of the container, beside the service's
  readonly container: Fields; // every other field of it
  readonly pod: Fields; // every field beside its containers
  readonly autoscaling?: Autoscaling;
  readonly disruption?: Disruption;
  readonly upstream?: UpstreamRef; // exists already: nothing is deployed for this version
}

/** Where Gloo puts the upstreams that it discovers. */
export const DISCOVERY_NAMESPACE = 'gloo-system';

/** A backend that routes may name, by its own name. */
export interface UpstreamRef {
  readonly name: string;
  readonly namespace: string;
}

export interface Autoscaling {
  readonly min: number;
  readonly max: number;
  readonly cpu: number; // percent of the request
}

export interface Disruption {
  readonly minAvailable: number | string; // a number, or a percentage
}

/** The version that takes the rest of the traffic. */
export interface Primary {
  readonly version: string;
}

/** The version that takes `weight` percent, and every request that has the headers. */
export interface Canary {
  readonly version: string;
  readonly weight: number; // 0 to 100
  readonly headers: ReadonlyMap<string, string>; // sorted by name; empty: no header route
}

/** Requests that a release takes. */
export interface RoutePath {
  readonly kind: 'exact' | 'regex' | 'prefix';
  readonly path: string;
  readonly function?: string; // a REST function of the upstream
  readonly rewrite?: string; // what a matched prefix becomes
}

/** A path that a release takes, without what happens to its requests. */
export type TakenPath = Pick<RoutePath, 'kind' | 'path'>;

/** The version that gets a copy of the requests. */
export interface Shadow {
  readonly version: string;
  readonly percentage: number;
}

/** A valid values file: everything that rendering needs, nothing left to decide. */
export interface Release {
  readonly id: ReleaseId;
  readonly file: string;
  readonly versions: ReadonlyMap<string, Version>; // sorted by name
  readonly service: { readonly port: number; readonly targetPort: number; readonly selects: 'all' | 'primary' };
  readonly apiGroup: string;
  readonly paths: readonly RoutePath[]; // in the order in which Gloo sorts them
  readonly destinations: 'subset' | 'upstream';
  readonly primary: Primary;
  readonly canary?: Canary;
  readonly shadow?: Shadow;
}

/** `[stage/]namespace/release`: the name of a release that is never ambiguous. */
export function identityOf({ stage, namespace, name }: ReleaseId): string {
  return [...(stage === undefined ? [] : [stage]), namespace, name].join('/');
}
