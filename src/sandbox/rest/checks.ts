import { registration } from '../accounts.ts';
import { emitCheck } from '../events.ts';
import { ApiError, notFound } from '../http.ts';
import { formatAnnotation, formatCheck } from '../payloads/check.ts';
import { resolveCommit } from '../repository/refs.ts';
import type { CheckRow } from '../store/state.ts';
import { readCheck } from './check-input.ts';
import { commitOf } from './commits.ts';
import { requiredText } from './input.ts';
import { actorOf, type Call, listing, numberParam, ok, type RestRoute, route } from './route.ts';

const checks = '/repos/{owner}/{repo}/check-runs';

export const checkRoutes: readonly RestRoute[] = [
  route(`POST ${checks}`, 'installation', createCheck),
  route(`GET ${checks}/{id}`, 'anyone', (call) => ok(formatCheck(call.world, checkOf(call)))),
  route(`PATCH ${checks}/{id}`, 'installation', updateCheck),
  route(`GET ${checks}/{id}/annotations`, 'anyone', listAnnotations),
  route(`POST ${checks}/{id}/rerequest`, 'push', rerequest),
  route('GET /repos/{owner}/{repo}/commits/{ref*}/check-runs', 'anyone', listChecks),
];

function checkOf(call: Call): CheckRow {
  const check = call.world.state.checks.get(numberParam(call, 'id'));
  if (!check) throw notFound();
  return check;
}

async function createCheck(call: Call) {
  const { world, body } = call;
  const name = requiredText(body, 'name', 'CheckRun');
  const sha = requiredText(body, 'head_sha', 'CheckRun');
  const headSha = /^[0-9a-f]{40}$/.test(sha) ? await resolveCommit(world.repository.folder, sha) : undefined;
  if (!headSha) throw new ApiError(422, `No commit found for SHA: ${sha}`);
  const blank = {
    name,
    headSha,
    status: 'queued',
    conclusion: null,
    startedAt: world.now(),
    completedAt: null,
    externalId: '',
    detailsUrl: null,
    title: null,
    summary: null,
    text: null,
    annotations: [],
  };
  const wanted = readCheck(body, blank, world.now());
  const check = await world.state.checks.add((id) => ({ id, ...wanted }));
  await emitCheck(world, actorOf(call).account, 'created', check);
  if (check.status === 'completed') await emitCheck(world, actorOf(call).account, 'completed', check);
  return ok(formatCheck(world, check), 201);
}

async function updateCheck(call: Call) {
  const { world, body } = call;
  const known = checkOf(call);
  const check = await world.state.checks.put({ id: known.id, ...readCheck(body, known, world.now()) });
  if (check.status === 'completed' && known.status !== 'completed') {
    await emitCheck(world, actorOf(call).account, 'completed', check);
  }
  return ok(formatCheck(world, check));
}

function listAnnotations(call: Call) {
  const check = checkOf(call);
  return listing(call, check.annotations, (annotation) => formatAnnotation(call.world, check, annotation));
}

/** The Re-run button: resets the run, and sends an event to its App. */
async function rerequest(call: Call) {
  const { world } = call;
  const known = checkOf(call);
  const check = await world.state.checks.put({ ...known, status: 'queued', conclusion: null, completedAt: null });
  await emitCheck(world, actorOf(call).account, 'rerequested', check);
  return ok({}, 201);
}

async function listChecks(call: Call) {
  const { world, query } = call;
  const sha = await commitOf(world, call.param('ref'));
  const wanted = (field: string, value: string): boolean => !query.has(field) || query.get(field) === value;
  const all = world.state.checks.all().filter(({ headSha }) => headSha === sha);
  const rows = (query.get('filter') === 'all' ? all : latestChecks(all))
    .filter(({ name, status }) => wanted('check_name', name) && wanted('status', status))
    .filter(() => wanted('app_id', String(registration.id)))
    .reverse();
  return listing(
    call,
    rows,
    (check) => formatCheck(world, check),
    (runs, total) => ({ total_count: total, check_runs: runs }),
  );
}

/** The newest run of each name. */
export function latestChecks(checks: readonly CheckRow[]): CheckRow[] {
  return [...new Map(checks.map((check) => [check.name, check])).values()].sort((one, other) => one.id - other.id);
}
