import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { RequestTarget } from '../../web/guarded-server.ts';
import { authenticate } from '../auth.ts';
import { ApiError, type HttpAnswer, notFound, parseBody, readBody } from '../http.ts';
import type { SandboxWorld } from '../world.ts';
import { rate, rateReset } from './app.ts';
import { type Call, checkAccess, matchRoute } from './route.ts';
import { routes } from './routes.ts';

const bodyLimit = 25 * 1024 * 1024;

/** Answers a REST request; `target` is the part after `/api/v3`. */
export async function serveRest(
  world: SandboxWorld,
  request: IncomingMessage,
  target: RequestTarget,
): Promise<HttpAnswer> {
  const answer = await handle(world, request, target).catch(toAnswer);
  return {
    ...answer,
    headers: {
      'x-github-request-id': randomUUID(),
      'x-github-media-type': 'github.v3; format=json',
      'x-ratelimit-limit': String(rate.limit),
      'x-ratelimit-remaining': String(rate.remaining),
      'x-ratelimit-used': String(rate.used),
      'x-ratelimit-reset': String(rateReset()),
      'x-ratelimit-resource': 'core',
      ...answer.headers,
    },
  };
}

async function handle(
  world: SandboxWorld,
  request: IncomingMessage,
  { path, query }: RequestTarget,
): Promise<HttpAnswer> {
  return operate(world, {
    actor: authenticate(world.app, request.headers.authorization),
    method: request.method ?? 'GET',
    path,
    query,
    wantsRaw: /[.+]raw\b/.test(request.headers.accept ?? ''),
    readBody: async () => parseBody(await readBody(request, bodyLimit)),
  });
}

interface OperationRequest extends Pick<Call, 'actor' | 'path'>, Partial<Pick<Call, 'query' | 'wantsRaw'>> {
  readonly method: string;
  /** Called only after the actor's access is checked: no bytes are read before that. */
  readonly readBody: () => Promise<Call['body']>;
}

/** Carries out an operation, for a request or for a page in a user's name. Throws ApiError if it is refused. */
export async function operate(world: SandboxWorld, asked: OperationRequest): Promise<HttpAnswer> {
  const { actor, method, path, query = new URLSearchParams(), wantsRaw = false } = asked;
  const found = matchRoute(routes, method, path);
  if (!found) throw notFound();
  const { route, params } = found;
  checkRepository(world, params);
  checkAccess(route.access, actor);
  const param = (name: string): string => {
    const value = params[name];
    if (value === undefined) throw new Error(`the route has no {${name}}`);
    return value;
  };
  const call: Call = { world, actor, path, query, wantsRaw, param, body: await asked.readBody() };
  return route.serial ? world.serial(async () => route.handle(call)) : route.handle(call);
}

function checkRepository({ repository }: SandboxWorld, { owner, repo }: Readonly<Record<string, string>>): void {
  if (owner === undefined || repo === undefined) return;
  const asked = `${owner}/${repo}`.toLowerCase();
  if (asked !== `${repository.owner}/${repository.name}`.toLowerCase()) throw notFound();
}

/** Formats an ApiError as GitHub does; throws any other error again. */
function toAnswer(problem: unknown): HttpAnswer {
  if (!(problem instanceof ApiError)) throw problem;
  const { status, message, errors } = problem;
  const body = { message, ...(errors ? { errors } : {}), documentation_url: documentation, status: String(status) };
  return { status, body };
}

const documentation = 'https://docs.github.com/rest';
