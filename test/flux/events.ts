import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KubernetesObject } from './kubernetes.ts';

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
  passTo(target: Target): void;
  close(): Promise<void>;
}

interface AlertSpec {
  readonly eventSources: readonly { readonly kind: string; readonly namespace: string; readonly name: string }[];
  readonly eventMetadata?: Readonly<Record<string, string>>;
}

interface Target {
  readonly url: () => string;
  readonly token: string;
  /** The Alerts that are in the cluster. */
  readonly alerts: () => Promise<readonly KubernetesObject[]>;
}

const GROUP = 'kustomize.toolkit.fluxcd.io/';

/**
 * Stands in for notification-controller with a `generic-hmac` Provider: passes over what no Alert names, puts an Alert's
 * own metadata beside an event's, takes the API group off the keys, signs it and posts it.
 */
export async function startEventRelay(): Promise<EventRelay> {
  const said: Said[] = [];
  let target: Target | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (!target) return response.writeHead(503).end();
    const event = JSON.parse(Buffer.concat(chunks).toString()) as Said;
    said.push(event);
    try {
      const alert = (await target.alerts()).find((each) => listens(each, event));
      response.writeHead(alert ? (await pass(event, alert, target)).status : 202).end();
    } catch {
      response.writeHead(503).end(); // the App is down: asked to try again
    }
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

function listens({ spec }: KubernetesObject, { involvedObject }: Said): boolean {
  const { eventSources } = spec as unknown as AlertSpec;
  return eventSources.some(
    ({ kind, namespace, name }) =>
      kind === involvedObject.kind &&
      namespace === involvedObject.namespace &&
      (name === '*' || name === involvedObject.name),
  );
}

async function pass(event: Said, { spec }: KubernetesObject, { url, token }: Target): Promise<Response> {
  const ofBoth = { ...event.metadata, ...(spec as unknown as AlertSpec).eventMetadata };
  const metadata = Object.entries(ofBoth).map(([key, value]) => [key.replace(GROUP, ''), value]);
  const body = JSON.stringify({ ...event, metadata: Object.fromEntries(metadata) });
  const signature = `sha256=${createHmac('sha256', token).update(body).digest('hex')}`;
  const headers = { 'x-signature': signature, 'gotk-component': 'kustomize-controller' };
  return fetch(url(), { method: 'POST', headers, body });
}
