import type { BranchRule } from '../core/doctor/access.ts';
import type { Access } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** The visible facts of a ruleset: an older server has none, and an organization's may be hidden. */
type Ruleset = Pick<BranchRule, 'ruleset' | 'bypass'>;

const BYPASS: Readonly<Record<string, BranchRule['bypass']>> = {
  always: 'always',
  exempt: 'always',
  pull_requests_only: 'pull-requests',
  never: 'never',
};

/** Reads the rulesets and branch protection that bind the App. */
export function githubAccess(octokit: GitHub, { owner, name }: RepositoryName): Access {
  const { repos } = octokit.rest;
  const at = { owner, repo: name };

  async function fetchRuleset(id: number, source: string): Promise<Ruleset> {
    const asked = repos.getRepoRuleset({ ...at, ruleset_id: id, includes_parents: true });
    const data = (await unlessAbsent(asked, [403, 404]))?.data;
    if (!data) return { ruleset: `${id} of ${source}`, bypass: 'unknown' };
    const page = data._links?.html?.href;
    return {
      ruleset: page === undefined ? data.name : `${data.name} (${page})`,
      bypass: BYPASS[data.current_user_can_bypass ?? ''] ?? 'unknown',
    };
  }

  return {
    async fetchBranchAccess(branch) {
      const data = (await unlessAbsent(repos.getBranch({ ...at, branch }), [404]))?.data;
      const asked = octokit.paginate(repos.getBranchRules, { ...at, branch, per_page: 100 });
      const found = (await unlessAbsent(asked, [403, 404, 501])) ?? [];
      const rulesets = new Map<number, Promise<Ruleset>>();
      const rules = found.map(async (rule): Promise<BranchRule> => {
        const id = rule.ruleset_id ?? 0;
        const ruleset = rulesets.get(id) ?? fetchRuleset(id, rule.ruleset_source ?? `${owner}/${name}`);
        rulesets.set(id, ruleset);
        return { type: rule.type, ...(await ruleset), needsApproval: needsApproval(rule) };
      });
      return {
        name: branch,
        exists: data?.name === branch,
        rules: await Promise.all(rules),
        isProtected: data?.name === branch && data.protection?.enabled === true,
      };
    },
  };
}

/** Whether the rule requires an approving review of a pull request. */
function needsApproval(rule: { readonly type: string; readonly parameters?: object }): boolean {
  const { required_approving_review_count = 0, require_code_owner_review = false } = (rule.parameters ?? {}) as {
    required_approving_review_count?: number;
    require_code_owner_review?: boolean;
  };
  return rule.type === 'pull_request' && (required_approving_review_count > 0 || require_code_owner_review);
}
