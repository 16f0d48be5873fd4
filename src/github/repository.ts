import type { Commit, Repository } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import type { Cache } from './cache.ts';
import { writeCommit } from './commit-write.ts';
import { type CommitObject, type GitObjects, githubObjects, toCommit } from './objects.ts';
import type { GitHub, RepositoryName } from './octokit.ts';
import type { ListedCommit, Tips } from './tips.ts';
import { githubTree } from './trees.ts';

const BRANCH = 'refs/heads/';
const REF = /^refs\/[^/]+\/./;
const SHA = /^[0-9a-f]{40}$/;

const MAX_PAGE = 100;

/** Commits of a log, of which there are more only where there are as many as were asked for. */
interface Log {
  readonly commits: readonly Commit[];
  readonly limit: number;
}

// Roughly what a commit costs there.
const LOG_BYTES = 1000;

interface RepositoryAccess {
  readonly octokit: GitHub;
  readonly repository: RepositoryName;
  readonly objects: GitObjects;
}

/**
 * A repository through GitHub's API. All repositories of a process may share the cache; with `tips`, several refs are read
 * in one request.
 */
export function githubRepository(octokit: GitHub, repository: RepositoryName, cache: Cache, tips?: Tips): Repository {
  const objects = githubObjects(octokit, repository, cache);
  const sizes = new Map<string, number>();

  async function fetchBranch(branch: string): Promise<Commit | undefined> {
    const asked = octokit.rest.repos.getBranch({ owner: repository.owner, repo: repository.name, branch });
    const data = (await unlessAbsent(asked, [404]))?.data;
    // GitHub redirects from a renamed branch to its new name.
    return data?.name === branch ? keepListed(objects, data.commit) : undefined;
  }

  async function fetchByRef(ref: string): Promise<Commit | undefined> {
    const asked = octokit.rest.git.getRef({
      owner: repository.owner,
      repo: repository.name,
      ref: ref.slice('refs/'.length),
    });
    const data = (await unlessAbsent(asked, [404, 409]))?.data;
    return data?.ref === ref && data.object.type === 'commit' ? fetchBySha(data.object.sha) : undefined;
  }

  async function fetchBySha(sha: string): Promise<Commit | undefined> {
    const object = await objects.fetchCommit(sha);
    return object && formatCommit(object);
  }

  async function fetchCommit(rev: string): Promise<Commit | undefined> {
    if (!REF.test(rev)) return SHA.test(rev) ? fetchBySha(rev) : undefined;
    const tip = await tips?.fetchTip(rev);
    if (tip === 'none') return undefined;
    if (tip) return keepListed(objects, tip);
    return rev.startsWith(BRANCH) ? fetchBranch(rev.slice(BRANCH.length)) : fetchByRef(rev);
  }

  return {
    fetchCommit,
    treeOf: (sha) => githubTree(objects, sha, sizes),
    fetchMergeBase: async (one, other) => (one === other ? one : objects.fetchMergeBase(one, other)),
    fetchFirstParents: (from, to, limit) => fetchFirstParents(objects, { from, to, limit }),
    async fetchLog(from, path, limit) {
      // GitHub accepts many names for a commit; only a SHA is unambiguous.
      const sha = SHA.test(from) ? from : (await fetchCommit(from))?.sha;
      if (sha === undefined) return [];
      // What led to a commit never changes.
      const key = `${repository.owner}/${repository.name} log ${sha} ${path}`;
      const known = cache.find<Log>(key);
      if (known && (known.limit >= limit || known.commits.length < known.limit)) return known.commits.slice(0, limit);
      const commits = await fetchLog({ octokit, repository, objects }, { sha, path, limit });
      cache.keep(key, { commits, limit } satisfies Log, LOG_BYTES * (1 + commits.length));
      return commits;
    },
    async commit(write) {
      try {
        return await writeCommit({ octokit, repository, objects }, write);
      } finally {
        tips?.forget();
      }
    },
  };
}

/** Fetches the log page by page, up to the limit. */
async function fetchLog(
  { octokit, repository, objects }: RepositoryAccess,
  { sha, path, limit }: { readonly sha: string; readonly path: string; readonly limit: number },
): Promise<readonly Commit[]> {
  const below = path.replace(/\/$/, '');
  const at = { owner: repository.owner, repo: repository.name, sha, ...(below === '' ? {} : { path: below }) };
  const perPage = Math.min(limit, MAX_PAGE);
  const found: Commit[] = [];
  for (let page = 1; found.length < limit; page += 1) {
    const asked = octokit.rest.repos.listCommits({ ...at, per_page: perPage, page });
    const listed = (await unlessAbsent(asked, [404, 409, 422]))?.data ?? [];
    const commits = await Promise.all(listed.map((commit) => keepListed(objects, commit)));
    found.push(...commits.filter((commit) => commit !== undefined));
    if (listed.length < perPage) break;
  }
  return found.slice(0, limit);
}

/** Caches a commit of a list or a branch, which has all fields of the object, and adds its author's account. */
async function keepListed(
  objects: GitObjects,
  { sha, parents, author, commit }: ListedCommit,
): Promise<Commit | undefined> {
  const { tree, message, committer } = commit;
  const date = committer?.date; // optional in GitHub's description
  const object = date ? toCommit({ sha, parents, tree, message, committer: { date } }) : await objects.fetchCommit(sha);
  if (!object) return undefined;
  objects.keepCommit(object);
  return { ...formatCommit(object), ...(author?.login === undefined ? {} : { author: author.login }) };
}

function formatCommit({ sha, parents, message, date }: CommitObject): Commit {
  return { sha, parents, message, date };
}

async function fetchFirstParents(
  objects: GitObjects,
  { from, to, limit }: { from: string | undefined; to: string; limit: number },
): Promise<readonly Commit[]> {
  if (from === to) return [];
  const first = await fetchExisting(objects, to);
  const walked = [first];
  let parent = first.parents[0];
  while (from !== undefined && parent !== undefined && parent !== from && walked.length < limit) {
    const commit = await fetchExisting(objects, parent);
    walked.push(commit);
    parent = commit.parents[0];
  }
  return from !== undefined && parent === from ? walked : [first];
}

async function fetchExisting(objects: GitObjects, sha: string): Promise<Commit> {
  const commit = await objects.fetchCommit(sha);
  if (!commit) throw new Error(`the commit ${sha} does not exist`);
  return formatCommit(commit);
}
