import { readdir, stat } from 'node:fs/promises';
import { targets } from '../charts/targets.ts';
import type { Built } from '../core/build/build.ts';
import { type Finding, findingsOf } from '../core/model/finding.ts';
import { nearest } from '../core/model/nearest.ts';
import { oneLine } from '../core/model/printable.ts';
import { identityOf, type ReleaseId } from '../core/model/release.ts';
import { formatFindings } from '../core/report/terminal.ts';
import type { Readable } from '../core/settings/read.ts';
import { SETTINGS_FILE, type Settings } from '../core/settings/settings.ts';
import { fetchBuilt, fetchIndex, fetchSettings, type ValuesEntry, type ValuesIndex } from '../flows/gitops/snapshot.ts';
import type { FileTree } from '../flows/ports.ts';
import { folderTree } from '../git/folder.ts';
import { GitError, runGitText } from '../git/program.ts';
import { gitRepository, resolveCommit } from '../git/repository.ts';
import { type Terminal, UsageError } from './command.ts';

/** The folder that a command works on; refuses one that isn't there. */
async function openFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`there is no folder ${folder}`);
  return folder;
}

/** What render and validate read: the working tree of a folder, or the HEAD of a bare repository. */
export async function openTree(folder: string): Promise<FileTree> {
  const path = await openFolder(folder);
  const names = await readdir(path);
  const looksBare = ['HEAD', 'objects', 'refs'].every((name) => names.includes(name));
  return looksBare ? gitRepository(path).treeOf(await commitNamed(path, 'HEAD')) : folderTree(path);
}

/** A git repository at its root. */
export interface LocalRepository {
  readonly root: string;
  readonly bare: boolean;
}

/** The git repository that a folder is; refuses a plain folder, and one inside a repository. */
export async function openRepository(folder: string): Promise<LocalRepository> {
  const root = await openFolder(folder);
  const asked = ['rev-parse', '--is-bare-repository', '--is-inside-work-tree', '--show-prefix'];
  const [bare, inside, prefix] = (await runGitText(root, asked).catch((error) => refuse(root, error))).split('\n');
  if (bare === 'true') return { root, bare: true };
  if (inside !== 'true') throw new UsageError(`${root} is not a working tree; give the repository's root with -C`);
  if (prefix) {
    const top = await runGitText(root, ['rev-parse', '--show-toplevel']);
    throw new UsageError(`${root} is inside the repository ${top}; give its root with -C`);
  }
  return { root, bare: false };
}

function refuse(path: string, error: unknown): never {
  if (!(error instanceof GitError)) throw new Error(`the git program can't be run; is it installed?`, { cause: error });
  if (/not a git repository/.test(error.stderr)) {
    throw new UsageError(`${path} is not a git repository (render and validate work without one)`);
  }
  throw new UsageError(`git can't work on ${path}: ${error.stderr.trim()}`);
}

/** The commit that a name stands for; refuses a name that git doesn't know. */
export async function commitNamed(folder: string, name: string): Promise<string> {
  const sha = await resolveCommit(folder, name);
  if (sha !== undefined) return sha;
  if (name === 'HEAD') throw new UsageError(`${folder} has no commit yet; commit the values files first`);
  const shallow = (await runGitText(folder, ['rev-parse', '--is-shallow-repository'])) === 'true';
  throw new UsageError(
    `git knows no commit "${name}" here${shallow ? ': this is a shallow clone, fetch more of it first' : ''}`,
  );
}

/** What a tree holds for us: settings, and values files that aren't read yet. */
export interface Sources {
  readonly settings: Settings | undefined; // undefined: broken, the findings say how
  readonly readable?: Readable; // what can be read of broken ones
  readonly index: ValuesIndex;
  readonly chosen: readonly ValuesEntry[]; // those that were named, or all
  readonly findings: readonly Finding[]; // of the settings
}

/** All that a tree holds for us, built. */
export interface Workspace extends Sources {
  readonly builds: readonly Built[];
}

/** Lists the values files of a tree; with names only those releases, and refuses a name that isn't there. */
export async function openSources(tree: FileTree, names: readonly string[]): Promise<Sources> {
  const settings = await fetchSettings(tree);
  const findings = findingsOf(settings);
  if (!settings.ok) {
    const readable = settings.readable;
    return { settings: undefined, index: new Map(), chosen: [], findings, ...(readable ? { readable } : {}) };
  }
  const index = await fetchIndex(tree, settings.value);
  return { settings: settings.value, index, chosen: choose([...index.values()], names, settings.value), findings };
}

/** Reads, checks and renders a tree; with names only those releases, and refuses a name that isn't there. */
export async function openWorkspace(tree: FileTree, names: readonly string[]): Promise<Workspace> {
  const sources = await openSources(tree, names);
  const { settings, chosen } = sources;
  return { ...sources, builds: settings ? await fetchBuilt(tree, chosen, settings, targets) : [] };
}

/** The releases that are named, or all; refuses a name that isn't there. */
export function choose(
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

/** The one release that a name means; refuses a name that several have. */
export function onlyOne<T>(chosen: readonly T[], name: string, idOf: (each: T) => ReleaseId): T {
  const [one, second] = chosen;
  if (one === undefined) throw new UsageError(`there is no release "${name}"`);
  if (second === undefined) return one;
  const meant = chosen.map((each) => identityOf(idOf(each))).join(', ');
  throw new UsageError(`several releases are called "${name}"; say which: ${meant}`);
}

/** Whether a release goes by that name, short or whole. */
export function isCalled(release: ReleaseId, name: string): boolean {
  return release.name === name || identityOf(release) === name;
}

/** Says on stderr that there is nothing, and what to do about it. */
export function noteIfEmpty(
  { settings, index }: Pick<Sources, 'settings' | 'index'>,
  folder: string,
  terminal: Terminal,
): void {
  if (!settings || index.size > 0) return;
  terminal.err(
    `coalmine: no values files: nothing in ${oneLine(folder)} matches ${settings.values}; give the project's folder with -C, or the pattern in ${SETTINGS_FILE} (values)\n`,
  );
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
