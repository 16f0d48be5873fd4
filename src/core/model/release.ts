import type { Fields } from './fields.ts';
import type { MemberFields } from './version/fields.ts';

/** Which release: one service in one stage. */
export interface ReleaseId {
  readonly stage?: string;
  readonly namespace: string;
  readonly name: string;
}

/** One entry of the deployment map, with its defaults filled in. */
export interface Version extends MemberFields {
  readonly name: string;
  readonly ports: readonly Fields[]; // of the container, beside the service's
  readonly container: Fields; // every other field of it
  readonly pod: Fields; // every field beside its containers
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
