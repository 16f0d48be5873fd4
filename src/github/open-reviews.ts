import type { OpenReview } from '../flows/ports.ts';
import type { Cache } from './cache.ts';
import { githubGraphql } from './graphql.ts';
import type { GitHub, RepositoryName } from './octokit.ts';

/** The fields of a check run that describe a review. */
export interface ReviewCheck {
  readonly status: string;
  readonly external_id?: string | null;
}

interface RawRun {
  readonly databaseId: number;
  readonly status: string;
  readonly externalId: string | null;
}

interface NodeList<T> {
  readonly nodes: readonly T[];
}

interface RawPull {
  readonly number: number;
  readonly baseRefName: string;
  readonly headRefOid: string;
  readonly commits: NodeList<{
    readonly commit: {
      readonly oid: string;
      readonly checkSuites: NodeList<{ readonly checkRuns: NodeList<RawRun> }> | null;
    };
  }>;
}

interface ReviewAnswer {
  readonly pullRequests: NodeList<RawPull> & {
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Maximum number of check suites read; a person's Re-run adds suites of the same App. */
const MAX_SUITES = 10;

const RUNS = `checkRuns(first: 1, filterBy: { appId: $app, checkName: $check, checkType: LATEST }) { nodes { databaseId status externalId } }`;
const SUITES = `checkSuites(first: ${MAX_SUITES}, filterBy: { appId: $app, checkName: $check }) { nodes { ${RUNS} } }`;
const PULLS = `pageInfo { hasNextPage endCursor } nodes { number baseRefName headRefOid commits(last: 1) { nodes { commit { oid ${SUITES} } } } }`;
const QUERY = `query ($owner: String!, $name: String!, $app: Int!, $check: String!, $after: String) { repository(owner: $owner, name: $name) { pullRequests(states: OPEN, first: 100, after: $after) { ${PULLS} } } }`;

export interface OpenReviews {
  readonly octokit: GitHub;
  readonly repository: RepositoryName;
  readonly appId: number;
  readonly cache: Cache;
  /** Finds the App's newest check run of a name on a commit, by REST. */
  readonly findCheck: (sha: string, name: string) => Promise<ReviewCheck | undefined>;
}

/** Reads open pull requests with the App's check runs: a hundred per query, or one by one without GraphQL. */
export function githubOpenReviews({ octokit, repository, appId, cache, findCheck }: OpenReviews) {
  const ask = githubGraphql(octokit, repository, cache);

  function askPage(check: string, after: string | null): Promise<ReviewAnswer | undefined> {
    return ask({ kind: 'open reviews', query: QUERY, variables: { app: appId, check, after } });
  }

  async function askAll(name: string): Promise<readonly OpenReview[] | undefined> {
    const found: OpenReview[] = [];
    let after: string | null = null;
    do {
      const page: ReviewAnswer | undefined = await askPage(name, after);
      if (!page) return undefined;
      found.push(...page.pullRequests.nodes.map(toReview));
      after = page.pullRequests.pageInfo.hasNextPage ? page.pullRequests.pageInfo.endCursor : null;
    } while (after !== null);
    return found;
  }

  async function listAll(name: string): Promise<readonly OpenReview[]> {
    const asked = { owner: repository.owner, repo: repository.name, state: 'open', per_page: 100 } as const;
    const found: OpenReview[] = [];
    for (const { number, base, head } of await octokit.paginate(octokit.rest.pulls.list, asked))
      found.push({ pull: number, base: base.ref, ...reviewCheckOf(await findCheck(head.sha, name)) });
    return found;
  }

  return async (name: string): Promise<readonly OpenReview[]> => (await askAll(name)) ?? listAll(name);
}

function toReview({ number, baseRefName, headRefOid, commits }: RawPull): OpenReview {
  const [head] = commits.nodes;
  const suites = head?.commit.oid === headRefOid ? (head.commit.checkSuites?.nodes ?? []) : [];
  const [newest] = suites.flatMap(({ checkRuns }) => checkRuns.nodes).sort((a, b) => b.databaseId - a.databaseId);
  const check = newest && { status: newest.status.toLowerCase(), external_id: newest.externalId };
  return { pull: number, base: baseRefName, ...reviewCheckOf(check) };
}

function reviewCheckOf(check: ReviewCheck | undefined): Pick<OpenReview, 'check'> {
  if (!check) return {};
  const { status, external_id: basis } = check;
  return { check: { completed: status === 'completed', ...(basis ? { basis } : {}) } };
}
