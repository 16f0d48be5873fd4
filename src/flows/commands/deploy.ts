import { formatMisused } from '../../core/report/answer.ts';
import { formatStays } from '../../core/report/rollout.ts';
import { decideDeployment } from '../rollout/decide.ts';
import { fetchDone } from './done.ts';
import { eachRelease, type ReleaseRequest } from './each-release.ts';
import { type CommandOutcome, type CommandPorts, type CommandRequest, refuseWith } from './outcome.ts';
import { writeStep } from './write-step.ts';
import { notStepped } from './writing.ts';

/** Adds a version beside the others. */
export function deploy(ports: CommandPorts, asked: CommandRequest): Promise<CommandOutcome> {
  return eachRelease(ports, asked, { verb: 'deploy', words: 2, owners: true }, (about) => deployOne(ports, about));
}

async function deployOne(ports: CommandPorts, about: ReleaseRequest): Promise<CommandOutcome> {
  const { scene, words, name } = about;
  const [version, image] = words;
  if (version === undefined) return refuseWith(formatMisused('deploy', 'it takes the name of a version'));
  const done = await fetchDone(ports, about, 'deploy');
  if (done) return done;
  const facts = await about.fetchFacts();
  if (facts.hold) return refuseWith(formatStays(name, { code: 'on-hold', hold: facts.hold }, [{ verb: 'resume' }]));
  const decided = decideDeployment(facts, {
    ends: scene.ends,
    targets: ports.targets,
    version,
    ...(image === undefined ? {} : { image }),
  });
  if (decided.kind !== 'step') return notStepped(facts, decided);
  const { stepped, notes } = decided;
  return writeStep(ports, about, { kind: 'deploy', facts, stepped, notes, below: [] });
}
