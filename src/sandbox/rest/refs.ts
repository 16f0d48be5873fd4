import { GitError } from '../../git/program.ts';
import { ApiError, notFound } from '../http.ts';
import { nodeId } from '../payloads/account.ts';
import { encodePath } from '../payloads/commit.ts';
import { repositoryUrl } from '../payloads/repository.ts';
import { announceRefs } from '../pull-life.ts';
import { isAncestor, isRefName, listRefs, lookUp, moveRef, readRef } from '../repository/refs.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { requiredText } from './input.ts';
import { actorOf, type Call, listing, ok, type RestRoute, route } from './route.ts';

export const refRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}/git/ref/{ref*}', 'anyone', getRef),
  route('GET /repos/{owner}/{repo}/git/matching-refs/{ref*}', 'anyone', listMatching),
  route('POST /repos/{owner}/{repo}/git/refs', 'push', createRef),
  route('PATCH /repos/{owner}/{repo}/git/refs/{ref*}', 'push', updateRef),
  route('DELETE /repos/{owner}/{repo}/git/refs/{ref*}', 'push', deleteRef),
];

async function getRef(call: Call) {
  const ref = `refs/${call.param('ref')}`;
  const sha = await readRef(call.world.repository.folder, ref);
  if (!sha) throw notFound();
  return ok(await formatRef(call.world, ref, sha));
}

async function listMatching(call: Call) {
  const refs = await listRefs(call.world.repository.folder, `refs/${call.param('ref')}`);
  return listing(call, [...refs], ([ref, sha]) => formatRef(call.world, ref, sha));
}

async function createRef(call: Call) {
  const { folder } = call.world.repository;
  const ref = requiredText(call.body, 'ref', 'Reference');
  const sha = requiredText(call.body, 'sha', 'Reference');
  if (!isRefName(ref) || isReadOnly(ref)) {
    throw new ApiError(422, "Reference name must start with 'refs/' and contain at least two slashes, and be valid");
  }
  await checkTarget(folder, ref, sha);
  if (await readRef(folder, ref)) throw new ApiError(422, 'Reference already exists');
  await moveRef(folder, { ref, before: undefined, after: sha }).catch((problem: unknown) => {
    if (!(problem instanceof GitError)) throw problem;
    throw new ApiError(422, 'Reference update failed'); // such as `a/b` when `a` is a branch
  });
  await announceRefs(call.world, actorOf(call).account, [{ ref, before: undefined, after: sha }]);
  return ok(await formatRef(call.world, ref, sha), 201);
}

async function updateRef(call: Call) {
  const { folder } = call.world.repository;
  const ref = `refs/${call.param('ref')}`;
  const sha = requiredText(call.body, 'sha', 'Reference');
  const before = await readRef(folder, ref);
  if (!before || isReadOnly(ref)) throw new ApiError(422, 'Reference does not exist');
  await checkTarget(folder, ref, sha);
  if (call.body.force !== true && !(await isAncestor(folder, before, sha))) throw notFastForward();
  if (before !== sha) {
    if (!(await moveRef(folder, { ref, before, after: sha }))) throw notFastForward();
    await announceRefs(call.world, actorOf(call).account, [{ ref, before, after: sha }]);
  }
  return ok(await formatRef(call.world, ref, sha));
}

async function deleteRef(call: Call) {
  const { folder, defaultBranch } = call.world.repository;
  const ref = `refs/${call.param('ref')}`;
  const before = await readRef(folder, ref);
  if (!before || isReadOnly(ref)) throw new ApiError(422, 'Reference does not exist');
  if (ref === `refs/heads/${defaultBranch}`) throw new ApiError(422, 'Cannot delete the default branch');
  await moveRef(folder, { ref, before, after: undefined });
  await announceRefs(call.world, actorOf(call).account, [{ ref, before, after: undefined }]);
  return { status: 204 };
}

const notFastForward = (): ApiError => new ApiError(422, 'Update is not a fast forward');

function isReadOnly(ref: string): boolean {
  return ref.startsWith('refs/pull/');
}

async function checkTarget(folder: string, ref: string, sha: string): Promise<void> {
  const [found] = /^[0-9a-f]{40}$/.test(sha) ? await lookUp(folder, [sha]) : [];
  if (!found) throw new ApiError(422, 'Object does not exist');
  const wantsCommit = !ref.startsWith('refs/tags/');
  if (wantsCommit && found.type !== 'commit') throw new ApiError(422, 'Reference update failed: not a commit');
}

async function formatRef(world: SandboxWorld, ref: string, sha: string): Promise<Json> {
  const api = repositoryUrl(world);
  const [found] = await lookUp(world.repository.folder, [sha]);
  const type = found?.type ?? 'commit';
  return {
    ref,
    node_id: nodeId('Ref', ref),
    url: `${api}/git/${encodePath(ref)}`,
    object: { sha, type, url: `${api}/git/${type}s/${sha}` },
  };
}
