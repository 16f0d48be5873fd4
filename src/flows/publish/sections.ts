import { isError } from '../../core/model/finding.ts';
import { shortNames } from '../../core/model/names.ts';
import { releaseIdFrom, releasesOn } from '../../core/model/places.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import type { ClusterState, Decision } from '../../core/publication/decision.ts';
import { answerMarker } from '../../core/report/answer.ts';
import { REVIEW_MARKER } from '../../core/report/comment.ts';
import { FOLLOWING_MARKER, type Followed, type FollowedState, formatFollowing } from '../../core/report/following.ts';
import { untilText } from '../../core/report/part.ts';
import { fetchClusterStates } from '../cluster/cluster-state.ts';
import type { Plan } from '../effect.ts';
import { historyOf, publicationsOf, releasesOf } from '../gitops/history.ts';
import { fetchIndex } from '../gitops/snapshot.ts';
import type { Commit, Ports } from '../ports.ts';
import { type Asking, fetchAskingsOf, fetchNewestOf } from './askings.ts';
import { fetchParts } from './part-numbers.ts';
import type { PublicationState } from './publication-state.ts';

/** Maximum number of releases of which one comment says how they stand. */
export const MAX_RELEASES = 10;

/** Who asked last for a release: several where one commit carries what several asked for. */
export interface Newest {
  readonly unpublished?: readonly Asking[]; // merged, and not published yet
  readonly published?: readonly Asking[];
  readonly isOvertaken: boolean; // what is published, by what was merged since
}

interface Telling {
  readonly askings: readonly Asking[]; // whose comments are written
  readonly newest: ReadonlyMap<string, Newest>; // by identity
  readonly decision?: Decision;
}

/** A comment of ours in which it is said how it goes on with some releases. */
interface Place {
  readonly pull: number;
  readonly command?: number; // the comment that it answers; none: it is the review
  readonly owners: Set<string>; // identities
}

/** Plans what the comments of these say of each of their releases; and where these releases stand. */
export async function planSections(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  ends: PublicationState,
  { askings, newest: known, decision }: Telling,
): Promise<{ readonly sections: Plan; readonly standings: readonly ClusterState[] }> {
  const { tip, settings, published, target } = ends;
  const places = tip ? await fetchPlaces(pulls, askings) : [];
  if (!tip || places.length === 0) return { sections: [], standings: [] };
  const told = new Set(places.flatMap(({ owners }) => [...owners].sort().slice(0, MAX_RELEASES)));
  const newest = new Map(known);
  for (const owner of told) {
    if (newest.has(owner)) continue;
    const commit = await fetchNewestOf(repository, tip, owner);
    const all = commit ? await fetchAskingsOf({ repository, pulls }, commit, settings) : [];
    newest.set(owner, { published: all.filter(({ owners }) => owners.includes(owner)), isOvertaken: false });
  }
  const history = historyOf(repository, tip);
  const releases = await Promise.all(
    [...told].map(async (owner) => ({ id: releaseIdFrom(owner), published: await published.fetchTexts(owner) })),
  );
  const standings = await fetchClusterStates(repository, { tip, history, settings, now: target.now }, releases);
  const commits = new Map(
    [...told].flatMap((owner): [string, Commit][] => {
      const commit = newest.get(owner)?.published?.[0]?.published;
      return commit && releasesOf(commit).includes(owner) ? [[owner, commit]] : [];
    }),
  );
  const facts: Facts = {
    newest,
    standings,
    commits,
    parts: await fetchParts(publicationsOf(history), commits),
    errors: await fetchErrors(ends, decision),
    nameOf: shortNames(idsOf(ends, told)),
    askings,
    ...(decision ? { decision } : {}),
  };
  const sections = places.flatMap((place) => {
    const owners = [...place.owners].sort().slice(0, MAX_RELEASES);
    const followed = owners.flatMap((owner) => followedAt(place, owner, facts));
    if (followed.length === 0) return [];
    const { pull, command } = place;
    const marker = command === undefined ? REVIEW_MARKER : answerMarker(command);
    const section = formatFollowing(followed);
    return [{ kind: 'section', pull, marker, sectionMarker: FOLLOWING_MARKER, section } as const];
  });
  return { sections, standings: [...standings.values()] };
}

/** The reviews of the pull requests that asked, and the answers to the comments that asked for these. */
async function fetchPlaces(pulls: Ports['pulls'], askings: readonly Asking[]): Promise<readonly Place[]> {
  const places = new Map<string, Place>();
  const add = ({ pull, command }: Omit<Place, 'owners'>, owners: readonly string[]): void => {
    const key = `${pull} ${command}`;
    const place = places.get(key) ?? { pull, ...(command === undefined ? {} : { command }), owners: new Set() };
    places.set(key, place);
    for (const owner of owners) place.owners.add(owner);
  };
  for (const { pulls: brought, commands, owners } of new Set(askings)) {
    for (const pull of brought) add({ pull }, owners);
    for (const command of commands) {
      const pull = await pulls.fetchPullOf(command);
      if (pull !== undefined) add({ pull, command }, owners);
    }
  }
  return [...places.values()];
}

