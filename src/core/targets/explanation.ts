import type { Manifest } from '../model/manifest.ts';
import type { ReleaseId } from '../model/release.ts';
import type { Domain } from '../settings/settings.ts';

/** A request that is asked about. */
export interface Request {
  readonly host?: string; // a port may follow
  readonly path: string; // a query may follow
  readonly headers: ReadonlyMap<string, string>;
}

/** All that decides who answers. */
export interface World {
  readonly domains: readonly Domain[];
  readonly releases: readonly { readonly id: ReleaseId; readonly routes: readonly Manifest[] }[];
  readonly broken?: readonly ReleaseId[]; // releases that can't be rendered: they have no routes here
}

/** Who answers a request. */
export type Answer =
  | {
      readonly release: string; // the short name where it is unambiguous
      readonly route: number; // which of its routes, from 0
      readonly destinations: readonly { readonly version: string; readonly percent: number }[];
    }
  | { readonly release: null; readonly reason: string };

/** An answer, and why. */
export interface Explanation {
  readonly answer: Answer;
  readonly by?: string; // the route that takes the request, after "by"
  readonly variations: readonly Variation[];
  readonly missing: readonly string[]; // broken releases that would most likely answer instead
}

/** What other headers would change. */
export interface Variation {
  readonly change: string; // 'with stage: canary', 'without stage'
  readonly answer: Answer;
}
