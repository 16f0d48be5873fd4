import type { Built } from '../../core/build/build.ts';
import { identityOf } from '../../core/model/release.ts';
import { type Clash, judgeTogether } from '../../core/rules/together.ts';
import { type Settings, sameSettings } from '../../core/settings/settings.ts';
import { type Outline, type Outlines, outlineOf } from '../../core/targets/outline.ts';
import type { Targets } from '../../core/targets/targets.ts';
import type { FileTree, Repository } from '../ports.ts';
import { fetchNewest, historyOf, publicationsOf, sourceOf } from './history.ts';
import { readOutlineFiles } from './published.ts';
import { changedEntries, fetchBuiltInTurn, fetchIndex, fetchSettings, type ValuesIndex } from './snapshot.ts';

/** Where what is published is looked up. */
export type Publications = Pick<Repository, 'fetchCommit' | 'fetchFirstParents' | 'fetchLog' | 'treeOf'>;

/** Values files at rest, and the settings that hold for them. */
export interface Sources {
  readonly tree: FileTree;
  readonly settings: Settings;
  readonly index: ValuesIndex;
}

interface Known {
  readonly known: readonly Built[]; // of the same tree
  readonly needed: boolean; // whether it is worth reading every values file
  readonly targets: Targets;
}

/**
 * Who takes and offers what, of all the releases of a tree that can be published beside each other. What is published
 * says it, and only the values files that changed since are read; without it, or after other settings, all of them where
 * that is needed.
 */
export async function fetchOutlines(
  repository: Publications,
  sources: Sources,
  { known, needed, targets }: Known,
): Promise<Outlines> {
  const { tree, settings, index } = sources;
  const published = await fetchPublishedOutlines(repository, sources);
  const built = new Map(known.map((each) => [each.file, each]));
  const entries = changedEntries(index, published?.index);
  const outlined = entries.flatMap(({ file }) => built.get(file) ?? []).map(outlinedOf(settings));
  const unknown = published || needed ? entries.filter(({ file }) => !built.has(file)) : [];
  for await (const builds of fetchBuiltInTurn(tree, unknown, settings, targets))
    outlined.push(...builds.map(outlinedOf(settings)));
  const there = new Set([...index.values()].map(({ release }) => identityOf(release)));
  const before = new Map([...(published?.outlines ?? [])].filter(([identity]) => there.has(identity)));
  return judgeBuilds(outlined, { before, settings }).outlines;
}

/** One release as far as its neighbours are concerned. */
export interface Outlined {
  readonly identity: string;
  readonly outline?: Outline; // none: its file isn't YAML
  readonly broken: boolean; // by itself: it stays as it was before
}

export function outlinedOf(settings: Settings): (built: Built) => Outlined {
  return ({ id, draft, release }) => ({
    identity: identityOf(id),
    broken: release === undefined,
    ...(draft ? { outline: outlineOf(draft, settings) } : {}),
  });
}

/** What holding releases against each other gave. */
export interface JudgedBuilds {
  readonly outlines: Outlines; // of those that get along
  readonly clashes: ReadonlyMap<string, readonly Clash[]>; // by release, of all that there are
}

/**
 * Holds these releases against each other and against all others as they were. One that is broken by itself is told
 * what else is wrong with it, and gets in the way of no other release.
 */
export function judgeBuilds(
  proposed: readonly Outlined[],
  {
    before,
    gone = [],
    settings,
  }: { readonly before: Outlines; readonly gone?: readonly string[]; readonly settings: Settings },
): JudgedBuilds {
  const outlines = new Map(before);
  for (const identity of gone) outlines.delete(identity);
  for (const { identity, outline, broken } of proposed) if (outline && !broken) outlines.set(identity, outline);
  const judged = judgeTogether(outlines, before, settings);
  const broken = proposed.filter((each) => each.broken && each.outline);
  if (broken.length === 0) return { outlines: judged.outlines, clashes: byRelease(judged.clashes) };
  const hypothetical = new Map(judged.outlines);
  for (const { identity, outline } of broken) if (outline) hypothetical.set(identity, outline);
  const concerned = new Set(broken.map(({ identity }) => identity));
  const further = judgeTogether(hypothetical, before, settings).clashes.filter(({ release }) => concerned.has(release));
  const sound = judged.clashes.filter(({ release }) => !concerned.has(release));
  return { outlines: judged.outlines, clashes: byRelease([...sound, ...further]) };
}

function byRelease(clashes: readonly Clash[]): ReadonlyMap<string, readonly Clash[]> {
  return Map.groupBy(clashes, ({ release }) => release);
}

/** Rules by which one release can harm another that it leaves alone. */
const HARM: ReadonlySet<string> = new Set(['route-conflict', 'invalid-destination']);

/** Of these clashes those that harm such a release, and that weren't there before. */
export function newClashes(
  clashes: ReadonlyMap<string, readonly Clash[]>,
  { outlines, settings }: { readonly outlines: Outlines; readonly settings: Settings }, // before
  concerns: (identity: string) => boolean,
): ReadonlyMap<string, readonly Clash[]> {
  const harm = [...clashes.values()].flat().filter(({ release, rule }) => HARM.has(rule) && concerns(release));
  if (harm.length === 0) return new Map();
  const keyOf = ({ release, rule, about }: Clash) => JSON.stringify([release, rule, about]);
  const old = new Set(judgeTogether(outlines, outlines, settings).clashes.map(keyOf));
  return byRelease(harm.filter((clash) => !old.has(keyOf(clash))));
}

/** The outlines on the gitops branch, and the values files that they are of; undefined where they can't be relied on. */
async function fetchPublishedOutlines(
  repository: Publications,
  { settings, index }: Sources,
): Promise<{ readonly outlines: Outlines; readonly index: ValuesIndex } | undefined> {
  const tip = await repository.fetchCommit(`refs/heads/${settings.gitops}`);
  const newest = await fetchNewest(publicationsOf(historyOf(repository, tip)));
  const last = newest && sourceOf(newest);
  const source = last === undefined ? undefined : await repository.fetchCommit(last);
  if (!tip || !source) return undefined;
  const tree = repository.treeOf(source.sha);
  const read = await fetchSettings(tree);
  if (!read.ok || !sameSettings(read.value, settings)) return undefined;
  const stages = new Set([...index.values()].map(({ release }) => release.stage));
  const outlines = await readOutlineFiles(repository.treeOf(tip.sha), stages);
  return outlines && { outlines, index: await fetchIndex(tree, settings) };
}
