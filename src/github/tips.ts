import type { Cache } from './cache.ts';
import { githubGraphql } from './graphql.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** A commit as GitHub writes it with the accounts behind it; an account that is gone may be empty. */
export interface ListedCommit {
  readonly sha: string;
  readonly parents: readonly { readonly sha: string }[];
  readonly author: { readonly login?: string } | null;
  readonly commit: {
    readonly message: string;
    readonly tree: { readonly sha: string };
    readonly committer: { readonly date?: string } | null;
  };
}

/**
 * What one question tells of a repository: its default branch, and where the refs are that every job looks at. Each answer
 * is given once: who asks again is told what is there then.
 */
export interface Tips {
  /** Undefined where it has to be asked for in another way. */
  fetchDefaultBranch(): Promise<string | undefined>;
  /** `none`: there is no such ref; undefined: it has to be asked for in another way. */
  fetchTip(ref: string): Promise<ListedCommit | 'none' | undefined>;
  /** What was told before doesn't hold any more: something is written. */
  forget(): void;
}

/** How many refs are asked for at once, beside the default branch. */
const MOST_REFS = 4;

const HEADS = 'refs/heads/';
/** Branches that come and go: nobody asks for them again. */
const PASSING = `${HEADS}coalmine/`;
/** More parents than that has no commit of ours. */
const MOST_PARENTS = 100;

interface RawTip {
  readonly oid?: string; // none: it is no commit
  readonly tree?: { readonly oid: string };
  readonly parents?: { readonly nodes: readonly { readonly oid: string }[] };
  readonly message?: string;
  readonly committedDate?: string;
  readonly author?: { readonly user: { readonly login: string } | null } | null;
}

type RawRef = { readonly name: string; readonly target: RawTip | null } | null;

interface Told {
  readonly defaultBranch: string | undefined;
  readonly tips: Map<string, ListedCommit | 'none'>; // what is taken from here is gone
}

/** The tips of a repository's refs by GraphQL, for one job. Which refs are asked for, the jobs before it have told. */
export function githubTips(octokit: GitHub, repository: RepositoryName, cache: Cache): Tips {
  const key = `${repository.owner}/${repository.name} refs`;
  const ask = githubGraphql(octokit, repository, cache);
  let told: Promise<Told | undefined> | undefined;

  function knownRefs(): readonly string[] {
    return cache.find<readonly string[]>(key) ?? [];
  }

  /** Refs that were asked for last come first. */
  function learn(ref: string): void {
    if (ref.startsWith(PASSING)) return;
    const refs = [ref, ...knownRefs().filter((each) => each !== ref)].slice(0, MOST_REFS);
    cache.keep(key, refs, 100 * MOST_REFS);
  }

  async function look(more: readonly string[]): Promise<Told | undefined> {
    const refs = [...new Set([...more, ...knownRefs()])];
    const answer = await ask<Readonly<Record<string, RawRef>>>({ kind: 'refs', query: queryOf(refs) });
    if (!answer) return undefined;
    const tips = new Map<string, ListedCommit | 'none'>();
    const { defaultBranchRef: main } = answer;
    for (const [name, raw] of [
      ...(main ? [[`${HEADS}${main.name}`, main] as const] : []),
      ...refs.map((ref, index) => [ref, answer[`r${index}`]] as const),
    ]) {
      const commit = raw?.target && toListed(raw.target);
      if (commit) tips.set(name, commit);
      else if (raw === null && name.startsWith(HEADS)) tips.set(name, 'none'); // of other refs not every server tells
    }
    return { defaultBranch: main?.name, tips };
  }

  function start(more: readonly string[]): Promise<Told | undefined> {
    told = look(more);
    return told;
  }

  return {
    fetchDefaultBranch: async () => (await (told ?? start([])))?.defaultBranch,

    async fetchTip(ref) {
      learn(ref);
      const before = await (told ?? start([ref]));
      const known = before?.tips.has(ref) ? before : await start([ref]);
      const tip = known?.tips.get(ref);
      known?.tips.delete(ref);
      return tip;
    },

    forget() {
      told = undefined;
    },
  };
}

function queryOf(refs: readonly string[]): string {
  const tip = `target { ... on Commit { oid tree { oid } parents(first: ${MOST_PARENTS}) { nodes { oid } } message committedDate author { user { login } } } }`;
  const fields = refs.map((ref, index) => `r${index}: ref(qualifiedName: ${JSON.stringify(ref)}) { name ${tip} }`);
  const all = [`defaultBranchRef { name ${tip} }`, ...fields].join(' ');
  return `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${all} } }`;
}

/** The same commit as the REST API lists it. */
function toListed({ oid, tree, parents, message, committedDate, author }: RawTip): ListedCommit | undefined {
  if (oid === undefined || !tree || !parents || message === undefined || committedDate === undefined) return undefined;
  return {
    sha: oid,
    parents: parents.nodes.map((parent) => ({ sha: parent.oid })),
    author: author?.user ?? null,
    commit: { message, tree: { sha: tree.oid }, committer: { date: committedDate } },
  };
}
