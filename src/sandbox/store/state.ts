import { join } from 'node:path';
import { Collection } from './collection.ts';

/** A pull request. Its id is its number; its head is the one last announced, and the branch has the current one. */
export interface PullRow {
  readonly id: number;
  readonly title: string;
  readonly body: string | null;
  readonly draft: boolean;
  readonly author: string;
  readonly head: string;
  readonly base: string;
  readonly headSha: string;
  readonly baseSha: string;
  readonly state: 'open' | 'closed';
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly closedAt: string | null;
  readonly merge: MergeRow | null;
  /** A merge that is about to move the base branch; after a kill, the branch shows whether it did. */
  readonly merging: MergeRow | null;
  /** The last test merge; a conflict has no commit. */
  readonly test: { readonly base: string; readonly head: string; readonly sha: string | null } | null;
}

export interface MergeRow {
  readonly sha: string;
  readonly by: string;
  readonly at: string;
}

export interface CommentRow {
  readonly id: number;
  readonly issue: number;
  readonly author: string;
  readonly body: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A comment on a line of a pull request's diff, on the side of its head. */
export interface ReviewCommentRow {
  readonly id: number;
  readonly pull: number;
  readonly author: string;
  readonly body: string;
  readonly path: string;
  readonly line: number; // in the commit
  readonly commit: string;
  readonly position: number;
  readonly hunk: string;
  /** The first comment of the conversation. */
  readonly replyTo: number | null;
  readonly createdAt: string;
}

export interface ReactionRow {
  readonly id: number;
  readonly comment: number;
  readonly author: string;
  readonly content: string;
  readonly createdAt: string;
}

export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly start_column: number | null;
  readonly end_column: number | null;
  readonly annotation_level: string;
  readonly message: string;
  readonly title: string | null;
  readonly raw_details: string | null;
}

export interface CheckRow {
  readonly id: number;
  readonly name: string;
  readonly headSha: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly startedAt: string;
  readonly completedAt: string | null;
  readonly externalId: string;
  readonly detailsUrl: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: readonly Annotation[];
}

export interface StatusRow {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly author: string;
  readonly createdAt: string;
}

/** The requirements for a merge into a branch. */
export interface ProtectionRow {
  readonly id: number;
  readonly branch: string;
  readonly approvals: number;
  readonly checks: readonly string[];
  /** Logins that may bypass it. */
  readonly bypass: readonly string[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A move of a branch. */
export interface PushRow {
  readonly id: number;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly kind: 'push' | 'force_push' | 'branch_creation' | 'branch_deletion';
  readonly by: string;
  readonly at: string;
}

/** A delivery of a webhook; without `outcome` it waits to be sent. */
export interface DeliveryRow {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly payload: string;
  readonly redelivery: boolean;
  readonly createdAt: string;
  readonly outcome: DeliveryOutcome | null;
}

export interface DeliveryOutcome {
  readonly at: string;
  readonly url: string;
  readonly seconds: number;
  /** 0 without an answer. */
  readonly code: number;
  readonly status: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The sandbox's state beside git. */
export interface State {
  readonly pulls: Collection<PullRow>;
  readonly comments: Collection<CommentRow>;
  readonly reviewComments: Collection<ReviewCommentRow>;
  readonly reactions: Collection<ReactionRow>;
  readonly checks: Collection<CheckRow>;
  readonly statuses: Collection<StatusRow>;
  readonly protections: Collection<ProtectionRow>;
  readonly pushes: Collection<PushRow>;
  readonly deliveries: Collection<DeliveryRow>;
}

/** Opens the state in a data directory, empty or from an earlier process. */
export async function openState(dataDir: string): Promise<State> {
  const folder = (name: string): string => join(dataDir, 'state', name);
  return {
    pulls: await Collection.open<PullRow>(folder('pulls')),
    comments: await Collection.open<CommentRow>(folder('comments')),
    reviewComments: await Collection.open<ReviewCommentRow>(folder('review-comments')),
    reactions: await Collection.open<ReactionRow>(folder('reactions')),
    checks: await Collection.open<CheckRow>(folder('checks')),
    statuses: await Collection.open<StatusRow>(folder('statuses')),
    pushes: await Collection.open<PushRow>(folder('pushes')),
    protections: await Collection.open<ProtectionRow>(folder('protections')),
    deliveries: await Collection.open<DeliveryRow>(folder('deliveries')),
  };
}
