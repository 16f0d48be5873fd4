import { setTimeout } from 'node:timers/promises';
import type { Merge, Pulls } from '../flows/ports.ts';
import { isLost, isRateLimit, messageOf, statusOf } from './absent.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

type MergeRequest = Parameters<Pulls['mergePull']>[0];

interface MergeAttempt extends MergeRequest {
  readonly method: (typeof METHODS)[number];
  readonly isLast: boolean; // of this method
}

/** The result of one merge method; `other way`: the repository does not allow this method. */
type MergeResult = Merge | { readonly kind: 'other way'; readonly why: string };

// Best first: a merge commit keeps the commit that was checked, and both lines of history.
const METHODS = ['merge', 'squash', 'rebase'] as const;

// GitHub's words for a method that is not allowed; the last two come from a ruleset that requires linear history.
const OTHER_WAY =
  /(?:merge commits|squash merges|rebase merges) are not allowed|must not contain merge commits|linear history/i;
const MOVED = /(?:base|head) branch was modified/i;
const NOT_MERGEABLE = /not mergeable/i;
const CONFLICT = 'it has conflicts with the base branch';

// Attempts and milliseconds between them: GitHub makes a new pull request's test merge a moment later, and refuses to merge until then.
const MAX_READS = 10;
const READ_INTERVAL = 500;

/** Merges pull requests by the first method that the repository allows. `pause` waits a number of milliseconds. */
export function githubMerges(
  octokit: GitHub,
  repository: RepositoryName,
  pause: (milliseconds: number) => Promise<unknown> = setTimeout,
): Pick<Pulls, 'mergePull'> {
  const { pulls } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };

  async function send({ pull, head, title, message, method }: MergeAttempt): Promise<string> {
    const words = method === 'rebase' ? {} : { commit_title: title, commit_message: message };
    const asked = { ...at, pull_number: pull, sha: head, merge_method: method, ...words };
    return (await pulls.merge(asked)).data.sha;
  }

  async function fetchPull(number: number) {
    return (await pulls.get({ ...at, pull_number: number })).data;
  }

  /** Fetches the pull request after GitHub's test merge, or after waiting long enough for it. */
  async function fetchWithTestMerge(number: number) {
    let pull = await fetchPull(number);
    for (let looks = 1; looks < MAX_READS && pull.state === 'open' && pull.mergeable === null; looks += 1) {
      await pause(READ_INTERVAL);
      pull = await fetchPull(number);
    }
    return pull;
  }

  async function tryMerge(wanted: MergeAttempt): Promise<MergeResult> {
    try {
      return { kind: 'merged', sha: await send(wanted) };
    } catch (error) {
      const why = messageOf(error);
      switch (statusOf(error)) {
        case 409:
          return { kind: 'moved' };
        case 405:
          if (OTHER_WAY.test(why)) return { kind: 'other way', why };
          return MOVED.test(why) ? { kind: 'moved' } : explainRefusal(wanted, why);
        case 422:
          return { kind: 'refused', why };
        case 403:
          if (!isRateLimit(why)) return { kind: 'refused', why };
          throw error;
        default: {
          const merged = isLost(error) ? await findMerged(wanted) : undefined;
          if (!merged) throw error;
          return merged;
        }
      }
    }
  }

  /** Finds the merge after a lost answer, if it was made. */
  async function findMerged({ pull, head }: MergeAttempt): Promise<MergeResult | undefined> {
    const found = await fetchPull(pull);
    const isDone = found.merged && found.head.sha === head && found.merge_commit_sha;
    return isDone ? { kind: 'merged', sha: isDone } : undefined;
  }

  /** Explains a refusal from the pull request's state; after a lost answer it may even be merged. */
  async function explainRefusal(wanted: MergeAttempt, why: string): Promise<MergeResult> {
    const isVague = NOT_MERGEABLE.test(why);
    const pull = await (isVague && !wanted.isLast ? fetchWithTestMerge : fetchPull)(wanted.pull);
    if (pull.head.sha !== wanted.head) return { kind: 'moved' };
    if (pull.merged && pull.merge_commit_sha) return { kind: 'merged', sha: pull.merge_commit_sha };
    if (isVague && pull.mergeable === false) return { kind: 'refused', why: CONFLICT };
    const again = isVague && pull.state === 'open' && !wanted.isLast;
    return again ? tryMerge({ ...wanted, isLast: true }) : { kind: 'refused', why };
  }

  return {
    async mergePull(wanted) {
      let refusal = '';
      for (const method of METHODS) {
        const outcome = await tryMerge({ ...wanted, method, isLast: false });
        if (outcome.kind !== 'other way') return outcome;
        refusal = outcome.why;
      }
      return { kind: 'refused', why: refusal };
    },
  };
}
