import { accountByEmail, registration } from '../accounts.ts';
import { type Commit, readCommit } from '../repository/commits.ts';
import { listRefs } from '../repository/refs.ts';
import { readBlobs } from '../repository/trees.ts';
import { latestChecks } from '../rest/checks.ts';
import type { CheckRow, PullRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { QueryProblem } from './parse.ts';
import type { Node } from './resolve.ts';

/** Maximum bytes of a text in GitHub's answers. */
const MAX_TEXT_BYTES = 512_000;
/** Maximum length of a page of a list in GitHub's answers. */
const MAX_PAGE = 100;

/** The repository in GitHub's GraphQL API: the types and fields that the App reads, with GitHub's names. */
export function repositoryNode(world: SandboxWorld): Node {
  const { folder, defaultBranch } = world.repository;
  const fetchBlob = blobsAtOnce(folder);
  let refs: ReturnType<typeof listRefs> | undefined; // as they are when the query first asks for one
  const refNode = async (name: string): Promise<Node | undefined> => {
    refs ??= listRefs(folder);
    const sha = (await refs).get(name);
    return sha === undefined
      ? undefined
      : {
          type: 'Ref',
          fields: {
            name: () => name.replace(/^refs\/(?:heads|tags)\//, ''),
            target: async () => commitNode(world, await readCommit(folder, sha)),
          },
        };
  };
  return {
    type: 'Repository',
    fields: {
      defaultBranchRef: () => refNode(`refs/heads/${defaultBranch}`),
      ref: ({ qualifiedName }) => refNode(String(qualifiedName)),
      object: async ({ oid }) => {
        const content = await fetchBlob(String(oid));
        return content && blobNode(content);
      },
      pullRequests: ({ states, first, after }) => {
        const wanted = [states].flat().map(String);
        const pulls = world.state.pulls.all().filter((pull) => wanted.includes(pull.state.toUpperCase()));
        return connection(pulls, { first, after }, (pull) => pullNode(world, pull));
      },
    },
  };
}

function blobNode(content: Buffer): Node {
  // GitHub treats a text with a zero byte as binary.
  const text = content.includes(0) ? null : content.subarray(0, MAX_TEXT_BYTES).toString();
  return { type: 'Blob', fields: { text: () => text } };
}

function commitNode(world: SandboxWorld, { sha, tree, parents, message, author, committer }: Commit): Node {
  return {
    type: 'Commit',
    fields: {
      oid: () => sha,
      message: () => message,
      committedDate: () => committer.date,
      tree: () => ({ type: 'Tree', fields: { oid: () => tree } }),
      parents: ({ first }) =>
        connection(parents, { first }, (parent) => ({ type: 'Commit', fields: { oid: () => parent } })),
      author: () => {
        const login = accountByEmail(author.email)?.login;
        const user = login === undefined ? null : { type: 'User', fields: { login: () => login } };
        return { type: 'GitActor', fields: { user: () => user } };
      },
      checkSuites: ({ first }) => {
        const checks = world.state.checks.all().filter(({ headSha }) => headSha === sha);
        return connection(checks.length > 0 ? [checks] : [], { first }, suiteNode);
      },
    },
  };
}

/** The check suite of a commit: one suite of the App, with all runs. */
function suiteNode(checks: readonly CheckRow[]): Node {
  return {
    type: 'CheckSuite',
    fields: {
      checkRuns: ({ first, filterBy }) => {
        const { appId, checkName } = (filterBy ?? {}) as { readonly appId?: number; readonly checkName?: string };
        const isWanted = ({ name }: CheckRow) =>
          (checkName === undefined || name === checkName) && (appId === undefined || appId === registration.id);
        return connection(latestChecks(checks).filter(isWanted), { first }, checkNode);
      },
    },
  };
}

function checkNode({ id, status, title, externalId }: CheckRow): Node {
  return {
    type: 'CheckRun',
    fields: {
      databaseId: () => id,
      status: () => status.toUpperCase(),
      title: () => title,
      externalId: () => externalId,
    },
  };
}

function pullNode(world: SandboxWorld, pull: PullRow): Node {
  return {
    type: 'PullRequest',
    fields: {
      number: () => pull.id,
      baseRefName: () => pull.base,
      headRefOid: () => pull.headSha,
      commits: async ({ last }) => {
        const head = await readCommit(world.repository.folder, pull.headSha);
        const node = { type: 'PullRequestCommit', fields: { commit: () => commitNode(world, head) } };
        return connection([node], { first: last }, (each) => each);
      },
    },
  };
}

interface Page {
  readonly first: unknown;
  readonly after?: unknown;
}

/** A page of a list; GitHub requires its length. A cursor is a position in the list. */
function connection<T>(all: readonly T[], { first, after }: Page, nodeOf: (each: T) => Node): Node {
  if (typeof first !== 'number' || first < 1 || first > MAX_PAGE)
    throw new QueryProblem(`You must provide a \`first\` or \`last\` value of 1 to ${MAX_PAGE} to page a connection`);
  const from = typeof after === 'string' ? Number(after) : 0;
  const page = all.slice(from, from + first);
  const end = from + page.length;
  return {
    type: 'Connection',
    fields: {
      nodes: () => page.map(nodeOf),
      pageInfo: () => ({
        type: 'PageInfo',
        fields: { hasNextPage: () => end < all.length, endCursor: () => (page.length > 0 ? String(end) : null) },
      }),
    },
  };
}

/** Reads the blobs requested in one turn of the event loop with one git process. */
function blobsAtOnce(folder: string): (sha: string) => Promise<Buffer | undefined> {
  let waiting: { readonly shas: string[]; readonly blobs: ReturnType<typeof readBlobs> } | undefined;
  return async (sha) => {
    if (!waiting) {
      const shas: string[] = [];
      const blobs = Promise.resolve().then(() => {
        waiting = undefined;
        return readBlobs(folder, shas);
      });
      waiting = { shas, blobs };
    }
    waiting.shas.push(sha);
    return (await waiting.blobs).get(sha);
  };
}
