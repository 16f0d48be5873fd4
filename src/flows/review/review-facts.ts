import { findingsOf, type Read } from '../../core/model/finding.ts';
import type { ReviewFacts } from '../../core/report/decide-review.ts';
import { brokenSettingsNote } from '../../core/report/review.ts';
import { valuesFolder } from '../../core/settings/pattern.ts';
import { readSettings } from '../../core/settings/read.ts';
import { SETTINGS_FILE, SETTINGS_FOLDER, type Settings, sameSettings } from '../../core/settings/settings.ts';
import { fetchIndex, fetchSettings, touches, type ValuesIndex } from '../gitops/snapshot.ts';
import type { Commit, FileTree, Ports, Pull, Repository } from '../ports.ts';
import { formatBasis, type Reviewed } from './basis.ts';
import { fetchSides, REVIEWED_FILES, UNREADABLE } from './comparison.ts';
import { fetchGround } from './ground.ts';
import { mergeIndex } from './merge-index.ts';
import { type FileChanges, fetchSuggestible } from './suggestible.ts';

/** The trees that a pull request is judged by. */
interface Trees {
  readonly tip: FileTree; // of the base branch
  readonly base: FileTree; // where the head left it
  readonly head: FileTree;
  /** GitHub's test merge, where it is one of exactly this tip and head. */
  fetchTestMerge(): Promise<FileTree | undefined>;
}

/** Gathers what a review is decided from: the base branch as it is, and as merging would leave it. */
export async function fetchReviewFacts(
  { repository, pulls, targets }: Pick<Ports, 'repository' | 'pulls' | 'targets'>,
  pull: Pull,
): Promise<(ReviewFacts & { readonly suggestible: FileChanges; readonly basis: string | undefined }) | undefined> {
  const [defaultBranch, tip, head] = await Promise.all([
    pulls.fetchDefaultBranch(),
    repository.fetchCommit(`refs/heads/${pull.base}`),
    repository.fetchCommit(pull.head.sha),
  ]);
  if (!tip || !head) return undefined; // a branch that went meanwhile: its own event follows
  const trees = await fetchTrees(repository, pull, { tip, head });
  const names = { base: pull.base, head: head.sha };
  const fetchBasis = async (reviewed: Reviewed): Promise<string | undefined> => {
    if (pull.base !== defaultBranch) return undefined; // nothing tells that another branch has moved
    const depth = reviewed.readsPublished ? 'manifests' : 'notes';
    return formatBasis(pull, reviewed, await fetchGround(repository, { base: pull.base, tip: tip.sha, depth }));
  };
  const { current, proposed, proposes, isOfHead, notes } = await fetchProposal(trees, pull);
  if (!proposed.ok && !current.ok) {
    const concerned = proposes || (await touchesValues(trees));
    const note = `${SETTINGS_FILE} on ${pull.base} has errors: values files can't be reviewed until they are fixed.`;
    const findings = concerned ? findingsOf(proposed) : [];
    return {
      ...names,
      ...UNREADABLE,
      ...(concerned ? {} : { notes: [note] }),
      settingsFindings: findings,
      suggestible: await fetchSuggestible(trees, { folder: SETTINGS_FOLDER, findings, isOfHead: () => isOfHead }),
      basis: await fetchBasis({ files: 'all', readsPublished: false }),
    };
  }
  // Errors that a pull request brings into the settings must not hide those in values files: these are judged as before.
  const settings = current.ok ? current.value : (proposed as Extract<typeof proposed, { ok: true }>).value;
  const wanted = proposed.ok ? proposed.value : settings;
  const [index, merged] = await Promise.all([fetchIndex(trees.tip, settings), fetchMerged(trees, wanted)]);
  const sides = await fetchSides(
    repository,
    {
      before: { tree: trees.tip, settings, index },
      after: { treeOf: merged.treeOf, settings: wanted, index: merged.index },
      limit: REVIEWED_FILES,
    },
    targets,
  );
  const settingsFindings = proposed.ok ? [] : findingsOf(proposed);
  const elsewhere = `Only ${defaultBranch} is published: merging into ${pull.base} alone changes nothing in the cluster.`;
  return {
    ...names,
    ...sides,
    settingsFindings,
    basis: await fetchBasis(reviewedIn(sides, { touched: merged.touched, isAll: !sameSettings(settings, wanted) })),
    notes: [
      ...(proposed.ok ? [] : [brokenSettingsNote({ base: pull.base, head: 'this pull request' })]),
      ...notes,
      ...merged.notes,
      ...(pull.base === defaultBranch ? [] : [elsewhere]),
    ],
    suggestible: new Map([
      ...(await fetchSuggestible(trees, {
        folder: SETTINGS_FOLDER,
        findings: settingsFindings,
        isOfHead: () => isOfHead,
      })),
      ...(await fetchSuggestible(trees, {
        folder: valuesFolder(wanted),
        findings: sides.after.builds.flatMap(({ findings }) => findings),
        isOfHead: merged.isOfHead,
      })),
    ]),
  };
}

