import { createHmac } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FluxEvent, readFluxEvent } from '../core/readiness/event.ts';
import { isSignedBy, parseJson, type ReadBody, refusalOf } from './body.ts';

/** Path for Flux's events. */
export const FLUX_PATH = '/api/flux';

/** The repository of Flux's events: owner and name. */
export interface NamedRepository {
  readonly owner: string;
  readonly name: string;
}

export interface FluxHook {
  readonly token: string | undefined; // undefined: no events are accepted
  readonly take: (repository: NamedRepository, event: FluxEvent) => void;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** The hook, the query and the body reader for one event. */
interface FluxRequestContext {
  readonly hook: FluxHook;
  readonly query: URLSearchParams;
  readonly readBody: ReadBody;
}

/**
 * Answers an event of a `generic-hmac` Provider whose address is `/api/flux?repository=owner/name`: checks its signature
 * and passes it on. A sender without the token learns only that the signature is wrong. A signed event about another kind
 * is not an error: an Alert may send those too.
 */
export async function answerFlux(
  request: IncomingMessage,
  response: ServerResponse,
  { hook: { token, take }, query, readBody }: FluxRequestContext,
): Promise<void> {
  if (token === undefined) return answer(response, 404, 'Flux events are not accepted: FLUX_WEBHOOK_TOKEN is not set.');
  if (request.method !== 'POST') return answer(response, 405, "Send Flux's events with POST.", { allow: 'POST' });
  const body = await readBody(request, MAX_BODY_BYTES);
  if (body === 'gone') return;
  if (typeof body === 'string') return answer(response, ...refusalOf(body, 'An event', MAX_BODY_BYTES), CLOSE);
  const repository = readRepository(query);
  const keys = repository ? [repositoryKey(token, repository), token] : [token];
  if (!keys.some((key) => isSignedBy(key, body, request.headers['x-signature']))) {
    return answer(
      response,
      401,
      "The signature is wrong: the Provider's Secret must hold the key of this repository, which is derived from FLUX_WEBHOOK_TOKEN; `coalmine flux` prints the command.",
    );
  }
  if (!repository)
    return answer(response, 400, `The Provider's address must end with ${FLUX_PATH}?repository=OWNER/NAME.`);
  const json = parseJson(body);
  if (json === undefined) return answer(response, 400, 'The body is not JSON.');
  const event = readFluxEvent(json);
  if (event) take(repository, event);
  answer(response, 202, event ? 'Accepted.' : 'Ignored: not about a Kustomization at a commit.');
}

/**
 * The signing key of one repository's clusters. The signature does not cover the address, so each repository has its own
 * key: an event signed with it is valid for no other, and a leaked key exposes only one. The token itself is valid for all.
 */
function repositoryKey(token: string, { owner, name }: NamedRepository): string {
  return createHmac('sha256', token).update(`${owner}/${name}`.toLowerCase()).digest('hex');
}

function readRepository(query: URLSearchParams): NamedRepository | undefined {
  const [only, ...more] = query.getAll('repository');
  const [, owner, name] = /^([A-Za-z0-9_.-]{1,100})\/([A-Za-z0-9_.-]{1,100})$/.exec(only ?? '') ?? [];
  const isPlain = [owner, name].every((part) => part !== undefined && part !== '.' && part !== '..');
  return owner !== undefined && name !== undefined && isPlain && more.length === 0 ? { owner, name } : undefined;
}

const CLOSE = { connection: 'close' }; // the rest of the body must not be read as a request

function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, { ...type, ...headers }).end(`${text}\n`);
}
