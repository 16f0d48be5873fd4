import { listIn, orInteger, type Schema, withoutFormat } from './schema.ts';

/** Selected operations: path -> methods; ~ stands for a repository. */
export const OPERATIONS: Readonly<Record<string, string>> = {
  '/app': 'get',
  '/app/hook/deliveries': 'get',
  '/app/hook/deliveries/{delivery_id}': 'get',
  '/app/hook/deliveries/{delivery_id}/attempts': 'post',
  '/app/installations': 'get',
  '/app/installations/{installation_id}': 'get',
  '/app/installations/{installation_id}/access_tokens': 'post',
  '/installation/repositories': 'get',
  '/orgs/{org}/teams/{team_slug}/memberships/{username}': 'get',
  '/rate_limit': 'get',
  '/user': 'get',
  '/users/{username}': 'get',
  '~': 'get',
  '~/activity': 'get',
  '~/branches': 'get',
  '~/branches/{branch}': 'get',
  '~/check-runs': 'post',
  '~/check-runs/{check_run_id}': 'get patch',
  '~/check-runs/{check_run_id}/annotations': 'get',
  '~/check-runs/{check_run_id}/rerequest': 'post',
  '~/collaborators/{username}/permission': 'get',
  '~/commits': 'get',
  '~/commits/{commit_sha}/pulls': 'get',
  '~/commits/{ref}': 'get',
  '~/commits/{ref}/check-runs': 'get',
  '~/commits/{ref}/status': 'get',
  '~/commits/{ref}/statuses': 'get',
  '~/compare/{basehead}': 'get',
  '~/contents/{path}': 'get put',
  '~/git/blobs': 'post',
  '~/git/blobs/{file_sha}': 'get',
  '~/git/commits': 'post',
  '~/git/commits/{commit_sha}': 'get',
  '~/git/matching-refs/{ref}': 'get',
  '~/git/ref/{ref}': 'get',
  '~/git/refs': 'post',
  '~/git/refs/{ref}': 'delete patch',
  '~/git/trees': 'post',
  '~/git/trees/{tree_sha}': 'get',
  '~/installation': 'get',
  '~/issues/comments': 'get',
  '~/issues/comments/{comment_id}': 'delete get patch',
  '~/issues/comments/{comment_id}/reactions': 'get post',
  '~/issues/comments/{comment_id}/reactions/{reaction_id}': 'delete',
  '~/issues/{issue_number}': 'get',
  '~/issues/{issue_number}/comments': 'get post',
  '~/pulls': 'get post',
  '~/pulls/comments/{comment_id}': 'delete',
  '~/pulls/{pull_number}': 'get patch',
  '~/pulls/{pull_number}/comments': 'get post',
  '~/pulls/{pull_number}/commits': 'get',
  '~/pulls/{pull_number}/files': 'get',
  '~/pulls/{pull_number}/merge': 'put',
  '~/rules/branches/{branch}': 'get',
  '~/rulesets/{ruleset_id}': 'get',
  '~/statuses/{sha}': 'post',
};

/** Selected webhooks: event -> actions; empty for an event without actions. */
export const WEBHOOKS: Readonly<Record<string, string>> = {
  check_run: 'completed created requested_action rerequested',
  check_suite: 'completed requested rerequested',
  installation: 'created deleted',
  installation_repositories: 'added removed',
  issue_comment: 'created deleted edited',
  merge_group: 'checks_requested',
  pull_request: 'closed edited opened reopened synchronize',
  push: '',
  status: '',
};

/** Error statuses that any operation may answer, though most list few of them. GitHub's edge may answer 5xx in HTML: no schema. */
export const COMMON: Readonly<Record<string, readonly string[]>> = {
  '400': ['basic-error'],
  '401': ['basic-error'],
  '403': ['basic-error'],
  '404': ['basic-error'],
  '422': ['validation-error', 'validation-error-simple'],
  '429': ['basic-error'],
  '500': [],
  '502': [],
  '503': [],
};

/** Corrections of both descriptions for real answers that differ: schema, and properties below it. */
export const NULLABLE = [
  // The head of a pull request from a deleted fork or user (github/rest-api-description issues 1811 and 5562).
  'pull-request head label',
  'pull-request head repo',
  'pull-request head user',
  'pull-request-simple head label',
  'pull-request-simple head repo',
  'webhook-pull-request-synchronize pull_request head label',
  // A comment whose line a later push took out of the diff (github/rest-api-description issues 1901 and 5568).
  'pull-request-review-comment line',
  'pull-request-review-comment position',
  // A changed submodule has no blob (github/rest-api-description issue 5563).
  'diff-entry blob_url',
  'diff-entry raw_url',
  'diff-entry sha',
];
export const REPLACED: Readonly<Record<string, (schema: Schema) => Schema>> = {
  // Every error says what is wrong, though nothing in it is described as required.
  'basic-error': (schema) => ({ ...schema, required: ['message'] }),
  // A homepage that was emptied is "", which is no URI.
  'full-repository homepage': withoutFormat,
  'nullable-repository homepage': withoutFormat,
  'repository homepage': withoutFormat,
  'repository-webhooks homepage': withoutFormat,
  // GitHub sets this conclusion itself, on check runs that stay open for 14 days.
  'check-run conclusion': (schema) => ({ ...schema, enum: [...listIn(schema.enum), 'stale'].sort() }),
};
export const REPLACED_IN_WEBHOOKS: typeof REPLACED = {
  // Payloads carry these as seconds since 1970.
  'installation created_at': orInteger,
  'installation updated_at': orInteger,
};
