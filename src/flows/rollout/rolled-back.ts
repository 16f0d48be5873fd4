import { identityOf } from '../../core/release.ts';
import { ROLLBACK_TRAILER } from '../../core/rollout/history.ts';
import { parseMessage, trailers } from '../../core/trailers.ts';
import { valueAt } from '../../core/values/edit/data.ts';
import type { Commit, Repository } from '../ports.ts';
import type { ValuesEntry } from '../snapshot.ts';
import { fetchValues } from './content.ts';

/** Maximum number of commits of a values file that are looked back at for a rollback. */
const LOOKED_AT = 10;

/**
 * Where the newest change of a release's routes on the default branch was a rollback: `#7`, or its commit. Whether it is
 * published yet or not, it is what a second `/rollback` would ask for. Undefined where it was something else.
 */
export async function fetchRolledBack(
  repository: Repository,
  { entry: { file, release }, source }: { readonly entry: ValuesEntry; readonly source: Commit },
): Promise<string | undefined> {
  const log = await repository.fetchLog(source.sha, file, LOOKED_AT);
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
  return /\(#(\d+)\)/.exec(parseMessage(found.message).subject)?.[0]?.slice(1, -1) ?? found.sha.slice(0, 7);
}

function routesIn(values: unknown): string | undefined {
  return JSON.stringify(valueAt(values, '/routes'));
}
