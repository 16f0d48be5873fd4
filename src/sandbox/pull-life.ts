import { remembered } from '../flows/fetching.ts';
import { runGitText } from '../git/program.ts';
import { type Account, accountOf, bot, emailOf } from './accounts.ts';
import { emitPull, emitPush } from './events.ts';
import { GITOPS } from './flux/flux.ts';
import { recordPush } from './pushes.ts';
import type { Person } from './repository/commits.ts';
import { createCommit } from './repository/commits.ts';
import { mergeTrees } from './repository/merge.ts';
import { isAncestor, listRefs, mergeBase, moveRef, type RefChange, readRef } from './repository/refs.ts';
import type { MergeRow, PullRow } from './store/state.ts';
import type { SandboxWorld } from './world.ts';

/** Sends the events of moved refs, and updates the pull requests. */
export async function announceRefs(world: SandboxWorld, sender: Account, changes: readonly RefChange[]): Promise<void> {
  for (const change of changes) {
    await recordPush(world, sender, change);
    if (/^refs\/(heads|tags)\//.test(change.ref)) await emitPush(world, sender, change);
    if (change.ref === GITOPS) world.flux.notice();
  }
  await followBranches(world, sender);
}

/**
 * Updates the open pull requests from their branches: new heads, deleted branches, heads that reached the base in another
 * way. Reads all facts from git, so it also completes work that a kill interrupted.
 */
export async function followBranches(world: SandboxWorld, sender: Account): Promise<void> {
  const refs = await listRefs(world.repository.folder);
  const branch = (name: string): string | undefined => refs.get(`refs/heads/${name}`);
  const merged = mergedBranches(world.repository.folder);
  for (const known of world.state.pulls.all()) {
    const pull = known.merging ? await settleMerge(world, known) : known;
    if (pull.state !== 'open') continue;
    const [head, base] = [branch(pull.head), branch(pull.base)];
    if (!head || !base) await closePull(world, sender, pull);
    else if (base !== pull.baseSha && (await merged(base)).has(`refs/heads/${pull.head}`))
      await markMerged(world, sender, pull, head, base);
    else if (head !== pull.headSha) await moveHead(world, sender, pull, head, base);
    else if (refs.get(`refs/pull/${pull.id}/head`) !== head) await pointTo(world, `refs/pull/${pull.id}/head`, head);
  }
}

/** Finds the branches that are in a commit's history; asks git once for each commit. */
function mergedBranches(folder: string): (sha: string) => Promise<ReadonlySet<string>> {
  return remembered((sha: string) => listMerged(folder, sha));
}

async function listMerged(folder: string, sha: string): Promise<ReadonlySet<string>> {
  return new Set((await runGitText(folder, ['for-each-ref', `--merged=${sha}`, '--format=%(refname)'])).split('\n'));
}

/** Completes or drops a merge that a kill interrupted, depending on whether the base branch has it. */
async function settleMerge(world: SandboxWorld, pull: PullRow): Promise<PullRow> {
  const { folder } = world.repository;
  const tip = await readRef(folder, `refs/heads/${pull.base}`);
  const done = pull.merging && tip && (await isAncestor(folder, pull.merging.sha, tip));
  if (!pull.merging || !done) return world.state.pulls.put({ ...pull, merging: null });
  const merged = await recordMerge(world, pull, pull.merging);
  await emitPull(world, accountOf(pull.merging.by) ?? bot, 'closed', merged);
  return merged;
}

async function markMerged(
  world: SandboxWorld,
  sender: Account,
  pull: PullRow,
  head: string,
  base: string,
): Promise<void> {
  const merge = { sha: base, by: sender.login, at: world.now() };
  await pointTo(world, `refs/pull/${pull.id}/head`, head);
  await emitPull(world, sender, 'closed', await recordMerge(world, { ...pull, headSha: head }, merge));
}

async function moveHead(
  world: SandboxWorld,
  sender: Account,
  pull: PullRow,
  head: string,
  base: string,
): Promise<void> {
  const before = pull.headSha;
  const moved = await world.state.pulls.put({ ...pull, headSha: head, baseSha: base, updatedAt: world.now() });
  await pointTo(world, `refs/pull/${pull.id}/head`, head);
  await emitPull(world, sender, 'synchronize', await testMerge(world, moved), { before, after: head });
}

/** Closes a pull request without merging. */
export async function closePull(world: SandboxWorld, sender: Account, pull: PullRow): Promise<PullRow> {
  const now = world.now();
  const closed = await world.state.pulls.put({ ...pull, state: 'closed', closedAt: now, updatedAt: now });
  await emitPull(world, sender, 'closed', closed);
  return closed;
}

/** Records that the base branch has a pull request's merge. */
export async function recordMerge(world: SandboxWorld, pull: PullRow, merge: MergeRow): Promise<PullRow> {
  const closed = { state: 'closed', closedAt: merge.at, updatedAt: merge.at, merging: null, merge } as const;
  return world.state.pulls.put({ ...pull, ...closed });
}

/** The pull request with a test merge of its current head and base; a conflict leaves it without a commit. */
export async function testMerge(world: SandboxWorld, pull: PullRow): Promise<PullRow> {
  const { folder } = world.repository;
  const base = await readRef(folder, `refs/heads/${pull.base}`);
  if (pull.state !== 'open' || !base) return pull;
  if (pull.test?.base === base && pull.test.head === pull.headSha) return pull;
  const merged = await mergeTrees(folder, base, pull.headSha);
  if (merged.kind === 'unsupported') return pull;
  const person = signature(world, bot);
  const sha =
    merged.kind === 'tree'
      ? await createCommit(folder, {
          tree: merged.tree,
          parents: [base, pull.headSha],
          author: person,
          committer: person,
          message: `Merge ${pull.headSha} into ${base}`,
        })
      : null;
  await pointTo(world, `refs/pull/${pull.id}/merge`, sha ?? undefined);
  return world.state.pulls.put({ ...pull, test: { base, head: pull.headSha, sha } });
}

/** Sets or removes a ref that only the sandbox writes. */
export async function pointTo(world: SandboxWorld, ref: string, sha: string | undefined): Promise<void> {
  const { folder } = world.repository;
  const before = await readRef(folder, ref);
  if (before !== sha) await moveRef(folder, { ref, before, after: sha });
}

/** The name, email and time for an account's commit. */
export function signature(world: SandboxWorld, account: Account): Person {
  return { name: account.login, email: emailOf(account), date: world.now() };
}

/** The commits of a pull request, newest first, as arguments for git. */
export async function commitRange(
  world: SandboxWorld,
  pull: PullRow,
): Promise<{ readonly base: string; readonly range: string }> {
  const base = (await mergeBase(world.repository.folder, pull.baseSha, pull.headSha)) ?? pull.baseSha;
  return { base, range: `${base}..${pull.headSha}` };
}

/** Opens a pull request for two branches that exist. */
export async function openPull(
  world: SandboxWorld,
  author: Account,
  wanted: Pick<PullRow, 'title' | 'body' | 'draft' | 'head' | 'base' | 'headSha' | 'baseSha'>,
): Promise<PullRow> {
  const now = world.now();
  const blank = { state: 'open', closedAt: null, merge: null, merging: null, test: null } as const;
  const pull = await world.state.pulls.add((id) => ({
    ...wanted,
    ...blank,
    id,
    author: author.login,
    createdAt: now,
    updatedAt: now,
  }));
  await pointTo(world, `refs/pull/${pull.id}/head`, pull.headSha);
  const tested = await testMerge(world, pull);
  await emitPull(world, author, 'opened', tested);
  return tested;
}
