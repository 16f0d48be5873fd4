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
import type { World } from './world.ts';

/** Tells of refs that moved, and lets the pull requests follow them. */
export async function announceRefs(world: World, sender: Account, changes: readonly RefChange[]): Promise<void> {
  for (const change of changes) {
    await recordPush(world, sender, change);
    if (/^refs\/(heads|tags)\//.test(change.ref)) await emitPush(world, sender, change);
    if (change.ref === GITOPS) world.flux.notice();
  }
  await followBranches(world, sender);
}

/**
 * Brings the open pull requests up to where their branches are now: new heads, branches that went, heads that reached
 * the base by other ways. All of it is read from git, so that it also heals what a kill interrupted.
 */
export async function followBranches(world: World, sender: Account): Promise<void> {
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

/** Which branches a commit has in its history; asked once for each commit, however many pull requests there are. */
function mergedBranches(folder: string): (sha: string) => Promise<ReadonlySet<string>> {
  return remembered((sha: string) => listMerged(folder, sha));
}

async function listMerged(folder: string, sha: string): Promise<ReadonlySet<string>> {
  return new Set((await runGitText(folder, ['for-each-ref', `--merged=${sha}`, '--format=%(refname)'])).split('\n'));
}

/** Decides about a merge that was under way when a process was killed: the base branch has it, or it never was. */
async function settleMerge(world: World, pull: PullRow): Promise<PullRow> {
  const { folder } = world.repository;
  const tip = await readRef(folder, `refs/heads/${pull.base}`);
  const done = pull.merging && tip && (await isAncestor(folder, pull.merging.sha, tip));
  if (!pull.merging || !done) return world.state.pulls.put({ ...pull, merging: null });
  const merged = await recordMerge(world, pull, pull.merging);
  await emitPull(world, accountOf(pull.merging.by) ?? bot, 'closed', merged);
  return merged;
}

async function markMerged(world: World, sender: Account, pull: PullRow, head: string, base: string): Promise<void> {
  const merge = { sha: base, by: sender.login, at: world.now() };
  await pointTo(world, `refs/pull/${pull.id}/head`, head);
  await emitPull(world, sender, 'closed', await recordMerge(world, { ...pull, headSha: head }, merge));
}

async function moveHead(world: World, sender: Account, pull: PullRow, head: string, base: string): Promise<void> {
  const before = pull.headSha;
  const moved = await world.state.pulls.put({ ...pull, headSha: head, baseSha: base, updatedAt: world.now() });
  await pointTo(world, `refs/pull/${pull.id}/head`, head);
  await emitPull(world, sender, 'synchronize', await testMerge(world, moved), { before, after: head });
}

/** Closes without merging. */
export async function closePull(world: World, sender: Account, pull: PullRow): Promise<PullRow> {
  const now = world.now();
  const closed = await world.state.pulls.put({ ...pull, state: 'closed', closedAt: now, updatedAt: now });
  await emitPull(world, sender, 'closed', closed);
  return closed;
}

/** Writes down that the base branch has a pull request's merge. */
export async function recordMerge(world: World, pull: PullRow, merge: MergeRow): Promise<PullRow> {
  const closed = { state: 'closed', closedAt: merge.at, updatedAt: merge.at, merging: null, merge } as const;
  return world.state.pulls.put({ ...pull, ...closed });
}

/** The pull request with a test merge of its head into its base as it is now; on a conflict without a commit. */
export async function testMerge(world: World, pull: PullRow): Promise<PullRow> {
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

/** Sets or removes one of the refs that only the sandbox itself writes. */
export async function pointTo(world: World, ref: string, sha: string | undefined): Promise<void> {
  const { folder } = world.repository;
  const before = await readRef(folder, ref);
  if (before !== sha) await moveRef(folder, { ref, before, after: sha });
}

/** How an account signs a commit now. */
export function signature(world: World, account: Account): Person {
  return { name: account.login, email: emailOf(account), date: world.now() };
}

/** The commits of a pull request, newest first, as arguments for git. */
export async function commitRange(
  world: World,
  pull: PullRow,
): Promise<{ readonly base: string; readonly range: string }> {
  const base = (await mergeBase(world.repository.folder, pull.baseSha, pull.headSha)) ?? pull.baseSha;
  return { base, range: `${base}..${pull.headSha}` };
}

/** Opens a pull request for two branches that exist. */
export async function openPull(
  world: World,
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
