import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type FluxEvent, readFluxEvent } from '../core/readiness/event.ts';

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
const ALGORITHMS = ['sha224', 'sha256', 'sha384', 'sha512'];

/**
 * Takes an event of a `generic-hmac` Provider whose address is `/api/flux?repository=owner/name`: checks its signature,
 * hands it on and answers. Only who has the token learns more than that it is wrong. What is signed but no event about a
 * Kustomization is no mistake: an Alert may send others, too.
 */
export async function answerFlux(request: IncomingMessage, response: ServerResponse, hook: FluxHook): Promise<void> {
  const { token, take } = hook;
  if (token === undefined) return answer(response, 404, 'Flux is not listened to: FLUX_WEBHOOK_TOKEN is not set.');
  if (request.method !== 'POST') return answer(response, 405, "Flux's events are posted here.", { allow: 'POST' });
  const body = await readBody(request);
  if (!body) return answer(response, 413, `An event has at most ${LARGEST} bytes.`, { connection: 'close' });
  if (!isSignedBy(token, body, request.headers['x-signature'])) {
    return answer(
      response,
      401,
      "The signature is wrong: the Provider's Secret and FLUX_WEBHOOK_TOKEN hold the same token.",
    );
  }
  const repository = readRepository(request.url);
  if (!repository) return answer(response, 400, `The Provider's address ends with ${FLUX_PATH}?repository=OWNER/NAME.`);
  const json = parseJson(body);
  if (json === undefined) return answer(response, 400, 'The body is not JSON.');
  const event = readFluxEvent(json);
  if (event) take(repository, event);
  answer(response, 202, event ? 'Taken.' : 'Not about a Kustomization at a commit: ignored.');
}

/** Whether `X-Signature` (`sha256=<hex>`) is the body's by this token, compared in the same time whatever differs. */
export function isSignedBy(token: string, body: Buffer, signature: string | string[] | undefined): boolean {
  const [, algorithm = '', digest = ''] = /^(sha[0-9]{3})=([0-9a-f]+)$/i.exec(String(signature)) ?? [];
  if (!ALGORITHMS.includes(algorithm.toLowerCase())) return false;
  const expected = createHmac(algorithm.toLowerCase(), token).update(body).digest();
  const given = Buffer.from(digest, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function readRepository(url: string | undefined): NamedRepository | undefined {
  const [only, ...more] = new URL(url ?? '/', 'http://app').searchParams.getAll('repository');
  const [, owner, name] = /^([A-Za-z0-9_.-]{1,100})\/([A-Za-z0-9_.-]{1,100})$/.exec(only ?? '') ?? [];
  const isPlain = [owner, name].every((part) => part !== undefined && part !== '.' && part !== '..');
  return owner !== undefined && name !== undefined && isPlain && more.length === 0 ? { owner, name } : undefined;
}

/** The whole body; undefined where it is too large, whatever was announced. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > LARGEST) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

function answer(response: ServerResponse, status: number, text: string, headers: Record<string, string> = {}): void {
  const type = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  response.writeHead(status, { ...type, ...headers }).end(`${text}\n`);
}
