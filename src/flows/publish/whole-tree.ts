import { type Built, withClashes } from '../../core/build/build.ts';
import type { ManifestSet } from '../../core/model/manifest.ts';
import { identityOf } from '../../core/model/release.ts';
import { formatMessage } from '../../core/model/trailers.ts';
import { decidePublication } from '../../core/publication/decide.ts';
import type { Decision } from '../../core/publication/decision.ts';
import { readUnfinished } from '../../core/publication/progress.ts';
import { subjectOf, trailersOf } from '../../core/report/commit.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { domainsOf } from '../../core/targets/domains.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { absentClusterState } from '../cluster/cluster-state.ts';
import { judgeBuilds, outlinedOf } from '../gitops/outlines.ts';
import { NOTHING_PUBLISHED, type Published } from '../gitops/published.ts';
import { fetchBuilt, fetchIndex, fetchSettings, releasesIn, type ValuesIndex } from '../gitops/snapshot.ts';
import type { Commit, CommitWrite, Repository } from '../ports.ts';
import { fetchReleases, fetchRemovals, goneOwners } from './publication-facts.ts';

interface WholeTree {
  readonly builds: readonly Built[];
  readonly index: ValuesIndex;
  readonly settings: Settings;
  readonly domains: ManifestSet | undefined; // undefined: they stay, and so does every release that isn't built
  readonly published: Published;
}

/** What makes a tree the one that these releases render to, all at once: for a folder, which no cluster follows. */
export async function decideWholeTree(
  { builds, index, settings, domains, published }: WholeTree,
  targets: Targets,
): Promise<Decision> {
  const gone = domains ? goneOwners({ index, since: undefined, published, left: readUnfinished(undefined) }) : [];
  const releases = [
    ...(await fetchReleases(builds, { published, settings })),
    ...(await fetchRemovals(gone, published)),
  ];
  const moving = releases.map((release) => ({
    ...release,
    standing: absentClusterState(release),
    takenOver: true,
    done: 0,
    byPerson: false,
    changed: true,
  }));
  const facts = {
    branch: '',
    expectedHead: undefined,
    last: undefined,
    moving,
    outlines: await published.fetchOutlines(),
    domains,
    files: published.files,
    idOf: published.idOf,
    hasValues: index.size > 0,
    resumed: 'everything' as const,
    atOnce: true,
  };
  return decidePublication(facts, targets);
}

/** The first commit of a gitops branch whose releases are all there at once: of a repository that is made as if in use. */
export async function fetchWholeCommit(repository: Repository, source: Commit, targets: Targets): Promise<CommitWrite> {
  const tree = repository.treeOf(source.sha);
  const settings = await fetchSettings(tree);
  if (!settings.ok) throw new Error('the settings have errors');
  const index = await fetchIndex(tree, settings.value);
  const alone = await fetchBuilt(tree, [...index.values()], settings.value, targets);
  const { clashes } = judgeBuilds(alone.map(outlinedOf(settings.value)), {
    before: new Map(),
    settings: settings.value,
  });
  const builds = alone.map((built) => withClashes(built, clashes.get(identityOf(built.id)) ?? []));
  const domains = domainsOf(settings.value, releasesIn(index), targets);
  const whole = { builds, index, settings: settings.value, domains, published: NOTHING_PUBLISHED };
  const decision = await decideWholeTree(whole, targets);
  if (decision.kind !== 'publish') throw new Error('the values render to nothing');
  const { files } = decision;
  const message = formatMessage({
    subject: subjectOf(decision),
    trailers: [['Source-Commit', source.sha], ...trailersOf(decision)],
  });
  return { branch: settings.value.gitops, expectedHead: undefined, files, message };
}
