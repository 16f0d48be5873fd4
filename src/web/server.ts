import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBodyReader } from './body.ts';
import { answerFlux, FLUX_PATH, type FluxHook } from './flux.ts';
import { readTarget } from './guarded-server.ts';
import { answerWebhook, type GitHubHook, WEBHOOK_PATH } from './webhooks.ts';

/** The App's inputs: GitHub's webhooks and Flux's events. */
export interface WebhookHandlers {
  readonly github: GitHubHook;
  readonly flux: FluxHook;
}

/** The App's routes: GitHub's webhooks, Flux's events, /healthz, and a front page of one line. */
export function createRoutes(
  { github, flux }: WebhookHandlers,
  about: string,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const readBody = createBodyReader();
  return async (request, response) => {
    const target = readTarget(request);
    if (!target) return answer(response, 400, PLAIN, 'The request has no path.\n');
    const { path, query } = target;
    if (path === '/healthz') return answer(response, 200, 'application/json', '{"status":"ok"}\n');
    if (path === '/') return answer(response, 200, PLAIN, about);
    if (path === FLUX_PATH) return answerFlux(request, response, { hook: flux, query, readBody });
    if (path === WEBHOOK_PATH) return answerWebhook(request, response, github, readBody);
    answer(response, 404, PLAIN, 'Not found.\n');
  };
}

const PLAIN = 'text/plain; charset=utf-8';

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(body);
}

/** Starts to listen. Throws an error that names the environment variable if the port is in use. */
export function listen(
  server: Server,
  { port, host, variable }: { readonly port: number; readonly host: string; readonly variable: string },
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is in use; set another one with ${variable}`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}
