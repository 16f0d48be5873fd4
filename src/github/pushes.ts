import type { Pulls } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import type { AppIdentity } from './comments.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** Reads GitHub's list of pushes to a branch: a commit's date says when it was made, not when it was pushed. */
export function githubPushes(
  octokit: GitHub,
  repository: RepositoryName,
  app: AppIdentity,
): Pick<Pulls, 'fetchPushes'> {
  const at = { owner: repository.owner, repo: repository.name };
  return {
    async fetchPushes(branch) {
      const asked = { ...at, ref: `refs/heads/${branch}`, direction: 'desc', per_page: 100 } as const;
      // Older servers lack the list.
      const listed = (await unlessAbsent(octokit.rest.repos.listActivities(asked), [404, 410, 501]))?.data;
      if (!Array.isArray(listed) || listed.length === 0) return undefined; // an existing branch was pushed at least once
      return listed.map(({ after, timestamp, actor }) => {
        return { after, at: new Date(timestamp), ours: actor?.login === `${app.slug}[bot]` };
      });
    },
  };
}
