import { accountByEmail } from '../accounts.ts';
import { type Commit, emptyTree, type Person } from '../repository/commits.ts';
import type { FileDiff } from '../repository/diff.ts';
import type { Json, SandboxWorld } from '../world.ts';
import { formatAccount, nodeId } from './account.ts';
import { pageUrl, repositoryUrl } from './repository.ts';

const verification = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** `git-commit`: the commit object in git. */
export function formatGitCommit(world: SandboxWorld, commit: Commit): Json {
  const api = repositoryUrl(world);
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${api}/git/commits/${commit.sha}`,
    html_url: `${pageUrl(world)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/git/commits/${sha}`,
      html_url: `${pageUrl(world)}/commit/${sha}`,
    })),
    verification,
  };
}

/** `commit`: the commit object with its accounts. */
export function formatCommit(world: SandboxWorld, commit: Commit): Json {
  const api = repositoryUrl(world);
  return {
    url: `${api}/commits/${commit.sha}`,
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    html_url: `${pageUrl(world)}/commit/${commit.sha}`,
    comments_url: `${api}/commits/${commit.sha}/comments`,
    commit: {
      url: `${api}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${api}/git/trees/${commit.tree}` },
      verification,
    },
    author: formatPerson(world, commit.author),
    committer: formatPerson(world, commit.committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${api}/commits/${sha}`,
      html_url: `${pageUrl(world)}/commit/${sha}`,
    })),
  };
}

function formatPerson(world: SandboxWorld, { email }: Person): Json | null {
  const account = accountByEmail(email);
  return account ? formatAccount(world, account) : null;
}

/** The commit or tree with which a commit is compared. */
export function parentOf(commit: Commit): string {
  return commit.parents[0] ?? emptyTree;
}

// Approximate number of changed lines above which GitHub leaves the patches out.
const patchLimit = 20_000;

/** `diff-entry`, for each file of a comparison. */
export function formatFiles(world: SandboxWorld, sha: string, files: readonly FileDiff[]): Json[] {
  let lines = 0;
  return files.map((file) => {
    lines += file.additions + file.deletions;
    const path = encodePath(file.path);
    return {
      sha: file.sha,
      filename: file.path,
      status: file.status,
      additions: file.additions,
      deletions: file.deletions,
      changes: file.additions + file.deletions,
      blob_url: `${pageUrl(world)}/blob/${sha}/${path}`,
      raw_url: `${pageUrl(world)}/raw/${sha}/${path}`,
      contents_url: `${repositoryUrl(world)}/contents/${path}?ref=${sha}`,
      ...(file.patch !== undefined && lines <= patchLimit ? { patch: file.patch } : {}),
      ...(file.previousPath ? { previous_filename: file.previousPath } : {}),
    };
  });
}

/** Encodes a file's path for an address. */
export function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
