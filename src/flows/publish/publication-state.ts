import type { Approval, ReleaseToPublish } from '../../core/publication/decision.ts';
import type { UnfinishedWork } from '../../core/publication/progress.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { Published } from '../gitops/published.ts';
import type { Commit, FileTree } from '../ports.ts';

/** What is to be published, and onto what. */
export interface PublicationRequest {
  readonly source: Commit;
  readonly branch?: string; // default: the settings' gitops branch
  readonly onto?: { readonly tip: Commit | undefined }; // to plan on top of, instead of the branch's own tip
  readonly now: Date;
  readonly resumed?: Approval;
}

/** Both ends of a publication, with nothing rendered yet. */
export interface PublicationState {
  readonly kind: 'ends';
  readonly tree: FileTree; // of the source
  readonly settings: Settings;
  readonly branch: string;
  readonly tip: Commit | undefined; // what the next commit is put on top of
  readonly newest: Commit | undefined; // the newest one that published something: the tip, but for holds
  readonly last: string | undefined; // Source-Commit of that; none: a person made it
  readonly ours: string | undefined; // Source-Commit of the newest commit that we made
  readonly left: UnfinishedWork; // what that one left to do
  readonly published: Published;
  readonly target: PublicationRequest;
}

/** A release at both ends. */
export type ReleaseSides = Pick<ReleaseToPublish, 'id' | 'published' | 'desired' | 'outline' | 'findings'>;

/** What a person approved by name, and by which comment. */
export interface ApprovalRequest {
  readonly what: Approval;
  readonly by: string; // login
  readonly comment: number;
}
