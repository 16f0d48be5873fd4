import type { IncomingMessage } from 'node:http';
import { runGit } from '../git/program.ts';
import type { RequestTarget } from '../web/guarded-server.ts';
import { type Actor, authenticate } from './auth.ts';
import { ApiError, type HttpAnswer, readBody } from './http.ts';
import { announceRefs } from './pull-life.ts';
import { changesBetween, listRefs } from './repository/refs.ts';
import type { SandboxWorld } from './world.ts';

const packLimit = 256 * 1024 * 1024;

// Git's settings: the user's own hooks must not run; the same objects can be fetched as on GitHub; only the sandbox writes
// pull requests' refs.
const settings = Object.entries({
  'core.hooksPath': '/dev/null',
  'uploadpack.allowFilter': 'true',
  'uploadpack.allowAnySHA1InWant': 'true',
  'receive.autogc': 'false',
  'receive.hideRefs': 'refs/pull',
}).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

/** Answers git's smart HTTP: every client may read, users with write access may push. `target` is the part after the repository. */
export async function serveGit(
  world: SandboxWorld,
  request: IncomingMessage,
  { path, query }: RequestTarget,
): Promise<HttpAnswer> {
  const asked = path === '/info/refs' ? query.get('service') : path.slice(1);
  const service = /^git-(upload|receive)-pack$/.exec(asked ?? '')?.[0]?.slice('git-'.length);
  const method = path === '/info/refs' ? 'GET' : 'POST';
  if (!service) return { status: 403, raw: 'Only the smart HTTP protocol is supported.\n' };
  if (request.method !== method) return { status: 405, raw: 'Method not allowed\n' };
  try {
    const actor = authenticate(world.app, request.headers.authorization);
    if (path === '/info/refs' && service === 'receive-pack') checkMayPush(actor);
    if (path === '/info/refs') return await advertise(world, request, service);
    return service === 'upload-pack' ? await send(world, request) : await receive(world, request, actor);
  } catch (problem) {
    if (!(problem instanceof ApiError)) throw problem;
    const challenge = problem.status === 401 ? { 'www-authenticate': 'Basic realm="Coalmine sandbox"' } : {};
    return { status: problem.status, raw: `${problem.message}\n`, headers: challenge };
  }
}

function checkMayPush(actor: Actor | undefined): asserts actor is Actor {
  if (!actor) throw new ApiError(401, 'Pushing needs a token as password');
  if (actor.permission !== 'admin' && actor.permission !== 'write') {
    throw new ApiError(403, `${actor.account.login} may only read; use the token of a user who may push`);
  }
}

function run(
  { repository }: SandboxWorld,
  request: IncomingMessage,
  args: readonly string[],
  input?: Buffer,
): Promise<Buffer> {
  const protocol = request.headers['git-protocol'];
  const env = typeof protocol === 'string' ? { GIT_PROTOCOL: protocol } : {};
  return runGit(repository.folder, [...settings, ...args, '.'], { env, ...(input ? { input } : {}) });
}

async function advertise(world: SandboxWorld, request: IncomingMessage, service: string): Promise<HttpAnswer> {
  const refs = await run(world, request, [service, '--stateless-rpc', '--advertise-refs']);
  const isNewest = /version=2/.test(String(request.headers['git-protocol'])) && service === 'upload-pack';
  const title = Buffer.from(`# service=git-${service}\n`);
  const length = (title.length + 4).toString(16).padStart(4, '0');
  const preface = isNewest ? Buffer.alloc(0) : Buffer.concat([Buffer.from(length), title, Buffer.from('0000')]);
  return answer(`${service}-advertisement`, Buffer.concat([preface, refs]));
}

async function send(world: SandboxWorld, request: IncomingMessage): Promise<HttpAnswer> {
  const input = await readBody(request, packLimit);
  return answer('upload-pack-result', await run(world, request, ['upload-pack', '--stateless-rpc'], input));
}

async function receive(world: SandboxWorld, request: IncomingMessage, actor: Actor | undefined): Promise<HttpAnswer> {
  checkMayPush(actor);
  const { folder } = world.repository;
  const input = await readBody(request, packLimit); // completely before the turn: a slow sender must not block the others
  return world.serial(async () => {
    const before = await listRefs(folder);
    const said = await run(world, request, ['receive-pack', '--stateless-rpc'], input);
    await announceRefs(world, actor.account, changesBetween(before, await listRefs(folder)));
    return answer('receive-pack-result', said);
  });
}

function answer(type: string, raw: Buffer): HttpAnswer {
  return { status: 200, raw, headers: { 'content-type': `application/x-git-${type}`, 'cache-control': 'no-cache' } };
}
