import { diff } from '../../core/model/diff.ts';
import { releaseIdFrom } from '../../core/model/places.ts';
import { identityOf } from '../../core/model/release.ts';
import type { ReleaseToPublish } from '../../core/publication/decision.ts';
import { sourceOf } from '../../core/readiness/sources.ts';
import { stageSettings } from '../../core/settings/settings.ts';
import { type Outline, type Outlines, outlinePublished } from '../../core/targets/outline.ts';
import { absentClusterState, fetchClusterStates } from '../cluster/cluster-state.ts';
import { historyOf } from '../gitops/history.ts';
import type { Repository } from '../ports.ts';
import type { PublicationState, ReleaseSides } from './publication-state.ts';

export interface MovingFacts {
  readonly ends: PublicationState;
  readonly outlines: { readonly published: Outlines; readonly proposed: Outlines };
  readonly isEdited: (identity: string) => boolean; // its values file, since what is published
  readonly isChanged: (identity: string) => boolean; // that, or the settings
}

/** Where the clusters may stand with each release that differs, and how far it has come. */
export async function fetchMoving(
  repository: Repository,
  releases: readonly ReleaseSides[],
  { ends, outlines, isEdited, isChanged }: MovingFacts,
): Promise<readonly ReleaseToPublish[]> {
  const { tip, settings, published, left, target } = ends;
  const history = historyOf(repository, tip);
  const facts = { tip, history, settings, now: target.now };
  const differ = releases.filter(({ desired, published: before }) => desired && diff(before, desired).length > 0);
  const takers = new Map(
    differ
      .filter(({ desired }) => desired?.size === 0)
      .map(({ id }) => [identityOf(id), takersOf(identityOf(id), outlines)] as const),
  );
  const others = [...new Set([...takers.values()].flat())].filter((identity) => {
    return !differ.some(({ id }) => identityOf(id) === identity);
  });
  const beside = await Promise.all(
    others.map(async (owner) => ({ id: releaseIdFrom(owner), published: await published.fetchTexts(owner) })),
  );
  const standings = await fetchClusterStates(repository, facts, [...differ, ...beside]);
  const texts = new Map([...differ, ...beside].map((release) => [identityOf(release.id), release.published]));
  const isLive = (taker: string, taken: Outline | undefined) => {
    const actual = outlinePublished(releaseIdFrom(taker), texts.get(taker) ?? new Map());
    return standings.get(taker)?.applied.routes === true && actual !== undefined && !!taken && shares(actual, taken);
  };
  return releases.map((release) => {
    const identity = identityOf(release.id);
    return {
      ...release,
      standing: standings.get(identity) ?? absentClusterState(release),
      takenOver: (takers.get(identity) ?? []).every((taker) => isLive(taker, outlines.published.get(identity))),
      done: isEdited(identity) ? 0 : (left.unfinished.get(identity) ?? 0),
      byPerson: sourceOf(stageSettings(settings, release.id.stage).readiness).waitsFor === 'time',
      changed: isChanged(identity),
    };
  });
}

/** The releases that take over a path of one that goes. */
function takersOf(identity: string, { published, proposed }: MovingFacts['outlines']): readonly string[] {
  const gone = published.get(identity);
  if (!gone) return [];
  return [...proposed].flatMap(([other, outline]) => (other !== identity && shares(outline, gone) ? [other] : []));
}

function shares(one: Outline, other: Outline): boolean {
  return (
    one.apiGroup === other.apiGroup &&
    one.id.stage === other.id.stage &&
    one.paths.some(({ kind, path }) => other.paths.some((each) => each.kind === kind && each.path === path))
  );
}
