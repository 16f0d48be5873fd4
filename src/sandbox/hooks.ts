import { createHmac, randomUUID } from 'node:crypto';
import { registration } from './accounts.ts';
import { postOnce } from './post.ts';
import type { Collection } from './store/collection.ts';
import type { DeliveryOutcome, DeliveryRow } from './store/state.ts';
import { formatTime } from './time.ts';

/** Sends webhooks one by one, in the order of their events. */
export interface WebhookSender {
  /** Stores an event for sending; it survives a kill from then on. */
  emit(event: string, action: string | null, payload: object): Promise<void>;
  /** Sends a delivery again, under the same guid. */
  redeliver(delivery: DeliveryRow): Promise<void>;
  /** Sets the address; without one deliveries wait. */
  deliverTo(url: string | undefined): void;
  close(): Promise<void>;
}

interface HookOptions {
  readonly deliveries: Collection<DeliveryRow>;
  readonly secret: string;
  readonly url: string | undefined;
  readonly now: () => string;
  readonly log: (fields: Record<string, unknown>, message: string) => void;
}

const keptDeliveries = 500;
const timeLimit = 10_000;
const pause = 5_000; // ms after a failure such as a full disk; without it one delivery would be sent in an endless loop

/** Starts the sender, first with the unsent deliveries of an earlier process. */
export function startWebhooks({ deliveries, secret, url: firstUrl, now, log }: HookOptions): WebhookSender {
  const stop = new AbortController();
  let url = firstUrl;
  let sending: Promise<void> | undefined;
  let again: NodeJS.Timeout | undefined;

  const send = async (): Promise<void> => {
    while (url && !stop.signal.aborted) {
      const next = deliveries.all().find(({ outcome }) => outcome === null);
      if (!next) return;
      const outcome = await deliver(next, url, secret, stop.signal);
      if (stop.signal.aborted && outcome.code === 0) return; // the next start sends it
      if (deliveries.get(next.id)) await deliveries.put({ ...next, outcome }); // unless newer ones replaced it
      if (outcome.code < 200 || outcome.code > 299) {
        log({ event: next.event, delivery: next.guid, status: outcome.status }, 'webhook delivery failed');
      }
    }
  };
  const wake = (): void => {
    if (sending) return;
    clearTimeout(again);
    again = undefined;
    sending = send()
      .catch((problem: unknown) => {
        log({ problem: String(problem) }, 'webhook delivery stopped');
        if (!stop.signal.aborted) again = setTimeout(wake, pause).unref();
      })
      .finally(() => {
        sending = undefined;
        const isWaiting = deliveries.all().some(({ outcome }) => outcome === null);
        if (url && !stop.signal.aborted && again === undefined && isWaiting) wake();
      });
  };
  const enqueue = async (row: Omit<DeliveryRow, 'id' | 'outcome' | 'createdAt'>): Promise<void> => {
    await deliveries.add((id) => ({ ...row, id, createdAt: now(), outcome: null }));
    for (const { id } of deliveries.all().slice(0, -keptDeliveries)) await deliveries.remove(id);
    wake();
  };

  wake();
  return {
    emit: async (event, action, payload) => {
      if (!(registration.events as readonly string[]).includes(event)) return;
      await enqueue({ guid: randomUUID(), event, action, payload: JSON.stringify(payload), redelivery: false });
    },
    redeliver: ({ guid, event, action, payload }) => enqueue({ guid, event, action, payload, redelivery: true }),
    deliverTo: (address) => {
      url = address;
      wake();
    },
    close: async () => {
      stop.abort();
      clearTimeout(again);
      await sending;
      clearTimeout(again);
    },
  };
}

async function deliver(row: DeliveryRow, url: string, secret: string, stop: AbortSignal): Promise<DeliveryOutcome> {
  const started = performance.now();
  const requestHeaders = headersOf(row, secret);
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeLimit)]);
  const answer = await postOnce(url, requestHeaders, row.payload, signal);
  const seconds = Math.round(performance.now() - started) / 1000;
  return { at: formatTime(new Date()), url, seconds, requestHeaders, ...answer };
}

function headersOf(row: DeliveryRow, secret: string): Record<string, string> {
  const { event, guid, payload } = row;
  return {
    Accept: '*/*',
    'Content-Type': 'application/json',
    'User-Agent': 'GitHub-Hookshot/sandbox',
    'X-GitHub-Delivery': guid,
    'X-GitHub-Event': event,
    'X-GitHub-Hook-ID': '1',
    'X-GitHub-Hook-Installation-Target-ID': String(registration.id),
    'X-GitHub-Hook-Installation-Target-Type': 'integration',
    'X-Hub-Signature-256': `sha256=${createHmac('sha256', secret).update(payload).digest('hex')}`,
  };
}
