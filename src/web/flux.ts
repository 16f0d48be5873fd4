import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FluxEvent, readFluxEvent } from '../core/readiness/event.ts';
import { isSignedBy, parseJson, type ReadBody, refusalOf } from './body.ts';

/** Where Flux's events come in. */
export const FLUX_PATH = '/api/flux';

/** Which repository's gitops branch Flux speaks of: owner and name. */
export interface NamedRepository {
  readonly owner: string;
  readonly name: string;
}

export interface FluxHook {
  readonly token: string | undefined; // none: nobody is listened to
  readonly take: (repository: NamedRepository, event: FluxEvent) => void;
}

const LARGEST = 1024 * 1024;

/** What an answer to an event needs beside the request. */
interface FluxDoor {
  readonly hook: FluxHook;
  readonly query: URLSearchParams;
  readonly readBody: ReadBody;
}

/**
 * Takes an event of a `generic-hmac` Provider whose address is `/api/flux?repository=owner/name`: checks its signature,
 * hands it on and answers. Only who has the token learns more than that it is wrong. What is signed but no event about a
 * Kustomization is no mistake: an Alert may send others, too.
 */
export async function answerFlux(
  request: IncomingMessage,
  response: ServerResponse,
  { hook: { token, take }, query, readBody }: FluxDoor,
): Promise<void> {
  if (token === undefined) return answer(response, 404, 'Flux is not listened to: FLUX_WEBHOOK_TOKEN is not set.');
  if (request.method !== 'POST') return answer(response, 405, "Flux's events are posted here.", { allow: 'POST' });
  const body = await readBody(request, LARGEST);
  if (body === 'gone') return;
  if (typeof body === 'string') return answer(response, ...refusalOf(body, 'An event', LARGEST), CLOSE);
  if (!isSignedBy(token, body, request.headers['x-signature'])) {
    return answer(
      response,
      401,
      "The signature is wrong: the Provider's Secret and FLUX_WEBHOOK_TOKEN hold the same token.",
    );
  }
  const repository = readRepository(query);
  if (!repository) return answer(response, 400, `The Provider's address ends with ${FLUX_PATH}?repository=OWNER/NAME.`);
  const json = parseJson(body);
  if (json === undefined) return answer(response, 400, 'The body is not JSON.');
  const event = readFluxEvent(json);
  if (event) take(repository, event);
  answer(response, 202, event ? 'Taken.' : 'Not about a Kustomization at a commit: ignored.');
}

function readRepository(query: URLSearchParams): NamedRepository | undefined {
  const [only, ...more] = query.getAll('repository');
  const [, owner, name] = /^([A-Za-z0-9_.-]{1,100})\/([A-Za-z0-9_.-]{1,100})$/.exec(only ?? '') ?? [];
  const isPlain = [owner, name].every((part) => part !== undefined && part !== '.' && part !== '..');
  return owner !== undefined && name !== undefined && isPlain && more.length === 0 ? { owner, name } : undefined;
}

const CLOSE = { connection: 'close' }; // what is still being sent is no request

function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, { ...type, ...headers }).end(`${text}\n`);
}
