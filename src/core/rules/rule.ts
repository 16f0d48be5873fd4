import type { Draft } from '../model/draft.ts';
import type { Severity } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest.ts';
import type { Release, TakenPath } from '../model/release.ts';
import type { Traffic } from '../model/traffic.ts';
import type { UpstreamRef } from '../model/version/upstream.ts';
import type { StageSettings } from '../settings/settings.ts';
import type { Outline, Outlines } from '../targets/outline.ts';

/** A rule, by what it judges: one values file, a change of a release, or the releases of one stage beside each other. */
export type Rule = DraftRule | ChangeRule | NeighboursRule;

export interface DraftRule extends RuleHead {
  readonly about: 'draft';
  readonly check: (judged: JudgedDraft) => readonly Breach[];
}

export interface ChangeRule extends RuleHead {
  readonly about: 'change';
  readonly check: (change: ReleaseChange) => readonly Breach[];
}

export interface NeighboursRule extends RuleHead {
  readonly about: 'neighbours';
  readonly check: (neighbours: Neighbours) => readonly NeighbourBreach[];
}

/** What each rule says of itself. Two rules may share an id where they find the same fault in different ways. */
export interface RuleHead {
  readonly id: string; // also its heading in docs/rules.md, and its key in the settings
  readonly severity: Severity; // unless the settings say another
  readonly isFixed?: true; // the settings can't say another
  readonly isAboutAbsence?: true; // it says what a block lacks, so it can't judge one with a value of a wrong shape inside
}

/** One place where a rule is broken. The registry adds the rule, its severity, the file and the range. */
export interface Breach {
  readonly path: string; // JSON pointer
  readonly shownAt?: 'value' | 'key' | 'file'; // whose range the finding has; without it the value's
  readonly message: string;
  readonly replacement?: string; // YAML text for that range
}

/** One values file, as far as it has the right shape. */
export interface JudgedDraft {
  readonly draft: Draft;
  readonly settings: StageSettings;
}

/** One side of a change: what a release renders to, and what its routes say. */
export interface ChangeSide {
  readonly release?: Release; // none: broken there, and these are the manifests that are published
  readonly manifests: ManifestSet;
  readonly traffic: Traffic;
}

/** A release that takes traffic, before and after a change, and where the change stands. */
export interface ReleaseChange {
  readonly before: ChangeSide;
  readonly after: ChangeSide;
  readonly draft: Draft; // of what comes after
  readonly settings: StageSettings;
}

/** The releases of one stage, as they would be beside each other. */
export interface Neighbours {
  readonly outlines: Outlines;
  readonly settings: StageSettings;
  /** Whether a release has a path already: what came first isn't at fault. */
  hasAlready(outline: Outline, path: TakenPath): boolean;
  nameOf(outline: Outline): string; // short where it is unambiguous
}

/** What is wrong with a release because of another one. Where that stands in its file, its draft says. */
export interface NeighbourBreach {
  readonly release: string; // identity
  readonly about:
    | { readonly kind: 'path'; readonly path: TakenPath }
    | { readonly kind: 'upstream'; readonly upstream: UpstreamRef };
  readonly isMild?: true; // a warning at most, whatever the rule and the settings say: this release came first
  readonly message: string;
  readonly replacement?: string;
}
