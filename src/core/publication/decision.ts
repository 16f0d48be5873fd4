import type { Change } from '../model/diff.ts';
import type { Finding } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest.ts';
import type { ReleaseId } from '../model/release.ts';
import type { Failure } from '../readiness/live.ts';

import type { Refusal } from '../refusal.ts';
import type { Outline, Outlines } from '../targets/outline.ts';
import type { Pending } from './pending.ts';
import type { Serving } from './serving.ts';
import type { Obstacle } from './wait.ts';

/** Where the clusters may stand with a release, and what they said of it. */
export interface ClusterState {
  readonly pending: Omit<Pending, 'takenOver'>;
  readonly applied: { readonly workloads: boolean; readonly routes: boolean }; // what is published, everywhere
  readonly serving: Serving;
  readonly assumed: boolean; // no cluster reported it: time has passed
  readonly failures: readonly Failure[];
  readonly heard: boolean; // whether any cluster has ever spoken
  readonly waitsFor: readonly SilentCluster[]; // the clusters that have not confirmed what is published
  readonly confirmedBy: readonly string[]; // the clusters that have
  readonly overdue: boolean; // nothing was heard of what is published for longer than the settings allow
  readonly publishedAt?: Date; // when it last changed on the branch
  readonly liveSince?: Date; // since when all of what is published is applied everywhere
  readonly dueIn?: number; // seconds after which more is known, by time alone
  readonly untold?: true; // what the clusters said isn't to be seen from here
}

/** A cluster that has not confirmed what is published. */
export interface SilentCluster {
  readonly cluster: string;
  readonly heardAt?: string; // when it last reported this release
}

/** One release that may have to move: what is published of it, what is desired, and where the clusters may stand. */
export interface ReleaseToPublish {
  readonly id: ReleaseId;
  readonly published: ManifestSet;
  readonly desired: ManifestSet | undefined; // undefined: broken, it keeps what is published
  readonly outline?: Outline; // of desired
  readonly findings: readonly Finding[];
  readonly standing: ClusterState;
  readonly takenOver: boolean; // of a deleted one: whether the release that takes over its paths is live, or none does
  readonly done: number; // parts of this publication that were published before
  readonly byPerson: boolean; // by time alone: what removes something waits for a person to approve it
  readonly changed: boolean; // its values or the settings, since what is published
}

/** What a person has approved, though it was refused or waits: everything, or these releases. */
export type Approval = 'everything' | ReadonlySet<string>;

/** The files of the gitops branch: the id of each blob, by path. */
export type BranchFiles = ReadonlyMap<string, { readonly id: string }>;

/** All that a publication is decided from. */
export interface PublicationFacts {
  readonly branch: string;
  readonly expectedHead: string | undefined;
  readonly last: string | undefined; // Source-Commit of what is published
  readonly moving: readonly ReleaseToPublish[];
  readonly domains: ManifestSet | undefined; // desired; undefined: they stay as they are
  readonly files: BranchFiles; // everything on the branch
  readonly outlines?: Outlines; // of what is published; none: nothing moves
  readonly idOf: (text: string) => string;
  readonly hasValues: boolean;
  readonly resumed?: Approval;
  readonly atOnce?: boolean; // no cluster follows: no order matters
}

/** A release in a decision. `number` parts of `of` are published once the decision is carried out. */
interface Step {
  readonly id: ReleaseId;
  readonly name: string; // short where it is unambiguous
  readonly number: number;
  readonly of: number;
  readonly standing: ClusterState;
}

/** The next part of one release's publication. */
export interface PartStep extends Step {
  readonly kind: 'part';
  readonly tree: ManifestSet; // what is published of the release then
  readonly changes: readonly Change[];
}

/** A release of which nothing can be published now. */
export interface WaitStep extends Step {
  readonly kind: 'wait';
  readonly waitsFor:
    | { readonly kind: 'clusters'; readonly obstacles: readonly Obstacle[] }
    | { readonly kind: 'person'; readonly tree: ManifestSet }; // what is published once a person confirms it
}

/** What a publication comes to. */
export type Decision =
  | {
      readonly kind: 'publish';
      readonly branch: string;
      readonly expectedHead: string | undefined;
      readonly last: string | undefined;
      readonly files: ReadonlyMap<string, string | undefined>;
      readonly shared: readonly string[]; // those of the paths that belong to no single release
      readonly broken: readonly ReleaseId[]; // have errors, and keep what is published
      readonly findings: readonly Finding[];
      readonly published: readonly PartStep[];
      readonly waiting: readonly WaitStep[];
    }
  | {
      readonly kind: 'equal'; // nothing can be published now
      readonly branch: string;
      readonly findings: readonly Finding[];
      readonly touched: boolean;
      readonly waiting: readonly WaitStep[];
    }
  | RefusedPublication;

/** A publication that was declined. */
export interface RefusedPublication {
  readonly kind: 'refused';
  readonly refusal: Refusal;
  readonly asks: readonly string[]; // identities of the releases that a person may approve; none: no approval helps
  readonly findings: readonly Finding[];
}
