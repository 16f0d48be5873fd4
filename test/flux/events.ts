import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What kustomize-controller said, as it said it. */
export interface Said {
  readonly involvedObject: { readonly kind: string; readonly namespace: string; readonly name: string };
  readonly severity: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Where kustomize-controller posts its events. */
export interface EventRelay {
  readonly url: string;
  readonly said: readonly Said[];
  /** Passes events on from now; until then kustomize-controller is asked to try again. */
  passTo(target: { readonly url: () => string; readonly token: string }): void;
  close(): Promise<void>;
}

const GROUP = 'kustomize.toolkit.fluxcd.io/';

/**
 * Stands in for notification-controller with a `generic-hmac` Provider: takes the API group off the keys of an event's
 * metadata, signs it and posts it.
 */
export async function startEventRelay(): Promise<EventRelay> {
  const said: Said[] = [];
  let target: { readonly url: () => string; readonly token: string } | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!target) return response.writeHead(503).end();
    const event = JSON.parse(Buffer.concat(chunks).toString()) as Said;
    said.push(event);
    const metadata = Object.entries(event.metadata ?? {}).map(([key, value]) => [key.replace(GROUP, ''), value]);
    const body = JSON.stringify({ ...event, metadata: Object.fromEntries(metadata) });
    const signature = `sha256=${createHmac('sha256', target.token).update(body).digest('hex')}`;
    const headers = { 'x-signature': signature, 'gotk-component': 'kustomize-controller' };
    const answer = await fetch(target.url(), { method: 'POST', headers, body }).catch(() => undefined);
    response.writeHead(answer?.status ?? 503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    said,
    passTo: (to) => {
      target = to;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
