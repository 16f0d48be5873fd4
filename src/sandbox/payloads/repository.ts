import { organization } from '../accounts.ts';
import type { Actor } from '../auth.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { formatAccount, nodeId } from './account.ts';

const links: Readonly<Record<string, string>> = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
};

/** The repository's address in the API. */
export function repositoryUrl({ apiUrl, repository }: SandboxWorld): string {
  return `${apiUrl}/repos/${repository.owner}/${repository.name}`;
}

/** The address of the repository's pages. */
export function pageUrl({ url, repository }: SandboxWorld): string {
  return `${url}/${repository.owner}/${repository.name}`;
}

/** `minimal-repository`: the repository with its links only. */
export function formatMinimalRepository(world: SandboxWorld): Json {
  const { id, owner, name } = world.repository;
  const url = repositoryUrl(world);
  return {
    id,
    node_id: nodeId('Repository', id),
    name,
    full_name: `${owner}/${name}`,
    private: false,
    owner: formatAccount(world, organization),
    html_url: pageUrl(world),
    description: null,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(links).map(([field, path]) => [field, url + path])),
  };
}

/** `repository`: the repository with its counts and options. */
export function formatRepository(world: SandboxWorld): Json {
  const { defaultBranch, createdAt } = world.repository;
  const open = world.state.pulls.all().filter(({ state }) => state === 'open').length;
  const page = pageUrl(world);
  return {
    ...formatMinimalRepository(world),
    created_at: createdAt,
    updated_at: createdAt,
    pushed_at: createdAt,
    git_url: `${page}.git`,
    ssh_url: `${page}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    homepage: null,
    size: 0,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: false,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: false,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: 'public',
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: defaultBranch,
  };
}

/** `full-repository`: the answer for the repository itself, with the actor's permissions. */
export function formatFullRepository(world: SandboxWorld, actor: Actor | undefined): Json {
  const push = actor !== undefined && actor.permission !== 'read';
  return {
    ...formatRepository(world),
    network_count: 0,
    subscribers_count: 0,
    permissions: { admin: actor?.permission === 'admin', maintain: false, push, triage: push, pull: true },
    allow_rebase_merge: true,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_auto_merge: false,
    delete_branch_on_merge: false,
  };
}
