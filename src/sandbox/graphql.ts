import type { IncomingMessage } from 'node:http';
import { authenticate } from './auth.ts';
import { type Answer, ApiError, parseBody, readBody } from './http.ts';
import { readBlobs } from './repository/trees.ts';
import type { World } from './world.ts';

/** Where GraphQL is, beside the REST API at /api/v3. */
export const GRAPHQL_PATH = '/api/graphql';

const BODY_LIMIT = 1024 * 1024;
const MOST_OBJECTS = 1000;
/** GitHub gives no more of a text, in bytes. */
const LONGEST_TEXT = 512_000;

// The one query that Coalmine makes, by GitHub's schema: many blobs of a repository by their ids.
const QUERY =
  /^query \(\$owner: String!, \$name: String!\) \{ repository\(owner: \$owner, name: \$name\) \{ ((?:b\d+: object\(oid: "[0-9a-f]{40}"\) \{ \.\.\. on Blob \{ text \} \} ?)+)\} \}$/;
const FIELD = /(b\d+): object\(oid: "([0-9a-f]{40})"\)/g;

/** Answers a GraphQL query; as on GitHub, what is wrong with it comes with status 200. */
export async function serveGraphql(world: World, request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST') throw new ApiError(404, 'Not Found');
  const actor = authenticate(world.app, request.headers.authorization);
  if (!actor) throw new ApiError(401, 'This endpoint requires you to be authenticated.');
  if (actor.via === 'app') throw new ApiError(403, 'Resource not accessible by integration');
  const { query, variables } = parseBody(await readBody(request, BODY_LIMIT));
  const fields = typeof query === 'string' ? QUERY.exec(query)?.[1] : undefined;
  if (fields === undefined) return refusal({ message: 'The sandbox answers only the query that Coalmine makes' });
  const objects = [...fields.matchAll(FIELD)].map(([, alias = '', sha = '']) => ({ alias, sha }));
  if (objects.length > MOST_OBJECTS)
    return refusal({
      type: 'MAX_NODE_LIMIT_EXCEEDED',
      message: `This query asks for more than ${MOST_OBJECTS} objects`,
    });
  const { owner, name } = { owner: '', name: '', ...(variables as object | undefined) };
  if (`${owner}/${name}`.toLowerCase() !== `${world.repository.owner}/${world.repository.name}`.toLowerCase())
    return missing(`Could not resolve to a Repository with the name '${owner}/${name}'.`);
  const blobs = await readBlobs(
    world.repository.folder,
    objects.map(({ sha }) => sha),
  );
  const entries = objects.map(({ alias, sha }) => [alias, formatBlob(blobs.get(sha))]);
  return { status: 200, body: { data: { repository: Object.fromEntries(entries) } } };
}

function formatBlob(content: Buffer | undefined): object | null {
  if (!content) return null;
  if (content.includes(0)) return { text: null }; // GitHub takes it for binary
  return { text: content.subarray(0, LONGEST_TEXT).toString() };
}

function refusal(error: object): Answer {
  return { status: 200, body: { errors: [error] } };
}

function missing(message: string): Answer {
  return {
    status: 200,
    body: { data: { repository: null }, errors: [{ type: 'NOT_FOUND', path: ['repository'], message }] },
  };
}
