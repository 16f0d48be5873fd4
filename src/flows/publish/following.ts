import { shortNames } from '../../core/model/names.ts';
import { placeOf, releaseIdFrom } from '../../core/model/places.ts';
import { identityOf } from '../../core/model/release.ts';
import { sharesText } from '../../core/model/traffic.ts';
import { parseMessage, trailers } from '../../core/model/trailers.ts';
import type { Standing, WaitStep } from '../../core/publication/decision.ts';
import { UNFINISHED_TRAILER } from '../../core/publication/progress.ts';
import { answerMarker } from '../../core/report/answer.ts';
import { REVIEW_MARKER } from '../../core/report/comment.ts';
import { FOLLOWING_MARKER, formatFollowing } from '../../core/report/following.ts';
import { untilText } from '../../core/report/part.ts';
import { trafficOf } from '../../core/targets/traffic.ts';
import { fetchStandings } from '../cluster/standing.ts';
import type { Plan } from '../effect.ts';
import {
  historyOf,
  type PublicationHistory,
  publicationsOf,
  pullsOf,
  releasesOf,
  sourceOf,
} from '../gitops/history.ts';
import type { Commit, Ports, RepositoryRef } from '../ports.ts';
import type { Ends } from './ends.ts';

/** So many of the newest commits' pull requests are told how it goes on, and so many releases of each. */
const COMMITS = 3;
const RELEASES = 10;

/** Plans to say on merged pull requests, and in answers to commands, how far the cluster has come with what they brought. */
export async function planFollowing(
  { repository, pulls }: Pick<Ports, 'repository' | 'pulls'>,
  { tip, settings, published, target }: Ends,
  { waiting, ref }: { readonly waiting: readonly WaitStep[]; readonly ref: RepositoryRef },
): Promise<Plan> {
  if (!tip) return [];
  const history = historyOf(repository, tip);
  const publications = publicationsOf(history);
  const recent = (await fetchRecent(publications, waiting)).filter((commit) => pullsOf(commit).length > 0);
  const newest = new Map<string, Commit>(); // release -> the last commit that changed it
  for (const commit of recent)
    for (const owner of releasesOf(commit)) if (!newest.has(owner)) newest.set(owner, commit);
  const owners = [...newest.keys()];
  const releases = await Promise.all(
    owners
      .slice(0, RELEASES)
      .map(async (owner) => ({ id: releaseIdFrom(owner), published: await published.fetchTexts(owner) })),
  );
  const standings = await fetchStandings(repository, { tip, history, settings, now: target.now }, releases);
  const parts = await fetchParts(publications, newest);
  const nameOf = shortNames(idsOn(published.files));
  const waits = new Map(waiting.map((step) => [identityOf(step.id), step]));
  const places = await fetchPlaces(pulls, newest);
  const sections: Plan = places.flatMap(({ pull, marker, owners: own }) => {
    const followed = releases
      .filter(({ id }) => own.has(identityOf(id)))
      .flatMap(({ id, published: texts }) => {
        const [commit, standing, wait] = [
          newest.get(identityOf(id)),
          standings.get(identityOf(id)),
          waits.get(identityOf(id)),
        ];
        if (!commit || !standing) return [];
        const part = parts.get(identityOf(id));
        return {
          name: nameOf(id),
          commit: commit.sha,
          ...(part === undefined ? {} : { part }),
          applied: standing.applied,
          standing,
          serving: sharesText(trafficOf(id, texts)),
          ...(wait ? { until: untilText(wait) } : {}),
        };
      });
    if (followed.length === 0) return [];
    const section = formatFollowing(followed);
    return { kind: 'section', pull, marker, sectionMarker: FOLLOWING_MARKER, section } as const;
  });
  const unsettled = [...standings.values()].filter(({ applied }) => !(applied.workloads && applied.routes));
  return [...sections, ...planLater([...waiting.map(({ standing }) => standing), ...unsettled], ref)];
}

/** A comment of ours in which it is said how it goes on with some releases. */
interface Place {
  readonly pull: number;
  readonly marker: string;
  readonly owners: Set<string>; // identities
}

