import type { Finding } from './model/finding.ts';
import type { Hold } from './model/hold.ts';
import type { Traffic } from './model/traffic.ts';

/** The versions that take requests, and with what shares. */
export type Shares = Pick<Traffic, 'primary' | 'canary'>;

/** Something was understood and declined: why, as data. `report/refusal.ts` has the words. */
export type Refusal = PublicationRefusal | StepRefusal | ValuesRefusal | CommandRefusal;

/** Why nothing is published. */
export type PublicationRefusal =
  | { readonly code: 'settings-errors'; readonly file: string }
  | { readonly code: 'foreign-branch'; readonly branch: string; readonly mark: string } // no file of that name is on it
  | { readonly code: 'lost-branch'; readonly branch: string; readonly commit?: string; readonly reports: string }
  | { readonly code: 'no-values'; readonly branch: string }
  | { readonly code: 'mass-removal' | 'mass-change'; readonly count: number; readonly of: number }; // releases

/** Why a rollout has no such step. `versions` are those that the release deploys, or as many of them as matter. */
export type StepRefusal =
  | { readonly code: 'unknown-version'; readonly version: string; readonly versions: readonly string[] }
  | { readonly code: 'nothing-to-promote'; readonly primary: string }
  | { readonly code: 'is-primary'; readonly primary: string; readonly others: readonly string[] }
  | { readonly code: 'which-version'; readonly versions: readonly string[] }
  | {
      readonly code: 'other-canary';
      readonly canary: string;
      readonly version: string;
      readonly to: number | 'full';
    }
  | { readonly code: 'has-weight'; readonly version: string; readonly weight: number }
  | { readonly code: 'waits-to-be-dropped'; readonly version: string; readonly to: number | 'full' }
  | { readonly code: 'changes-primary' | 'is-deployed' | 'runs-image'; readonly version: string }
  | { readonly code: 'never-primary' | 'drops-canary'; readonly version: string }
  | { readonly code: 'no-such-primary'; readonly version: string }
  | { readonly code: 'drops-primary'; readonly version: string; readonly idle: readonly string[] }
  | { readonly code: 'nothing-serves' }
  | {
      readonly code: 'rolled-back';
      readonly by: string; // `#7`, or a commit
      readonly serving: Shares;
      readonly hasFurther: boolean; // an earlier primary is still deployed
    }
  | { readonly code: 'serves-already'; readonly version: string }
  | { readonly code: 'always-served'; readonly version: string; readonly since?: string } // day
  | {
      readonly code: 'not-published';
      readonly isFirst: boolean; // nothing of the release was ever published
      readonly in: 'comment' | 'clone';
      readonly commit: string; // SHA
      readonly wanted: Traffic | undefined;
      readonly branch: string;
      readonly published: Traffic | undefined;
    };

/** What is wrong with the values before or after a step. */
export type ValuesRefusal =
  | { readonly code: 'no-primary'; readonly file: string; readonly finding?: Finding; readonly onBranch?: true }
  | { readonly code: 'brings-error' | 'keeps-error' | 'branch-error'; readonly finding: Finding };

/** Why a command does nothing with a release, where its rollout has a step. */
export type CommandRefusal =
  | { readonly code: 'asked-for'; readonly pull: number | 'this'; readonly headline: string } // open, and to be merged
  | { readonly code: 'removes-file'; readonly file: string }
  | { readonly code: 'written-already' }
  | { readonly code: 'merge-first'; readonly role: 'primary' | 'canary'; readonly version: string }
  | { readonly code: 'moved-since'; readonly subject: string; readonly by?: string } // login
  | { readonly code: 'on-hold'; readonly hold: Hold }
  | { readonly code: 'on-hold-here'; readonly hold: Hold; readonly release: string } // where no command lifts it
  | { readonly code: 'nothing-to-hold' }
  | { readonly code: 'unclear'; readonly versions: readonly string[]; readonly verb: 'promote' | 'rollback' };

/** What a person should know of a step. `report/note.ts` has the words. */
export type StepNote =
  | { readonly code: 'replaces-canary' | 'begins-again'; readonly version: string; readonly weight: number }
  | { readonly code: 'old-primary-stays' | 'no-way-back' | 'in-place'; readonly version: string }
  | { readonly code: 'cancels'; readonly change: CancelledChange; readonly serving: Shares }
  | { readonly code: 'stay-deployed'; readonly versions: readonly string[] }
  | { readonly code: 'goes-forward'; readonly version: string; readonly primary: string }
  | { readonly code: 'promotion-open'; readonly pull: number }
  | { readonly code: 'restores'; readonly file: string; readonly finding?: Finding };

/** What was merged and is not published: another primary, a canary, or the end of one. */
export type CancelledChange =
  | { readonly kind: 'primary'; readonly version: string }
  | { readonly kind: 'canary'; readonly version: string; readonly weight: number }
  | { readonly kind: 'no-canary' };
