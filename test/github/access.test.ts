import { expect, test } from 'vitest';
import { githubAccess } from '../../src/github/access.ts';
import { mockGitHub } from '../support/http.ts';
import { REPO, sha } from './fixture.ts';

const RULES = `GET ${REPO}/rules/branches/gitops?per_page=100`;
const RULESET = (id: number) => `GET ${REPO}/rulesets/${id}?includes_parents=true`;

function mockAccess() {
  const { octokit, answer } = mockGitHub();
  const branch = (more: object = {}) =>
    answer(`GET ${REPO}/branches/gitops`, 200, { name: 'gitops', commit: { sha: sha('a') }, ...more });
  return {
    answer,
    branch,
    fetch: () => githubAccess(octokit, { owner: 'canary', name: 'shop' }).fetchBranchAccess('gitops'),
  };
}

const of = (type: string, id: number, more: object = {}) => ({
  type,
  ruleset_id: id,
  ruleset_source: 'canary',
  ruleset_source_type: 'Organization',
  ...more,
});

const ruleset = (id: number, bypass: string | undefined, more: object = {}) => ({
  id,
  name: `ruleset ${id}`,
  source: 'canary',
  enforcement: 'active',
  ...(bypass === undefined ? {} : { current_user_can_bypass: bypass }),
  ...more,
});

test('a branch without rules', async () => {
  const { answer, branch, fetch } = mockAccess();
  branch({ protected: false, protection: { enabled: false } });
  answer(RULES, 200, []);
  expect(await fetch()).toEqual({ name: 'gitops', exists: true, rules: [], isProtected: false });
});

test('each ruleset is asked once, by whom it can be passed', async () => {
  const { answer, branch, fetch } = mockAccess();
  branch({ protected: true, protection: { enabled: true } });
  const parameters = {
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_approving_review_count: 1,
    required_review_thread_resolution: false,
  };
  const free = { ...parameters, required_approving_review_count: 0 };
  answer(RULES, 200, [
    of('update', 1, { parameters: { update_allows_fetch_and_merge: false } }),
    of('deletion', 1),
    of('pull_request', 2, { parameters }),
    of('pull_request', 3, { parameters: free }),
    of('pull_request', 4, { parameters: { ...free, require_code_owner_review: true } }),
    of('creation', 5),
  ]);
  answer(RULESET(1), 200, ruleset(1, 'always', { _links: { html: { href: 'https://github.com/rules/1' } } }));
  answer(RULESET(2), 200, ruleset(2, 'pull_requests_only'));
  answer(RULESET(3), 200, ruleset(3, 'never'));
  answer(RULESET(4), 200, ruleset(4, undefined));
  answer(RULESET(5), 404, { message: 'Not Found' });
  const { rules, isProtected } = await fetch();
  expect(isProtected).toBe(true);
  expect(rules).toEqual([
    { type: 'update', ruleset: 'ruleset 1 (https://github.com/rules/1)', bypass: 'always', needsApproval: false },
    { type: 'deletion', ruleset: 'ruleset 1 (https://github.com/rules/1)', bypass: 'always', needsApproval: false },
    { type: 'pull_request', ruleset: 'ruleset 2', bypass: 'pull-requests', needsApproval: true },
    { type: 'pull_request', ruleset: 'ruleset 3', bypass: 'never', needsApproval: false },
    { type: 'pull_request', ruleset: 'ruleset 4', bypass: 'unknown', needsApproval: true },
    { type: 'creation', ruleset: '5 of canary', bypass: 'unknown', needsApproval: false },
  ]);
});

test('a branch that is not there, on a server without rulesets', async () => {
  const { answer, fetch } = mockAccess();
  answer(`GET ${REPO}/branches/gitops`, 404, { message: 'Branch not found' });
  answer(RULES, 404, { message: 'Not Found' });
  expect(await fetch()).toEqual({ name: 'gitops', exists: false, rules: [], isProtected: false });
});
