import type { Remote } from '../core/model/remote.ts';
import { type Invocation, UsageError } from './command.ts';

/** The repository on GitHub, as OWNER/NAME: the one that was named, or the one that the remote is. */
export function repositoryFrom(named: Invocation['options'][string], remote: Remote | undefined): string {
  if (typeof named !== 'string') {
    if (remote?.repository !== undefined) return remote.repository;
    const who = remote ? `${remote.url} doesn't say` : 'no git remote says';
    throw new UsageError(`${who} which repository this is on GitHub; say it with --repository OWNER/NAME`);
  }
  if (/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/.test(named)) return named;
  throw new UsageError(`--repository takes OWNER/NAME, not "${named}"`);
}
