import type { Draft } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';
import type { StageSettings } from '../settings/settings.ts';
import { canaryHasNoEffect } from './canary-has-no-effect.ts';
import { canaryIsPrimary } from './canary-is-primary.ts';
import { defaultImage } from './default-image.ts';
import { invalidDestination } from './invalid-destination.ts';
import { releaseName } from './release-name.ts';
import { routeTwice } from './route-conflict.ts';
import { routePaths } from './route-paths.ts';
import { routeUnreachable } from './route-unreachable.ts';
import { tooFewReplicas } from './too-few-replicas.ts';
import { versionName } from './version-name.ts';

/** What is wrong with one values file, as far as it has the right shape. */
type Rule = (draft: Draft, settings: StageSettings) => readonly Finding[];

const RULES: readonly Rule[] = [
  canaryHasNoEffect,
  canaryIsPrimary,
  defaultImage,
  invalidDestination,
  releaseName,
  routePaths,
  routeTwice,
  routeUnreachable,
  tooFewReplicas,
  versionName,
];

/** Everything that the rules have to say about a draft. */
export function checkDraft(draft: Draft, settings: StageSettings): readonly Finding[] {
  return RULES.flatMap((rule) => rule(draft, settings));
}
