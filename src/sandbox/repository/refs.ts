import { GitError, orUndefined, runGit, runGitText } from '../../git/program.ts';
import { askOnce, isFullSha } from './remember.ts';

/** A moved ref; without `before` it is new, without `after` it was deleted. */
export interface RefChange {
  readonly ref: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export const zeroSha = '0'.repeat(40);

/** Whether a text is a valid full name of a ref, which git cannot read as an option or an expression. */
export function isRefName(name: string): boolean {
  return (
    /^refs\/[^/]+\/.+$/.test(name) &&
    // biome-ignore lint/suspicious/noControlCharactersInRegex: git refuses exactly these
    !/\.\.|@\{|\/\/|\/\.|\.lock(\/|$)|[\x00-\x20\x7f~^:?*[\\]|[./]$/.test(name)
  );
}

/** Lists the refs with that prefix: name -> object. */
export async function listRefs(folder: string, prefix = 'refs/'): Promise<Map<string, string>> {
  const text = await runGitText(folder, ['for-each-ref', '--format=%(objectname) %(refname)']);
  const rows = text.split('\n').filter((line) => line.slice(41).startsWith(prefix));
  return new Map(rows.map((line) => [line.slice(41), line.slice(0, 40)]));
}

/** The refs that moved between two listings. */
export function changesBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): RefChange[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .map((ref) => ({ ref, before: before.get(ref), after: after.get(ref) }))
    .filter((change) => change.before !== change.after);
}

/** Resolves names to objects with their types, in order; undefined for missing ones. */
export async function lookUp(
  folder: string,
  names: readonly string[],
): Promise<({ readonly sha: string; readonly type: string } | undefined)[]> {
  const safe = names.map((name) => (/[\n\0]/.test(name) || name === '' ? zeroSha : name));
  const text = await runGitText(folder, ['cat-file', '--batch-check'], { input: safe.map((n) => `${n}\n`).join('') });
  return text.split('\n').map((line) => {
    const [, sha, type] = /^([0-9a-f]{40}) (\w+) \d+$/.exec(line) ?? [];
    return sha && type ? { sha, type } : undefined;
  });
}

/** Resolves a branch, tag, ref or SHA to a commit. */
export async function resolveCommit(folder: string, name: string): Promise<string | undefined> {
  return resolve(folder, name, 'commit');
}

/** Resolves a tree, commit, branch or tag to a tree. */
export async function resolveTree(folder: string, name: string): Promise<string | undefined> {
  return resolve(folder, name, 'tree');
}

async function resolve(folder: string, name: string, type: 'commit' | 'tree'): Promise<string | undefined> {
  if (isFullSha(name)) {
    const question = ['rev-parse', '--verify', '--quiet', `${name}^{${type}}`];
    const answer = await orUndefined(askOnce(folder, question, [name]));
    if (answer) return answer.toString().trimEnd();
  }
  const found = await lookUp(
    folder,
    candidates(name).map((candidate) => `${candidate}^{${type}}`),
  );
  return found.find((each) => each)?.sha;
}

function candidates(name: string): string[] {
  const refs = [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name].filter(isRefName);
  const all = /^[0-9a-f]{7,40}$/i.test(name) ? [name, ...refs] : refs;
  return all.length > 0 ? all : [zeroSha];
}

/** Reads the commit of a ref by its full name. */
export async function readRef(folder: string, ref: string): Promise<string | undefined> {
  return (await listRefs(folder, ref)).get(ref);
}

/** Moves a ref if it is still at `before`; returns false if it is not. */
export async function moveRef(folder: string, { ref, before, after }: RefChange): Promise<boolean> {
  const args = after
    ? ['update-ref', ref, after, before ?? zeroSha]
    : ['update-ref', '-d', ref, ...(before ? [before] : [])];
  try {
    await runGit(folder, args);
    return true;
  } catch (problem) {
    if (problem instanceof GitError && (await readRef(folder, ref)) !== before) return false;
    throw problem;
  }
}

/** Whether the first commit is in the history of the second. */
export async function isAncestor(folder: string, ancestor: string, descendant: string): Promise<boolean> {
  try {
    await askOnce(folder, ['merge-base', '--is-ancestor', ancestor, descendant], [ancestor, descendant]);
    return true;
  } catch (problem) {
    if (problem instanceof GitError && problem.exitCode === 1) return false;
    throw problem;
  }
}

/** Finds the best common ancestor; undefined if there is none. */
export async function mergeBase(folder: string, one: string, other: string): Promise<string | undefined> {
  try {
    return (await askOnce(folder, ['merge-base', one, other], [one, other])).toString().trimEnd();
  } catch (problem) {
    if (problem instanceof GitError && problem.exitCode === 1) return undefined;
    throw problem;
  }
}
