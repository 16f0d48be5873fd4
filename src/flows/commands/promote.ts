import { foldGuards, formatUnmet } from '../../core/report/rollout.ts';
import type { PromotionRequest } from '../../core/rollout/promote.ts';
import { stageSettings } from '../../core/settings/settings.ts';
import { decidePromotion } from '../rollout/decide.ts';
import { fetchDone } from './done.ts';
import { eachRelease, type ReleaseRequest } from './each-release.ts';
import { type CommandOutcome, type CommandPorts, type CommandRequest, refuseWith } from './outcome.ts';
import { fetchOvertaken } from './overtaken.ts';
import { fetchForbidden } from './rights.ts';
import { writeStep } from './write-step.ts';
import { notStepped } from './writing.ts';

/** Brings each release that is meant one step on. */
export function promote(ports: CommandPorts, asked: CommandRequest): Promise<CommandOutcome> {
  return eachRelease(ports, asked, { verb: 'promote', words: 1, owners: true }, (about) => promoteOne(ports, about));
}

async function promoteOne(ports: CommandPorts, about: ReleaseRequest): Promise<CommandOutcome> {
  const { asked, scene, name, words, entry } = about;
  const done = await fetchDone(ports, about, 'promote');
  if (done) return done;
  const facts = await about.fetchFacts();
  const overtaken = await fetchOvertaken(ports, facts, asked.comment);
  if (overtaken !== undefined) return refuseWith(overtaken);
  const { to, force } = asked.options;
  const [version] = words;
  const wanted: PromotionRequest = {
    ...(version === undefined ? {} : { version }),
    ...(to === undefined ? {} : { to }),
  };
  const decided = await decidePromotion(facts, wanted, {
    ends: scene.ends,
    targets: ports.targets,
    fetchStatuses: (sha) => ports.pulls.fetchStatuses(sha),
  });
  if (decided.kind === 'stay' || decided.kind === 'by-hand') return notStepped(facts, decided);
  const { stepped, guards } = decided;
  const passes = force !== undefined && guards.every(({ state, passable }) => state === 'met' || passable);
  if (decided.kind === 'wait' && !passes) {
    const { force } = stageSettings(scene.ends.settings, entry.release.stage).commands;
    return refuseWith(formatUnmet({ name, headline: stepped.headline, guards, force }));
  }
  const stages = [entry.release.stage];
  const forbidden =
    force === undefined
      ? undefined
      : await fetchForbidden(ports, scene.ends.settings, { verb: 'force', login: asked.comment.author, stages });
  if (forbidden !== undefined) return refuseWith(forbidden);
  const notes = decided.kind === 'step' ? decided.notes : [];
  return writeStep(ports, about, {
    kind: 'promote',
    facts,
    stepped,
    notes,
    below: guards.length > 0 ? [foldGuards(guards)] : [],
    ...(force === undefined ? {} : { forced: force }),
  });
}
