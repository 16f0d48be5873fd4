import { type Account, accountByEmail, organization, registration } from './accounts.ts';
import { formatAccount, nodeId } from './payloads/account.ts';
import { formatCheck } from './payloads/check.ts';
import { formatCommit, formatGitCommit, parentOf } from './payloads/commit.ts';
import { formatComment, formatIssue } from './payloads/issue.ts';
import { formatFullPull } from './payloads/pull.ts';
import { formatRepository, pageUrl, repositoryUrl } from './payloads/repository.ts';
import { type Commit, type Person, readCommit, readCommits } from './repository/commits.ts';
import { diffFiles } from './repository/diff.ts';
import { isAncestor, listRefs, type RefChange, zeroSha } from './repository/refs.ts';
import type { CheckRow, CommentRow, PullRow, StatusRow } from './store/state.ts';
import type { Json, SandboxWorld } from './world.ts';

const pushedCommits = 20;

async function emit(
  world: SandboxWorld,
  sender: Account,
  event: string,
  action: string | null,
  own: Json,
): Promise<void> {
  await world.hooks.emit(event, action, {
    ...(action ? { action } : {}),
    ...own,
    repository: own.repository ?? formatRepository(world),
    sender: formatAccount(world, sender),
    installation: {
      id: registration.installationId,
      node_id: nodeId('Installation', registration.installationId),
    },
  });
}

/** `push`: a branch or tag was moved, created or deleted. */
export async function emitPush(world: SandboxWorld, sender: Account, { ref, before, after }: RefChange): Promise<void> {
  const { folder } = world.repository;
  const range = after ? [`--max-count=${pushedCommits}`, after, ...(before ? [`^${before}`] : []), '--'] : undefined;
  const commits = range && before ? (await readCommits(folder, range)).reverse() : [];
  const head = after ? await readCommit(folder, after) : undefined;
  const short = (sha: string): string => sha.slice(0, 12);
  await emit(world, sender, 'push', null, {
    ref,
    before: before ?? zeroSha,
    after: after ?? zeroSha,
    created: before === undefined,
    deleted: after === undefined,
    forced: before !== undefined && after !== undefined && !(await isAncestor(folder, before, after)),
    base_ref: null,
    compare: `${pageUrl(world)}/compare/${short(before ?? zeroSha)}...${short(after ?? zeroSha)}`,
    commits: await Promise.all(commits.map((commit) => formatPushed(world, commit))),
    head_commit: head ? await formatPushed(world, head) : null,
    repository: formatPushedRepository(world),
    pusher: { name: sender.login, email: null },
  });
}

async function formatPushed(world: SandboxWorld, commit: Commit): Promise<Json> {
  const files = await diffFiles(world.repository.folder, parentOf(commit), commit.sha);
  const paths = (...statuses: string[]): string[] =>
    files.filter(({ status }) => statuses.includes(status)).map(({ path }) => path);
  const person = ({ name, email }: Person): Json => {
    const username = accountByEmail(email)?.login;
    return { name, email, ...(username ? { username } : {}) };
  };
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${pageUrl(world)}/commit/${commit.sha}`,
    author: person(commit.author),
    committer: person(commit.committer),
    added: paths('added', 'renamed'),
    removed: [...paths('removed'), ...files.flatMap(({ previousPath }) => previousPath ?? [])],
    modified: paths('modified', 'changed'),
  };
}

/** The repository in a push event, with times in seconds and the owner's name. */
function formatPushedRepository(world: SandboxWorld): Json {
  const seconds = Math.floor(Date.parse(world.repository.createdAt) / 1000);
  const owner = { ...formatAccount(world, organization), name: organization.login, email: null };
  return {
    ...formatRepository(world),
    owner,
    created_at: seconds,
    pushed_at: seconds,
    stargazers: 0,
    master_branch: world.repository.defaultBranch,
    organization: organization.login,
  };
}

/** `pull_request` */
export async function emitPull(
  world: SandboxWorld,
  sender: Account,
  action: string,
  pull: PullRow,
  more: Json = {},
): Promise<void> {
  const payload = { number: pull.id, ...more, pull_request: await formatFullPull(world, pull) };
  await emit(world, sender, 'pull_request', action, payload);
}

/** `issue_comment` */
export async function emitComment(
  world: SandboxWorld,
  sender: Account,
  action: string,
  comment: CommentRow,
  more: Json = {},
): Promise<void> {
  const pull = world.state.pulls.get(comment.issue);
  if (!pull) return;
  const payload = { ...more, issue: formatIssue(world, pull), comment: formatComment(world, comment) };
  await emit(world, sender, 'issue_comment', action, payload);
}

/** `check_run` */
export async function emitCheck(world: SandboxWorld, sender: Account, action: string, check: CheckRow): Promise<void> {
  const formatted = formatCheck(world, check);
  const pull = world.state.pulls.all().find(({ headSha }) => headSha === check.headSha);
  const suite = {
    ...(formatted.check_suite as Json),
    head_sha: check.headSha,
    head_branch: pull?.head ?? null,
    status: check.status,
    conclusion: check.conclusion,
    app: formatted.app,
    pull_requests: formatted.pull_requests,
    created_at: check.startedAt,
    updated_at: check.completedAt ?? check.startedAt,
  };
  await emit(world, sender, 'check_run', action, { check_run: { ...formatted, check_suite: suite } });
}

/** `status` */
export async function emitStatus(world: SandboxWorld, sender: Account, status: StatusRow): Promise<void> {
  const { folder } = world.repository;
  const commit = await readCommit(folder, status.sha);
  const branches = [...(await listRefs(folder, 'refs/heads/'))].filter(([, sha]) => sha === status.sha);
  const api = repositoryUrl(world);
  await emit(world, sender, 'status', null, {
    id: status.id,
    sha: status.sha,
    name: `${world.repository.owner}/${world.repository.name}`,
    target_url: status.targetUrl,
    avatar_url: `${world.url}/avatars/${sender.id}`,
    context: status.context,
    description: status.description,
    state: status.state,
    commit: { ...formatCommit(world, commit), commit: { ...formatGitCommit(world, commit), comment_count: 0 } },
    branches: branches.map(([ref, sha]) => ({
      name: ref.slice('refs/heads/'.length),
      commit: { sha, url: `${api}/commits/${sha}` },
      protected: false,
    })),
    created_at: status.createdAt,
    updated_at: status.createdAt,
  });
}
