import { isLost, isRateLimit, messageOf, statusOf } from './absent.ts';
import type { Cache } from './cache.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** Asks one question about a repository. */
export interface Question {
  readonly kind: string; // questions of one kind are answered by the same servers
  readonly query: string; // of `repository(owner: $owner, name: $name)`
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** How long a question is not asked again after a server or token had no answer to it, in milliseconds. */
const PAUSE = 10 * 60_000;

// Roughly what a key costs.
const BYTES = 100;

/**
 * Asks GraphQL about a repository: the answer's `repository`. Undefined where this server or token has no GraphQL, or the
 * answer was lost: then it is asked by REST, which has an operation for each part of it.
 */
export function githubGraphql(
  octokit: GitHub,
  { owner, name }: RepositoryName,
  cache: Cache,
): <T>(question: Question) => Promise<T | undefined> {
  return async <T>({ kind, query, variables }: Question): Promise<T | undefined> => {
    const key = `${owner}/${name} graphql ${kind}`;
    const leave = () => cache.keep(key, performance.now() + PAUSE, BYTES);
    if ((cache.find<number>(key) ?? 0) > performance.now()) return undefined;
    try {
      const asked = octokit.graphql<{ readonly repository: T | null }>(query, { owner, name, ...variables });
      const { repository } = await asked;
      if (!repository) leave();
      return repository ?? undefined;
    } catch (error) {
      if (isLimit(error)) throw error;
      if (!isLost(error)) leave();
      return undefined;
    }
  };
}

function isLimit(error: unknown): boolean {
  const status = statusOf(error);
  return status === 401 || status === 429 || (status === 403 && isRateLimit(messageOf(error)));
}
