import { accountOf, bot, organization } from '../accounts.ts';
import { describeMissing } from '../protection/protection.ts';
import { countCommits } from '../repository/commits.ts';
import { diffSize } from '../repository/diff.ts';
import { mergeBase } from '../repository/refs.ts';
import type { PullRow } from '../store/state.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { formatAccount, formatAssociation, nodeId } from './account.ts';
import { formatRepository, pageUrl, repositoryUrl } from './repository.ts';

/** `pull-request-simple`: a pull request in a list, formatted without git. */
export function formatPull(world: SandboxWorld, pull: PullRow): Json {
  const api = repositoryUrl(world);
  const url = `${api}/pulls/${pull.id}`;
  const issue = `${api}/issues/${pull.id}`;
  const html = `${pageUrl(world)}/pull/${pull.id}`;
  const statuses = `${api}/statuses/${pull.headSha}`;
  return {
    url,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number: pull.id,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: formatLogin(world, pull.author),
    body: pull.body,
    labels: [],
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.merge?.at ?? null,
    merge_commit_sha: pull.merge?.sha ?? pull.test?.sha ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: formatSide(world, pull.head, pull.headSha),
    base: formatSide(world, pull.base, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${api}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: associationOf(pull.author),
    auto_merge: null,
    draft: pull.draft,
  };
}

/** `pull-request`: a single pull request, with git's counts. */
export async function formatFullPull(world: SandboxWorld, pull: PullRow): Promise<Json> {
  const { folder } = world.repository;
  const base = (await mergeBase(folder, pull.baseSha, pull.headSha)) ?? pull.baseSha;
  const size = await diffSize(folder, base, pull.headSha);
  const mergeable = pull.test ? pull.test.sha !== null : null;
  return {
    ...formatPull(world, pull),
    merged: pull.merge !== null,
    mergeable: pull.state === 'open' ? mergeable : null,
    rebaseable: pull.state === 'open' ? mergeable : null,
    mergeable_state: formatMergeableState(world, pull),
    merged_by: pull.merge ? formatLogin(world, pull.merge.by) : null,
    comments: world.state.comments.all().filter(({ issue }) => issue === pull.id).length,
    review_comments: world.state.reviewComments.all().filter((comment) => comment.pull === pull.id).length,
    maintainer_can_modify: false,
    commits: await countCommits(folder, [`${base}..${pull.headSha}`]),
    additions: size.additions,
    deletions: size.deletions,
    changed_files: size.files,
  };
}

function formatMergeableState(world: SandboxWorld, pull: PullRow): string {
  if (pull.state !== 'open' || !pull.test) return 'unknown';
  if (pull.test.sha === null) return 'dirty';
  if (pull.draft) return 'draft';
  if (describeMissing(world, pull) !== '') return 'blocked';
  return isGreen(world, pull.headSha) ? 'clean' : 'unstable';
}

function isGreen({ state }: SandboxWorld, sha: string): boolean {
  const fine: readonly (string | null)[] = ['success', 'neutral', 'skipped'];
  const checks = state.checks.all().filter(({ headSha }) => headSha === sha);
  const statuses = state.statuses.all().filter((status) => status.sha === sha);
  // The newest check of each name counts.
  const words = new Map([
    ...checks.map(({ name, conclusion }) => [`check ${name}`, conclusion] as const),
    ...statuses.map(({ context, state: word }) => [`status ${context}`, word] as const),
  ]);
  return [...words.values()].every((word) => fine.includes(word));
}

function formatSide(world: SandboxWorld, ref: string, sha: string): Json {
  return {
    label: `${world.repository.owner}:${ref}`,
    ref,
    sha,
    user: formatAccount(world, organization),
    repo: formatRepository(world),
  };
}

/** `pull-request-minimal`: a pull request inside a check run. */
export function formatMinimalPull(world: SandboxWorld, pull: PullRow): Json {
  const { id, name } = world.repository;
  const repo = { id, name, url: repositoryUrl(world) };
  return {
    id: pull.id,
    number: pull.id,
    url: `${repositoryUrl(world)}/pulls/${pull.id}`,
    head: { ref: pull.head, sha: pull.headSha, repo },
    base: { ref: pull.base, sha: pull.baseSha, repo },
  };
}

/** The account of a row's login. */
export function formatLogin(world: SandboxWorld, login: string): Json {
  return formatAccount(world, accountOf(login) ?? bot);
}

/** The relation of a row's author to the repository. */
export function associationOf(login: string): string {
  return formatAssociation(accountOf(login) ?? bot);
}
