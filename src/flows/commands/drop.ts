import { formatMisused } from '../../core/report/answer.ts';
import { decideDrop } from '../rollout/decide.ts';
import { fetchDone } from './done.ts';
import { eachRelease, type ReleaseRequest } from './each-release.ts';
import { type CommandOutcome, type CommandPorts, type CommandRequest, refuseWith } from './outcome.ts';
import { writeStep } from './write-step.ts';
import { notStepped } from './writing.ts';

/** Removes an idle version. */
export function drop(ports: CommandPorts, asked: CommandRequest): Promise<CommandOutcome> {
  return eachRelease(ports, asked, { verb: 'drop', words: 1, owners: true }, (about) => dropOne(ports, about));
}

async function dropOne(ports: CommandPorts, about: ReleaseRequest): Promise<CommandOutcome> {
  const { scene, words } = about;
  const [version] = words;
  if (version === undefined) return refuseWith(formatMisused('drop', 'it takes the name of a version'));
  const done = await fetchDone(ports, about, 'drop');
  if (done) return done;
  const facts = await about.fetchFacts();
  const decided = decideDrop(facts, { ends: scene.ends, targets: ports.targets, version });
  if (decided.kind !== 'step') return notStepped(facts, decided);
  const { stepped, notes } = decided;
  return writeStep(ports, about, { kind: 'drop', facts, stepped, notes, below: [] });
}
