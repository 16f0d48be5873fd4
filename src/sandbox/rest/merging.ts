import type { Account } from '../accounts.ts';
import { emitPull } from '../events.ts';
import { ApiError } from '../http.ts';
import { describeMissing, passesBy, protectionOf } from '../protection/protection.ts';
import { announceRefs, commitRange, pointTo, recordMerge, signature } from '../pull-life.ts';
import { createCommit, type Person, readCommits } from '../repository/commits.ts';
import { mergeByBestMethod, rebaseCommits } from '../repository/merge.ts';
import { moveRef, readRef } from '../repository/refs.ts';
import type { PullRow } from '../store/state.ts';
import type { SandboxWorld } from '../world.ts';
import { optionalChoice, optionalText } from './input.ts';
import { pullOf } from './pulls.ts';
import { actorOf, type Call, ok, type RestRoute, route } from './route.ts';

export const mergeRoutes: readonly RestRoute[] = [
  route('PUT /repos/{owner}/{repo}/pulls/{number}/merge', 'push', mergePull),
];

const notMergeable = (): ApiError => new ApiError(405, 'Pull Request is not mergeable');

async function mergePull(call: Call) {
  const { world, body } = call;
  const { folder } = world.repository;
  const { account } = actorOf(call);
  const pull = pullOf(call);
  const method = optionalChoice(body, 'merge_method', ['merge', 'squash', 'rebase'], 'PullRequest') ?? 'merge';
  const expected = optionalText(body, 'sha', 'PullRequest');
  const ref = `refs/heads/${pull.base}`;
  const before = await readRef(folder, ref);
  if (pull.state !== 'open' || !before) throw notMergeable();
  if (expected !== undefined && expected !== pull.headSha) {
    throw new ApiError(409, 'Head branch was modified. Review and try the merge again.');
  }
  if (pull.draft) throw new ApiError(405, 'Pull Request is still a draft');
  checkProtection(call, pull);

  const sha = await makeMerge(world, pull, { before, method, account, ...wordsOf(call, method) });
  if (!sha) throw notMergeable();
  const merge = { sha, by: account.login, at: world.now() };
  // Recorded before the branch moves: after a kill in between, the next start checks whether it did.
  const merging = await world.state.pulls.put({ ...pull, baseSha: before, merging: merge });
  if (!(await moveRef(folder, { ref, before, after: sha }))) {
    await world.state.pulls.put(pull);
    throw new ApiError(409, 'Base branch was modified. Review and try the merge again.');
  }
  const merged = await recordMerge(world, merging, merge);
  await pointTo(world, `refs/pull/${pull.id}/merge`, undefined);
  await emitPull(world, account, 'closed', merged);
  await announceRefs(world, account, [{ ref, before, after: sha }]);
  return ok({ sha, merged: true, message: 'Pull Request successfully merged' });
}

function checkProtection(call: Call, pull: PullRow): void {
  const protection = protectionOf(call.world, pull.base);
  if (!protection || passesBy(protection, actorOf(call))) return;
  const missing = describeMissing(call.world, pull);
  if (missing !== '') throw new ApiError(405, missing);
}

interface MergeInput {
  readonly before: string;
  readonly method: string;
  readonly account: Account;
  readonly title: string | undefined;
  readonly message: string | undefined;
}

function wordsOf({ body }: Call, method: string): Pick<MergeInput, 'title' | 'message'> {
  if (method === 'rebase') return { title: undefined, message: undefined };
  return {
    title: optionalText(body, 'commit_title', 'PullRequest'),
    message: optionalText(body, 'commit_message', 'PullRequest'),
  };
}

/** Writes the commits of a merge and returns the last one; undefined on a conflict. */
async function makeMerge(world: SandboxWorld, pull: PullRow, wanted: MergeInput): Promise<string | undefined> {
  const { folder } = world.repository;
  const { before, method, account } = wanted;
  const committer: Person = { name: 'Sandbox', email: 'noreply@sandbox.test', date: world.now() };
  if (method === 'rebase') return rebaseCommits(folder, { onto: before, head: pull.headSha, committer });

  const merged = await mergeByBestMethod(folder, before, pull.headSha);
  if (merged.kind !== 'tree') return undefined;
  const parents = method === 'merge' ? [before, pull.headSha] : [before];
  const message = method === 'merge' ? mergeMessage(world, pull, wanted) : await squashMessage(world, pull, wanted);
  return createCommit(folder, { tree: merged.tree, parents, author: signature(world, account), committer, message });
}

function mergeMessage({ repository }: SandboxWorld, pull: PullRow, { title, message }: MergeInput): string {
  const subject = title ?? `Merge pull request #${pull.id} from ${repository.owner}/${pull.head}`;
  return joinMessage(subject, message ?? pull.title);
}

async function squashMessage(world: SandboxWorld, pull: PullRow, { title, message }: MergeInput): Promise<string> {
  const { range } = await commitRange(world, pull);
  const commits = await readCommits(world.repository.folder, ['--reverse', '--no-merges', range, '--']);
  const [only] = commits;
  const listed = commits.map((commit) => `* ${commit.message}`).join('\n\n');
  const alone = only && commits.length === 1 ? only.message.split('\n').slice(1).join('\n').trim() : listed;
  return joinMessage(title ?? `${pull.title} (#${pull.id})`, message ?? alone);
}

function joinMessage(subject: string, body: string): string {
  return body ? `${subject}\n\n${body}` : subject;
}