/** The values files that a review is about: those that change, and those that they get in the way of. */
function reviewedIn(
  { before, after, changedFiles, besides, excerpt }: Awaited<ReturnType<typeof fetchSides>>,
  { touched, isAll }: { readonly touched: readonly string[]; readonly isAll: boolean },
): Reviewed {
  const builds = [...before.builds, ...after.builds];
  const files = [...touched, ...changedFiles, ...[...builds, ...besides].map(({ file }) => file)];
  return {
    files: isAll || excerpt ? 'all' : new Set(files),
    readsPublished: before.builds.some(({ release }) => release === undefined),
  };
}

async function fetchTrees(
  repository: Repository,
  pull: Pull,
  { tip, head }: { readonly tip: Commit; readonly head: Commit },
): Promise<Trees> {
  const base = (await repository.fetchMergeBase(tip.sha, head.sha)) ?? tip.sha;
  return {
    tip: repository.treeOf(tip.sha),
    base: repository.treeOf(base),
    head: repository.treeOf(head.sha),
    async fetchTestMerge() {
      const commit = pull.mergeCommit === undefined ? undefined : await repository.fetchCommit(pull.mergeCommit);
      const isOfThese = commit?.parents[0] === tip.sha && commit.parents[1] === head.sha;
      return commit && isOfThese ? repository.treeOf(commit.sha) : undefined;
    },
  };
}

interface Proposal {
  readonly current: Read<Settings>;
  readonly proposed: Read<Settings>;
  readonly proposes: boolean; // whether it is the pull request that changes them
  readonly isOfHead: boolean; // whether they were read as the head has them
  readonly notes: readonly string[];
}

/** The settings that hold, and those that would after the merge: by the same rule as any file, but never from a fork. */
async function fetchProposal(trees: Trees, pull: Pull): Promise<Proposal> {
  const [current, base, head] = await Promise.all([
    fetchSettings(trees.tip),
    fetchSettings(trees.base),
    fetchSettings(trees.head),
  ]);
  if (sameRead(base, head)) return { current, proposed: current, proposes: false, isOfHead: false, notes: [] };
  if (pull.head.fork) {
    const note = `${SETTINGS_FILE} changes, but from a fork: shown with the settings of ${pull.base}.`;
    return { current, proposed: current, proposes: false, isOfHead: false, notes: [note] };
  }
  const ofHead = { current, proposed: head, proposes: true, isOfHead: true };
  if (sameRead(base, current) || sameRead(current, head)) return { ...ofHead, notes: [] };
  const merged = await trees.fetchTestMerge();
  if (merged) return { ...ofHead, proposed: await fetchSettings(merged), isOfHead: false, notes: [] };
  return { ...ofHead, notes: [unsureNote(SETTINGS_FILE)] };
}

function sameRead(one: Read<Settings>, other: Read<Settings>): boolean {
  if (one.ok && other.ok) return sameSettings(one.value, other.value);
  return !one.ok && !other.ok && JSON.stringify(one.findings) === JSON.stringify(other.findings);
}

function unsureNote(file: string): string {
  return `${file} changed on both branches, and how they merge is not known (a conflict, or the test merge is still to come): shown as on the pull request's own branch.`;
}

/** Whether values files differ, by the default pattern: all there is to go by without settings. */
async function touchesValues({ base, head }: Trees): Promise<boolean> {
  const defaults = readSettings(undefined);
  return !defaults.ok || touches(base, head, defaults.value);
}

interface Merged {
  readonly index: ValuesIndex;
  readonly touched: readonly string[]; // by the pull request, whatever the base branch has of them by now
  readonly treeOf: (file: string) => FileTree;
  readonly isOfHead: (file: string) => boolean;
  readonly notes: readonly string[];
}

/** The values files as the merge would leave them. The test merge is asked for only where both sides changed one. */
async function fetchMerged(trees: Trees, settings: Settings): Promise<Merged> {
  const [tip, base, head] = await Promise.all(
    [trees.tip, trees.base, trees.head].map((tree) => fetchIndex(tree, settings)),
  );
  if (!tip || !base || !head) throw new Error('three trees have three indexes');
  const alone = mergeIndex({ base, tip, head });
  const testMerge = alone.unsure.length > 0 ? await trees.fetchTestMerge() : undefined;
  const merged = testMerge ? mergeIndex({ base, tip, head, testMerge: await fetchIndex(testMerge, settings) }) : alone;
  const origins = { tip: trees.tip, head: trees.head, testMerge: testMerge ?? trees.head };
  const touched = [...new Set([...base.keys(), ...head.keys()])].filter(
    (file) => base.get(file)?.id !== head.get(file)?.id,
  );
  return {
    index: merged.index,
    touched,
    treeOf: (file) => origins[merged.from.get(file) ?? 'tip'],
    isOfHead: (file) => merged.from.get(file) === 'head',
    notes: merged.unsure.map(unsureNote),
  };
}
