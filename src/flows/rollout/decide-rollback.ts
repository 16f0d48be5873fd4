import { isError } from '../../core/model/finding.ts';
import { sharesText } from '../../core/model/traffic.ts';
import type { Refusal, StepNote } from '../../core/refusal.ts';
import { readPrimary } from '../../core/rollout/primary.ts';
import type { StepDecision } from '../../core/rollout/promote.ts';
import {
  decideRollback as decide,
  goForward,
  type Rollback,
  type Routes,
  restoreRoutes,
  type Situation,
} from '../../core/rollout/rollback.ts';
import { routesServed, routesWritten } from '../../core/rollout/routes.ts';
import type { Way } from '../../core/rollout/way.ts';
import { deploymentsOf, trafficOf } from '../../core/targets/traffic.ts';
import type { Json } from '../../core/values/edit.ts';
import type { Repository } from '../ports.ts';
import { type Deciding, noPrimary, type UnguardedDecision } from './decide.ts';
import type { RolloutFacts } from './facts.ts';
import { fetchLastGood } from './last-good.ts';
import { applyStep, type ValuesAfterStep } from './move.ts';
import { fetchRolledBack } from './rolled-back.ts';

/** What a rollback comes to: a step, nothing to do, or why there is no way. */
export type RollbackDecision =
  | UnguardedDecision
  | { readonly kind: 'nothing'; readonly why: Refusal; readonly ways: readonly Way[] };

/** The way back, which nothing stands in the way of. `version`: the one that is to serve everything. */
export async function decideRollback(
  repository: Repository,
  facts: RolloutFacts,
  deciding: Deciding & { readonly version: string | undefined },
): Promise<RollbackDecision> {
  const { version, ends } = deciding;
  const { built, entry } = facts;
  const hadErrors = built.findings.some(isError);
  const serving = servingOf(facts);
  if (!serving) {
    return { kind: 'stay', why: { code: 'nothing-serves' }, ways: [{ verb: 'status' }] };
  }
  const rolledBack =
    version === undefined
      ? await fetchRolledBack(repository, { entry, source: ends.target.source, published: facts.past.commits })
      : undefined;
  const given = await situationOf(facts, { serving, version, rolledBack });
  const asked = given && (await decideFrom(facts, given));
  if (asked) {
    if (asked.kind === 'nothing') return { kind: 'nothing', why: asked.refusal, ways: asked.ways };
    if (asked.kind === 'refused') return { kind: 'stay', why: asked.refusal, ways: asked.ways };
    const written = writeStep(facts, asked, { ...deciding, hadErrors });
    if (written.kind !== 'stay' || !hadErrors) return written;
  }
  // With the errors that the values have, nothing of them would be published: they go back to where they were good.
  const good = await fetchLastGood(repository, facts, deciding);
  const restored = good && (await situationOf(good, { serving, version, rolledBack: undefined }));
  if (!good || !restored) return { ...noPrimary(facts), ways: [{ verb: 'status' }] };
  // Where values with errors ask for other traffic than is published, that is what is taken back.
  const isWanted = asked !== undefined && asked.isCancel !== true;
  const decision = isWanted || version !== undefined ? await decideFrom(good, restored) : restoreRoutes(restored);
  if (decision.kind === 'nothing') return { kind: 'nothing', why: decision.refusal, ways: decision.ways };
  if (decision.kind === 'refused') return { kind: 'stay', why: decision.refusal, ways: decision.ways };
  return writeStep(good, decision, { ...deciding, hadErrors, restored: restoredNote(facts) });
}

/** What serves; in a clone without the branch, what the values ask for. */
function servingOf({ built, published, isPublished }: RolloutFacts): Routes | undefined {
  const traffic = trafficOf(built.id, published);
  if (traffic) return routesServed(traffic);
  const { draft } = built;
  return isPublished === undefined && draft?.primary !== undefined ? routesWritten(draft, draft.primary) : undefined;
}

type Decision = Exclude<Rollback, { kind: 'history' }> & { readonly isCancel?: boolean };

/** The decision, with what only the history knows. */
async function decideFrom(facts: RolloutFacts, situation: Situation): Promise<Decision> {
  const decision = decide(situation);
  if (decision.kind !== 'history') return decision;
  const reign = readPrimary(
    facts.built.id,
    facts.published.size > 0 ? facts.published : (facts.built.manifests ?? new Map()),
  );
  const previous = reign && (await facts.past.fetchPrevious(reign, decision.version));
  return goForward(situation, previous, sinceText(facts));
}

/** When the release's own history begins, as far as it is known. */
function sinceText({ past }: RolloutFacts): string | undefined {
  return past.commits.at(-1)?.date.toISOString().slice(0, 10);
}

function writeStep(
  facts: RolloutFacts,
  step: Extract<StepDecision, { kind: 'step' }>,
  { ends, targets, hadErrors, restored }: Deciding & { readonly hadErrors: boolean; readonly restored?: StepNote },
): UnguardedDecision {
  const moved = applyStep(facts, step, { settings: ends.settings, targets });
  const made = moved.kind === 'stepped' && hadErrors ? withHeadline(facts, moved) : moved;
  if (made.kind === 'by-hand') return made;
  const [error] = made.after.manifests ? [] : made.after.findings.filter(isError);
  if (error) {
    return { kind: 'stay', why: { code: 'keeps-error', finding: error }, ways: [{ verb: 'status' }] };
  }
  const notes = [...(restored ? [restored] : []), ...(step.note ? [step.note] : [])];
  return { kind: 'step', stepped: made, guards: [], notes };
}

/** Of values that had errors the difference to what is published may be none: the traffic is as it was. */
function withHeadline({ built, published }: RolloutFacts, made: ValuesAfterStep): ValuesAfterStep {
  const [before, after] = [published, made.after.manifests ?? new Map()].map((tree) => {
    return sharesText(trafficOf(built.id, tree));
  });
  return before === after ? { ...made, headline: `back to ${after}` } : made;
}

function restoredNote({ entry, built }: RolloutFacts): StepNote {
  const [error] = built.findings.filter(isError);
  return { code: 'restores', file: entry.file, ...(error ? { finding: error } : {}) };
}

interface Around {
  readonly serving: Routes;
  readonly version: string | undefined;
  readonly rolledBack: string | undefined;
}

/** What a release's way back is decided from; undefined where its values have no primary that can be read. */
async function situationOf(
  { built, rolling, published, past }: RolloutFacts,
  { serving, version, rolledBack }: Around,
): Promise<Situation | undefined> {
  const { draft } = built;
  if (!rolling || draft?.primary === undefined) return undefined;
  const missing = new Map<string, Json>();
  for (const deployed of deploymentsOf(built.id, published).keys()) {
    if (rolling.versions.includes(deployed)) continue;
    const block = await past.fetchBlock(deployed);
    if (block !== undefined) missing.set(deployed, block);
  }
  return {
    rolling: { ...rolling, versions: [...rolling.versions, ...missing.keys()] },
    routes: routesWritten(draft, draft.primary),
    serving,
    missing,
    ...(past.hasServed(serving.primary) ? {} : { isPrimaryNew: true as const }),
    ...(rolledBack === undefined ? {} : { rolledBack }),
    ...(version === undefined ? {} : { to: version }),
  };
}
