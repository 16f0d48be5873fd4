import { identityOf } from '../../core/model/release.ts';
import { parseMessage, trailers } from '../../core/model/trailers.ts';
import { ROLLBACK_TRAILER } from '../../core/rollout/history.ts';
import { valueAt } from '../../core/values/edit/data.ts';
import { historyOf, pullsOf } from '../gitops/history.ts';
import type { ValuesEntry } from '../gitops/snapshot.ts';
import type { Commit, Repository } from '../ports.ts';
import { fetchValues } from './content.ts';

export interface RolledBackFacts {
  readonly entry: ValuesEntry;
  readonly source: Commit; // the default branch's tip
  readonly published: readonly Commit[]; // the release's own on the gitops branch, newest first
}

/** Maximum number of commits of a values file that are looked back at for a rollback. */
const LOOKED_AT = 10;

/**
 * Where the newest change of a release's routes on the default branch was a rollback: `#7`, or its commit. Whether it is
 * published yet or not, it is what a second `/rollback` would ask for. Undefined where it was something else.
 */
export async function fetchRolledBack(
  repository: Repository,
  { entry: { file, release }, source, published }: RolledBackFacts,
): Promise<string | undefined> {
  const log = await historyOf(repository, source).touching([file], LOOKED_AT);
  const isRollback = ({ message }: Commit) => {
    return trailers(parseMessage(message), ROLLBACK_TRAILER).includes(identityOf(release));
  };
  const index = log.findIndex(isRollback);
  const found = log[index];
  if (!found) return undefined;
  for (const { sha, parents } of log.slice(0, index)) {
    const [after, before] = await Promise.all(
      [sha, parents[0]].map(async (each) => each && routesIn(await fetchValues(repository.treeOf(each), file))),
    );
    if (after === undefined || after !== before) return undefined;
  }
  return pullIn(found, published) ?? found.sha.slice(0, 7);
}

/** The pull request of a rollback: its merge names it, or what was published of it. */
function pullIn({ message }: Commit, published: readonly Commit[]): string | undefined {
  const parsed = parseMessage(message);
  const commands = trailers(parsed, 'Command');
  const known = published.find((commit) =>
    trailers(parseMessage(commit.message), 'Command').some((id) => commands.includes(id)),
  );
  const [number] = known ? pullsOf(known) : [];
  return number === undefined ? /\((#\d+)\)/.exec(parsed.subject)?.[1] : `#${number}`;
}

function routesIn(values: unknown): string | undefined {
  return JSON.stringify(valueAt(values, '/routes'));
}
