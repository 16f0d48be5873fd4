import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listen as listenAt } from '../web/server.ts';
import { FLUX_TOLD_PATH, serveFlux } from './flux/serve.ts';
import { serveGit } from './git-http.ts';
import { type Answer, ApiError } from './http.ts';
import { servePage } from './pages/serve.ts';
import { PROTECTION_PATH, serveProtection } from './protection/serve.ts';
import { serveRest } from './rest/serve.ts';
import type { World } from './world.ts';

const restPrefix = '/api/v3';

/** Listens on the loopback interface only. */
export async function listen(port: number): Promise<{ readonly server: Server; readonly url: string }> {
  const server = createServer();
  const address = await listenAt(server, { port, host: '127.0.0.1', variable: 'SANDBOX_PORT' });
  return { server, url: `http://127.0.0.1:${address.port}` };
}

/** Starts answering: REST, git and pages. */
export function serve(server: Server, world: World): void {
  server.on('request', (request, response) => {
    answer(world, request)
      .catch((problem: unknown) => toAnswer(world, request, problem))
      .then((said) => write(request, response, said))
      .catch(() => response.destroy());
  });
}

async function answer(world: World, request: IncomingMessage): Promise<Answer> {
  const { owner, name } = world.repository;
  const url = new URL(request.url ?? '/', world.url);
  const { pathname } = url;
  if (pathname.startsWith(`${restPrefix}/`)) return serveRest(world, request, pathname.slice(restPrefix.length));
  const git = `/${owner}/${name}.git`;
  if (pathname.startsWith(`${git}/`)) return serveGit(world, request, pathname.slice(git.length));
  if (pathname === FLUX_TOLD_PATH) return serveFlux(world, request);
  if (pathname === PROTECTION_PATH) return serveProtection(world, request);
  return servePage(world, request, url);
}

function toAnswer(world: World, request: IncomingMessage, problem: unknown): Answer {
  const status = problem instanceof ApiError ? problem.status : 500;
  const message = problem instanceof ApiError ? problem.message : 'Internal error of the sandbox';
  if (status === 500) {
    const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    world.log({ method: request.method, url: request.url, problem: text }, 'request failed');
  }
  return { status, body: { message, status: String(status) } };
}

function write(request: IncomingMessage, response: ServerResponse, { status, body, raw, headers }: Answer): void {
  const content = raw ?? (body === undefined ? '' : JSON.stringify(body));
  const type = raw === undefined ? 'application/json; charset=utf-8' : 'text/plain; charset=utf-8';
  // A body that nobody read (too large, or refused first) would be taken for the next request.
  const unread = request.complete ? {} : { connection: 'close' };
  const length = status === 204 ? {} : { 'content-type': type, 'content-length': String(Buffer.byteLength(content)) };
  response.writeHead(status, { ...length, ...unread, ...headers });
  response.end(request.method === 'HEAD' || status === 204 ? undefined : content);
}
