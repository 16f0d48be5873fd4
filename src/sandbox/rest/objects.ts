import { ApiError, invalid, notFound } from '../http.ts';
import { nodeId } from '../payloads/account.ts';
import { formatGitCommit } from '../payloads/commit.ts';
import { repositoryUrl } from '../payloads/repository.ts';
import { signature } from '../pull-life.ts';
import { createCommit, type Person, readCommit } from '../repository/commits.ts';
import { lookUp } from '../repository/refs.ts';
import { readBlob, writeBlobs } from '../repository/trees.ts';
import { formatTime } from '../time.ts';
import type { SandboxWorld } from '../world.ts';
import { optionalChoice, optionalText, requiredText } from './input.ts';
import { actorOf, type Call, ok, type RestRoute, route } from './route.ts';

// An object's name is the hash of its content, so writing one needs no turn among the writes.
const anytime = { serial: false };

export const objectRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}/git/commits/{sha}', 'anyone', getCommit),
  route('POST /repos/{owner}/{repo}/git/commits', 'push', postCommit, anytime),
  route('GET /repos/{owner}/{repo}/git/blobs/{sha}', 'anyone', getBlob),
  route('POST /repos/{owner}/{repo}/git/blobs', 'push', postBlob, anytime),
];

async function isObject({ repository }: SandboxWorld, sha: string, type: string): Promise<boolean> {
  const [found] = /^[0-9a-f]{40}$/.test(sha) ? await lookUp(repository.folder, [sha]) : [];
  return found?.type === type;
}

async function getCommit(call: Call) {
  const { world } = call;
  if (!(await isObject(world, call.param('sha'), 'commit'))) throw notFound();
  return ok(formatGitCommit(world, await readCommit(world.repository.folder, call.param('sha'))));
}

async function postCommit(call: Call) {
  const { world, body } = call;
  const message = requiredText(body, 'message', 'Commit');
  const tree = requiredText(body, 'tree', 'Commit');
  const parents = body.parents ?? [];
  if (!Array.isArray(parents)) throw invalid('Commit', 'parents', 'parents must be an array', 'invalid');
  if (!(await isObject(world, tree, 'tree'))) throw new ApiError(422, 'Tree SHA does not exist');
  for (const parent of parents) {
    if (!(await isObject(world, String(parent), 'commit')))
      throw new ApiError(422, 'Parent SHA does not exist or is not a commit object');
  }
  const author = readPerson(call, 'author') ?? signature(world, actorOf(call).account);
  const committer = readPerson(call, 'committer') ?? (body.author ? author : signature(world, actorOf(call).account));
  const sha = await createCommit(world.repository.folder, { tree, parents, author, committer, message });
  return ok(formatGitCommit(world, await readCommit(world.repository.folder, sha)), 201);
}

/** Reads the author or committer in a request; undefined if absent: then the actor counts. */
export function readPerson({ world, body }: Call, field: 'author' | 'committer'): Person | undefined {
  const given = body[field];
  if (typeof given !== 'object' || given === null) return undefined;
  const person = given as Record<string, unknown>;
  const date = optionalText(person, 'date', 'Commit');
  if (date !== undefined && Number.isNaN(Date.parse(date)))
    throw invalid('Commit', `${field}.date`, 'not a date', 'invalid');
  return {
    name: requiredText(person, 'name', 'Commit'),
    email: requiredText(person, 'email', 'Commit'),
    date: date ? formatTime(new Date(date)) : world.now(),
  };
}

async function getBlob(call: Call) {
  const { world } = call;
  const sha = call.param('sha');
  if (!(await isObject(world, sha, 'blob'))) throw notFound();
  const content = await readBlob(world.repository.folder, sha);
  if (call.wantsRaw) return { status: 200, raw: content, headers: { 'content-type': 'application/octet-stream' } };
  const url = `${repositoryUrl(world)}/git/blobs/${sha}`;
  return ok({
    sha,
    node_id: nodeId('Blob', sha),
    url,
    size: content.length,
    content: wrapBase64(content),
    encoding: 'base64',
  });
}

async function postBlob(call: Call) {
  const { world, body } = call;
  const content = optionalText(body, 'content', 'Blob');
  if (content === undefined) throw invalid('Blob', 'content', undefined, 'missing_field');
  const encoding = optionalChoice(body, 'encoding', ['utf-8', 'utf8', 'base64'], 'Blob') ?? 'utf-8';
  const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8');
  const [sha = ''] = await writeBlobs(world.repository.folder, [bytes]);
  return ok({ sha, url: `${repositoryUrl(world)}/git/blobs/${sha}` }, 201);
}

/** Formats base64 in lines, as GitHub does. */
export function wrapBase64(content: Buffer): string {
  return content
    .toString('base64')
    .replace(/.{60}/g, '$&\n')
    .replace(/\n?$/, content.length > 0 ? '\n' : '');
}
