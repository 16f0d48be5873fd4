import { type Built, build, withChange } from '../../core/build/build.ts';
import { patchOf } from '../../core/model/diff.ts';
import { type Finding, isError } from '../../core/model/finding.ts';
import type { ClusterState } from '../../core/publication/decision.ts';
import { meaningOf } from '../../core/report/meaning.ts';
import { type Guard, guardsOf, type LiveCondition } from '../../core/rollout/guards.ts';
import type { StepDecision, StepResult } from '../../core/rollout/promote.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { editValues } from '../../core/values/edit.ts';
import type { RolloutFacts } from './facts.ts';

type Step = Extract<StepDecision, { kind: 'step' }>;

/** A values file after a step. */
export interface ValuesAfterStep {
  readonly kind: 'stepped';
  readonly step: Step;
  readonly before: Built;
  readonly after: Built;
  readonly text: string;
  readonly patch: string; // the same, to be applied by hand
  readonly headline: string; // `canary v2 0% -> 50%`
}

/** What Coalmine can't write: a patch to be applied by hand, where there is one. */
export interface ByHand {
  readonly kind: 'by-hand';
  readonly reason: string;
  readonly patch?: string;
}

/** Makes a step's edits in a values file, and reads what comes of them. */
export function applyStep(
  { built, text, entry, published }: Pick<RolloutFacts, 'built' | 'text' | 'entry' | 'published'>,
  step: Step,
  { settings, targets }: { readonly settings: Settings; readonly targets: Targets },
): ValuesAfterStep | ByHand {
  const { file, release: id } = entry;
  const edited = editValues(text, step.edits, file);
  if (!edited.ok) return { ...edited, kind: 'by-hand' };
  const alone = build({ file, id, bytes: new TextEncoder().encode(edited.text) }, settings, targets);
  const after = withChange(alone, built, settings);
  return {
    kind: 'stepped',
    step,
    before: built,
    after,
    text: edited.text,
    patch: patchOf({ path: file, before: text, after: edited.text }),
    headline: after.manifests
      ? meaningOf(id, built.manifests ?? published, after.manifests).headline
      : targetText(step.target),
  };
}

/** Where a step leads, of values that can't be rendered. */
function targetText(target: StepResult): string {
  switch (target.kind) {
    case 'canary':
      return `canary ${target.version} ${target.weight}%`;
    case 'no-canary':
      return 'no canary';
    default:
      return `${target.kind} ${target.version}`;
  }
}

export interface Asking {
  readonly statuses: ReadonlyMap<string, string> | undefined;
  readonly skipsSoak: boolean;
  readonly now: Date;
}

/** What a promotion asks for, met or not. */
export function guardsFor(facts: RolloutFacts, after: readonly Finding[], asking: Asking): readonly Guard[] {
  const { name, entry, newest, built, standing, settings, hold } = facts;
  return guardsOf({
    name,
    file: entry.file,
    commit: newest?.sha,
    before: built.findings,
    after: built.findings.some(isError) ? [] : after,
    live: liveFacts(standing),
    rollout: settings.rollout,
    hold,
    ...asking,
  });
}

/** Where the clusters stand with what is published. */
export function liveFacts(standing: ClusterState): LiveCondition {
  const { applied, liveSince, assumed, heard, overdue, failures, waitsFor, confirmedBy, untold } = standing;
  return {
    isLive: applied.workloads && applied.routes,
    ...(liveSince ? { since: liveSince } : {}),
    assumed,
    heard,
    overdue,
    failures,
    waitsFor,
    confirmedBy,
    ...(untold ? { untold } : {}),
  };
}
