import { type Built, withClashes } from '../core/build.ts';
import { compare, findingsOf } from '../core/finding.ts';
import { outlineOf } from '../core/outline.ts';
import { releaseIdFrom } from '../core/places.ts';
import { identityOf } from '../core/release.ts';
import type { Charts } from '../core/render/charts.ts';
import { domainsOf } from '../core/render/domains.ts';
import { SETTINGS_FILE, type Settings, sameSettings } from '../core/settings/settings.ts';
import { parseMessage, trailer, trailers } from '../core/trailers.ts';
import { BROKEN_TRAILER, type Decision, decidePublication, type Moving } from './decide-publication.ts';
import { judgeBuilds, outlinedOf } from './outlines.ts';
import type { Commit, FileTree, Repository } from './ports.ts';
import { fetchPublished, NOTHING_PUBLISHED, type Published } from './published.ts';
import {
  changedEntries,
  fetchBuilt,
  fetchIndex,
  fetchSettings,
  releasesIn,
  type ValuesEntry,
  type ValuesIndex,
} from './snapshot.ts';

/** What is to be published, and onto what. */
export interface Target {
  readonly source: Commit;
  readonly branch?: string; // default: the settings' gitops branch
  readonly onto?: { readonly tip: Commit | undefined }; // to plan on top of, instead of the branch's own tip
}

/** Both ends of a publication, with nothing rendered yet. */
export interface Ends {
  readonly kind: 'ends';
  readonly tree: FileTree; // of the source
  readonly settings: Settings;
  readonly branch: string;
  readonly tip: Commit | undefined;
  readonly last: string | undefined; // Source-Commit of what is published
  readonly broken: ReadonlySet<string>; // releases that couldn't be published then
  readonly published: Published;
}

export type Refused = Extract<Decision, { kind: 'refused' }>;

/** Looks at both ends; settings with errors are a refusal, since nobody knows where anything is. */
export async function fetchEnds(repository: Repository, { source, ...target }: Target): Promise<Ends | Refused> {
  const tree = repository.treeOf(source.sha);
  const read = await fetchSettings(tree);
  if (!read.ok) {
    return {
      kind: 'refused',
      findings: findingsOf(read),
      reason: `${SETTINGS_FILE} has errors; nothing is published until they are fixed`,
    };
  }
  const branch = target.branch ?? read.value.gitops;
  const tip = target.onto ? target.onto.tip : await repository.fetchCommit(`refs/heads/${branch}`);
  const message = tip && parseMessage(tip.message);
  return {
    kind: 'ends',
    tree,
    settings: read.value,
    branch,
    tip,
    last: message && trailer(message, 'Source-Commit'),
    broken: new Set(message && trailers(message, BROKEN_TRAILER)),
    published: tip ? await fetchPublished(repository.treeOf(tip.sha)) : NOTHING_PUBLISHED,
  };
}

/** The values files of the last publication; undefined where everything has to be looked at again. */
export async function fetchLastIndex(
  repository: Repository,
  { last, settings, published }: Ends,
): Promise<ValuesIndex | undefined> {
  if (last === undefined || !published.byThisRenderer) return undefined;
  const commit = await repository.fetchCommit(last);
  if (!commit) return undefined;
  const tree = repository.treeOf(commit.sha);
  const read = await fetchSettings(tree);
  return read.ok && sameSettings(read.value, settings) ? fetchIndex(tree, settings) : undefined;
}

/** Reads, in proportion to what changed `since`, what the publication is decided from, and decides. */
export async function fetchDecision(
  { tree, settings, branch, tip, last, published, broken }: Ends,
  since: ValuesIndex | undefined,
  charts: Charts,
): Promise<Decision> {
  const index = await fetchIndex(tree, settings);
  const entries = since ? changedOrBroken(index, since, broken) : [...index.values()];
  const gone = goneOwners({ index, since, published });
  const still = entries.length + gone.length === 0; // nothing moves: nobody gets in anybody's way
  const outlines = still ? undefined : await published.fetchOutlines();
  const builds = await fetchBuilt(tree, entries, settings, charts);
  const { clashes } = judgeBuilds(builds.map(outlinedOf(settings)), { before: outlines ?? new Map(), gone, settings });
  const judged = builds.map((built) => withClashes(built, clashes.get(identityOf(built.id)) ?? []));
  const moving = [
    ...(await fetchMoving(judged, { published, settings })),
    ...(await fetchRemovals(gone, published)),
  ].sort((a, b) => compare(identityOf(a.id), identityOf(b.id)));
  return decidePublication(
    {
      branch,
      expectedHead: tip?.sha,
      last,
      moving,
      ...(outlines ? { outlines } : {}),
      domains: domainsOf(settings, releasesIn(index), charts),
      files: published.files,
      idOf: published.idOf,
      hasValues: index.size > 0,
    },
    charts,
  );
}

/** The values files that are other than before, and those that couldn't be published then: maybe now they can. */
function changedOrBroken(index: ValuesIndex, since: ValuesIndex, broken: ReadonlySet<string>): readonly ValuesEntry[] {
  const changed = new Set(changedEntries(index, since));
  return [...index.values()].filter((entry) => changed.has(entry) || broken.has(identityOf(entry.release)));
}

/** These releases, each beside what is published of it; texts are read only where they differ. */
export function fetchMoving(
  builds: readonly Built[],
  { published, settings }: { readonly published: Published; readonly settings: Settings },
): Promise<readonly Moving[]> {
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
}: {
  readonly index: ValuesIndex;
  readonly since: ValuesIndex | undefined;
  readonly published: Published;
}): readonly string[] {
  const there = new Set([...index.values()].map(({ release }) => identityOf(release)));
  const candidates = since
    ? [...since.values()].map(({ release }) => identityOf(release))
    : [...published.byOwner.keys()];
  return candidates.filter((owner) => !there.has(owner) && published.byOwner.get(owner)?.kind === 'release');
}

/** Published releases on their way out. */
export function fetchRemovals(owners: readonly string[], published: Published): Promise<readonly Moving[]> {
  return Promise.all(
    owners.map(async (owner) => ({
      id: releaseIdFrom(owner),
      desired: new Map<string, string>(),
      findings: [],
      published: await published.fetchTexts(owner),
    })),
  );
}
