import { type Built, build } from '../../core/build/build.ts';
import { compare } from '../../core/model/finding.ts';
import type { ReleaseId } from '../../core/model/release.ts';
import { releaseIdOf, valuesFolder } from '../../core/settings/pattern.ts';
import { type ReadSettings, readSettings } from '../../core/settings/read.ts';
import { SETTINGS_FILE, SETTINGS_FOLDER, type Settings } from '../../core/settings/settings.ts';
import type { Targets } from '../../core/targets/targets.ts';
import type { Content } from '../../core/yaml/document.ts';
import { LIMITS } from '../../core/yaml/limits.ts';
import type { FileTree, Ports, TreeEntry } from '../ports.ts';

/** One values file where it stands, not read yet. */
export interface ValuesEntry extends TreeEntry {
  readonly file: string;
  readonly release: ReleaseId;
}

/** Values files by path, sorted. */
export type ValuesIndex = ReadonlyMap<string, ValuesEntry>;

/** Reads the settings of a tree; without the file the defaults hold. */
export async function fetchSettings(tree: FileTree): Promise<ReadSettings> {
  const entry = await findSettings(tree);
  return readSettings(entry && (await fetchContents(tree, [entry])).get(entry.id));
}

/** Reads the settings of the default branch; undefined where there is no such branch, or they have errors. */
export async function fetchDefaultSettings({
  repository,
  pulls,
}: {
  readonly repository: Pick<Ports['repository'], 'fetchCommit' | 'treeOf'>;
  readonly pulls: Pick<Ports['pulls'], 'fetchDefaultBranch'>;
}): Promise<Settings | undefined> {
  const source = await repository.fetchCommit(`refs/heads/${await pulls.fetchDefaultBranch()}`);
  const settings = source && (await fetchSettings(repository.treeOf(source.sha)));
  return settings?.ok ? settings.value : undefined;
}

async function findSettings(tree: FileTree): Promise<TreeEntry | undefined> {
  return (await tree.list(SETTINGS_FOLDER)).get(SETTINGS_FILE);
}

/** Lists the values files of a tree without reading them. */
export async function fetchIndex(tree: FileTree, settings: Settings): Promise<ValuesIndex> {
  const files = await tree.list(valuesFolder(settings));
  const entries = [...files].flatMap(([file, entry]) => {
    const release = releaseIdOf(settings, file);
    return release ? [[file, { ...entry, file, release }] as const] : [];
  });
  return new Map(entries.sort(([a], [b]) => compare(a, b)));
}

/** The releases that there are files for. */
export function releasesIn(index: ValuesIndex): readonly ReleaseId[] {
  return [...index.values()].map(({ release }) => release);
}

/** The values files that are new or other than before; all of them where nothing is known of before. */
export function changedEntries(index: ValuesIndex, before: ValuesIndex | undefined): readonly ValuesEntry[] {
  return [...index.values()].filter(({ file, id }) => before?.get(file)?.id !== id);
}

/** Reads, checks and renders these values files. */
export async function fetchBuilt(
  tree: FileTree,
  entries: readonly ValuesEntry[],
  settings: Settings,
  targets: Targets,
): Promise<readonly Built[]> {
  const contents = await fetchContents(tree, entries);
  return entries.map(({ file, id, release }) => {
    const bytes = contents.get(id);
    if (!bytes) throw new Error(`the content of ${file} is missing from the tree that lists it`);
    return build({ file, id: release, bytes }, settings, targets);
  });
}

/** Number of values files that are read and built at a time, where not all are needed at once. */
const AT_ONCE = 50;

/** Reads, checks and renders values files some at a time, in their order: only what is being looked at is in memory. */
export async function* fetchBuiltInTurn(
  tree: FileTree,
  entries: readonly ValuesEntry[],
  settings: Settings,
  targets: Targets,
): AsyncGenerator<readonly Built[]> {
  for (let from = 0; from < entries.length; from += AT_ONCE)
    yield await fetchBuilt(tree, entries.slice(from, from + AT_ONCE), settings, targets);
}

/** Contents by id. What is over the limit isn't fetched: its length alone is the finding. */
async function fetchContents(tree: FileTree, entries: readonly TreeEntry[]): Promise<ReadonlyMap<string, Content>> {
  const [small, large] = [
    entries.filter(({ size }) => size <= LIMITS.bytes),
    entries.filter(({ size }) => size > LIMITS.bytes),
  ];
  const read = await tree.read([...new Set(small.map(({ id }) => id))]);
  return new Map<string, Content>([...read, ...large.map(({ id, size }) => [id, { length: size }] as const)]);
}

/** The releases whose values files differ between two trees; or that the settings do. */
export async function fetchChanged(
  before: FileTree,
  after: FileTree,
  settings: Settings,
): Promise<readonly ReleaseId[] | 'settings'> {
  const [old, now] = await Promise.all([before, after].map(findSettings));
  if (old?.id !== now?.id) return 'settings';
  return fetchReleasesChanged(before, after, settings);
}

/** The releases whose values files differ between two trees. */
export async function fetchReleasesChanged(
  before: FileTree,
  after: FileTree,
  settings: Settings,
): Promise<readonly ReleaseId[]> {
  const [old, now] = await Promise.all([fetchIndex(before, settings), fetchIndex(after, settings)]);
  const gone = [...old.values()].filter(({ file }) => !now.has(file));
  return [...changedEntries(now, old), ...gone].map(({ release }) => release);
}

/** Whether the settings file or any values file differs between two trees. */
export async function touches(before: FileTree, after: FileTree, settings: Settings): Promise<boolean> {
  const changed = await fetchChanged(before, after, settings);
  return changed === 'settings' || changed.length > 0;
}
