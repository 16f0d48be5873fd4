import type { Pull, Pulls } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import { type Cache, createCache } from './cache.ts';
import { githubChecks } from './checks.ts';
import { type AppIdentity, githubComments, isOurs } from './comments.ts';
import { githubConversation } from './conversation.ts';
import { githubMerges } from './merges.ts';
import type { GitHub, RepositoryName } from './octokit.ts';
import { githubPermissions } from './permissions.ts';
import { githubProposals } from './proposals.ts';
import { githubPushes } from './pushes.ts';
import { githubStatuses } from './statuses.ts';
import { githubSuggestions } from './suggestions.ts';
import type { Tips } from './tips.ts';

/** A pull request in GitHub's form, in lists and alone. */
interface RawPull {
  readonly number: number;
  readonly state: string;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly user: { readonly login: string } | null;
  readonly merged_by?: { readonly login: string } | null;
  readonly head: { readonly sha: string; readonly ref: string; readonly repo: { readonly id: number } | null };
  readonly base: { readonly ref: string; readonly repo: { readonly id: number } };
}

/** Pull requests through GitHub's API; distinguishes what `app` wrote from what others wrote. */
export function githubPulls(
  octokit: GitHub,
  repository: RepositoryName,
  app: AppIdentity,
  { tips, cache = createCache() }: { readonly tips?: Tips; readonly cache?: Cache } = {},
): Pulls {
  const { pulls, repos } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };
  const merges = githubMerges(octokit, repository);
  let defaultBranch: string | undefined;

  async function fetchPull(number: number): Promise<Pull | undefined> {
    const answer = await unlessAbsent(pulls.get({ ...at, pull_number: number }), [404]);
    return answer && toPull(answer.data, app);
  }

  return {
    ...githubComments(octokit, repository, app, cache),
    ...githubConversation(octokit, repository, app, cache),
    ...githubPermissions(octokit, repository),
    ...githubSuggestions(octokit, repository, app),
    ...githubChecks(octokit, repository, app, cache),
    ...githubStatuses(octokit, repository),
    ...githubProposals(octokit, repository),
    ...githubPushes(octokit, repository, app),
    fetchPull,

    async mergePull(wanted) {
      try {
        return await merges.mergePull(wanted);
      } finally {
        tips?.forget();
      }
    },

    async fetchDefaultBranch() {
      defaultBranch ??= (await tips?.fetchDefaultBranch()) ?? (await repos.get(at)).data.default_branch;
      return defaultBranch;
    },

    async fetchPullsFrom(branch) {
      // The first page is enough: it has the open pull request and the recent ones before it.
      const asked = { ...at, head: `${repository.owner}:${branch}`, state: 'all', sort: 'created' } as const;
      const { data } = await pulls.list({ ...asked, direction: 'desc' });
      return data.map((pull) => toPull(pull, app)).filter(({ head }) => head.branch === branch && !head.fork);
    },

    async fetchMergedBy(commit) {
      // Older servers lack this operation; a missing commit has no pull request.
      const asked = repos.listPullRequestsAssociatedWithCommit({ ...at, commit_sha: commit, per_page: 100 });
      const listed = (await unlessAbsent(asked, [404, 422, 501]))?.data ?? [];
      const merged = listed.filter((pull) => pull.merged_at !== null && pull.merge_commit_sha === commit);
      // Who merged it is not in the list, and of our own it is nobody's question.
      const found = await Promise.all(
        merged.map((pull) => (isOurs(pull, app) ? toPull(pull, app) : fetchPull(pull.number))),
      );
      return found.filter((pull) => pull !== undefined);
    },
  };
}

function toPull(pull: RawPull, app: AppIdentity): Pull {
  const { number, state, merged_at, merge_commit_sha, merged_by, head, base } = pull;
  const open = state === 'open';
  const hasMerge = merge_commit_sha !== null && (open || merged_at !== null);
  return {
    number,
    open,
    ours: isOurs(pull, app),
    head: { sha: head.sha, branch: head.ref, fork: head.repo?.id !== base.repo.id },
    base: base.ref,
    ...(hasMerge ? { mergeCommit: merge_commit_sha } : {}),
    ...(merged_by ? { mergedBy: merged_by.login } : {}),
  };
}
