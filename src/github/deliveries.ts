import type { Probot } from 'probot';
import { unlessAbsent } from './absent.ts';
import type { GitHub } from './octokit.ts';

/** What only its webhook tells. Anything else the sweep sees in the repository itself. */
const ONLY_TOLD = new Set([
  'check_run.rerequested',
  'check_suite.rerequested',
  'merge_group.checks_requested',
  'pull_request.edited', // its base may be another one
]);

const WINDOW = 24 * 60 * 60_000; // ms; older ones are of no use to anybody
const PAGES = 10;
const ATTEMPTS = 3;

interface Delivery {
  readonly id: number;
  readonly guid: string;
  readonly event: string;
  readonly action: string | null;
  readonly delivered_at: string;
  readonly status_code: number;
}

/** Has the deliveries sent again that failed and that nothing else makes up for: GitHub doesn't by itself. Says how many. */
export async function redeliverFailed(probot: Pick<Probot, 'auth'>, now: Date): Promise<number> {
  const octokit = await probot.auth();
  // An older server has no list of deliveries.
  const listed = (await unlessAbsent(fetchDeliveries(octokit, now.getTime() - WINDOW), [404, 501])) ?? [];
  const missed = missedOf(listed.filter(({ event, action }) => ONLY_TOLD.has(`${event}.${action}`)));
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
    if (recent.length < data.length || pages === PAGES) break;
  }
  return found;
}

/** The newest attempt of each that never arrived, oldest first; one that fails again and again is left alone. */
function missedOf(deliveries: readonly Delivery[]): readonly number[] {
  return [...Map.groupBy(deliveries, ({ guid }) => guid).values()]
    .filter((attempts) => attempts.length <= ATTEMPTS && !attempts.some(arrived))
    .flatMap(([newest]) => (newest ? [newest.id] : []))
    .reverse();
}

function arrived({ status_code }: Delivery): boolean {
  return status_code >= 200 && status_code < 300;
}
