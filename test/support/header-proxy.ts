import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request as openRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Starts a proxy of another server that replaces these headers of its answers. Returns its URL; ends with the test. */
export async function startHeaderProxy(target: string, headersNow: () => IncomingHttpHeaders): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { method, headers, url } = incoming;
    const passed = openRequest(`${target}${url}`, { method, headers: { ...headers, host: new URL(target).host } });
    passed.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...headersNow() });
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
