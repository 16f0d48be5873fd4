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

/** One entry of the deployment map, with its defaults filled in. */
export interface Version {
  readonly name: string;
  readonly image: string;
  readonly imagePullPolicy?: string;
  readonly args?: readonly string[];
  readonly env: readonly EnvVar[];
  readonly replicas: number;
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

/** A valid values file: everything that rendering needs, nothing left to decide. */
export interface Release {
  readonly id: ReleaseId;
  readonly file: string;
  readonly versions: ReadonlyMap<string, Version>; // sorted by name
  readonly service: { readonly port: number; readonly targetPort: number };
  readonly apiGroup: string;
  readonly prefix: string;
  readonly primary: Primary;
  readonly canary?: Canary;
}

/** `[stage/]namespace/release`: the name of a release that is never ambiguous. */
export function identityOf({ stage, namespace, name }: ReleaseId): string {
  return [...(stage === undefined ? [] : [stage]), namespace, name].join('/');
}
