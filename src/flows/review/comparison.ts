import { type Built, withChange, withClashes } from '../../core/build/build.ts';
import { compare, type Finding, findingsOf, isError } from '../../core/model/finding.ts';
import type { Hold } from '../../core/model/hold.ts';
import { identityOf } from '../../core/model/release.ts';
import type { ReviewFacts } from '../../core/report/decide-review.ts';
import { brokenSettingsNote } from '../../core/report/review.ts';
import { SETTINGS_FILE, type Settings, sameSettings } from '../../core/settings/settings.ts';
import { domainsOf } from '../../core/targets/domains.ts';
import { type Outlines, outlineOf } from '../../core/targets/outline.ts';
import type { Targets } from '../../core/targets/targets.ts';
import {
  fetchOutlines,
  judgeBuilds,
  newClashes,
  outlinedOf,
  type Publications,
  type Sources,
} from '../gitops/outlines.ts';
import { fetchHolds, fetchPublished } from '../gitops/published.ts';
import {
  fetchBuilt,
  fetchIndex,
  fetchSettings,
  releasesIn,
  type ValuesEntry,
  type ValuesIndex,
} from '../gitops/snapshot.ts';
import type { FileTree } from '../ports.ts';

/** Maximum number of changed values files that one review is about. */
export const REVIEWED_FILES = 500;

/** A comparison that stops at the settings: without them it is unknown where anything is. */
export const UNREADABLE = {
  before: { builds: [], domains: new Map() },
  after: { builds: [], domains: new Map() },
  changedFiles: new Set<string>(),
  besides: [],
  holds: new Map<string, Hold>(),
  notes: [],
} satisfies Partial<ReviewFacts>;

/** Two trees as they would be before and after, for `coalmine diff`: every values file that differs, up to a limit, and the domains. */
export async function fetchComparison(
  repository: Publications,
  {
    before,
    after,
    limit,
    ...names
  }: {
    readonly before: FileTree;
    readonly after: FileTree;
    readonly base: string;
    readonly head: string;
    readonly limit?: number;
  },
  targets: Targets,
): Promise<ReviewFacts> {
  const [oldSettings, settings] = await Promise.all([fetchSettings(before), fetchSettings(after)]);
  if (!settings.ok && !oldSettings.ok) return { ...names, ...UNREADABLE, settingsFindings: findingsOf(settings) };
  // Errors in the settings must not hide those in values files: these are judged by the settings of before.
  const current = oldSettings.ok ? oldSettings.value : settings.ok ? settings.value : undefined;
  const wanted = settings.ok ? settings.value : current;
  if (!current || !wanted) return { ...names, ...UNREADABLE, settingsFindings: findingsOf(settings) };
  const [oldIndex, index] = await Promise.all([fetchIndex(before, current), fetchIndex(after, wanted)]);
  const sides = await fetchSides(
    repository,
    {
      before: { tree: before, settings: current, index: oldIndex },
      after: { treeOf: () => after, settings: wanted, index },
      ...(limit === undefined ? {} : { limit }),
    },
    targets,
  );
  const note = `${SETTINGS_FILE} of ${names.base} has errors: both sides are shown with the settings of ${names.head}.`;
  if (!settings.ok) {
    return { ...names, ...sides, settingsFindings: findingsOf(settings), notes: [brokenSettingsNote(names)] };
  }
  return { ...names, ...sides, settingsFindings: [], notes: oldSettings.ok ? [] : [note] };
}

/** Where the values files of both sides are. */
export interface Sides {
  readonly before: Sources;
  readonly after: {
    readonly treeOf: (file: string) => FileTree;
    readonly settings: Settings;
    readonly index: ValuesIndex;
  };
  readonly limit?: number; // of changed files, the first by path; none: all
}

/** Builds what can differ, the changed files or all of them where the settings change, and judges it beside the others. */
export async function fetchSides(
  repository: Publications,
  { before, after, limit }: Sides,
  targets: Targets,
): Promise<Pick<ReviewFacts, 'before' | 'after' | 'changedFiles' | 'besides' | 'holds' | 'excerpt'>> {
  const same = sameSettings(before.settings, after.settings);
  const changed = [...new Set([...before.index.keys(), ...after.index.keys()])]
    .filter((file) => before.index.get(file)?.id !== after.index.get(file)?.id)
    .sort(compare);
  const changedFiles = new Set(changed.slice(0, limit));
  const unchecked = new Set(limit === undefined ? [] : changed.slice(limit));
  const matters = ({ file }: ValuesEntry) => changedFiles.has(file) || !(same || unchecked.has(file));
  const [old, now] = await Promise.all([
    fetchBuilt(before.tree, [...before.index.values()].filter(matters), before.settings, targets),
    fetchAfter(after, [...after.index.values()].filter(matters), targets),
  ]);
  const known = await withPublished(repository, before.settings.gitops, old);
  const outlines =
    old.length + now.length > 0
      ? await fetchOutlines(repository, before, {
          known: old,
          needed: meetsOthers({ before, after }, old, now),
          targets,
        })
      : new Map();
  const judged = await judgeAfter({ before, after }, { old: known, now, outlines }, targets);
  return {
    ...(unchecked.size > 0 ? { excerpt: { files: changedFiles.size, of: changed.length } } : {}),
    changedFiles,
    besides: judged.besides,
    holds: await fetchHoldsOn(repository, before.settings.gitops, now),
    before: {
      builds: [...known, ...judged.broken],
      domains: domainsOf(before.settings, releasesIn(before.index), targets),
    },
    after: { builds: judged.builds, domains: domainsOf(after.settings, releasesIn(after.index), targets) },
  };
}

