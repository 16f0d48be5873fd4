import type { Built } from '../core/build.ts';
import { type Finding, findingsOf } from '../core/finding.ts';
import type { Charts } from '../core/render/charts.ts';
import { domainsOf } from '../core/render/domains.ts';
import type { ManifestSet } from '../core/render/manifest-set.ts';
import { SETTINGS_FILE, type Settings } from '../core/settings/settings.ts';
import type { FileTree } from './ports.ts';
import { fetchBuilt, fetchIndex, fetchSettings, sameSettings, type ValuesEntry, type ValuesIndex } from './snapshot.ts';

/** One side of a review: values files that matter, what they render to, and the shared objects beside them. */
export interface Side {
  readonly builds: readonly Built[];
  readonly domains: ManifestSet;
}

/** What a review is decided from. */
export interface ReviewFacts {
  readonly base: string;
  readonly head: string;
  readonly before: Side;
  readonly after: Side;
  readonly changedFiles: ReadonlySet<string>; // values files whose content the change replaces
  readonly settingsFindings: readonly Finding[];
  readonly notes: readonly string[];
}

/** A comparison that stops at the settings: without them nobody knows where anything is. */
export const UNREADABLE = {
  before: { builds: [], domains: new Map() },
  after: { builds: [], domains: new Map() },
  changedFiles: new Set<string>(),
  notes: [],
} satisfies Partial<ReviewFacts>;

/** Two trees as they would be before and after, for `coalmine diff`: every values file that differs, and the domains. */
export async function fetchComparison(
  before: FileTree,
  after: FileTree,
  charts: Charts,
  names: { readonly base: string; readonly head: string },
): Promise<ReviewFacts> {
  const [oldSettings, settings] = await Promise.all([fetchSettings(before), fetchSettings(after)]);
  if (!settings.ok) return { ...names, ...UNREADABLE, settingsFindings: findingsOf(settings) };
  const current = oldSettings.ok ? oldSettings.value : settings.value;
  const [oldIndex, index] = await Promise.all([fetchIndex(before, current), fetchIndex(after, settings.value)]);
  const sides = await fetchSides(
    {
      before: { tree: before, settings: current, index: oldIndex },
      after: { treeOf: () => after, settings: settings.value, index },
    },
    charts,
  );
  const note = `${SETTINGS_FILE} of ${names.base} has errors: both sides are shown with the settings of ${names.head}.`;
  return { ...names, ...sides, settingsFindings: [], notes: oldSettings.ok ? [] : [note] };
}

/** Where the values files of both sides are. */
export interface Sides {
  readonly before: { readonly tree: FileTree; readonly settings: Settings; readonly index: ValuesIndex };
  readonly after: {
    readonly treeOf: (file: string) => FileTree;
    readonly settings: Settings;
    readonly index: ValuesIndex;
  };
}

/** Builds what can differ: the changed files, or all of them where the settings change. */
export async function fetchSides(
  { before, after }: Sides,
  charts: Charts,
): Promise<Pick<ReviewFacts, 'before' | 'after' | 'changedFiles'>> {
  const same = sameSettings(before.settings, after.settings);
  const changedFiles = new Set(
    [...new Set([...before.index.keys(), ...after.index.keys()])].filter((file) => {
      return before.index.get(file)?.id !== after.index.get(file)?.id;
    }),
  );
  const matters = ({ file }: ValuesEntry) => !same || changedFiles.has(file);
  const old = await fetchBuilt(before.tree, [...before.index.values()].filter(matters), before.settings, charts);
  const byTree = Map.groupBy([...after.index.values()].filter(matters), ({ file }) => after.treeOf(file));
  const now = await Promise.all(
    [...byTree].map(([tree, entries]) => fetchBuilt(tree, entries, after.settings, charts)),
  );
  return {
    changedFiles,
    before: { builds: old, domains: domainsOf(before.settings, charts) },
    after: { builds: now.flat(), domains: domainsOf(after.settings, charts) },
  };
}
