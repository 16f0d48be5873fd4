import { emitPull } from '../events.ts';
import { invalid, notFound } from '../http.ts';
import { formatCommit, formatFiles } from '../payloads/commit.ts';
import { formatFullPull, formatPull } from '../payloads/pull.ts';
import { closePull, commitRange, openPull, pointTo, testMerge } from '../pull-life.ts';
import { readCommits } from '../repository/commits.ts';
import { diffFiles } from '../repository/diff.ts';
import { isAncestor, mergeBase, readRef } from '../repository/refs.ts';
import type { PullRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { optionalChoice, optionalText, requiredText } from './input.ts';
import { actorOf, type Call, listing, numberParam, ok, type RestRoute, route } from './route.ts';

export const pullRoutes: readonly RestRoute[] = [
  route('GET /repos/{owner}/{repo}/pulls', 'anyone', listPulls),
  route('POST /repos/{owner}/{repo}/pulls', 'push', createPull),
  // Reading a pull request makes its test merge, as on GitHub, and that is a write.
  route('GET /repos/{owner}/{repo}/pulls/{number}', 'anyone', getPull, { serial: true }),
  route('PATCH /repos/{owner}/{repo}/pulls/{number}', 'push', updatePull),
  route('GET /repos/{owner}/{repo}/pulls/{number}/files', 'anyone', listFiles),
  route('GET /repos/{owner}/{repo}/pulls/{number}/commits', 'anyone', listCommits),
];

/** Finds the pull request that a request names. Throws 404 if there is none. */
export function pullOf(call: Call, name = 'number'): PullRow {
  const pull = call.world.state.pulls.get(numberParam(call, name));
  if (!pull) throw notFound();
  return pull;
}

function listPulls(call: Call) {
  const { world, query } = call;
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const key = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const pulls = world.state.pulls
    .all()
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => !head || head === `${world.repository.owner}:${pull.head}`)
    .filter((pull) => !base || base === pull.base)
    .sort((one, other) => one[key].localeCompare(other[key]) || one.id - other.id);
  if (query.get('direction') !== 'asc') pulls.reverse();
  return listing(call, pulls, (pull) => formatPull(world, pull));
}

async function createPull(call: Call) {
  const { world, body } = call;
  const { folder, owner } = world.repository;
  const title = requiredText(body, 'title', 'PullRequest');
  const head = requiredText(body, 'head', 'PullRequest').replace(new RegExp(`^${owner}:`), '');
  const base = requiredText(body, 'base', 'PullRequest');
  const headSha = await readRef(folder, `refs/heads/${head}`);
  const baseSha = await readRef(folder, `refs/heads/${base}`);
  if (!headSha) throw invalid('PullRequest', 'head', undefined, 'invalid');
  if (!baseSha) throw invalid('PullRequest', 'base', undefined, 'invalid');
  checkOnlyOne(world, head, base);
  if (!(await mergeBase(folder, baseSha, headSha))) {
    throw invalid('PullRequest', 'base', `The ${head} branch has no history in common with ${base}`);
  }
  if (await isAncestor(folder, headSha, baseSha)) {
    throw invalid('PullRequest', 'head', `No commits between ${base} and ${head}`);
  }
  const wanted = { title, body: optionalText(body, 'body', 'PullRequest') ?? null, draft: body.draft === true };
  const pull = await openPull(world, actorOf(call).account, { ...wanted, head, base, headSha, baseSha });
  return ok(await formatFullPull(world, pull), 201);
}

function checkOnlyOne(world: SandboxWorld, head: string, base: string, except?: number): void {
  const same = world.state.pulls
    .all()
    .some((pull) => pull.state === 'open' && pull.head === head && pull.base === base && pull.id !== except);
  if (same) {
    const message = `A pull request already exists for ${world.repository.owner}:${head}.`;
    throw invalid('PullRequest', 'head', message);
  }
}

async function getPull(call: Call) {
  return ok(await formatFullPull(call.world, await testMerge(call.world, pullOf(call))));
}

async function updatePull(call: Call) {
  const { world, body } = call;
  const sender = actorOf(call).account;
  const state = optionalChoice(body, 'state', ['open', 'closed'], 'PullRequest');
  let pull = await editPull(call, pullOf(call));
  if (state === 'closed' && pull.state === 'open') pull = await closePull(world, sender, pull);
  if (state === 'open' && pull.state === 'closed') pull = await reopenPull(call, pull);
  return ok(await formatFullPull(world, pull));
}

/** Changes title, description and base; the event `edited` has the old values. */
async function editPull(call: Call, pull: PullRow): Promise<PullRow> {
  const { world, body } = call;
  const title = body.title === undefined ? pull.title : requiredText(body, 'title', 'PullRequest');
  const text = body.body === undefined ? pull.body : (optionalText(body, 'body', 'PullRequest') ?? null);
  const base = optionalText(body, 'base', 'PullRequest') ?? pull.base;
  if (title === pull.title && text === pull.body && base === pull.base) return pull;

  const baseSha = base === pull.base ? pull.baseSha : await readRef(world.repository.folder, `refs/heads/${base}`);
  if (!baseSha) throw invalid('PullRequest', 'base', undefined, 'invalid');
  if (base !== pull.base) checkOnlyOne(world, pull.head, base, pull.id);
  const edited = await world.state.pulls.put({ ...pull, title, body: text, base, baseSha, updatedAt: world.now() });
  const changes = {
    ...(title === pull.title ? {} : { title: { from: pull.title } }),
    ...(text === pull.body ? {} : { body: { from: pull.body ?? '' } }),
    ...(base === pull.base ? {} : { base: { ref: { from: pull.base }, sha: { from: pull.baseSha } } }),
  };
  const tested = await testMerge(world, edited);
  await emitPull(world, actorOf(call).account, 'edited', tested, { changes });
  return tested;
}

async function reopenPull(call: Call, pull: PullRow): Promise<PullRow> {
  const { world } = call;
  const { folder } = world.repository;
  const headSha = await readRef(folder, `refs/heads/${pull.head}`);
  const baseSha = await readRef(folder, `refs/heads/${pull.base}`);
  if (pull.merge || !headSha || !baseSha) throw invalid('PullRequest', 'state', 'state cannot be changed.');
  checkOnlyOne(world, pull.head, pull.base, pull.id);
  await pointTo(world, `refs/pull/${pull.id}/head`, headSha);
  const open = { state: 'open', closedAt: null, headSha, baseSha, updatedAt: world.now() } as const;
  const reopened = await testMerge(world, await world.state.pulls.put({ ...pull, ...open }));
  await emitPull(world, actorOf(call).account, 'reopened', reopened);
  return reopened;
}

/** GitHub's maximum number of listed files. */
const listedFiles = 3000;

async function listFiles(call: Call) {
  const { world } = call;
  const pull = pullOf(call);
  const { base } = await commitRange(world, pull);
  const files = await diffFiles(world.repository.folder, base, pull.headSha);
  return listing(call, formatFiles(world, pull.headSha, files.slice(0, listedFiles)), (file) => file);
}

async function listCommits(call: Call) {
  const { world } = call;
  const { range } = await commitRange(world, pullOf(call));
  const commits = await readCommits(world.repository.folder, ['--topo-order', '--reverse', range, '--']);
  return listing(call, commits, (commit) => formatCommit(world, commit));
}