/** Whether a change can bring releases into the way of others: some takes, offers or leans on something else than before. */
function meetsOthers({ before, after }: Sides, old: readonly Built[], now: readonly Built[]): boolean {
  const outlines = (builds: readonly Built[], settings: Settings) =>
    builds.map(({ id, draft }) => [identityOf(id), draft && outlineOf(draft, settings)]);
  return JSON.stringify(outlines(old, before.settings)) !== JSON.stringify(outlines(now, after.settings));
}

async function fetchAfter(
  { treeOf, settings }: Sides['after'],
  entries: readonly ValuesEntry[],
  targets: Targets,
): Promise<readonly Built[]> {
  const byTree = Map.groupBy(entries, ({ file }) => treeOf(file));
  return (await Promise.all([...byTree].map(([tree, own]) => fetchBuilt(tree, own, settings, targets)))).flat();
}

/** So many files that the change leaves alone are looked at because it gets in their way. */
const BESIDES = 20;

interface JudgedAfter {
  readonly builds: readonly Built[];
  readonly broken: readonly Built[]; // as they were: releases that the change breaks without touching them
  readonly besides: readonly Finding[];
}

/** What is wrong with the releases that come after, beside each other and beside all that stay. */
async function judgeAfter(
  { before, after }: Sides,
  {
    old,
    now,
    outlines,
  }: { readonly old: readonly Built[]; readonly now: readonly Built[]; readonly outlines: Outlines },
  targets: Targets,
): Promise<JudgedAfter> {
  const { settings, index } = after;
  const stay = new Set(releasesIn(index).map(identityOf));
  const gone = releasesIn(before.index)
    .map(identityOf)
    .filter((identity) => !stay.has(identity));
  const { clashes } = judgeBuilds(now.map(outlinedOf(settings)), { before: outlines, gone, settings });
  const oldOf = new Map(old.map((built) => [identityOf(built.id), built]));
  const builds = now.map((built) => {
    const identity = identityOf(built.id);
    return withChange(withClashes(built, clashes.get(identity) ?? []), oldOf.get(identity), settings);
  });

  const touched = new Set(now.map(({ id }) => identityOf(id)));
  const others = newClashes(clashes, { outlines, settings }, (identity) => !touched.has(identity));
  const entries = [...index.values()].filter(({ release }) => others.has(identityOf(release))).slice(0, BESIDES);
  const besides = (await fetchAfter(after, entries, targets)).filter(({ release }) => release !== undefined);
  const judged = besides.map((built) => ({
    built,
    found: withClashes({ ...built, findings: [] }, others.get(identityOf(built.id)) ?? []),
  }));
  const broken = judged.filter(({ found }) => found.findings.some(isError));
  return {
    builds: [...builds, ...broken.map(({ found }) => found)],
    broken: broken.map(({ built }) => built),
    besides: judged.filter((each) => !broken.includes(each)).flatMap(({ found }) => found.findings),
  };
}

/** Maximum number of releases whose holds are looked up. */
const HELD = 50;

/** What holds the releases that a change is about. */
async function fetchHoldsOn(
  repository: Publications,
  gitops: string,
  builds: readonly Built[],
): Promise<ReadonlyMap<string, Hold>> {
  const tip = builds.length > 0 ? await repository.fetchCommit(`refs/heads/${gitops}`) : undefined;
  return tip
    ? fetchHolds(
        repository.treeOf(tip.sha),
        builds.slice(0, HELD).map(({ id }) => id),
      )
    : new Map();
}

/** A release that is broken before keeps what was last published: that is what a repair, or its removal, replaces. */
async function withPublished(
  repository: Publications,
  gitops: string,
  builds: readonly Built[],
): Promise<readonly Built[]> {
  if (builds.every(({ release }) => release !== undefined)) return builds;
  const tip = await repository.fetchCommit(`refs/heads/${gitops}`);
  if (!tip) return builds;
  const published = await fetchPublished(repository.treeOf(tip.sha));
  return Promise.all(
    builds.map(async (built): Promise<Built> => {
      return built.release ? built : { ...built, manifests: await published.fetchTexts(identityOf(built.id)) };
    }),
  );
}