/** The reviews of the pull requests that brought these commits, and the answers to the comments that asked for them. */
async function fetchPlaces(pulls: Ports['pulls'], newest: ReadonlyMap<string, Commit>): Promise<readonly Place[]> {
  const places = new Map<string, Place>();
  const add = (pull: number, marker: string, owner: string): void => {
    const place = places.get(`${pull} ${marker}`) ?? { pull, marker, owners: new Set() };
    places.set(`${pull} ${marker}`, place);
    place.owners.add(owner);
  };
  for (const [owner, commit] of newest) {
    for (const pull of pullsOf(commit)) add(pull, REVIEW_MARKER, owner);
    for (const command of commandsOf(commit)) {
      const pull = (await pulls.fetchComment(command))?.pull;
      if (pull !== undefined) add(pull, answerMarker(command), owner);
    }
  }
  return [...places.values()];
}

/** The comments that a commit says it was asked for by. */
function commandsOf({ message }: Commit): readonly number[] {
  return trailers(parseMessage(message), 'Command').map(Number).filter(Number.isSafeInteger);
}

/** The newest commits, and those behind them that brought what still waits. */
async function fetchRecent(publications: PublicationHistory, waiting: readonly WaitStep[]): Promise<readonly Commit[]> {
  const missing = new Set(waiting.filter(({ number }) => number > 0).map(({ id }) => identityOf(id)));
  let seen = 0;
  const commits = await publications.backTo((commit) => {
    for (const owner of releasesOf(commit)) missing.delete(owner);
    return ++seen >= COMMITS && missing.size === 0;
  });
  const waits = new Set(waiting.map(({ id }) => identityOf(id)));
  return commits.filter((commit, index) => index < COMMITS || releasesOf(commit).some((owner) => waits.has(owner)));
}

/** To look again when time alone will tell more. */
function planLater(standings: readonly Standing[], repository: RepositoryRef): Plan {
  const times = standings.flatMap(({ dueIn }) => dueIn ?? []);
  return times.length === 0
    ? []
    : [{ kind: 'enqueue', job: { kind: 'publish', repository }, later: Math.min(...times) }];
}

/** Which part of its publication each release's newest commit is. The last one is known by the commit before it. */
async function fetchParts(
  publications: PublicationHistory,
  newest: ReadonlyMap<string, Commit>,
): Promise<ReadonlyMap<string, string | undefined>> {
  const parts = [...newest].map(async ([identity, commit]): Promise<[string, string | undefined]> => {
    const progress = progressOf(commit, identity);
    if (progress) return [identity, `${progress.number} of ${progress.of}`];
    const before = await fetchBefore(publications, commit);
    const last = before && sourceOf(before) === sourceOf(commit) ? progressOf(before, identity) : undefined;
    return [identity, last && last.number + 1 === last.of ? `${last.of} of ${last.of}` : undefined];
  });
  return new Map(await Promise.all(parts));
}

async function fetchBefore(publications: PublicationHistory, { sha }: Commit): Promise<Commit | undefined> {
  let isBehind = false;
  const commits = await publications.backTo((commit) => {
    const isWanted = isBehind;
    isBehind ||= commit.sha === sha;
    return isWanted;
  });
  return commits[commits.findIndex((commit) => commit.sha === sha) + 1];
}

function progressOf(
  { message }: Commit,
  identity: string,
): { readonly number: number; readonly of: number } | undefined {
  const progress = trailers(parseMessage(message), UNFINISHED_TRAILER).find((text) => text.startsWith(`${identity} `));
  const [, number, of] = / (\d+)\/(\d+)$/.exec(progress ?? '') ?? [];
  return number === undefined ? undefined : { number: Number(number), of: Number(of) };
}

function idsOn(files: Ends['published']['files']) {
  const owners = new Set(
    [...files.keys()].flatMap((path) => {
      const place = placeOf(path);
      return place?.kind === 'release' ? [place.owner] : [];
    }),
  );
  return [...owners].map(releaseIdFrom);
}
