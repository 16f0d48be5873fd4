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

/** The folder on which a command works. Throws UsageError if it does not exist. */
async function openFolder(folder: string): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new UsageError(`there is no folder ${folder}`);
  return folder;
}

/** Opens the files that render and validate read: a folder's working tree, or the HEAD of a bare repository. */
export async function openTree(folder: string): Promise<FileTree> {
  const path = await openFolder(folder);
  const names = await readdir(path);
  const looksBare = ['HEAD', 'objects', 'refs'].every((name) => names.includes(name));
  return looksBare ? gitRepository(path).treeOf(await requireCommit(path, 'HEAD')) : folderTree(path);
}

/** A git repository at its root. */
export interface LocalRepository {
  readonly root: string;
  readonly bare: boolean;
}

/** Opens the git repository whose root is this folder. Throws UsageError for a plain folder or one inside a repository. */
export async function openRepository(folder: string): Promise<LocalRepository> {
  const root = await openFolder(folder);
  const asked = ['rev-parse', '--is-bare-repository', '--is-inside-work-tree', '--show-prefix'];
  const [bare, inside, prefix] = (await runGitText(root, asked).catch((error) => refuse(root, error))).split('\n');
  if (bare === 'true') return { root, bare: true };
  if (inside !== 'true') throw new UsageError(`${root} is not a working tree; name the repository's root with -C DIR`);
  if (prefix) {
    const top = await runGitText(root, ['rev-parse', '--show-toplevel']);
    throw new UsageError(`${root} is inside the repository ${top}; name its root with -C DIR`);
  }
  return { root, bare: false };
}

function refuse(path: string, error: unknown): never {
  if (!(error instanceof GitError)) throw new Error('cannot run git; is it installed?', { cause: error });
  if (/not a git repository/.test(error.stderr)) {
    throw new UsageError(`${path} is not a git repository (render and validate work without one)`);
  }
  throw new UsageError(`git failed in ${path}: ${error.stderr.trim()}`);
}

/** Resolves a name to a commit's SHA. Throws UsageError for a name that git does not know. */
export async function requireCommit(folder: string, name: string): Promise<string> {
  const sha = await resolveCommit(folder, name);
  if (sha !== undefined) return sha;
  if (name === 'HEAD') throw new UsageError(`${folder} has no commit yet; commit the values files first`);
  const shallow = (await runGitText(folder, ['rev-parse', '--is-shallow-repository'])) === 'true';
  throw new UsageError(
    `git does not know the commit "${name}"${shallow ? '; this is a shallow clone: fetch more history first (git fetch --unshallow)' : ''}`,
  );
}

/** Coalmine's files in a tree: settings, and values files that are not read yet. */
export interface ValuesSources {
  readonly settings: Settings | undefined; // undefined: they have errors, see the findings
  readonly readable?: Readable; // the readable part of settings with errors
  readonly index: ValuesIndex;
  readonly chosen: readonly ValuesEntry[]; // those that were named, or all
  readonly findings: readonly Finding[]; // of the settings
}

/** Coalmine's files in a tree, with the releases built from them. */
export interface Workspace extends ValuesSources {
  readonly builds: readonly Built[];
}

/** Lists the values files of a tree; with names, only those releases. Throws UsageError for an unknown name. */
export async function openValuesSources(tree: FileTree, names: readonly string[]): Promise<ValuesSources> {
  const settings = await fetchSettings(tree);
  const findings = findingsOf(settings);
  if (!settings.ok) {
    const readable = settings.readable;
    return { settings: undefined, index: new Map(), chosen: [], findings, ...(readable ? { readable } : {}) };
  }
  const index = await fetchIndex(tree, settings.value);
  return {
    settings: settings.value,
    index,
    chosen: chooseReleases([...index.values()], names, settings.value),
    findings,
  };
}

/** Reads, checks and renders a tree; with names, only those releases. Throws UsageError for an unknown name. */
export async function openWorkspace(tree: FileTree, names: readonly string[]): Promise<Workspace> {
  const sources = await openValuesSources(tree, names);
  const { settings, chosen } = sources;
  return { ...sources, builds: settings ? await fetchBuilt(tree, chosen, settings, targets) : [] };
}

/** Chooses the named releases, or all without names. Throws UsageError for an unknown name. */
export function chooseReleases(
  entries: readonly ValuesEntry[],
  names: readonly string[],
  { values }: Settings,
): readonly ValuesEntry[] {
  if (names.length === 0) return entries;
  const chosen = names.flatMap((name) => {
    const found = entries.filter(({ release }) => hasName(release, name));
    if (found.length > 0) return found;
    const meant = nearest(
      name,
      entries.map(({ release }) => release.name),
    );
    throw new UsageError(
      `there is no release "${name}" in ${values}${meant === undefined ? '' : `; did you mean "${meant}"?`}`,
    );
  });
  return [...new Set(chosen)].sort((a, b) => (a.file < b.file ? -1 : 1));
}

/** The only chosen release. Throws UsageError if there are several of that name. */
export function requireOnly<T>(chosen: readonly T[], name: string, idOf: (each: T) => ReleaseId): T {
  const [one, second] = chosen;
  if (one === undefined) throw new UsageError(`there is no release "${name}"`);
  if (second === undefined) return one;
  const meant = chosen.map((each) => identityOf(idOf(each))).join(', ');
  throw new UsageError(`several releases are called "${name}"; choose one of ${meant}`);
}

/** Whether a release has that name, short or with its group and stage. */
export function hasName(release: ReleaseId, name: string): boolean {
  return release.name === name || identityOf(release) === name;
}

/** Prints to stderr that no values file was found, and what to do. */
export function warnIfEmpty(
  { settings, index }: Pick<ValuesSources, 'settings' | 'index'>,
  folder: string,
  terminal: Terminal,
): void {
  if (!settings || index.size > 0) return;
  terminal.err(
    `coalmine: no values files: no file in ${oneLine(folder)} matches ${settings.values}; name the project's folder with -C DIR, or set the pattern in ${SETTINGS_FILE} (values)\n`,
  );
}

/** Formats findings in the style of a compiler, with the lines of the files. */
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
