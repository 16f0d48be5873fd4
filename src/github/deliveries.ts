import type { Probot } from 'probot';
import { unlessAbsent } from './absent.ts';
import type { GitHub } from './octokit.ts';

/** Events known only from their webhook. The sweep finds all others in the repository itself. */
const WEBHOOK_ONLY = new Set([
  'check_run.rerequested',
  'check_suite.rerequested',
  'merge_group.checks_requested',
  'pull_request.edited', // its base may have changed
]);

const MAX_AGE = 24 * 60 * 60_000; // ms; maximum age of a delivery worth repeating
const MAX_PAGES = 10;
const MAX_ATTEMPTS = 3;

interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly delivered_at: string;
  readonly status_code: number;
}

/** Asks GitHub to redeliver failed deliveries that the sweep cannot replace. Returns their number. */
export async function redeliverFailed(probot: Pick<Probot, 'auth'>, now: Date): Promise<number> {
  const octokit = await probot.auth();
  // Older servers lack the list of deliveries.
  const listed = (await unlessAbsent(fetchDeliveries(octokit, now.getTime() - MAX_AGE), [404, 501])) ?? [];
  const missed = findMissed(listed.filter(({ event, action }) => WEBHOOK_ONLY.has(`${event}.${action}`)));
  for (const delivery_id of missed) {
    await unlessAbsent(octokit.rest.apps.redeliverWebhookDelivery({ delivery_id }), [404, 422]); // too old by now
  }
  return missed.length;
}

/** Deliveries since a time, newest first. */
async function fetchDeliveries(octokit: GitHub, since: number): Promise<readonly Delivery[]> {
  const found: Delivery[] = [];
  let pages = 0;
  for await (const { data } of octokit.paginate.iterator(octokit.rest.apps.listWebhookDeliveries, { per_page: 100 })) {
    const recent = data.filter(({ delivered_at }) => Date.parse(delivered_at) >= since);
    found.push(...recent);
    pages += 1;
    if (recent.length < data.length || pages === MAX_PAGES) break;
  }
  return found;
}

/** The newest attempt of each delivery that never arrived, oldest first, without those that failed too often. */
function findMissed(deliveries: readonly Delivery[]): readonly number[] {
  return [...Map.groupBy(deliveries, ({ guid }) => guid).values()]
    .filter((attempts) => attempts.length <= MAX_ATTEMPTS && !attempts.some(isDelivered))
    .flatMap(([newest]) => (newest ? [newest.id] : []))
    .reverse();
}

function isDelivered({ status_code }: Delivery): boolean {
  return status_code >= 200 && status_code < 300;
}
