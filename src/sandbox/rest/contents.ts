import { ApiError, notFound } from '../http.ts';
import { encodePath, formatGitCommit } from '../payloads/commit.ts';
import { pageUrl, repositoryUrl } from '../payloads/repository.ts';
import { announceRefs, signature } from '../pull-life.ts';
import { createCommit, readCommit } from '../repository/commits.ts';
import { moveRef, readRef } from '../repository/refs.ts';
import {
  editTree,
  findEntry,
  isFilePath,
  listTree,
  readBlob,
  type TreeEntry,
  writeBlobs,
} from '../repository/trees.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { commitOf } from './commits.ts';
import { optionalText, requiredText } from './input.ts';
import { readPerson, wrapBase64 } from './objects.ts';
import { actorOf, type Call, ok, type RestRoute, route } from './route.ts';

export const contentRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}/contents', 'anyone', (call) => getContents(call, '')),
  route('GET /repos/{owner}/{repo}/contents/{path*}', 'anyone', (call) => getContents(call, call.param('path'))),
  route('PUT /repos/{owner}/{repo}/contents/{path*}', 'push', putContents),
];

const largest = 1024 * 1024;

async function getContents(call: Call, given: string) {
  const { world } = call;
  const { folder, defaultBranch } = world.repository;
  const ref = call.query.get('ref') || defaultBranch;
  const commit = await commitOf(world, ref);
  const path = given.replace(/^\/+|\/+$/g, '');
  const entry = await findEntry(folder, commit, path);
  if (path && !entry) throw notFound();
  if (!entry || entry.type === 'tree') {
    const entries = await listTree(folder, entry?.sha ?? commit);
    const prefix = path ? `${path}/` : '';
    return ok(entries.map((child) => formatEntry(world, ref, { ...child, path: prefix + child.path })));
  }
  const content = await readBlob(folder, entry.sha);
  if (call.wantsRaw) return { status: 200, raw: content, headers: { 'content-type': 'application/octet-stream' } };
  const fits = content.length <= largest;
  const body = fits ? { content: wrapBase64(content), encoding: 'base64' } : { content: '', encoding: 'none' };
  return ok({ ...formatEntry(world, ref, entry), type: 'file', ...body });
}

const types: Readonly<Record<string, string>> = { '040000': 'dir', '120000': 'symlink', '160000': 'submodule' };

function formatEntry(world: SandboxWorld, ref: string, entry: TreeEntry): Json {
  const type = types[entry.mode] ?? 'file';
  const path = encodePath(entry.path);
  const self = `${repositoryUrl(world)}/contents/${path}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryUrl(world)}/git/${entry.type}s/${entry.sha}`;
  const html = `${pageUrl(world)}/${type === 'dir' ? 'tree' : 'blob'}/${encodePath(ref)}/${path}`;
  return {
    name: entry.path.split('/').at(-1),
    path: entry.path,
    sha: entry.sha,
    size: entry.size ?? 0,
    url: self,
    html_url: html,
    git_url: git,
    download_url: type === 'dir' ? null : `${pageUrl(world)}/raw/${encodePath(ref)}/${path}`,
    type,
    _links: { self, git, html },
  };
}

async function putContents(call: Call) {
  const { world, body } = call;
  const { folder, defaultBranch } = world.repository;
  const path = call.param('path');
  const message = requiredText(body, 'message', 'Commit');
  const content = optionalText(body, 'content', 'Commit');
  if (content === undefined) throw new ApiError(422, 'Invalid request.\n\n"content" wasn\'t supplied.');
  const branch = optionalText(body, 'branch', 'Commit') ?? defaultBranch;
  const ref = `refs/heads/${branch}`;
  const before = await readRef(folder, ref);
  if (!before) throw new ApiError(404, `Branch ${branch} not found`);
  const parent = await readCommit(folder, before);
  const known = await checkReplaced(folder, parent.tree, path, optionalText(body, 'sha', 'Commit'));

  const [blob] = await writeBlobs(folder, [Buffer.from(content, 'base64')]);
  const tree = await editTree(folder, parent.tree, [{ path, mode: known?.mode ?? '100644', sha: blob }]);
  const author = readPerson(call, 'author') ?? signature(world, actorOf(call).account);
  const committer = readPerson(call, 'committer') ?? author;
  const after = await createCommit(folder, { tree, parents: [before], author, committer, message });
  if (!(await moveRef(folder, { ref, before, after }))) throw new ApiError(409, `${branch} has moved`);
  await announceRefs(world, actorOf(call).account, [{ ref, before, after }]);
  const entry = await findEntry(folder, after, path);
  const commit = formatGitCommit(world, await readCommit(folder, after));
  return ok({ content: entry ? formatEntry(world, branch, entry) : null, commit }, known ? 200 : 201);
}

/** Throws unless the existing file is the one that the request replaces. */
async function checkReplaced(folder: string, tree: string, path: string, sha: string | undefined) {
  if (!isFilePath(path)) throw new ApiError(422, 'path contains a malformed path component');
  const known = await findEntry(folder, tree, path);
  if (known && known.type !== 'blob') throw new ApiError(422, `${path} is a folder`);
  if (known && sha === undefined) throw new ApiError(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
  if (sha !== undefined && known?.sha !== sha) throw new ApiError(409, `${path} does not match ${sha}`);
  return known;
}
