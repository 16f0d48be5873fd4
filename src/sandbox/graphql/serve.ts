import type { IncomingMessage } from 'node:http';
import { authenticate } from '../auth.ts';
import { ApiError, type HttpAnswer, parseBody, readBody } from '../http.ts';
import type { SandboxWorld } from '../world.ts';
import { repositoryNode } from './nodes.ts';
import { parseQuery, QueryProblem, type Selection } from './parse.ts';
import { resolveNode } from './resolve.ts';

/** Path of GraphQL, beside the REST API at /api/v3. */
export const GRAPHQL_PATH = '/api/graphql';

const BODY_LIMIT = 1024 * 1024;
const MAX_FIELDS = 1000;

/** Answers a GraphQL query about the repository; errors have status 200, as on GitHub. */
export async function serveGraphql(world: SandboxWorld, request: IncomingMessage): Promise<HttpAnswer> {
  if (request.method !== 'POST') throw new ApiError(404, 'Not Found');
  const actor = authenticate(world.app, request.headers.authorization);
  if (!actor) throw new ApiError(401, 'This endpoint requires you to be authenticated.');
  if (actor.via === 'app') throw new ApiError(403, 'Resource not accessible by integration');
  const { query, variables } = parseBody(await readBody(request, BODY_LIMIT));
  try {
    return await answer(world, query, (variables ?? {}) as Readonly<Record<string, unknown>>);
  } catch (error) {
    if (error instanceof QueryProblem) return refusal({ message: error.message });
    throw error;
  }
}

async function answer(
  world: SandboxWorld,
  query: unknown,
  variables: Readonly<Record<string, unknown>>,
): Promise<HttpAnswer> {
  if (typeof query !== 'string') throw new QueryProblem('A query attribute must be specified and must be a string.');
  const [repository, ...others] = parseQuery(query, variables);
  if (repository?.kind !== 'field' || repository.name !== 'repository' || others.length > 0)
    throw new QueryProblem('The sandbox answers queries about one repository only');
  if (countIn(repository.selections) > MAX_FIELDS) {
    const message = `This query asks for more than ${MAX_FIELDS} objects`;
    return refusal({ type: 'MAX_NODE_LIMIT_EXCEEDED', message });
  }
  const { owner, name } = repository.args;
  if (`${owner}/${name}`.toLowerCase() !== `${world.repository.owner}/${world.repository.name}`.toLowerCase())
    return missing(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
  const data = { [repository.alias]: await resolveNode(repositoryNode(world), repository.selections) };
  return { status: 200, body: { data } };
}

/** Fields with subfields. */
function countIn(selections: readonly Selection[]): number {
  return selections.reduce((sum, each) => sum + (each.selections.length > 0 ? 1 : 0), 0);
}

function refusal(error: object): HttpAnswer {
  return { status: 200, body: { errors: [error] } };
}

function missing(message: string): HttpAnswer {
  return {
    status: 200,
    body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'], message }] },
  };
}
