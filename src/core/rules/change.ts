import type { Draft } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest.ts';
import type { Release } from '../model/release.ts';
import type { Traffic } from '../model/traffic.ts';
import type { StageSettings } from '../settings/settings.ts';
import { withSeverities } from '../settings/severities.ts';
import { liveServiceChanged } from './live-service-changed.ts';
import { liveVersionChanged } from './live-version-changed.ts';
import { stepTooLarge } from './step-too-large.ts';

/** One side of a change: what a release renders to, and what its routes say. */
export interface ChangeSide {
  readonly release?: Release; // none: broken there, and these are the manifests that are published
  readonly manifests: ManifestSet;
  readonly traffic: Traffic;
}

/** A release that takes traffic, before and after somebody's change, and where the change stands. */
export interface ReleaseChange {
  readonly before: ChangeSide;
  readonly after: ChangeSide;
  readonly draft: Draft; // of what comes after
  readonly settings: StageSettings;
}

const RULES: readonly ((change: ReleaseChange) => readonly Finding[])[] = [
  liveServiceChanged,
  liveVersionChanged,
  stepTooLarge,
];

/** Everything that the rules have to say about a change: they judge the way, where the others judge where it ends. */
export function checkChange(change: ReleaseChange): readonly Finding[] {
  return withSeverities(
    RULES.flatMap((rule) => rule(change)),
    change.settings,
  );
}
