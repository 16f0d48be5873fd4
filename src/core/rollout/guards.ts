import { type Finding, isError } from '../model/finding.ts';
import type { Hold } from '../model/hold.ts';
import type { SilentCluster } from '../publication/decision.ts';
import type { Failure } from '../readiness/live.ts';
import { stepTooLarge } from '../rules/step-too-large.ts';
import { tooFewReplicas } from '../rules/too-few-replicas.ts';
import type { Rollout } from '../settings/settings.ts';

/** One condition of a rollout's next step. */
export interface Guard {
  /** Unknown counts as unmet in a comment; in a terminal the person sees that it is unknown, and decides. */
  readonly state: 'met' | 'unmet' | 'unknown';
  readonly fact: GuardFact;
  readonly passable: boolean; // whether --force overrides it
}

/** What is so, or isn't: `report/guards.ts` has the words. Times in seconds are durations. */
export type GuardFact =
  | { readonly code: 'values-valid'; readonly file: string }
  | { readonly code: 'values-broken'; readonly finding: Finding }
  | { readonly code: 'step-failed'; readonly failure: Failure }
  | { readonly code: 'live'; readonly since?: Date; readonly assumed: boolean }
  | { readonly code: 'live-unseen' | 'live-unheard' }
  | ({ readonly code: 'live-overdue' } & WaitedFor)
  | ({ readonly code: 'not-live' } & WaitedFor)
  | { readonly code: 'soak-skipped' | 'soak-not-begun' | 'soak-unknown' | 'soaked'; readonly soak: number }
  | { readonly code: 'soaking'; readonly soak: number; readonly passed: number; readonly until: Date }
  | { readonly code: 'gate-unseen' | 'gate-open'; readonly gate: string }
  | {
      readonly code: 'gate-closed';
      readonly gate: string;
      readonly status: string | undefined;
      readonly commit: string | undefined;
    }
  | { readonly code: 'step-within'; readonly maxStep: number }
  | { readonly code: 'enough-pods' }
  | { readonly code: 'found'; readonly finding: Finding } // in the values after the step
  | { readonly code: 'brings-error'; readonly finding: Finding }
  | { readonly code: 'no-hold' }
  | { readonly code: 'hold'; readonly hold: Hold; readonly release: string };

/** Which clusters a step waits for. */
interface WaitedFor {
  readonly waitsFor: readonly SilentCluster[];
  readonly confirmedBy: readonly string[]; // clusters that have confirmed it
}

/** Where the clusters stand with what is published of a release. */
export interface LiveCondition {
  readonly isLive: boolean; // everywhere
  readonly since?: Date;
  readonly assumed: boolean;
  readonly heard: boolean;
  readonly overdue: boolean;
  readonly failures: readonly Failure[];
  readonly waitsFor: readonly SilentCluster[]; // clusters that have not confirmed it
  readonly confirmedBy: readonly string[]; // clusters that have
  /** What the clusters said isn't to be seen from here: it is written down elsewhere. */
  readonly untold?: true;
}

/** What a promotion is judged by. */
export interface GuardFacts {
  readonly name: string; // of the release
  readonly file: string;
  readonly commit: string | undefined; // of the gitops branch: the last that changed the release
  readonly before: readonly Finding[]; // of the values as they are
  readonly after: readonly Finding[]; // of the values after the step, and of the step itself
  readonly live: LiveCondition;
  readonly rollout: Pick<Rollout, 'soak' | 'gates' | 'maxStep'>;
  readonly statuses: ReadonlyMap<string, string> | undefined; // by name; undefined: there is no host to ask
  readonly hold: Hold | undefined;
  readonly skipsSoak: boolean;
  readonly now: Date;
}

/** The rules that judge a step; any other error means that there is nothing to render. */
const STEP_RULE = stepTooLarge.id;
const REPLICAS_RULE = tooFewReplicas.id;

