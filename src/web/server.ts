import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerFlux, FLUX_PATH, type FluxHook } from './flux.ts';

/** Handles the webhook path; every other request is left to `next`. */
export type WebhookMiddleware = (request: IncomingMessage, response: ServerResponse, next?: () => void) => unknown;

/** The App's own routes: GitHub's webhooks, Flux's events, /healthz, and a line that says what this is. */
export function routes(webhooks: WebhookMiddleware, flux: FluxHook, about: string): RequestListener {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    if (pathname === '/healthz') return answer(response, 200, 'application/json', '{"status":"ok"}\n');
    if (pathname === '/') return answer(response, 200, 'text/plain; charset=utf-8', about);
    if (pathname === FLUX_PATH) return void answerFlux(request, response, flux).catch(() => response.destroy());
    webhooks(request, response, () => answer(response, 404, 'text/plain; charset=utf-8', 'There is nothing here.\n'));
  };
}

function answer(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(body);
}

/** Listens; a port that is taken is said with the way out. */
export function listen(
  server: Server,
  { port, host, variable }: { readonly port: number; readonly host: string; readonly variable: string },
): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new Error(`port ${port} is in use; name another one with ${variable}`, { cause: error })
          : error,
      );
    });
    server.listen(port, host, () => resolve(server.address() as AddressInfo));
  });
}
