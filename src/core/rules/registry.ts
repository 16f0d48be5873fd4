import { compare } from '../model/finding.ts';
import { canaryHasNoEffect } from './canary-has-no-effect.ts';
import { canaryIsPrimary } from './canary-is-primary.ts';
import { defaultImage } from './default-image.ts';
import { invalidDestination } from './invalid-destination.ts';
import { liveServiceChanged } from './live-service-changed.ts';
import { liveVersionChanged } from './live-version-changed.ts';
import { releaseName } from './release-name.ts';
import { routeConflict } from './route-conflict.ts';
import { routeOverlap } from './route-overlap.ts';
import { routePaths } from './route-paths.ts';
import { routeTwice } from './route-twice.ts';
import { routeUnreachable } from './route-unreachable.ts';
import type { Rule, RuleHead } from './rule.ts';
import { stepTooLarge } from './step-too-large.ts';
import { tooFewReplicas } from './too-few-replicas.ts';
import { unknownUpstream } from './unknown-upstream.ts';
import { versionName } from './version-name.ts';

/** Every rule, in the order in which they are asked. A new rule is one file and one line here. */
export const RULES: readonly Rule[] = [
  canaryHasNoEffect,
  canaryIsPrimary,
  defaultImage,
  invalidDestination,
  liveServiceChanged,
  liveVersionChanged,
  releaseName,
  routeConflict,
  routeOverlap,
  routePaths,
  routeTwice,
  routeUnreachable,
  stepTooLarge,
  tooFewReplicas,
  unknownUpstream,
  versionName,
];

/** Checks that are made below the rules: while files are read, and of what was rendered. */
const CHECKS: readonly (RuleHead & { readonly isSettable: boolean })[] = [
  { id: 'ambiguous-scalar', severity: 'error', isSettable: true },
  { id: 'domain-conflict', severity: 'error', isSettable: true },
  { id: 'manifest', severity: 'error', isSettable: false },
  { id: 'schema', severity: 'error', isSettable: false },
  { id: 'too-large', severity: 'error', isSettable: false },
  { id: 'yaml-syntax', severity: 'error', isSettable: false },
];

/** A rule as people know it. */
export type RuleEntry = Pick<RuleHead, 'id' | 'severity'> & {
  readonly inSettings: 'any' | 'fixed' | 'none'; // which severities the settings may give it
};

/** Every id that a finding may have, once, in order: what the settings' schema and docs/rules.md list. */
export function listRules(): readonly RuleEntry[] {
  const checks = CHECKS.map(({ id, severity, isSettable }): [string, RuleEntry] => {
    return [id, { id, severity, inSettings: isSettable ? 'any' : 'none' }];
  });
  const rules = RULES.map(({ id, severity, isFixed }): [string, RuleEntry] => {
    return [id, { id, severity, inSettings: isFixed ? 'fixed' : 'any' }];
  });
  return [...new Map([...rules, ...checks]).values()].sort((a, b) => compare(a.id, b.id));
}
