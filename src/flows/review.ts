import type { Built } from '../core/build.ts';
import { diff } from '../core/diff.ts';
import { compare, type Finding, findingsOf, isError, sortFindings } from '../core/finding.ts';
import { identityOf } from '../core/release.ts';
import type { Charts } from '../core/render/charts.ts';
import { domainsOf } from '../core/render/domains.ts';
import type { ManifestSet } from '../core/render/manifest-set.ts';
import { formatReviewCheck } from '../core/report/check-run.ts';
import { formatComment, formatEmptyComment, REVIEW_MARKER } from '../core/report/comment.ts';
import { meaningOf, shortNames } from '../core/report/meaning.ts';
import type { Review, ReviewedRelease } from '../core/report/review.ts';
import { readSettings } from '../core/settings/read.ts';
import { SETTINGS_FILE, type Settings } from '../core/settings/settings.ts';
import type { Plan } from './effect.ts';
import { mergeIndex } from './merge-index.ts';
import type { Commit, FileTree, Ports, Pull } from './ports.ts';
import { fetchBuilt, fetchIndex, fetchSettings, sameSettings, type ValuesEntry, type ValuesIndex } from './snapshot.ts';

/** The name of the check run that a review leaves on a pull request's head. */
export const REVIEW_CHECK = 'coalmine';

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

/** Reviews a pull request: what merging it would change in the cluster, and what is wrong with it. */
export async function reviewPullRequest(
  ports: Pick<Ports, 'repository' | 'pulls'>,
  number: number,
  charts: Charts,
): Promise<Plan> {
  const pull = await ports.pulls.fetchPull(number);
  if (!pull?.open) return [];
  const facts = await fetchFacts(ports, pull, charts);
  return facts ? planReview(pull, decideReview(facts)) : [];
}

/** Two trees as they would be before and after, for `coalmine diff`: every values file that differs, and the domains. */
export async function fetchComparison(
  before: FileTree,
  after: FileTree,
  charts: Charts,
  names: { readonly base: string; readonly head: string },
): Promise<ReviewFacts> {
  const [oldSettings, newSettings] = await Promise.all([fetchSettings(before), fetchSettings(after)]);
  if (!newSettings.ok || !oldSettings.ok) {
    return { ...names, ...EMPTY, settingsFindings: findingsOf(newSettings.ok ? oldSettings : newSettings) };
  }
  const [oldIndex, newIndex] = await Promise.all([
    fetchIndex(before, oldSettings.value),
    fetchIndex(after, newSettings.value),
  ]);
  const sides = await fetchSides(
    {
      before: { tree: before, settings: oldSettings.value, index: oldIndex },
      after: { treeOf: () => after, settings: newSettings.value, index: newIndex },
    },
    charts,
  );
  return { ...names, ...sides, settingsFindings: [], notes: [] };
}

const EMPTY = {
  before: { builds: [], domains: new Map() },
  after: { builds: [], domains: new Map() },
  changedFiles: new Set<string>(),
  notes: [],
} satisfies Partial<ReviewFacts>;

async function fetchFacts(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  pull: Pull,
  charts: Charts,
): Promise<ReviewFacts | undefined> {
  const [defaultBranch, tip, head] = await Promise.all([
    pulls.fetchDefaultBranch(),
    repository.fetchCommit(`refs/heads/${pull.base}`),
    repository.fetchCommit(pull.head.sha),
  ]);
  if (!tip || !head) return undefined; // a branch that went meanwhile: its own event follows
  const mergeBase = (await repository.fetchMergeBase(tip.sha, head.sha)) ?? tip.sha;
  const [baseTree, tipTree, headTree] = [mergeBase, tip.sha, head.sha].map((sha) => repository.treeOf(sha)) as [
    FileTree,
    FileTree,
    FileTree,
  ];

  const names = { base: pull.base, head: head.sha };
  const [tipSettings, baseSettings, headSettings] = await Promise.all([tipTree, baseTree, headTree].map(fetchSettings));
  if (!tipSettings || !baseSettings || !headSettings) throw new Error('settings are read for three trees');
  const changesSettings = !sameRead(baseSettings, headSettings);
  const proposesSettings = changesSettings && !pull.head.fork;
  const proposed = proposesSettings ? headSettings : tipSettings;
  if (!proposed.ok) {
    const concerned = proposesSettings || (await touchesValues(baseTree, headTree));
    return concerned
      ? { ...names, ...EMPTY, settingsFindings: findingsOf(proposed) }
      : {
          ...names,
          ...EMPTY,
          settingsFindings: [],
          notes: [
            `${SETTINGS_FILE} on ${defaultBranch} has errors: values files can't be reviewed until they are fixed.`,
          ],
        };
  }
  const current = tipSettings.ok ? tipSettings.value : proposed.value;

  const [tipIndex, baseIndex, headIndex, tipOwnIndex] = await Promise.all([
    fetchIndex(tipTree, proposed.value),
    fetchIndex(baseTree, proposed.value),
    fetchIndex(headTree, proposed.value),
    fetchIndex(tipTree, current),
  ]);
  const alone = mergeIndex({ base: baseIndex, tip: tipIndex, head: headIndex });
  const testMerge = alone.unsure.length > 0 ? await fetchTestMerge(repository, pull, tip, proposed.value) : undefined;
  const merged = testMerge
    ? mergeIndex({ base: baseIndex, tip: tipIndex, head: headIndex, testMerge: testMerge.index })
    : alone;
  const trees = { tip: tipTree, head: headTree, testMerge: testMerge?.tree ?? headTree };
  const sides = await fetchSides(
    {
      before: { tree: tipTree, settings: current, index: tipOwnIndex },
      after: { treeOf: (file) => trees[merged.from.get(file) ?? 'tip'], settings: proposed.value, index: merged.index },
    },
    charts,
  );
  return {
    ...names,
    ...sides,
    settingsFindings: [],
    notes: [
      ...merged.unsure.map(
        (file) =>
          `${file} changed on both branches and there is no test merge yet: shown as on the pull request's own branch.`,
      ),
      ...(changesSettings && pull.head.fork
        ? [`${SETTINGS_FILE} changes, but from a fork: shown with the settings of ${defaultBranch}.`]
        : []),
      ...(pull.base === defaultBranch
        ? []
        : [`Only ${defaultBranch} is published: merging into ${pull.base} alone changes nothing in the cluster.`]),
    ],
  };
}

