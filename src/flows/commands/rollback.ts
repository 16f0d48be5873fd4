import type { StepNote } from '../../core/refusal.ts';
import { code, markdown } from '../../core/report/escape.ts';
import { formatStays } from '../../core/report/rollout.ts';
import type { Plan } from '../effect.ts';
import { HELD } from '../gitops/history.ts';
import { planReviewsAgain } from '../review/review-open.ts';
import { decideRollback } from '../rollout/decide-rollback.ts';
import { branchFor } from '../rollout/proposal.ts';
import { fetchCommandFacts } from './command-facts.ts';
import { fetchDone } from './done.ts';
import { eachRelease, type ReleaseRequest } from './each-release.ts';
import { fetchHeldBy, planHolds } from './holding.ts';
import { answerWith, type CommandOutcome, type CommandPorts, type CommandRequest, type HoldToSet } from './outcome.ts';
import { writeStep } from './write-step.ts';
import { notStepped } from './writing.ts';

/** Takes each release that is meant back, and holds it. */
export function rollback(ports: CommandPorts, asked: CommandRequest): Promise<CommandOutcome> {
  return eachRelease(ports, asked, { verb: 'rollback', words: 1 }, (about) => rollbackOne(ports, about));
}

async function rollbackOne(ports: CommandPorts, about: ReleaseRequest): Promise<CommandOutcome> {
  const { scene, words, name } = about;
  const [done, forward, facts] = await Promise.all([
    fetchDone(ports, about, 'rollback'),
    fetchForward(ports, about),
    about.fetchFacts(), // though it may not be needed: a person is waiting
  ]);
  if (done) return withHold(ports, about, done);
  const [version] = words;
  const decided = await decideRollback(ports.repository, facts, { ends: scene.ends, targets: ports.targets, version });
  if (decided.kind === 'nothing') return answerWith(formatStays(name, decided.why, decided.ways));
  if (decided.kind !== 'step') return notStepped(facts, decided);
  const { stepped } = decided;
  const notes = [...decided.notes, ...forward];
  const outcome = await writeStep(ports, about, { kind: 'rollback', facts, stepped, notes, below: [] });
  return outcome.done ? withHold(ports, about, outcome) : outcome;
}

/** An open promotion of ours would move forward again once merged: a hold does not keep people from merging. */
async function fetchForward({ pulls }: CommandPorts, { entry }: ReleaseRequest): Promise<readonly StepNote[]> {
  const open = (await pulls.fetchPullsFrom(branchFor('promote', entry.release))).filter(
    (pull) => pull.open && pull.ours,
  );
  return open.map(({ number }) => ({ code: 'promotion-open', pull: number }));
}

/** The hold that a rollback leaves, unless there is one; the hold names what it is for. */
async function withHold(ports: CommandPorts, about: ReleaseRequest, outcome: CommandOutcome): Promise<CommandOutcome> {
  const { asked, scene, entry, name } = about;
  const { ends } = scene;
  const lift = `${code(`/resume ${name}`)} lifts it`;
  const held = await ends.published.fetchHold(entry.release);
  if (held) return { ...outcome, text: `${outcome.text}\n- ${markdown(name)} is on hold: ${lift}.` };
  if (await fetchHeldBy(ports, ends, { comment: asked.comment, state: HELD, id: entry.release })) {
    return {
      ...outcome,
      text: `${outcome.text}\n- ${markdown(name)} was put on hold, which somebody has lifted since.`,
    };
  }
  if (!ends.tip) return outcome;
  return {
    ...outcome,
    afterwards: [{ asked: asked, id: entry.release, name }],
    text: `${outcome.text}\n- ${markdown(name)} is on hold from now on, for ${code('/promote')} and ${code('/deploy')}: ${lift}.`,
  };
}

/** The holds come behind the publication, which they would only hold up: all are commits on one branch. */
export async function planHoldsAfter(ports: CommandPorts, holds: readonly HoldToSet[]): Promise<Plan> {
  return (await Promise.all(holds.map((hold) => planHold(ports, hold)))).flat();
}

async function planHold(ports: CommandPorts, { asked, id, name }: HoldToSet): Promise<Plan> {
  const scene = await fetchCommandFacts(ports);
  if (typeof scene === 'string' || (await scene.ends.published.fetchHold(id))) return [];
  const { why: said } = asked.options;
  const why = `rolled back in #${asked.pull.number}${said === undefined || said === '' ? '' : `: ${said}`}`;
  const plan = planHolds(scene.ends, { releases: [{ id, name }], why, asked });
  return [...plan, ...planReviewsAgain(asked.ref)];
}
