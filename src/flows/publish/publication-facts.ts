import { type Built, withClashes } from '../../core/build/build.ts';
import { compare, findingsOf } from '../../core/model/finding.ts';
import { releaseIdFrom } from '../../core/model/places.ts';
import { identityOf } from '../../core/model/release.ts';
import { parseMessage } from '../../core/model/trailers.ts';
import { decidePublication } from '../../core/publication/decide.ts';
import type { Decision, RefusedPublication } from '../../core/publication/decision.ts';
import { readUnfinished, type UnfinishedWork } from '../../core/publication/progress.ts';
import { LIVE_REF } from '../../core/readiness/live-file.ts';
import { SETTINGS_FILE, type Settings, sameSettings } from '../../core/settings/settings.ts';
import { domainsOf } from '../../core/targets/domains.ts';
import { outlineOf } from '../../core/targets/outline.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { fetchNewestConfirmed } from '../cluster/live.ts';
import { fetchNewest, historyOf, type PublicationHistory, publicationsOf, sourceOf } from '../gitops/history.ts';
import { judgeBuilds, outlinedOf } from '../gitops/outlines.ts';
import { fetchPublished, NOTHING_PUBLISHED, type Published } from '../gitops/published.ts';
import {
  changedEntries,
  fetchBuilt,
  fetchIndex,
  fetchSettings,
  releasesIn,
  type ValuesEntry,
  type ValuesIndex,
} from '../gitops/snapshot.ts';
import type { Commit, Repository } from '../ports.ts';
import type { PublicationRequest, PublicationState, ReleaseSides } from './publication-state.ts';
import { fetchMoving } from './releases.ts';

/** Looks at both ends; settings with errors are a refusal, since it is unknown where anything is. */
export async function fetchPublicationState(
  repository: Repository,
  target: PublicationRequest,
): Promise<PublicationState | RefusedPublication> {
  const { source } = target;
  const tree = repository.treeOf(source.sha);
  const read = await fetchSettings(tree);
  if (!read.ok) {
    return {
      kind: 'refused',
      asks: [],
      findings: findingsOf(read),
      refusal: { code: 'settings-errors', file: SETTINGS_FILE },
    };
  }
  const branch = target.branch ?? read.value.gitops;
  const tip = target.onto ? target.onto.tip : await repository.fetchCommit(`refs/heads/${branch}`);
  const publications = publicationsOf(historyOf(repository, tip));
  const newest = await fetchNewest(publications);
  const ours = await fetchOurs(publications);
  return {
    kind: 'ends',
    tree,
    settings: read.value,
    branch,
    tip,
    newest,
    last: newest && sourceOf(newest),
    ours: ours && sourceOf(ours),
    left: readUnfinished(ours && parseMessage(ours.message)),
    target,
    published: tip ? await fetchPublished(repository.treeOf(tip.sha)) : NOTHING_PUBLISHED,
  };
}

/**
 * Why nothing is published onto a branch that is gone while clusters run what it had: to begin anew would take the routes
 * away of what runs, until its workloads are confirmed once more. Undefined where the branch is there, or was never heard of.
 */
export async function fetchLostBranch(
  repository: Repository,
  { tip, branch }: Pick<PublicationState, 'tip' | 'branch'>,
): Promise<RefusedPublication | undefined> {
  const lost = tip ? undefined : await fetchNewestConfirmed(repository);
  if (!lost) return undefined;
  const known = lost === 'unreadable' ? {} : { commit: lost.commit };
  const refusal = { code: 'lost-branch', branch, reports: LIVE_REF, ...known } as const;
  return { kind: 'refused', asks: [], findings: [], refusal };
}

/** How many commits of other people may lie on top of ours. */
const OTHERS = 20;

/** The newest one that we published: a commit by hand on top of it doesn't make what was begun forgotten. */
async function fetchOurs(publications: PublicationHistory): Promise<Commit | undefined> {
  let seen = 0;
  const isOurs = (commit: Commit) => sourceOf(commit) !== undefined;
  const commits = await publications.backTo((commit) => isOurs(commit) || ++seen >= OTHERS);
  return commits.find(isOurs);
}

/** The values files of the last publication; undefined where everything has to be looked at again. */
export async function fetchLastIndex(repository: Repository, ends: PublicationState): Promise<ValuesIndex | undefined> {
  const before = ends.published.byThisRenderer ? await fetchBefore(repository, ends.last, ends.settings) : undefined;
  return before?.sameSettings ? before.index : undefined;
}

/** The values files that are published, and whether the settings were as they are now. */
async function fetchBefore(
  repository: Repository,
  source: string | undefined,
  settings: Settings,
): Promise<{ readonly index: ValuesIndex; readonly sameSettings: boolean } | undefined> {
  const commit = source === undefined ? undefined : await repository.fetchCommit(source);
  if (!commit) return undefined;
  const tree = repository.treeOf(commit.sha);
  const read = await fetchSettings(tree);
  if (!read.ok) return undefined;
  return { index: await fetchIndex(tree, read.value), sameSettings: sameSettings(read.value, settings) };
}

