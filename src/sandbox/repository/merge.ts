import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { GitError, runGit, runGitText } from '../../git/program.ts';
import { type Commit, createCommit, type Person, readCommit, readCommits } from './commits.ts';
import { mergeBase } from './refs.ts';

/** The merged tree, or a conflict; `unsupported` if git is too old to merge without a work tree. */
export type MergedTree =
  | { readonly kind: 'tree'; readonly tree: string }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unsupported' };

/** Merges two commits without a work tree: git 2.38 and later. */
export async function mergeTrees(folder: string, ours: string, theirs: string): Promise<MergedTree> {
  try {
    const text = await runGitText(folder, ['merge-tree', '--write-tree', '--no-messages', ours, theirs]);
    return { kind: 'tree', tree: text.slice(0, 40) };
  } catch (problem) {
    if (!(problem instanceof GitError)) throw problem;
    if (problem.exitCode === 1) return { kind: 'conflict' };
    return /unrelated histories/.test(problem.stderr) ? { kind: 'conflict' } : { kind: 'unsupported' };
  }
}

/** Merges two commits in a temporary index and work tree: works with any git, but does not follow renames. */
export async function mergeInIndex(folder: string, base: string, ours: string, theirs: string): Promise<MergedTree> {
  const workTree = await mkdtemp(join(folder, 'merge.tmp-'));
  const env = { GIT_INDEX_FILE: join(workTree, '.index'), GIT_WORK_TREE: workTree, GIT_DIR: folder };
  try {
    await runGit(workTree, ['read-tree', '-i', '-m', '--aggressive', base, ours, theirs], { env });
    await runGit(workTree, ['merge-index', '-o', '-q', 'git-merge-one-file', '-a'], { env });
    return { kind: 'tree', tree: await runGitText(workTree, ['write-tree'], { env }) };
  } catch (problem) {
    if (problem instanceof GitError) return { kind: 'conflict' };
    throw problem;
  } finally {
    await rm(workTree, { recursive: true, force: true });
  }
}

/** Merges two commits by the best method of this git. */
export async function mergeByBestMethod(folder: string, ours: string, theirs: string): Promise<MergedTree> {
  const merged = await mergeTrees(folder, ours, theirs);
  if (merged.kind !== 'unsupported') return merged;
  const base = await mergeBase(folder, ours, theirs);
  return base ? mergeInIndex(folder, base, ours, theirs) : { kind: 'conflict' };
}

/** Rebases the commits of `base..head` onto another commit, one by one; undefined on a conflict. */
export async function rebaseCommits(
  folder: string,
  { onto, head, committer }: { readonly onto: string; readonly head: string; readonly committer: Person },
): Promise<string | undefined> {
  let tip = await readCommit(folder, onto);
  const commits = await readCommits(folder, ['--reverse', '--topo-order', '--no-merges', `${onto}..${head}`, '--']);
  for (const commit of commits) {
    const merged = await pick(folder, tip, commit, committer);
    if (merged.kind !== 'tree') return undefined;
    if (merged.tree === tip.tree) continue; // the change is there already
    tip = await readCommit(
      folder,
      await createCommit(folder, { ...commit, committer, tree: merged.tree, parents: [tip.sha] }),
    );
  }
  return tip.sha;
}

/**
 * Cherry-picks one commit. `merge-tree` finds the base of a merge itself, so it gets a commit with the tip's tree whose
 * parent is the picked commit's parent: that parent becomes the base.
 */
async function pick(folder: string, tip: Commit, commit: Commit, committer: Person): Promise<MergedTree> {
  const [parent] = commit.parents;
  if (!parent) return { kind: 'conflict' };
  const stand = { tree: tip.tree, parents: [parent], author: committer, committer, message: 'stand-in' };
  const ours = await createCommit(folder, stand);
  const merged = await mergeTrees(folder, ours, commit.sha);
  return merged.kind === 'unsupported' ? mergeInIndex(folder, parent, ours, commit.sha) : merged;
}
