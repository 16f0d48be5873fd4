import { HostRefusal, type Pulls } from '../flows/ports.ts';
import { isLost, unlessAbsent, withHostRefusal } from './absent.ts';
import { sameText } from './comments.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

type ProposalRequest = Parameters<Pulls['openPull']>[0];

interface RawPull {
  readonly number: number;
  readonly title: string;
  readonly body?: string | null;
  readonly base: { readonly ref: string };
}

/** Opens the App's own pull requests, found by branch. */
export function githubProposals(octokit: GitHub, repository: RepositoryName): Pick<Pulls, 'openPull' | 'removeBranch'> {
  const { git, pulls } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };

  /** Finds the open pull request from that branch of this repository (not of a fork); at most one for each base. */
  async function findOpen({ branch, base }: ProposalRequest): Promise<RawPull | undefined> {
    const { data } = await pulls.list({ ...at, head: `${repository.owner}:${branch}`, state: 'open' });
    const own = data.filter(({ head, base: { repo } }) => head.ref === branch && head.repo?.id === repo.id);
    return own.find((pull) => pull.base.ref === base) ?? own[0];
  }

  async function update(known: RawPull, wanted: ProposalRequest): Promise<number> {
    const changes = {
      ...(known.title === wanted.title ? {} : { title: wanted.title }),
      ...(sameText(known.body, wanted.body) ? {} : { body: wanted.body }),
      ...(known.base.ref === wanted.base ? {} : { base: wanted.base }),
    };
    if (Object.keys(changes).length > 0) {
      await withHostRefusal(pulls.update({ ...at, pull_number: known.number, ...changes }));
    }
    return known.number;
  }

  return {
    async openPull(wanted) {
      const known = wanted.isNew ? undefined : await findOpen(wanted);
      if (known) return update(known, wanted);
      const { branch, base, title, body } = wanted;
      try {
        // No automatic retry, which GitHub would refuse after a lost answer: looks for the pull request instead.
        const asked = { ...at, head: branch, base, title, body, request: { retries: 0 } };
        return (await withHostRefusal(pulls.create(asked))).data.number;
      } catch (error) {
        const other = isAlreadyOpen(error) || isLost(error) ? await findOpen(wanted) : undefined;
        if (!other) throw error;
        return update(other, wanted);
      }
    },

    async removeBranch(branch) {
      // The branch may be gone (GitHub can delete it after a merge), or protected: then it stays.
      await unlessAbsent(git.deleteRef({ ...at, ref: `heads/${branch}` }), [403, 404, 422]);
    },
  };
}

function isAlreadyOpen(error: unknown): boolean {
  return error instanceof HostRefusal && /pull request already exists/i.test(String(error));
}
