import { notFound } from '../http.ts';
import { nodeId } from '../payloads/account.ts';
import { pageUrl, repositoryUrl } from '../payloads/repository.ts';
import { passesBy, protectionOf } from '../protection/protection.ts';
import type { ProtectionRow } from '../store/state.ts';
import type { Json } from '../world.ts';
import { type Call, listing, numberParam, ok, type RestRoute, route } from './route.ts';

/** Lists a branch's protection as a ruleset, which an App may read, unlike branch protection. */
export const ruleRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}/rules/branches/{branch*}', 'anyone', listRules),
  route('GET /repos/{owner}/{repo}/rulesets/{id}', 'anyone', getRuleset),
];

function listRules(call: Call) {
  const protection = protectionOf(call.world, call.param('branch'));
  const { owner, name } = call.world.repository;
  const from = { ruleset_source_type: 'Repository', ruleset_source: `${owner}/${name}`, ruleset_id: protection?.id };
  return listing(call, protection ? rulesOf(protection) : [], (rule) => ({ ...rule, ...from }));
}

function getRuleset(call: Call) {
  const { world, actor } = call;
  const protection = world.state.protections.get(numberParam(call, 'id'));
  if (!protection) throw notFound();
  const { id, branch, createdAt, updatedAt } = protection;
  const { owner, name } = world.repository;
  return ok({
    id,
    name: rulesetName(protection),
    target: 'branch',
    source_type: 'Repository',
    source: `${owner}/${name}`,
    enforcement: 'active',
    ...(actor && { current_user_can_bypass: passesBy(protection, actor) ? 'always' : 'never' }),
    node_id: nodeId('RepositoryRuleset', id),
    _links: {
      self: { href: `${repositoryUrl(world)}/rulesets/${id}` },
      html: { href: `${pageUrl(world)}/rules/${id}` },
    },
    conditions: { ref_name: { include: [`refs/heads/${branch}`], exclude: [] } },
    rules: rulesOf(protection),
    created_at: createdAt,
    updated_at: updatedAt,
  });
}

/** The name of a branch's ruleset. */
export function rulesetName({ branch }: ProtectionRow): string {
  return `Protection of ${branch}`;
}

function rulesOf({ approvals, checks }: ProtectionRow): Json[] {
  const reviews = {
    required_approving_review_count: approvals,
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
    allowed_merge_methods: ['merge', 'squash', 'rebase'],
  };
  const statuses = {
    required_status_checks: checks.map((context) => ({ context })),
    strict_required_status_checks_policy: false,
    do_not_enforce_on_create: false,
  };
  return [
    ...(approvals > 0 ? [{ type: 'pull_request', parameters: reviews }] : []),
    ...(checks.length > 0 ? [{ type: 'required_status_checks', parameters: statuses }] : []),
  ];
}
