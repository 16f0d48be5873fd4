import type { Cache } from './cache.ts';
import { githubGraphql } from './graphql.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** A commit in GitHub's form with its accounts; a deleted account may be empty. */
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
 * The default branch of a repository and the tips of the refs that every job reads, from one query. Each answer is given
 * once; a second call for the same ref reads it again.
 */
export interface Tips {
  /** Fetches the default branch; undefined if GraphQL has no answer: then REST has to be asked. */
  fetchDefaultBranch(): Promise<string | undefined>;
  /** Fetches the tip of a ref. `none`: there is no such ref; undefined: REST has to be asked. */
  fetchTip(ref: string): Promise<ListedCommit | 'none' | undefined>;
  /** Drops the answers so far, after a write. */
  forget(): void;
}

/** Maximum number of refs in one query, beside the default branch. */
const MAX_REFS = 4;

const HEADS = 'refs/heads/';
/** Short-lived branches, which are not read again. */
const SHORT_LIVED = `${HEADS}coalmine/`;
/** Maximum number of parents read; more than any commit that Coalmine reads. */
const MAX_PARENTS = 100;

interface RawTip {
  readonly oid?: string; // undefined: not a commit
  readonly tree?: { readonly oid: string };
  readonly parents?: { readonly nodes: readonly { readonly oid: string }[] };
  readonly message?: string;
  readonly committedDate?: string;
  readonly author?: { readonly user: { readonly login: string } | null } | null;
}

type RawRef = { readonly name: string; readonly target: RawTip | null } | null;

interface TipAnswer {
  readonly defaultBranch: string | undefined;
  readonly tips: Map<string, ListedCommit | 'none'>; // an answer is removed when it is read
}

/** Reads the tips of a repository's refs by GraphQL, for one job. The query has the refs that earlier jobs read. */
export function githubTips(octokit: GitHub, repository: RepositoryName, cache: Cache): Tips {
  const key = `${repository.owner}/${repository.name} refs`;
  const ask = githubGraphql(octokit, repository, cache);
  let latest: Promise<TipAnswer | undefined> | undefined;

  function knownRefs(): readonly string[] {
    return cache.find<readonly string[]>(key) ?? [];
  }

  /** Remembers a ref for the queries of later jobs, the latest first. */
  function rememberRef(ref: string): void {
    if (ref.startsWith(SHORT_LIVED)) return;
    const refs = [ref, ...knownRefs().filter((each) => each !== ref)].slice(0, MAX_REFS);
    cache.keep(key, refs, 100 * MAX_REFS);
  }

  async function queryTips(more: readonly string[]): Promise<TipAnswer | undefined> {
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
      else if (raw === null && name.startsWith(HEADS)) tips.set(name, 'none'); // not every server answers for other refs
    }
    return { defaultBranch: main?.name, tips };
  }

  function start(more: readonly string[]): Promise<TipAnswer | undefined> {
    latest = queryTips(more);
    return latest;
  }

  return {
    fetchDefaultBranch: async () => (await (latest ?? start([])))?.defaultBranch,

    async fetchTip(ref) {
      rememberRef(ref);
      const before = await (latest ?? start([ref]));
      const known = before?.tips.has(ref) ? before : await start([ref]);
      const tip = known?.tips.get(ref);
      known?.tips.delete(ref);
      return tip;
    },

    forget() {
      latest = undefined;
    },
  };
}

function queryOf(refs: readonly string[]): string {
  const tip = `target { ... on Commit { oid tree { oid } parents(first: ${MAX_PARENTS}) { nodes { oid } } message committedDate author { user { login } } } }`;
  const fields = refs.map((ref, index) => `r${index}: ref(qualifiedName: ${JSON.stringify(ref)}) { name ${tip} }`);
  const all = [`defaultBranchRef { name ${tip} }`, ...fields].join(' ');
  return `query ($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { ${all} } }`;
}

/** Converts a commit to the form of the REST API. */
function toListed({ oid, tree, parents, message, committedDate, author }: RawTip): ListedCommit | undefined {
  if (oid === undefined || !tree || !parents || message === undefined || committedDate === undefined) return undefined;
  return {
    sha: oid,
    parents: parents.nodes.map((parent) => ({ sha: parent.oid })),
    author: author?.user ?? null,
    commit: { message, tree: { sha: tree.oid }, committer: { date: committedDate } },
  };
}