/** Reads, in proportion to what changed `since`, what the publication is decided from, and decides. */
export async function fetchDecision(
  repository: Repository,
  ends: PublicationState,
  { since, targets }: { readonly since: ValuesIndex | undefined; readonly targets: Targets },
): Promise<Decision> {
  const { tree, settings, branch, tip, last, published, left, target } = ends;
  const index = await fetchIndex(tree, settings);
  const entries = since ? entriesToLookAt(index, since, left) : [...index.values()];
  const gone = goneOwners({ index, since, published, left });
  const still = entries.length + gone.length === 0; // nothing moves: no release gets in another's way
  const outlines = still ? undefined : await published.fetchOutlines();
  const builds = await fetchBuilt(tree, entries, settings, targets);
  const judged = judgeBuilds(builds.map(outlinedOf(settings)), { before: outlines ?? new Map(), gone, settings });
  const sound = builds.map((built) => withClashes(built, judged.clashes.get(identityOf(built.id)) ?? []));
  const releases = [
    ...(await fetchReleases(sound, { published, settings })),
    ...(await fetchRemovals(gone, published)),
  ].sort((a, b) => compare(identityOf(a.id), identityOf(b.id)));
  const before = since ? { index: since, sameSettings: true } : await fetchBefore(repository, ends.ours, settings);
  const isEdited = changesBetween(index, before?.index);
  const moving = await fetchMoving(repository, releases, {
    ends,
    outlines: { published: outlines ?? new Map(), proposed: judged.outlines },
    isEdited,
    isChanged: (identity) => !before?.sameSettings || isEdited(identity),
  });
  return decidePublication(
    {
      branch,
      expectedHead: tip?.sha,
      last,
      moving,
      ...(outlines ? { outlines } : {}),
      domains: domainsOf(settings, releasesIn(index), targets),
      files: published.files,
      idOf: published.idOf,
      hasValues: index.size > 0,
      ...(target.resumed ? { resumed: target.resumed } : {}),
    },
    targets,
  );
}

/** The values files that are other than before, and those whose releases aren't where they should be. */
function entriesToLookAt(
  index: ValuesIndex,
  since: ValuesIndex,
  { broken, unfinished }: UnfinishedWork,
): readonly ValuesEntry[] {
  const changed = new Set(changedEntries(index, since));
  return [...index.values()].filter((entry) => {
    const identity = identityOf(entry.release);
    return changed.has(entry) || broken.has(identity) || unfinished.has(identity);
  });
}

/** Tells of a release whether its values file is another one than before; where nothing is known of before, it is. */
function changesBetween(index: ValuesIndex, before: ValuesIndex | undefined): (identity: string) => boolean {
  const idsIn = (values: ValuesIndex) =>
    new Map([...values.values()].map(({ release, id }) => [identityOf(release), id] as const));
  const [now, then] = [idsIn(index), before && idsIn(before)];
  return (identity) => then === undefined || now.get(identity) !== then.get(identity);
}

/** These releases, each beside what is published of it; texts are read only where they differ. */
export function fetchReleases(
  builds: readonly Built[],
  { published, settings }: { readonly published: Published; readonly settings: Settings },
): Promise<readonly ReleaseSides[]> {
  return Promise.all(
    builds.map(async ({ id, manifests, findings, draft }) => {
      const owner = identityOf(id);
      const same = !manifests || published.equals(owner, manifests);
      return {
        id,
        desired: manifests,
        ...(manifests && draft ? { outline: outlineOf(draft, settings) } : {}),
        findings,
        published: same ? (manifests ?? new Map()) : await published.fetchTexts(owner, manifests),
      };
    }),
  );
}

/** The published releases whose values file is gone. */
export function goneOwners({
  index,
  since,
  published,
  left,
}: {
  readonly index: ValuesIndex;
  readonly since: ValuesIndex | undefined;
  readonly published: Published;
  readonly left: UnfinishedWork;
}): readonly string[] {
  const there = new Set([...index.values()].map(({ release }) => identityOf(release)));
  const candidates = since
    ? new Set([...[...since.values()].map(({ release }) => identityOf(release)), ...left.unfinished.keys()])
    : published.byOwner.keys();
  return [...candidates].filter((owner) => !there.has(owner) && published.byOwner.get(owner)?.kind === 'release');
}

/** Published releases on their way out. */
export function fetchRemovals(owners: readonly string[], published: Published): Promise<readonly ReleaseSides[]> {
  return Promise.all(
    owners.map(async (owner) => ({
      id: releaseIdFrom(owner),
      desired: new Map<string, string>(),
      findings: [],
      published: await published.fetchTexts(owner),
    })),
  );
}
