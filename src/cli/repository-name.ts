import type { Remote } from '../core/model/remote.ts';
import { type Invocation, UsageError } from './command.ts';

/** The repository on GitHub, as OWNER/NAME: the one named by --repository, else the one in the remote's address. */
export function repositoryFrom(named: Invocation['options'][string], remote: Remote | undefined): string {
  if (typeof named !== 'string') {
    if (remote?.repository !== undefined) return remote.repository;
    const reason = remote ? `the address ${remote.url} does not name it` : 'there is no git remote';
    throw new UsageError(`unknown repository on GitHub: ${reason}; give --repository OWNER/NAME`);
  }
  if (/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/.test(named)) return named;
  throw new UsageError(`--repository takes OWNER/NAME, not "${named}"`);
}
