export type Permission = 'admin' | 'write' | 'read' | 'none';

/** Somebody who may act or own something here. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
  readonly permission: Permission;
  readonly token?: string;
}

export const organization: Account = { id: 1, login: 'canary', type: 'Organization', permission: 'admin' };
export const admin: Account = user(2, 'admin', 'admin');
export const writer: Account = user(3, 'writer', 'write');
const reader: Account = user(4, 'reader', 'read');
/** Who acts when the App does; what it may do is in its permissions, not in the repository's list of collaborators. */
export const bot: Account = { id: 5, login: 'coalmine[bot]', type: 'Bot', permission: 'none' };

export const users: readonly Account[] = [admin, writer, reader];

/** Who is in which team of the organization. */
export const teams: ReadonlyMap<string, readonly Account[]> = new Map([
  ['platform', [admin]],
  ['shop', [admin, writer]],
]);

/** The App as it is registered here. */
export const registration = {
  id: 1,
  slug: 'coalmine',
  name: 'Coalmine',
  installationId: 1,
  permissions: {
    checks: 'write',
    contents: 'write',
    issues: 'write',
    members: 'read',
    metadata: 'read',
    pull_requests: 'write',
    statuses: 'write',
  },
  /** The only place that says which webhooks are sent. */
  events: ['check_run', 'issue_comment', 'pull_request', 'push', 'status'],
} as const;

/** Finds an account by its login, which, as on GitHub, knows no case. */
export function accountOf(login: string): Account | undefined {
  return [...users, bot, organization].find((account) => account.login === login.toLowerCase());
}

/** The address that commits of an account carry. */
export function emailOf(account: Account): string {
  return `${account.login.replace('[bot]', '-bot')}@sandbox.test`;
}

/** The account behind a commit's address, if it is one of ours. */
export function accountByEmail(email: string): Account | undefined {
  return [...users, bot].find((account) => emailOf(account) === email);
}

function user(id: number, login: string, permission: Permission): Account {
  return { id, login, type: 'User', permission, token: `${login}-token` };
}
