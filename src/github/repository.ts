import type { Commit, Repository } from '../flows/ports.ts';
import { unlessAbsent } from './absent.ts';
import type { Cache } from './cache.ts';
import { writeCommit } from './commit-write.ts';
import { type CommitObject, githubObjects, type Objects, toCommit } from './objects.ts';
import type { GitHub, RepositoryName } from './octokit.ts';
import { githubTree } from './trees.ts';

const BRANCH = 'refs/heads/';
const REF = /^refs\/[^/]+\/./;
const SHA = /^[0-9a-f]{40}$/;

/** A repository through GitHub's REST API. The cache may be shared by all repositories of a process. */
export function githubRepository(octokit: GitHub, repository: RepositoryName, cache: Cache): Repository {
  const objects = githubObjects(octokit, repository, cache);

  async function fetchBranch(branch: string): Promise<Commit | undefined> {
    const asked = octokit.rest.repos.getBranch({ owner: repository.owner, repo: repository.name, branch });
    const data = (await unlessAbsent(asked, [404]))?.data;
    if (data?.name !== branch) return undefined; // GitHub leads on from a renamed branch to its new name
    const { sha, parents, author, commit } = data.commit;
    const date = commit.committer?.date; // not for certain, by GitHub's description
    const { tree, message } = commit;
    const object = date
      ? toCommit({ sha, parents, tree, message, committer: { date } })
      : await objects.fetchCommit(sha);
    if (!object) return undefined;
    objects.keepCommit(object);
    const login = author && 'login' in author ? author.login : undefined;
    return { ...formatCommit(object), ...(login === undefined ? {} : { author: login }) };
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

  return {
    async fetchCommit(rev) {
      if (rev.startsWith(BRANCH)) return fetchBranch(rev.slice(BRANCH.length));
      if (REF.test(rev)) return fetchByRef(rev);
      return SHA.test(rev) ? fetchBySha(rev) : undefined;
    },
    treeOf: (sha) => githubTree(objects, sha),
    fetchMergeBase: async (one, other) => (one === other ? one : objects.fetchMergeBase(one, other)),
    fetchFirstParents: (from, to, limit) => fetchFirstParents(objects, { from, to, limit }),
    commit: (write) => writeCommit({ octokit, repository, objects }, write),
  };
}

function formatCommit({ sha, parents, message, date }: CommitObject): Commit {
  return { sha, parents, message, date };
}

async function fetchFirstParents(
  objects: Objects,
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

async function fetchExisting(objects: Objects, sha: string): Promise<Commit> {
  const commit = await objects.fetchCommit(sha);
  if (!commit) throw new Error(`the commit ${sha} isn't there`);
  return formatCommit(commit);
}
