import type { Verb } from '../../core/commands/index.ts';
import { fetchRollout, type RolloutFacts } from '../rollout/facts.ts';
import { type CommandFacts, fetchCommandFacts, fetchNamed, type NamedRelease } from './command-facts.ts';
import { type CommandOutcome, type CommandPorts, type CommandRequest, joinOutcomes, refuseWith } from './outcome.ts';
import { fetchForbidden, fetchNotOwner } from './rights.ts';

/** One release that a command is about, and all that is known of it. */
export interface ReleaseRequest extends NamedRelease {
  readonly asked: CommandRequest;
  readonly scene: CommandFacts;
  readonly fetchFacts: () => Promise<RolloutFacts>;
}

export interface Asking {
  readonly verb: Verb;
  readonly words: number; // beside the names
  readonly owners?: true; // the commenter must own the values file
}

/** Does a command for each release that is meant, for those whom it may be done for. */
export async function eachRelease(
  ports: CommandPorts,
  asked: CommandRequest,
  { verb, words, owners }: Asking,
  act: (about: ReleaseRequest) => Promise<CommandOutcome>,
): Promise<CommandOutcome> {
  const scene = await fetchCommandFacts(ports);
  if (typeof scene === 'string') return refuseWith(scene);
  const { ends } = scene;
  const login = asked.comment.author;
  const named = await fetchNamed(ports, asked, { scene, verb, words });
  const stages = typeof named === 'string' ? [undefined] : named.map(({ entry }) => entry.release.stage);
  const forbidden = await fetchForbidden(ports, ends.settings, { verb, login, stages });
  if (forbidden !== undefined) return refuseWith(forbidden);
  if (typeof named === 'string') return refuseWith(named);

  const outcomes: CommandOutcome[] = [];
  for (const each of named) {
    const { entry, name } = each;
    const stranger =
      owners &&
      (await fetchNotOwner(ports, {
        tree: ends.tree,
        ref: asked.ref,
        file: entry.file,
        login,
        typed: `/${verb} ${[name, ...each.words].join(' ')}`,
      }));
    const fetchFacts = () => fetchRollout(ports.repository, { ends, entry, name, targets: ports.targets });
    outcomes.push(stranger === undefined ? await act({ ...each, asked, scene, fetchFacts }) : refuseWith(stranger));
  }
  return joinOutcomes(outcomes);
}