/** Everything that a promotion asks for, met or not, in the order in which people read it. */
export function guardsOf(facts: GuardFacts): readonly Guard[] {
  return [
    reviewGuard(facts),
    liveGuard(facts.live),
    ...soakGuards(facts),
    ...gateGuards(facts),
    ...stepGuards(facts),
    ...replicasGuards(facts),
    ...resultGuards(facts),
    holdGuard(facts),
  ];
}

function reviewGuard({ before, file }: GuardFacts): Guard {
  const [finding] = before.filter(isError);
  if (!finding) return guard('met', { code: 'values-valid', file });
  return { ...guard('unmet', { code: 'values-broken', finding }), passable: false };
}

function liveGuard(live: LiveCondition): Guard {
  const { isLive, since, assumed, heard, overdue, failures, waitsFor, confirmedBy, untold } = live;
  const [failure] = failures;
  if (failure) return guard('unmet', { code: 'step-failed', failure });
  if (untold) return guard('unknown', { code: 'live-unseen' });
  if (isLive) return guard('met', { code: 'live', assumed, ...(since ? { since } : {}) });
  if (!heard) return guard('unknown', { code: 'live-unheard' });
  return guard('unmet', { code: overdue ? 'live-overdue' : 'not-live', waitsFor, confirmedBy });
}

function soakGuards({ live, rollout: { soak }, skipsSoak, now }: GuardFacts): readonly Guard[] {
  if (soak === 0) return [];
  if (skipsSoak) return [guard('met', { code: 'soak-skipped', soak })];
  if (!live.isLive) {
    return [guard(live.untold || !live.heard ? 'unknown' : 'unmet', { code: 'soak-not-begun', soak })];
  }
  if (!live.since) return [guard('unknown', { code: 'soak-unknown', soak })];
  const passed = Math.floor((now.getTime() - live.since.getTime()) / 1000);
  if (passed >= soak) return [guard('met', { code: 'soaked', soak })];
  const until = new Date(live.since.getTime() + soak * 1000);
  return [guard('unmet', { code: 'soaking', soak, passed, until })];
}

function gateGuards({ rollout: { gates }, statuses, commit }: GuardFacts): readonly Guard[] {
  return gates.map((gate) => {
    if (!statuses) return guard('unknown', { code: 'gate-unseen', gate });
    const status = statuses.get(gate);
    if (status === 'success') return guard('met', { code: 'gate-open', gate });
    return guard('unmet', { code: 'gate-closed', gate, status, commit });
  });
}

/** Of values with errors nothing is rendered, and no step judged. */
function stepGuards({ rollout: { maxStep }, before, after }: GuardFacts): readonly Guard[] {
  if (maxStep === undefined || before.some(isError)) return [];
  const finding = after.find(({ rule }) => rule === STEP_RULE);
  if (!finding) return [guard('met', { code: 'step-within', maxStep })];
  return [guard(isError(finding) ? 'unmet' : 'met', { code: 'found', finding })]; // the settings may make a warning of it
}

/** Where the settings make an error of it nothing is rendered, so that no override helps. */
function replicasGuards({ before, after }: GuardFacts): readonly Guard[] {
  if (before.some(isError)) return [];
  const finding = after.find(({ rule }) => rule === REPLICAS_RULE);
  if (!finding) return [guard('met', { code: 'enough-pods' })];
  return [{ ...guard('unmet', { code: 'found', finding }), passable: !isError(finding) }];
}

/** What else would be wrong with the values after the step. */
function resultGuards({ after, before }: GuardFacts): readonly Guard[] {
  if (before.some(isError)) return []; // said already
  const [finding] = after.filter((each) => isError(each) && ![STEP_RULE, REPLICAS_RULE].includes(each.rule));
  return finding ? [{ ...guard('unmet', { code: 'brings-error', finding }), passable: false }] : [];
}

function holdGuard({ hold, name }: GuardFacts): Guard {
  return hold ? guard('unmet', { code: 'hold', hold, release: name }) : guard('met', { code: 'no-hold' });
}

function guard(state: Guard['state'], fact: GuardFact): Guard {
  return { state, fact, passable: true };
}
