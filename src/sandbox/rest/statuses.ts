import { emitStatus } from '../events.ts';
import { ApiError, invalid } from '../http.ts';
import { formatSimpleStatus, formatStatus } from '../payloads/check.ts';
import { formatMinimalRepository, repositoryUrl } from '../payloads/repository.ts';
import { resolveCommit } from '../repository/refs.ts';
import type { StatusRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { commitOf } from './commits.ts';
import { optionalChoice, optionalText } from './input.ts';
import { actorOf, type Call, listing, ok, type RestRoute, route } from './route.ts';

export const statusRoutes: readonly RestRoute[] = [
  route('POST /repos/{owner}/{repo}/statuses/{sha}', 'push', createStatus),
  route('GET /repos/{owner}/{repo}/commits/{ref*}/statuses', 'anyone', listStatuses),
  route('GET /repos/{owner}/{repo}/commits/{ref*}/status', 'anyone', getCombined),
];

const longest = 140;

async function createStatus(call: Call) {
  const { world, body } = call;
  const name = call.param('sha');
  const sha = /^[0-9a-f]{40}$/.test(name) ? await resolveCommit(world.repository.folder, name) : undefined;
  if (!sha) throw new ApiError(422, `No commit found for SHA: ${name}`);
  const state = optionalChoice(body, 'state', ['error', 'failure', 'pending', 'success'], 'Status');
  if (!state) throw invalid('Status', 'state', undefined, 'missing_field');
  const description = optionalText(body, 'description', 'Status') ?? null;
  if (description && [...description].length > longest) {
    throw invalid('Status', 'description', `description is too long (maximum is ${longest} characters)`);
  }
  const { account } = actorOf(call);
  const status = await world.state.statuses.add((id) => ({
    id,
    sha,
    state,
    description,
    context: optionalText(body, 'context', 'Status') ?? 'default',
    targetUrl: optionalText(body, 'target_url', 'Status') ?? null,
    author: account.login,
    createdAt: world.now(),
  }));
  await emitStatus(world, account, status);
  return ok(formatStatus(world, status), 201);
}

async function listStatuses(call: Call) {
  const sha = await commitOf(call.world, call.param('ref'));
  return listing(call, statusesOf(call.world, sha).reverse(), (status) => formatStatus(call.world, status));
}

function statusesOf({ state }: SandboxWorld, sha: string): StatusRow[] {
  return state.statuses.all().filter((status) => status.sha === sha);
}

/** The newest status of each context, and their combined state. */
async function getCombined(call: Call) {
  const { world } = call;
  const sha = await commitOf(world, call.param('ref'));
  const latest = [...new Map(statusesOf(world, sha).map((status) => [status.context, status])).values()];
  const api = repositoryUrl(world);
  return listing(
    call,
    latest,
    (status) => formatSimpleStatus(world, status),
    (statuses, total) => ({
      state: combine(latest),
      statuses,
      sha,
      total_count: total,
      repository: formatMinimalRepository(world),
      commit_url: `${api}/commits/${sha}`,
      url: `${api}/commits/${sha}/status`,
    }),
  );
}

function combine(statuses: readonly StatusRow[]): string {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure';
  return statuses.length > 0 && statuses.every(({ state }) => state === 'success') ? 'success' : 'pending';
}
