import { accountOf, registration } from '../accounts.ts';
import { issueToken } from '../auth.ts';
import { ApiError, notFound } from '../http.ts';
import { formatApp, formatInstallation, formatUser } from '../payloads/account.ts';
import { formatRepository } from '../payloads/repository.ts';
import type { DeliveryRow } from '../store/state.ts';
import { formatTime } from '../time.ts';
import type { Json } from '../world.ts';
import { actorOf, type Call, listing, numberParam, ok, pageOf, type RestRoute, route, urlOf } from './route.ts';

export const appRoutes: readonly RestRoute[] = [
  route('GET /app', 'app', ({ world }) => ok(formatApp(world))),
  route('GET /app/installations', 'app', (call) => listing(call, [call.world], formatInstallation)),
  route('GET /app/installations/{id}', 'app', (call) => {
    checkInstallation(call);
    return ok(formatInstallation(call.world));
  }),
  route('POST /app/installations/{id}/access_tokens', 'app', createToken),
  route('GET /repos/{owner}/{repo}/installation', 'app', ({ world }) => ok(formatInstallation(world))),
  route('GET /installation/repositories', 'installation', (call) =>
    listing(call, [call.world], formatRepository, (repositories, total) => ({
      total_count: total,
      repository_selection: 'all',
      repositories,
    })),
  ),
  route('GET /app/hook/deliveries', 'app', listDeliveries),
  route('GET /app/hook/deliveries/{id}', 'app', (call) => ok(formatFullDelivery(deliveryOf(call)))),
  route('POST /app/hook/deliveries/{id}/attempts', 'app', redeliver),
  route('GET /user', 'user', getUser),
  route('GET /users/{username}', 'anyone', getAccount),
  route('GET /rate_limit', 'anyone', () => ok(formatRates())),
];

function checkInstallation(call: Call): void {
  if (numberParam(call, 'id') !== registration.installationId) throw notFound();
}

function createToken(call: Call) {
  checkInstallation(call);
  const { token, expiresAt } = issueToken(call.world.app);
  const { permissions } = registration;
  return ok({ token, expires_at: formatTime(expiresAt), permissions, repository_selection: 'all' }, 201);
}

function getUser(call: Call) {
  const { via, account } = actorOf(call);
  if (via !== 'user') throw new ApiError(403, 'Resource not accessible by integration');
  return ok(formatUser(call.world, account));
}

function getAccount(call: Call) {
  const account = accountOf(call.param('username'));
  if (!account) throw notFound();
  return ok(formatUser(call.world, account));
}

/** Rate limits, which the sandbox does not enforce: the numbers of an installation that sent few requests. */
export const rate = { limit: 5000, remaining: 4999, used: 1 } as const;

/** The end of the current hour of requests, in seconds. */
export function rateReset(): number {
  return (Math.floor(Date.now() / 3_600_000) + 1) * 3600;
}

function formatRates(): Json {
  const row = { ...rate, reset: rateReset() };
  return { resources: { core: row, search: row, graphql: row }, rate: row };
}

/** Newest first; the cursor is the id of the last delivery of the page before. */
function listDeliveries(call: Call) {
  const { perPage } = pageOf(call);
  const cursor = Number(call.query.get('cursor') ?? Number.POSITIVE_INFINITY);
  const wanted = call.query.get('status');
  const rows = call.world.state.deliveries
    .all()
    .filter(
      ({ id, outcome }) =>
        outcome && id < cursor && (!wanted || wanted === (isGood(outcome.code) ? 'success' : 'failure')),
    )
    .reverse();
  const page = rows.slice(0, perPage);
  const last = page.at(-1);
  const more = rows.length > page.length && last;
  return {
    ...ok(page.map(formatDelivery)),
    headers: more ? { link: `<${urlOf(call, { cursor: String(last.id) })}>; rel="next"` } : {},
  };
}

function isGood(code: number): boolean {
  return code >= 200 && code < 300;
}

function deliveryOf(call: Call): DeliveryRow {
  const row = call.world.state.deliveries.get(numberParam(call, 'id'));
  if (!row?.outcome) throw notFound();
  return row;
}

async function redeliver(call: Call) {
  await call.world.hooks.redeliver(deliveryOf(call));
  return ok({}, 202);
}

function formatDelivery(row: DeliveryRow): Json {
  const payload = JSON.parse(row.payload) as { repository?: { id?: number } };
  return {
    id: row.id,
    guid: row.guid,
    delivered_at: row.outcome?.at ?? row.createdAt,
    redelivery: row.redelivery,
    duration: row.outcome?.seconds ?? 0,
    status: row.outcome?.status ?? 'pending',
    status_code: row.outcome?.code ?? 0,
    event: row.event,
    action: row.action,
    installation_id: registration.installationId,
    repository_id: payload.repository?.id ?? null,
    throttled_at: null,
  };
}

function formatFullDelivery(row: DeliveryRow): Json {
  return {
    ...formatDelivery(row),
    url: row.outcome?.url ?? '',
    request: { headers: row.outcome?.requestHeaders ?? null, payload: JSON.parse(row.payload) },
    response: { headers: row.outcome?.headers ?? null, payload: row.outcome?.body ?? null },
  };
}
