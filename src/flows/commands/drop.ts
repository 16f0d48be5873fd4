import { formatMisused } from '../../core/report/answer.ts';
import { decideDrop } from '../rollout/decide.ts';
import { fetchDone } from './done.ts';
import { type About, eachRelease } from './each-release.ts';
import { type Asked, type CommandPorts, type Outcome, refused } from './outcome.ts';
import { writeStep } from './write-step.ts';
import { notStepped } from './writing.ts';

/** Removes an idle version. */
export function drop(ports: CommandPorts, asked: Asked): Promise<Outcome> {
  return eachRelease(ports, asked, { verb: 'drop', words: 1, owners: true }, (about) => dropOne(ports, about));
}

async function dropOne(ports: CommandPorts, about: About): Promise<Outcome> {
  const { scene, words } = about;
  const [version] = words;
  if (version === undefined) return refused(formatMisused('drop', 'it takes the name of a version'));
  const done = await fetchDone(ports, about, 'drop');
  if (done) return done;
  const facts = await about.fetchFacts();
  const decided = decideDrop(facts, { ends: scene.ends, targets: ports.targets, version });
  if (decided.kind !== 'step') return notStepped(facts, decided);
  const { stepped, notes } = decided;
  return writeStep(ports, about, { kind: 'drop', facts, stepped, notes, below: [] });
}
