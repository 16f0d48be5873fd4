import { isError } from '../../core/model/finding.ts';
import type { Refusal, StepNote } from '../../core/refusal.ts';
import type { Guard } from '../../core/rollout/guards.ts';
import { deploy, type PromotionRequest, promote, type StepDecision } from '../../core/rollout/promote.ts';
import { dropIdle } from '../../core/rollout/rollback.ts';
import { routesServed } from '../../core/rollout/routes.ts';
import type { Way } from '../../core/rollout/way.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { trafficOf } from '../../core/targets/traffic.ts';
import type { PublicationState } from '../publish/publication-state.ts';
import type { RolloutFacts } from './facts.ts';
import { applyStep, type ByHand, guardsFor, type ValuesAfterStep } from './move.ts';

/** What a command comes to for one release. */
export type ReleaseDecision =
  | {
      readonly kind: 'step';
      readonly stepped: ValuesAfterStep;
      readonly guards: readonly Guard[];
      readonly notes: readonly StepNote[];
    }
  | { readonly kind: 'wait'; readonly stepped: ValuesAfterStep; readonly guards: readonly Guard[] } // some aren't met
  | { readonly kind: 'stay'; readonly why: Refusal; readonly ways?: readonly Way[] } // ways: what to type instead
  | ByHand;

/** What a command comes to that nothing is asked of. */
export type UnguardedDecision = Exclude<ReleaseDecision, { kind: 'wait' }>;

export interface Deciding {
  readonly ends: PublicationState;
  readonly targets: Targets;
}

export interface Promoting extends Deciding {
  readonly place?: 'comment' | 'clone'; // where a person promotes; default: comment
  /** The commit statuses of the commit that last changed the release; undefined: there is no host to ask. */
  readonly fetchStatuses: (sha: string) => Promise<ReadonlyMap<string, string> | undefined>;
}

/** The next step of a release's rollout, with everything that it asks for. */
export async function decidePromotion(
  facts: RolloutFacts,
  wanted: PromotionRequest,
  { ends, targets, fetchStatuses, place = 'comment' }: Promoting,
): Promise<ReleaseDecision> {
  const { rolling, settings, newest, built } = facts;
  if (!rolling) return noPrimary(facts);
  const move = promote(rolling, wanted, settings.rollout);
  const lowers = move.kind === 'step' && move.lowers === true; // which waits for nothing, as a rollback does
  if (facts.isPublished === false && !built.findings.some(isError) && !lowers) {
    return stay(whyUnpublished(facts, ends, place), [{ verb: 'status' }]);
  }
  if (move.kind === 'refused') return stay(move.refusal, move.ways);
  const step = applyStep(facts, move, { settings: ends.settings, targets });
  if (step.kind === 'by-hand') return step;
  if (lowers) return { kind: 'step', stepped: step, guards: [], notes: notesOf(move) };
  const { gates } = settings.rollout;
  const unseen = facts.isPublished === undefined ? undefined : new Map<string, string>();
  const statuses = gates.length > 0 && newest ? await fetchStatuses(newest.sha) : unseen;
  const asking = { statuses, skipsSoak: wanted.to === 'full', now: ends.target.now };
  const guards = guardsFor(facts, step.after.findings, asking);
  const isMet = guards.every(({ state }) => state === 'met');
  return isMet
    ? { kind: 'step', stepped: step, guards, notes: notesOf(move) }
    : { kind: 'wait', stepped: step, guards };
}

/** A version that takes no traffic goes. */
export function decideDrop(
  facts: RolloutFacts,
  { ends, targets, version }: Deciding & { readonly version: string },
): UnguardedDecision {
  const { rolling, built, published } = facts;
  if (!rolling) return noPrimary(facts);
  const traffic = trafficOf(built.id, published);
  const serving = traffic ? routesServed(traffic) : { primary: rolling.primary };
  const move = dropIdle({ rolling, serving }, version);
  if (move.kind === 'refused') return stay(move.refusal, move.ways);
  const step = applyStep(facts, move, { settings: ends.settings, targets });
  if (step.kind === 'by-hand') return step;
  const [error] = step.after.findings.filter(isError);
  if (error) return stay({ code: 'brings-error', finding: error });
  return { kind: 'step', stepped: step, guards: [], notes: notesOf(move) };
}

/** A version beside the others. */
export function decideDeployment(
  facts: RolloutFacts,
  { ends, targets, version, image }: Deciding & { readonly version: string; readonly image?: string },
): UnguardedDecision {
  const { rolling } = facts;
  if (!rolling) return noPrimary(facts);
  const move = deploy(rolling, { version, ...(image === undefined ? {} : { image }) });
  if (move.kind === 'refused') return stay(move.refusal, move.ways);
  const step = applyStep(facts, move, { settings: ends.settings, targets });
  if (step.kind === 'by-hand') return step;
  if (step.text === facts.text) {
    return stay({ code: 'runs-image', version }, [{ verb: 'promote', words: version }]);
  }
  const [error] = step.after.findings.filter(isError);
  if (error) return stay({ code: 'brings-error', finding: error });
  return { kind: 'step', stepped: step, guards: [], notes: notesOf(move) };
}

function notesOf({ note }: Extract<StepDecision, { kind: 'step' }>): readonly StepNote[] {
  return note ? [note] : [];
}

function stay(why: Refusal, ways: readonly Way[] = []): Extract<ReleaseDecision, { kind: 'stay' }> {
  return { kind: 'stay', why, ways };
}

/** Why there is no step where the values have no primary that can be read. */
export function noPrimary({ entry, built }: RolloutFacts): Extract<ReleaseDecision, { kind: 'stay' }> {
  const [error] = built.findings.filter(isError);
  return stay({ code: 'no-primary', file: entry.file, ...(error ? { finding: error } : {}) }, [{ verb: 'rollback' }]);
}

/** What is on the way says where it goes: one more step would build on something that never served. */
function whyUnpublished(
  { built, published }: RolloutFacts,
  { branch, target }: PublicationState,
  place: 'comment' | 'clone',
): Refusal {
  const { id, manifests = new Map() } = built;
  return {
    code: 'not-published',
    isFirst: published.size === 0,
    in: place,
    commit: target.source.sha,
    wanted: trafficOf(id, manifests),
    branch,
    published: trafficOf(id, published),
  };
}
