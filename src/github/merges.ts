import { setTimeout } from 'node:timers/promises';
import type { Merge, Pulls } from '../flows/ports.ts';
import { isLost, isRateLimit, messageOf, statusOf } from './absent.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

type Wanted = Parameters<Pulls['mergePull']>[0];

interface Try extends Wanted {
  readonly method: (typeof METHODS)[number];
  readonly isLast: boolean; // of this method
}

/** What came of one way to merge; `other way`: the repository doesn't allow this one. */
type Attempt = Merge | { readonly kind: 'other way'; readonly why: string };

// Best first: a merge keeps the commit that was checked, and both of its lines.
const METHODS = ['merge', 'squash', 'rebase'] as const;

// The last two are a ruleset's words where history has to be linear.
const OTHER_WAY =
  /(?:merge commits|squash merges|rebase merges) are not allowed|must not contain merge commits|linear history/i;
const MOVED = /(?:base|head) branch was modified/i;
const NOT_MERGEABLE = /not mergeable/i;
const CONFLICT = 'it has conflicts with the base branch';

// GitHub makes the test merge of a new pull request a moment later, and refuses to merge until then.
const LOOKS = 10;
const BETWEEN_LOOKS = 500;

/** Merges pull requests by whichever way the repository allows. `pause`: waits so many milliseconds. */
export function githubMerges(
  octokit: GitHub,
  repository: RepositoryName,
  pause: (milliseconds: number) => Promise<unknown> = setTimeout,
): Pick<Pulls, 'mergePull'> {
  const { pulls } = octokit.rest;
  const at = { owner: repository.owner, repo: repository.name };

  async function send({ pull, head, title, message, method }: Try): Promise<string> {
    const words = method === 'rebase' ? {} : { commit_title: title, commit_message: message };
    const asked = { ...at, pull_number: pull, sha: head, merge_method: method, ...words };
    return (await pulls.merge(asked)).data.sha;
  }

  async function look(number: number) {
    return (await pulls.get({ ...at, pull_number: number })).data;
  }

  /** The pull request, once GitHub has made the test merge, or has been given the time to. */
  async function lookSettled(number: number) {
    let pull = await look(number);
    for (let looks = 1; looks < LOOKS && pull.state === 'open' && pull.mergeable === null; looks += 1) {
      await pause(BETWEEN_LOOKS);
      pull = await look(number);
    }
    return pull;
  }

  async function attempt(wanted: Try): Promise<Attempt> {
    try {
      return { kind: 'merged', sha: await send(wanted) };
    } catch (error) {
      const why = messageOf(error);
      switch (statusOf(error)) {
        case 409:
          return { kind: 'moved' };
        case 405:
          if (OTHER_WAY.test(why)) return { kind: 'other way', why };
          return MOVED.test(why) ? { kind: 'moved' } : explain(wanted, why);
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

  /** The merge whose answer was lost, if it was made. */
  async function findMerged({ pull, head }: Try): Promise<Attempt | undefined> {
    const found = await look(pull);
    const isDone = found.merged && found.head.sha === head && found.merge_commit_sha;
    return isDone ? { kind: 'merged', sha: isDone } : undefined;
  }

  /** What the pull request makes of a refusal: it may even be merged, by us, where an answer was lost. */
  async function explain(wanted: Try, why: string): Promise<Attempt> {
    const isVague = NOT_MERGEABLE.test(why);
    const pull = await (isVague && !wanted.isLast ? lookSettled : look)(wanted.pull);
    if (pull.head.sha !== wanted.head) return { kind: 'moved' };
    if (pull.merged && pull.merge_commit_sha) return { kind: 'merged', sha: pull.merge_commit_sha };
    if (isVague && pull.mergeable === false) return { kind: 'refused', why: CONFLICT };
    const again = isVague && pull.state === 'open' && !wanted.isLast;
    return again ? attempt({ ...wanted, isLast: true }) : { kind: 'refused', why };
  }

  return {
    async mergePull(wanted) {
      let refusal = '';
      for (const method of METHODS) {
        const outcome = await attempt({ ...wanted, method, isLast: false });
        if (outcome.kind !== 'other way') return outcome;
        refusal = outcome.why;
      }
      return { kind: 'refused', why: refusal };
    },
  };
}
