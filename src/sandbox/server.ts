import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createGuardedServer, guardListener, type RequestTarget, readTarget } from '../web/guarded-server.ts';
import { isOwnRequest } from '../web/origin.ts';
import { listen as listenAt } from '../web/server.ts';
import { FLUX_CONTROL_PATH, serveFlux } from './flux/serve.ts';
import { explainFullDisk } from './full-disk.ts';
import { serveGit } from './git-http.ts';
import { GRAPHQL_PATH, serveGraphql } from './graphql/serve.ts';
import { ApiError, type HttpAnswer } from './http.ts';
import { servePage } from './pages/serve.ts';
import { PROTECTION_PATH, serveProtection } from './protection/serve.ts';
import { serveRest } from './rest/serve.ts';
import type { SandboxWorld } from './world.ts';

const restPrefix = '/api/v3';

/** Listens on the loopback interface only. */
export async function listen(port: number): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createGuardedServer();
  const address = await listenAt(server, { port, host: '127.0.0.1', variable: 'SANDBOX_PORT' });
  return { server, url: `http://127.0.0.1:${address.port}` };
}

/** Starts to answer requests: REST, git and pages. */
export function serve(server: Server, world: SandboxWorld): void {
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const said = await answer(world, request).catch((problem: unknown) => toAnswer(world, request, problem));
    write(request, response, said);
  };
  server.on('request', guardListener(respond, world.log));
}

async function answer(world: SandboxWorld, request: IncomingMessage): Promise<HttpAnswer> {
  const { owner, name } = world.repository;
  const target = readTarget(request);
  if (!target) throw new ApiError(400, 'The request has no path');
  if (!isOwnRequest(request)) throw new ApiError(403, FOREIGN);
  const { path } = target;
  if (path.startsWith(`${restPrefix}/`)) return serveRest(world, request, cut(target, restPrefix));
  if (path === GRAPHQL_PATH) return serveGraphql(world, request);
  const git = `/${owner}/${name}.git`;
  if (path.startsWith(`${git}/`)) return serveGit(world, request, cut(target, git));
  if (path === FLUX_CONTROL_PATH) return serveFlux(world, request);
  if (path === PROTECTION_PATH) return serveProtection(world, request);
  return servePage(world, request, target);
}

// The tokens are public, so a request's origin is what keeps other websites out.
const FOREIGN =
  'This came from a page of another site. Only the pages of the sandbox may do that, at a loopback name such as localhost.';

function cut({ path, query }: RequestTarget, prefix: string): RequestTarget {
  return { path: path.slice(prefix.length), query };
}

function toAnswer(world: SandboxWorld, request: IncomingMessage, problem: unknown): HttpAnswer {
  const full = explainFullDisk(problem);
  if (full !== undefined) {
    world.log({ method: request.method, url: request.url }, full);
    return { status: 507, body: { message: full, status: '507' } };
  }
  const status = problem instanceof ApiError ? problem.status : 500;
  const message = problem instanceof ApiError ? problem.message : 'Internal error of the sandbox';
  if (status === 500) {
    const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    world.log({ method: request.method, url: request.url, problem: text }, 'request failed');
  }
  return { status, body: { message, status: String(status) } };
}

function write(request: IncomingMessage, response: ServerResponse, { status, body, raw, headers }: HttpAnswer): void {
  const content = raw ?? (body === undefined ? '' : JSON.stringify(body));
  const type = raw === undefined ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
  // An unread body (too large, or refused first) would be read as the next request.
  const unread = request.complete ? {} : { connection: 'close' };
  const length = status === 204 ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(content)) };
  response.writeHead(status, { ...length, ...unread, ...headers });
  response.end(request.method === 'HEAD' || status === 204 ? undefined : content);
}
