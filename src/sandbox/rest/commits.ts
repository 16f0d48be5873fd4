import { notFound } from '../http.ts';
import { formatCommit, formatFiles, parentOf } from '../payloads/commit.ts';
import { formatPull } from '../payloads/pull.ts';
import { pageUrl, repositoryUrl } from '../payloads/repository.ts';
import { countCommits, readCommit, readCommits } from '../repository/commits.ts';
import { diffFiles } from '../repository/diff.ts';
import { isAncestor, mergeBase, resolveCommit } from '../repository/refs.ts';
import { isFilePath } from '../repository/trees.ts';
import type { PullRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { type Call, linkHeader, listing, ok, pageOf, type RestRoute, route } from './route.ts';

export const commitRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}/commits', 'anyone', listCommits),
  route('GET /repos/{owner}/{repo}/commits/{sha}/pulls', 'anyone', listPullsOfCommit),
  route('GET /repos/{owner}/{repo}/compare/{basehead*}', 'anyone', compare),
  route('GET /repos/{owner}/{repo}/commits/{ref*}', 'anyone', getCommit),
];

/** Finds the commit that a request names. Throws 404 if there is none. */
export async function commitOf({ repository }: SandboxWorld, name: string): Promise<string> {
  const sha = await resolveCommit(repository.folder, name);
  if (!sha) throw notFound();
  return sha;
}

async function listCommits(call: Call) {
  const { world, query } = call;
  const { folder, defaultBranch } = world.repository;
  const { page, perPage } = pageOf(call);
  const path = query.get('path');
  if (path && !isFilePath(path)) throw notFound();
  const sha = await commitOf(world, query.get('sha') || defaultBranch);
  const range = [sha, '--', ...(path ? [`:(literal)${path}`] : [])];
  const slice = [`--skip=${(page - 1) * perPage}`, `--max-count=${perPage}`];
  const commits = await readCommits(folder, [...slice, ...range]);
  return {
    ...ok(commits.map((commit) => formatCommit(world, commit))),
    headers: linkHeader(call, await countCommits(folder, range)),
  };
}

async function getCommit(call: Call) {
  const { world } = call;
  const { folder } = world.repository;
  const commit = await readCommit(folder, await commitOf(world, call.param('ref')));
  const files = await diffFiles(folder, parentOf(commit), commit.sha);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return ok({
    ...formatCommit(world, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: formatFiles(world, commit.sha, files),
  });
}

async function listPullsOfCommit(call: Call) {
  const { world } = call;
  const sha = await commitOf(world, call.param('sha'));
  const pulls: PullRow[] = [];
  for (const pull of world.state.pulls.all()) if (await brought(world, pull, sha)) pulls.push(pull);
  return listing(call, pulls.reverse(), (pull) => formatPull(world, pull));
}

/** Whether this pull request brings, or brought, a commit to its base. */
async function brought({ repository }: SandboxWorld, pull: PullRow, sha: string): Promise<boolean> {
  const { folder } = repository;
  const last = pull.merge?.sha ?? pull.headSha;
  if (sha === last || sha === pull.headSha) return true;
  return (await isAncestor(folder, sha, last)) && !(await isAncestor(folder, sha, pull.baseSha));
}

/** Maximum number of files in a comparison. */
const comparedFiles = 300;

async function compare(call: Call) {
  const { world } = call;
  const { folder } = world.repository;
  const names = call.param('basehead').split('...');
  if (names.length !== 2) throw notFound();
  const [base = '', head = ''] = await Promise.all(names.map((name) => commitOf(world, withoutOwner(world, name))));
  const common = await mergeBase(folder, base, head);
  if (!common) throw notFound();
  const { page, perPage } = pageOf(call);
  const [ahead, behind] = [
    await countCommits(folder, [`${base}..${head}`]),
    await countCommits(folder, [`${head}..${base}`]),
  ];
  const all = (await readCommits(folder, ['--topo-order', `${base}..${head}`, '--'])).reverse();
  const files = page === 1 ? (await diffFiles(folder, common, head)).slice(0, comparedFiles) : [];
  const html = `${pageUrl(world)}/compare/${call.param('basehead')}`;
  return {
    ...ok({
      url: `${repositoryUrl(world)}/compare/${call.param('basehead')}`,
      html_url: html,
      permalink_url: `${pageUrl(world)}/compare/${base}...${head}`,
      diff_url: `${html}.diff`,
      patch_url: `${html}.patch`,
      base_commit: formatCommit(world, await readCommit(folder, base)),
      merge_base_commit: formatCommit(world, await readCommit(folder, common)),
      status: describe(ahead, behind),
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: all.slice((page - 1) * perPage, page * perPage).map((commit) => formatCommit(world, commit)),
      files: formatFiles(world, head, files),
    }),
    headers: linkHeader(call, ahead),
  };
}

function withoutOwner({ repository }: SandboxWorld, name: string): string {
  return name.startsWith(`${repository.owner}:`) ? name.slice(repository.owner.length + 1) : name;
}

function describe(ahead: number, behind: number): string {
  if (ahead > 0) return behind > 0 ? 'diverged' : 'ahead';
  return behind > 0 ? 'behind' : 'identical';
}
