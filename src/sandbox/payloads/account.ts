import { type Account, emailOf, organization, registration } from '../accounts.ts';
import type { Json, SandboxWorld } from '../world.ts';

/** The opaque id that GitHub adds to each number. */
export function nodeId(type: string, id: number | string): string {
  return Buffer.from(`${type}:${id}`).toString('base64url');
}

/** `simple-user`: an account inside another object. */
export function formatAccount({ apiUrl, url }: SandboxWorld, { id, login, type }: Account): Json {
  const own = `${apiUrl}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id,
    node_id: nodeId(type, id),
    avatar_url: `${url}/avatars/${id}`,
    gravatar_id: '',
    url: own,
    html_url: `${url}/${encodeURIComponent(login)}`,
    followers_url: `${own}/followers`,
    following_url: `${own}/following{/other_user}`,
    gists_url: `${own}/gists{/gist_id}`,
    starred_url: `${own}/starred{/owner}{/repo}`,
    subscriptions_url: `${own}/subscriptions`,
    organizations_url: `${own}/orgs`,
    repos_url: `${own}/repos`,
    events_url: `${own}/events{/privacy}`,
    received_events_url: `${own}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** `public-user`: an account by itself. */
export function formatUser(world: SandboxWorld, account: Account): Json {
  return {
    ...formatAccount(world, account),
    name: account.login,
    company: null,
    blog: null,
    location: null,
    email: emailOf(account),
    hireable: null,
    bio: null,
    public_repos: account.login === organization.login ? 1 : 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: world.repository.createdAt,
    updated_at: world.repository.createdAt,
  };
}

/** `integration`: the App. */
export function formatApp(world: SandboxWorld): Json {
  const { id, slug, name, permissions, events } = registration;
  return {
    id,
    slug,
    client_id: `Iv1.${slug}`,
    node_id: nodeId('App', id),
    owner: formatAccount(world, organization),
    name,
    description: 'The App as the sandbox has it registered',
    external_url: world.url,
    html_url: `${world.url}/apps/${slug}`,
    created_at: world.repository.createdAt,
    updated_at: world.repository.createdAt,
    permissions,
    events,
    installations_count: 1,
  };
}

// GitHub's description of the list of installations requires the fields of an enterprise for each account.
const asEnterprise = { name: organization.login, slug: organization.login, created_at: null, updated_at: null };

/** `installation`: the App in the organization. */
export function formatInstallation(world: SandboxWorld): Json {
  const { id, slug, installationId, permissions, events } = registration;
  const url = `${world.apiUrl}/app/installations/${installationId}`;
  return {
    id: installationId,
    account: { ...formatAccount(world, organization), ...asEnterprise },
    repository_selection: 'all',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${world.apiUrl}/installation/repositories`,
    html_url: `${world.url}/settings/installations/${installationId}`,
    app_id: id,
    app_slug: slug,
    client_id: `Iv1.${slug}`,
    target_id: organization.id,
    target_type: 'Organization',
    permissions,
    events,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    created_at: world.repository.createdAt,
    updated_at: world.repository.createdAt,
    suspended_by: null,
    suspended_at: null,
  };
}

/** GitHub's word for the relation of a user to the repository. */
export function formatAssociation({ type, permission }: Account): string {
  if (type === 'Bot') return 'NONE';
  return permission === 'admin' ? 'MEMBER' : 'COLLABORATOR';
}
