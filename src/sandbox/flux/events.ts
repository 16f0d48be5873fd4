import { createHmac } from 'node:crypto';
import { postOnce } from '../post.ts';
import type { Kustomization } from './manifests.ts';

/** The facts of an event of kustomize-controller. */
export interface FluxEventFacts {
  readonly about: Pick<Kustomization, 'namespace' | 'name'> & { readonly uid: string };
  readonly commit: string;
  readonly severity: 'info' | 'error';
  readonly reason: string;
  readonly message: string;
}

/** Formats an event's body as notification-controller does: metadata without its API group, plus the Alert's own. */
export function formatEvent(
  { about, commit, severity, reason, message }: FluxEventFacts,
  { branch, cluster, at }: { readonly branch: string; readonly cluster: string; readonly at: string },
): string {
  return JSON.stringify({
    involvedObject: {
      kind: 'Kustomization',
      namespace: about.namespace,
      name: about.name,
      uid: about.uid,
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    },
    severity,
    timestamp: at,
    message,
    reason,
    metadata: { revision: `${branch}@sha1:${commit}`, ...(cluster === '' ? {} : { cluster }) },
    reportingController: 'kustomize-controller',
    reportingInstance: 'kustomize-controller-sandbox',
  });
}

/** Sends events in order, as a `generic-hmac` Provider does; without an address they wait. */
export interface Outbox {
  send(body: string): void;
  postTo(url: string | undefined): void;
  /** Resolves when no event can be sent any more. */
  empty(): Promise<void>;
  close(): Promise<void>;
}

const TIME_LIMIT = 10_000;
const MAX_WAITING = 1000;

/** Starts a sender. An event that no App accepts is lost: Flux sends its state again at the next interval. */
export function startOutbox(token: string, log: (fields: Record<string, unknown>, message: string) => void): Outbox {
  const stop = new AbortController();
  const waiting: string[] = [];
  let url: string | undefined;
  let sending: Promise<void> | undefined;

  const sendAll = async (): Promise<void> => {
    for (let body = waiting.shift(); url && body !== undefined; body = waiting.shift()) {
      const headers = {
        'Content-Type': 'application/json',
        'Gotk-Component': 'kustomize-controller',
        'X-Signature': `sha256=${createHmac('sha256', token).update(body).digest('hex')}`,
      };
      const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(TIME_LIMIT)]);
      const { code, status } = await postOnce(url, headers, body, signal);
      if (stop.signal.aborted) return;
      if (code < 200 || code > 299) log({ url, status }, "the App did not accept an event of the sandbox's Flux");
    }
  };
  const wake = (): void => {
    if (!url || sending || waiting.length === 0) return;
    sending = sendAll().finally(() => {
      sending = undefined;
      wake();
    });
  };
  return {
    send: (body) => {
      waiting.push(body);
      if (waiting.length > MAX_WAITING) waiting.shift();
      wake();
    },
    postTo: (address) => {
      url = address;
      wake();
    },
    empty: async () => {
      while (sending) await sending;
    },
    close: async () => {
      stop.abort();
      waiting.length = 0;
      await sending;
    },
  };
}
