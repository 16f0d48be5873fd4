import type { Merge, Pull, Pulls } from '../../src/flows/ports.ts';
import type { FakeRepository } from './fakes.ts';

/** What a fake of pull requests has of our own. */
export interface FakeProposals extends Pick<Pulls, 'fetchPullsFrom' | 'mergePull' | 'openPull' | 'removeBranch'> {
  readonly proposals: Map<number, { readonly title: string; readonly body: string }>; // what we said in a pull request
  /** Set: every merge is refused with these words. */
  protection?: string | undefined;
}

interface Surroundings {
  readonly repository: FakeRepository;
  readonly pulls: Map<number, Pull>;
  readonly written: string[];
}

/** Opens and merges pull requests in memory. */
export function fakeProposals({ repository, pulls, written }: Surroundings): FakeProposals {
  const proposals: FakeProposals['proposals'] = new Map();

  const self: FakeProposals = {
    proposals,

    fetchPullsFrom: async (branch) => pullsFrom(branch),

    async openPull({ branch, base, title, body }) {
      const known = pullsFrom(branch).find(({ open }) => open);
      const number = known?.number ?? Math.max(0, ...pulls.keys()) + 1;
      const sha = repository.tipOf(branch)?.sha;
      if (sha === undefined) throw new Error(`there is no branch ${branch}`);
      if (!known && (await repository.fetchMergeBase(repository.tipOf(base)?.sha ?? '', sha)) === sha)
        throw new Error(`no commits between ${base} and ${branch}`);
      const said = proposals.get(number);
      pulls.set(number, { number, open: true, ours: true, ...known, base, head: { sha, branch, fork: false } });
      proposals.set(number, { title, body });
      if (!known) written.push(`open #${number} from ${branch}: ${title}`);
      else if (said?.title !== title || said.body !== body || known.base !== base)
        written.push(`edit #${number}: ${title}`);
      return number;
    },

    async mergePull({ pull: number, head, title, message }): Promise<Merge> {
      const pull = pulls.get(number);
      if (!pull) throw new Error(`there is no pull request ${number}`);
      const base = repository.tipOf(pull.base)?.sha ?? '';
      if (!pull.open) return mergedAlready(pull, head);
      if (head !== repository.tipOf(pull.head.branch)?.sha) return { kind: 'moved' };
      if (self.protection !== undefined) return { kind: 'refused', why: self.protection };
      const changes = await changesOf(repository, base, head);
      if (!changes) return { kind: 'refused', why: NOT_MERGEABLE };
      const merge = { branch: pull.base, onto: [base, head], files: changes, message: `${title}\n\n${message}` };
      const sha = repository.push(merge);
      const mergedBy = 'coalmine[bot]';
      pulls.set(number, { ...pull, head: { ...pull.head, sha: head }, open: false, mergeCommit: sha, mergedBy });
      written.push(`merge #${number}`);
      return { kind: 'merged', sha };
    },

    async removeBranch(branch) {
      if (repository.remove(branch)) written.push(`remove ${branch}`);
    },
  };
  return self;

  function pullsFrom(branch: string): readonly Pull[] {
    const from = [...pulls.values()].filter(({ head }) => head.branch === branch && !head.fork);
    return from.sort((one, other) => other.number - one.number);
  }
}

const NOT_MERGEABLE = 'Pull Request is not mergeable';

function mergedAlready({ head, mergeCommit }: Pull, wanted: string): Merge {
  if (mergeCommit === undefined) return { kind: 'refused', why: NOT_MERGEABLE };
  return head.sha === wanted ? { kind: 'merged', sha: mergeCommit } : { kind: 'moved' };
}

/** What a merge changes on the base, file by file; undefined where both sides changed one differently. */
async function changesOf(
  repository: FakeRepository,
  base: string,
  head: string,
): Promise<Readonly<Record<string, string | undefined>> | undefined> {
  const common = await repository.fetchMergeBase(base, head);
  const [before, ours, theirs] = [common, base, head].map((sha) => repository.filesAt(sha));
  const changes: Record<string, string | undefined> = {};
  for (const path of Object.keys({ ...before, ...theirs })) {
    const [old, kept, wanted] = [before?.[path], ours?.[path], theirs?.[path]];
    if (wanted === old || wanted === kept) continue;
    if (kept !== old) return undefined;
    changes[path] = wanted;
  }
  return changes;
}
