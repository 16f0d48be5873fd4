import { stat } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { charts } from '../charts/charts.ts';
import type { Built } from '../core/build.ts';
import { type Finding, findingsOf } from '../core/finding.ts';
import { nearest } from '../core/nearest.ts';
import { identityOf, type ReleaseId } from '../core/release.ts';
import { formatFindings } from '../core/report/terminal.ts';
import type { Settings } from '../core/settings/settings.ts';
import type { FileTree } from '../flows/ports.ts';
import { fetchBuilt, fetchIndex, fetchSettings, type ValuesEntry, type ValuesIndex } from '../flows/snapshot.ts';
import { folderTree } from '../git/folder.ts';
import { runGitText } from '../git/program.ts';
import { resolveCommit } from '../git/repository.ts';
import { UsageError } from './command.ts';

/** The folder that a command works on; refuses one that isn't there. */
export async function openFolder(folder: string): Promise<string> {
  const path = resolve(folder);
  const found = await stat(path).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`there is no folder ${path}`);
  return path;
}

/** The root of the git repository that a folder is in; refuses a plain folder. */
export async function openRepository(folder: string): Promise<string> {
  const path = await openFolder(folder);
  const inside = await runGitText(path, ['rev-parse', '--is-bare-repository']).catch(() => undefined);
  if (inside === undefined) throw new UsageError(`${path} is not a git repository`);
  if (inside === 'true') return path;
  const top = await runGitText(path, ['rev-parse', '--show-toplevel']);
  if (relative(top, path) !== '')
    throw new UsageError(`${path} is inside the repository ${top}; give its root with -C`);
  return path;
}

/** The commit that a name stands for; refuses a name that git doesn't know. */
export async function commitNamed(folder: string, name: string): Promise<string> {
  const sha = await resolveCommit(folder, name);
  if (sha === undefined) throw new UsageError(`git knows no commit "${name}" here`);
  return sha;
}

/** All that a tree holds for us: settings and values files, built. */
export interface Workspace {
  readonly settings: Settings | undefined; // undefined: broken, the findings say how
  readonly index: ValuesIndex;
  readonly builds: readonly Built[];
  readonly findings: readonly Finding[]; // of the settings
}

/** Reads, checks and renders a tree; with names only those releases, and refuses a name that isn't there. */
export async function openWorkspace(tree: FileTree, names: readonly string[]): Promise<Workspace> {
  const settings = await fetchSettings(tree);
  const findings = findingsOf(settings);
  if (!settings.ok) return { settings: undefined, index: new Map(), builds: [], findings };
  const index = await fetchIndex(tree, settings.value);
  const chosen = choose([...index.values()], names, settings.value);
  return { settings: settings.value, index, findings, builds: await fetchBuilt(tree, chosen, settings.value, charts) };
}

function choose(
  entries: readonly ValuesEntry[],
  names: readonly string[],
  { values }: Settings,
): readonly ValuesEntry[] {
  if (names.length === 0) return entries;
  const chosen = names.flatMap((name) => {
    const found = entries.filter(({ release }) => isCalled(release, name));
    if (found.length > 0) return found;
    const meant = nearest(
      name,
      entries.map(({ release }) => release.name),
    );
    throw new UsageError(
      `there is no release "${name}" (${values})${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    );
  });
  return [...new Set(chosen)].sort((a, b) => (a.file < b.file ? -1 : 1));
}

function isCalled(release: ReleaseId, name: string): boolean {
  return release.name === name || identityOf(release) === name;
}

/** The working tree of a folder. */
export function workingTree(folder: string): FileTree {
  return folderTree(folder);
}

/** Findings as a compiler prints them, with the lines of the tree that they speak of. */
export async function describeFindings(findings: readonly Finding[], tree: FileTree): Promise<string> {
  const texts = new Map<string, string>();
  for (const folder of new Set(findings.map(({ file }) => file.slice(0, Math.max(0, file.lastIndexOf('/')))))) {
    const files = await tree.list(folder);
    for (const { file } of findings) {
      const entry = files.get(file);
      if (!entry || texts.has(file)) continue;
      const bytes = (await tree.read([entry.id])).get(entry.id);
      if (bytes) texts.set(file, new TextDecoder().decode(bytes));
    }
  }
  return formatFindings(findings, (file) => texts.get(file));
}
