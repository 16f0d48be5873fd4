import { ApiError, notFound } from '../http.ts';
import { repositoryUrl } from '../payloads/repository.ts';
import { lookUp, resolveTree } from '../repository/refs.ts';
import { editTree, isFilePath, listTree, type TreeEdit, type TreeEntry, writeBlobs } from '../repository/trees.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { optionalChoice, optionalList, optionalText, requiredText } from './input.ts';
import { type Call, ok, type RestRoute, route } from './route.ts';

export const treeRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}/git/trees/{sha*}', 'anyone', getTree),
  route('POST /repos/{owner}/{repo}/git/trees', 'push', postTree, { serial: false }),
];

async function getTree(call: Call) {
  const { world } = call;
  const { folder } = world.repository;
  const sha = await resolveTree(folder, call.param('sha'));
  if (!sha) throw notFound();
  return ok(formatTree(world, sha, await listTree(folder, sha, { recursive: call.query.has('recursive') })));
}

function formatTree(world: SandboxWorld, sha: string, entries: readonly TreeEntry[]): Json {
  const api = repositoryUrl(world);
  return {
    sha,
    url: `${api}/git/trees/${sha}`,
    tree: entries.map((entry) => ({
      path: entry.path,
      mode: entry.mode,
      type: entry.type,
      sha: entry.sha,
      ...(entry.size === undefined ? {} : { size: entry.size }),
      url: `${api}/git/${entry.type}s/${entry.sha}`,
    })),
    truncated: false,
  };
}

const typeOfMode: Readonly<Record<string, string>> = {
  '100644': 'blob',
  '100755': 'blob',
  '120000': 'blob',
  '040000': 'tree',
  '160000': 'commit',
};

async function postTree(call: Call) {
  const { world, body } = call;
  const { folder } = world.repository;
  const given = optionalList(body, 'tree', 'Tree');
  if (given.length === 0) throw new ApiError(422, 'Invalid tree info');
  const baseName = optionalText(body, 'base_tree', 'Tree');
  const base = baseName === undefined ? undefined : await resolveTree(folder, baseName);
  if (baseName !== undefined && !base) throw new ApiError(422, 'base_tree is not a valid tree SHA');

  const entries = given.map(readEntry);
  const blobs = await writeBlobs(
    folder,
    entries.flatMap(({ content }) => content ?? []),
  );
  const edits: TreeEdit[] = entries.map(({ path, mode, sha, content }) => ({
    path,
    mode,
    sha: content === undefined ? sha : blobs.shift(),
  }));
  await checkShas(folder, edits);
  await checkRemovals(folder, base, edits);
  const tree = await editTree(folder, base, edits);
  return ok(formatTree(world, tree, await listTree(folder, tree)), 201);
}

interface GivenEntry {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | undefined;
  readonly content: string | undefined;
}

function readEntry(entry: Readonly<Record<string, unknown>>): GivenEntry {
  const path = requiredText(entry, 'path', 'Tree');
  const content = optionalText(entry, 'content', 'Tree');
  const sha = optionalText(entry, 'sha', 'Tree');
  const mode = optionalText(entry, 'mode', 'Tree') ?? '';
  const type = optionalChoice(entry, 'type', ['blob', 'tree', 'commit'], 'Tree');
  const removes = entry.sha === null && content === undefined;
  if (!isFilePath(path)) throw new ApiError(422, 'tree.path contains a malformed path component');
  if (!removes || mode !== '') {
    if (!typeOfMode[mode]) throw new ApiError(422, 'Must supply a valid tree.mode');
    if (type !== undefined && type !== typeOfMode[mode]) throw new ApiError(422, 'tree.type does not match tree.mode');
  }
  if (sha !== undefined && content !== undefined)
    throw new ApiError(422, 'Must supply either tree.sha or tree.content, not both');
  if (sha === undefined && content === undefined && !removes)
    throw new ApiError(422, 'Must supply tree.sha or tree.content');
  if (content !== undefined && typeOfMode[mode] !== 'blob')
    throw new ApiError(422, 'tree.content needs the mode of a blob');
  return { path, mode, sha, content };
}

async function checkShas(folder: string, edits: readonly TreeEdit[]): Promise<void> {
  const named = edits.filter((edit) => edit.sha !== undefined && edit.mode !== '160000');
  if (named.length === 0) return;
  const found = await lookUp(
    folder,
    named.map(({ sha }) => sha ?? ''),
  );
  named.forEach(({ sha, mode }, index) => {
    const type = typeOfMode[mode];
    if (found[index]?.type !== type) throw new ApiError(422, `tree.sha ${sha} is not a valid ${type}`);
  });
}

/** Throws 422 for the removal of a missing path, as GitHub does. */
async function checkRemovals(folder: string, base: string | undefined, edits: readonly TreeEdit[]): Promise<void> {
  const removed = edits.filter(({ sha }) => sha === undefined);
  if (removed.length === 0) return;
  const held = new Set(base ? (await listTree(folder, base, { recursive: true })).map(({ path }) => path) : []);
  if (removed.some(({ path }) => !held.has(path))) throw new ApiError(422, 'GitRPC::BadObjectState');
}
