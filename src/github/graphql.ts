import { isLost, isRateLimit, messageOf, statusOf } from './absent.ts';
import type { Cache } from './cache.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** A query about a repository. */
export interface GraphqlQuery {
  readonly kind: string; // a server that cannot answer one query of a kind cannot answer the others
  readonly query: string; // selects from `repository(owner: $owner, name: $name)`
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** Milliseconds before a kind of query is sent again after a server or token could not answer it. */
const PAUSE = 10 * 60_000;

// Approximate memory of a key.
const BYTES = 100;

/**
 * Queries GraphQL about a repository and returns the answer's `repository`. Undefined if this server or token has no
 * GraphQL, or the answer was lost: then the caller asks REST, which has an operation for each part.
 */
export function githubGraphql(
  octokit: GitHub,
  { owner, name }: RepositoryName,
  cache: Cache,
): <T>(query: GraphqlQuery) => Promise<T | undefined> {
  return async <T>({ kind, query, variables }: GraphqlQuery): Promise<T | undefined> => {
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
