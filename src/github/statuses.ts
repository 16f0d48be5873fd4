import type { Pulls, StatusState } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

const PAGE = 100;
const STATES: readonly StatusState[] = ['success', 'pending', 'failure', 'error'];

/** Reads the commit statuses of other systems. */
export function githubStatuses(octokit: GitHub, repository: RepositoryName): Pick<Pulls, 'fetchStatuses'> {
  const { repos } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };
  return {
    async fetchStatuses(sha) {
      const newest = new Map<string, StatusState>();
      for (let page = 1; ; page += 1) {
        // Some servers lack this operation; a missing commit has no statuses.
        const asked = repos.getCombinedStatusForRef({ ...at, ref: sha, per_page: PAGE, page });
        const statuses = (await unlessAbsent(asked, [404, 422, 501]))?.data.statuses ?? [];
        for (const { context, state } of statuses) {
          const known = STATES.find((each) => each === state);
          if (known) newest.set(context, known);
        }
        if (statuses.length < PAGE) return newest;
      }
    },
  };
}
