import { accountOf, bot } from '../accounts.ts';
import { notFound } from '../http.ts';
import { formatAccount, nodeId } from '../payloads/account.ts';
import { encodePath, formatCommit } from '../payloads/commit.ts';
import { formatFullRepository, pageUrl, repositoryUrl } from '../payloads/repository.ts';
import { readCommit } from '../repository/commits.ts';
import { listRefs, readRef } from '../repository/refs.ts';
import { type Call, listing, ok, type RestRoute, route } from './route.ts';

const heads = 'refs/heads/';

export const repositoryRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}', 'anyone', ({ world, actor }) => ok(formatFullRepository(world, actor))),
  route('GET /repos/{owner}/{repo}/collaborators/{username}/permission', 'push', getPermission),
  route('GET /repos/{owner}/{repo}/activity', 'anyone', listActivity),
  route('GET /repos/{owner}/{repo}/branches', 'anyone', listBranches),
  route('GET /repos/{owner}/{repo}/branches/{branch*}', 'anyone', getBranch),
];

/** The permission of an account: `read` for an account that is not a collaborator, since the repository is public. */
function getPermission(call: Call) {
  const account = accountOf(call.param('username'));
  if (!account) throw notFound();
  const permission = account.permission === 'none' ? 'read' : account.permission;
  const has = (...those: string[]): boolean => those.includes(permission);
  const permissions = {
    admin: has('admin'),
    maintain: has('admin'),
    push: has('admin', 'write'),
    triage: has('admin', 'write'),
    pull: true,
  };
  const user = { ...formatAccount(call.world, account), permissions, role_name: permission };
  return ok({ permission, role_name: permission, user });
}

/** Lists the moves of branches, newest first. */
function listActivity(call: Call) {
  const { world, query } = call;
  const [ref, oldestFirst] = [query.get('ref'), query.get('direction') === 'asc'];
  const rows = world.state.pushes
    .all()
    .filter((row) => ref === null || [row.ref, row.ref.slice(heads.length)].includes(ref));
  return listing(call, oldestFirst ? rows : rows.reverse(), ({ id, before, after, ref: name, kind, by, at }) => ({
    id,
    node_id: nodeId('Activity', id),
    before,
    after,
    ref: name,
    timestamp: at,
    activity_type: kind,
    actor: formatAccount(world, accountOf(by) ?? bot),
  }));
}

async function listBranches(call: Call) {
  const { world } = call;
  const branches = [...(await listRefs(world.repository.folder, heads))];
  return listing(call, branches, ([ref, sha]) => ({
    name: ref.slice(heads.length),
    commit: { sha, url: `${repositoryUrl(world)}/commits/${sha}` },
    protected: false,
  }));
}

async function getBranch(call: Call) {
  const { world } = call;
  const name = call.param('branch');
  const sha = await readRef(world.repository.folder, heads + name);
  if (!sha) throw notFound();
  const url = `${repositoryUrl(world)}/branches/${encodePath(name)}`;
  return ok({
    name,
    commit: formatCommit(world, await readCommit(world.repository.folder, sha)),
    _links: { self: url, html: `${pageUrl(world)}/tree/${encodePath(name)}` },
    protected: false,
    protection: { enabled: false, required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] } },
    protection_url: `${url}/protection`,
  });
}