/** Whether values files differ, by the default pattern: all there is to go by without settings. */
async function touchesValues(base: FileTree, head: FileTree): Promise<boolean> {
  const defaults = readSettings(undefined);
  if (!defaults.ok) return true;
  const [old, now] = await Promise.all([fetchIndex(base, defaults.value), fetchIndex(head, defaults.value)]);
  return [...new Set([...old.keys(), ...now.keys()])].some((file) => old.get(file)?.id !== now.get(file)?.id);
}

/** GitHub's test merge, where it is one with the present tip of the base. */
async function fetchTestMerge(
  repository: Ports['repository'],
  pull: Pull,
  tip: Commit,
  settings: Settings,
): Promise<{ readonly tree: FileTree; readonly index: ValuesIndex } | undefined> {
  if (pull.mergeCommit === undefined) return undefined;
  const commit = await repository.fetchCommit(pull.mergeCommit);
  if (commit?.parents[0] !== tip.sha || commit.parents[1] !== pull.head.sha) return undefined;
  const tree = repository.treeOf(commit.sha);
  return { tree, index: await fetchIndex(tree, settings) };
}

interface Sides {
  readonly before: { readonly tree: FileTree; readonly settings: Settings; readonly index: ValuesIndex };
  readonly after: {
    readonly treeOf: (file: string) => FileTree;
    readonly settings: Settings;
    readonly index: ValuesIndex;
  };
}

/** Builds what can differ: the changed files, or all of them where the settings change. */
async function fetchSides(
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

function sameRead(
  one: Awaited<ReturnType<typeof fetchSettings>>,
  other: Awaited<ReturnType<typeof fetchSettings>>,
): boolean {
  if (one.ok && other.ok) return sameSettings(one.value, other.value);
  return !one.ok && !other.ok && JSON.stringify(one.findings) === JSON.stringify(other.findings);
}

/** Compares both sides; pure. A release is reviewed when its file changes, its manifests differ, or it breaks. */
export function decideReview({
  before,
  after,
  changedFiles,
  settingsFindings,
  base,
  head,
  notes,
}: ReviewFacts): Review {
  const nameOf = shortNames([
    ...new Map([...before.builds, ...after.builds].map(({ id }) => [identityOf(id), id])).values(),
  ]);
  const old = new Map(before.builds.map((built) => [identityOf(built.id), built]));
  const now = new Map(after.builds.map((built) => [identityOf(built.id), built]));
  const releases = [...new Set([...old.keys(), ...now.keys()])]
    .sort(compare)
    .flatMap((identity): readonly ReviewedRelease[] => {
      const [was, is] = [old.get(identity), now.get(identity)];
      const { id, file } = (is ?? was) as Built;
      const broken = is !== undefined && is.manifests === undefined;
      const [from, to] = [was?.manifests ?? new Map(), is?.manifests ?? new Map()];
      const changes = broken ? [] : diff(from, to);
      const breaks = broken && was?.manifests !== undefined;
      if (!changedFiles.has(file) && changes.length === 0 && !breaks) return [];
      return [
        {
          name: nameOf(id),
          changes,
          findings: is?.findings ?? [],
          ...(changes.length > 0 ? { meaning: meaningOf(id, from, to) } : {}),
        },
      ];
    });
  return {
    base,
    head,
    releases,
    notes,
    others: diff(before.domains, after.domains),
    findings: sortFindings([...settingsFindings, ...releases.flatMap(({ findings }) => findings)]),
  };
}

/** A review as writes. The check comes last: once it is there, the review is complete. */
export function planReview(pull: Pull, review: Review): Plan {
  const quiet =
    review.releases.every(({ changes, findings }) => changes.length === 0 && !findings.some(isError)) &&
    review.others.length === 0 &&
    review.findings.every((finding) => !isError(finding));
  const body = quiet ? formatEmptyComment(review.head, review.base) : formatComment(review);
  return [
    { kind: 'comment', pull: pull.number, marker: REVIEW_MARKER, body, editOnly: quiet },
    { kind: 'check', name: REVIEW_CHECK, sha: pull.head.sha, report: formatReviewCheck(review) },
  ];
}
