import type { IncomingMessage } from 'node:http';
import { accountOf } from '../accounts.ts';
import { authenticate } from '../auth.ts';
import { ApiError, type HttpAnswer, parseBody, readBody } from '../http.ts';
import { isRefName } from '../repository/refs.ts';
import type { ProtectionRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { protectionOf } from './protection.ts';

/** Path that shows and changes protections; simpler than GitHub's, and not part of it. */
export const PROTECTION_PATH = '/sandbox/protection';

const MAX_BODY_BYTES = 64 * 1024;

/** `GET` shows the protection of each branch. `PUT`, with the token of an admin, sets the protection of one branch. */
export async function serveProtection(world: SandboxWorld, request: IncomingMessage): Promise<HttpAnswer> {
  if (request.method === 'PUT') {
    const actor = authenticate(world.app, request.headers.authorization);
    if (!actor) throw new ApiError(401, 'To protect a branch, send the token of an admin');
    if (actor.permission !== 'admin')
      throw new ApiError(403, `${actor.account.login} is not an admin; send the token of an admin`);
    const wanted = readProtection(parseBody(await readBody(request, MAX_BODY_BYTES)));
    await world.serial(() => protect(world, wanted));
  } else if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { status: 405, raw: 'Use GET to show protections and PUT to set one\n', headers: { allow: 'GET, PUT' } };
  }
  const protections = world.state.protections.all();
  return { status: 200, body: { protections: protections.map(formatProtection) } };
}

type ProtectionInput = Pick<ProtectionRow, 'branch' | 'approvals' | 'checks' | 'bypass'>;

function formatProtection({ branch, approvals, checks, bypass }: ProtectionInput): ProtectionInput {
  return { branch, approvals, checks, bypass };
}

/** Sets a protection; removes it if it requires nothing. */
async function protect(world: SandboxWorld, wanted: ProtectionInput): Promise<void> {
  const { state, now } = world;
  const known = protectionOf(world, wanted.branch);
  const times = { createdAt: known?.createdAt ?? now(), updatedAt: now() };
  if (wanted.approvals === 0 && wanted.checks.length === 0) {
    if (known) await state.protections.remove(known.id);
  } else if (known) await state.protections.put({ ...wanted, ...times, id: known.id });
  else await state.protections.add((id) => ({ ...wanted, ...times, id }));
}

const FIELDS = ['branch', 'approvals', 'checks', 'bypass'];
const MAX_APPROVALS = 10; // as on GitHub

/** Reads a protection from a request. Throws 422 for an unknown field: ignoring it would remove the protection. */
function readProtection(body: Readonly<Record<string, unknown>>): ProtectionInput {
  const unknown = Object.keys(body).filter((field) => !FIELDS.includes(field));
  check(unknown.length === 0, `Unknown field: ${unknown.join(', ')}; known fields: ${FIELDS.join(', ')}`);
  const { branch, approvals = 0, checks = [], bypass = [] } = body;
  check(typeof branch === 'string' && isRefName(`refs/heads/${branch}`), 'branch must be the name of a branch');
  check(isCount(approvals), `approvals must be a whole number from 0 to ${MAX_APPROVALS}`);
  check(isTexts(checks), 'checks must be a list of names');
  check(isTexts(bypass), 'bypass must be a list of logins');
  const logins = bypass.map((login) => {
    const account = accountOf(login);
    check(account !== undefined, `There is no user ${login}`);
    return account.login;
  });
  return { branch, approvals, checks: [...new Set(checks)], bypass: [...new Set(logins)] };
}

function check(isRight: boolean, message: string): asserts isRight {
  if (!isRight) throw new ApiError(422, message);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= MAX_APPROVALS;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each.trim() !== '');
}
