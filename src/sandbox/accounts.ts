export type AccountPermission = 'admin' | 'write' | 'read' | 'none';

/** A user, bot or organization of the sandbox. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
  readonly permission: AccountPermission;
  readonly token?: string;
}

export const organization: Account = { id: 1, login: 'canary', type: 'Organization', permission: 'admin' };
export const admin: Account = user(2, 'admin', 'admin');
export const writer: Account = user(3, 'writer', 'write');
const reader: Account = user(4, 'reader', 'read');
/** The App's bot account; its rights are the App's permissions, not the repository's list of collaborators. */
export const bot: Account = { id: 5, login: 'coalmine[bot]', type: 'Bot', permission: 'none' };

export const users: readonly Account[] = [admin, writer, reader];

/** The members of the organization's teams. */
export const teams: ReadonlyMap<string, readonly Account[]> = new Map([
  ['platform', [admin]],
  ['shop', [admin, writer]],
]);

/** The App's registration in the sandbox. */
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
  /** The webhooks that are sent; the only list of them. */
  events: ['check_run', 'issue_comment', 'pull_request', 'push', 'status'],
} as const;

/** Finds an account by its login, which is case-insensitive as on GitHub. */
export function accountOf(login: string): Account | undefined {
  return [...users, bot, organization].find((account) => account.login === login.toLowerCase());
}

/** The email address in an account's commits. */
export function emailOf(account: Account): string {
  return `${account.login.replace('[bot]', '-bot')}@sandbox.test`;
}

/** Finds the sandbox's account for a commit's email address. */
export function accountByEmail(email: string): Account | undefined {
  return [...users, bot].find((account) => emailOf(account) === email);
}

function user(id: number, login: string, permission: AccountPermission): Account {
  return { id, login, type: 'User', permission, token: `${login}-token` };
}
