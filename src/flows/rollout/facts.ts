import { type Built, withClashes } from '../../core/build/build.ts';
import type { Draft } from '../../core/model/draft.ts';
import type { Hold } from '../../core/model/hold.ts';
import type { ManifestSet } from '../../core/model/manifest.ts';
import { identityOf } from '../../core/model/release.ts';
import type { ClusterState } from '../../core/publication/decision.ts';
import type { ReleaseRollout } from '../../core/rollout/promote.ts';
import { type StageSettings, stageSettings } from '../../core/settings/settings.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { absentClusterState, fetchClusterStates } from '../cluster/cluster-state.ts';
import { historyOf } from '../gitops/history.ts';
import { judgeBuilds, outlinedOf } from '../gitops/outlines.ts';
import { fetchBuilt, type ValuesEntry } from '../gitops/snapshot.ts';
import type { Commit, Repository } from '../ports.ts';
import type { PublicationState } from '../publish/publication-state.ts';
import { fetchText } from './content.ts';
import { fetchPast, type ReleasePast } from './release-past.ts';

/** One release as its rollout stands: what is desired, published and live. */
export interface RolloutFacts {
  readonly name: string; // short where unambiguous
  readonly entry: ValuesEntry;
  readonly text: string; // of its values file
  readonly settings: StageSettings;
  readonly built: Built; // of the default branch, beside the others
  readonly rolling: ReleaseRollout | undefined; // none: there is no primary to be read
  readonly published: ManifestSet;
  readonly isPublished: boolean | undefined; // desired is; undefined: what is published isn't to be seen from here
  readonly standing: ClusterState;
  readonly past: ReleasePast;
  readonly newest: Commit | undefined; // of the gitops branch, the last that changed it
  readonly hold: Hold | undefined;
}

export interface RolloutScope {
  readonly ends: PublicationState;
  readonly entry: ValuesEntry;
  readonly name: string;
  readonly targets: Targets;
}

/** Looks at one release from all sides. */
export async function fetchRollout(
  repository: Repository,
  { ends, entry, name, targets }: RolloutScope,
): Promise<RolloutFacts> {
  const { tree, settings, tip, published, target } = ends;
  const { release: id, file } = entry;
  const owner = identityOf(id);
  const [alone, written, outlines, past, hold] = await Promise.all([
    fetchBuilt(tree, [entry], settings, targets),
    fetchText(tree, file),
    published.fetchOutlines(),
    fetchPast(repository, { id, file, tip }),
    published.fetchHold(id),
  ]);
  const { clashes } = judgeBuilds(alone.map(outlinedOf(settings)), { before: outlines, settings });
  const built = withClashes(alone[0] ?? { id, file, findings: [] }, clashes.get(owner) ?? []);
  const texts = await published.fetchTexts(owner, built.manifests);
  const facts = { tip, history: historyOf(repository, tip), settings, now: target.now };
  const release = { id, published: texts };
  const standings = await fetchClusterStates(repository, facts, [release]);
  return {
    name,
    entry,
    text: written ?? '',
    settings: stageSettings(settings, id.stage),
    built,
    rolling: built.draft && (await fetchRolling(past, built.draft, built.manifests ?? texts)),
    published: texts,
    isPublished: built.manifests !== undefined && published.equals(owner, built.manifests),
    standing: standings.get(owner) ?? absentClusterState(release),
    past,
    newest: past.commits[0],
    hold,
  };
}

/** A release as its rollout sees it; `tree` has its pods as they are now. */
export async function fetchRolling(
  past: ReleasePast,
  draft: Draft,
  tree: ManifestSet,
): Promise<ReleaseRollout | undefined> {
  const { versions, primary } = draft;
  if (!versions || primary === undefined) return undefined;
  const beside = [...versions.keys()].filter((version) => version !== primary);
  return { ...rollingIn(draft, primary), former: await past.fetchFormer(beside, tree) };
}

/** The same without a look at the past, as a change has it. */
export function rollingIn(draft: Draft, primary: string): ReleaseRollout {
  const { versions, canary, shadow } = draft;
  return {
    versions: [...(versions?.keys() ?? [])],
    primary,
    ...(canary?.version === undefined ? {} : { canary: { version: canary.version, weight: canary.weight ?? 0 } }),
    ...(shadow?.version === undefined ? {} : { shadow: shadow.version }),
    former: [],
  };
}