/** What the comments are made of, by identity. */
interface Facts {
  readonly newest: ReadonlyMap<string, Newest>;
  readonly standings: ReadonlyMap<string, ClusterState>;
  readonly commits: ReadonlyMap<string, Commit>; // that published it last
  readonly parts: ReadonlyMap<string, string | undefined>;
  readonly errors: ReadonlyMap<string, Extract<FollowedState, { kind: 'broken' }>>;
  readonly nameOf: ReturnType<typeof shortNames>;
  readonly askings: readonly Asking[];
  readonly decision?: Decision;
}

/** What a place says of a release. */
function followedAt(place: Place, owner: string, facts: Facts): readonly Followed[] {
  const standing = facts.standings.get(owner);
  const { unpublished = [], published = [], isOvertaken } = facts.newest.get(owner) ?? { isOvertaken: false };
  if (!standing) return [];
  const name = facts.nameOf(releaseIdFrom(owner));
  const isHere = ({ pulls, commands }: Asking) =>
    place.command === undefined ? pulls.includes(place.pull) : commands.includes(place.command);
  const { serving } = standing;
  if (unpublished.some(isHere)) return [{ name, serving, state: unpublishedState(owner, facts) }];
  if (published.some(isHere) && !isOvertaken) {
    const state = publishedState(owner, standing, facts) ?? unpublishedState(owner, facts);
    return [{ name, serving, state }];
  }
  const wasPublished = facts.askings.some((asking) => asking.published !== undefined && isHere(asking));
  const since = unpublished.length > 0 && (isOvertaken || !wasPublished) ? unpublished : published;
  const [by] = since;
  if (!by) return [];
  const isFresh = since === unpublished; // what served before is still known
  return [{ name, ...(isFresh ? { serving } : {}), state: supersededState(name, since, by) }];
}

function publishedState(
  owner: string,
  standing: ClusterState,
  { commits, parts, decision }: Facts,
): FollowedState | undefined {
  const commit = commits.get(owner);
  if (!commit) return undefined;
  const part = parts.get(owner);
  const wait = waitOf(owner, decision);
  return {
    kind: 'published',
    commit: commit.sha,
    ...(part === undefined ? {} : { part }),
    applied: standing.applied,
    standing,
    ...(wait ? { until: untilText(wait) } : {}),
  };
}

function unpublishedState(owner: string, { errors, decision }: Facts): FollowedState {
  const broken = errors.get(owner);
  const wait = waitOf(owner, decision);
  if (broken) return broken;
  if (wait) return { kind: 'waiting', until: untilText(wait), standing: wait.standing };
  return { kind: decision?.kind === 'refused' ? 'refused' : 'equal' };
}

function waitOf(owner: string, decision: Decision | undefined) {
  const waiting = decision === undefined || decision.kind === 'refused' ? [] : decision.waiting;
  return waiting.find(({ id }) => identityOf(id) === owner);
}

function supersededState(
  name: string,
  since: readonly Asking[],
  { source, subject, at }: Asking,
): Extract<FollowedState, { kind: 'superseded' }> {
  const pulls = [...new Set(since.flatMap((asking) => asking.pulls))];
  const prefix = `${name}: `;
  const what = subject.startsWith(prefix) ? subject.slice(prefix.length).replace(/ \(#\d+\)$/, '') : undefined;
  return { kind: 'superseded', pulls, source, at, ...(what === undefined ? {} : { what }) };
}

/** The releases whose values have errors. */
async function fetchErrors(
  { tree, settings }: PublicationState,
  decision: Decision | undefined,
): Promise<Facts['errors']> {
  const errors = Map.groupBy((decision?.findings ?? []).filter(isError), ({ file }) => file);
  if (errors.size === 0) return new Map();
  return new Map(
    [...(await fetchIndex(tree, settings)).values()].flatMap(({ file, release }) => {
      const own = errors.get(file)?.length ?? 0;
      return own === 0 ? [] : [[identityOf(release), { kind: 'broken', file, errors: own }] as const];
    }),
  );
}

/** The releases on the branch, and these. */
function idsOf({ published }: PublicationState, owners: Iterable<string>): readonly ReleaseId[] {
  return [...new Set([...releasesOn(published.files).keys(), ...owners])].map(releaseIdFrom);
}
