import { placeOf, releaseIdFrom } from '../core/places.ts';
import { identityOf } from '../core/release.ts';
import { REVIEW_MARKER } from '../core/report/comment.ts';
import { FOLLOWING_MARKER, formatFollowing } from '../core/report/following.ts';
import { sharesText, shortNames, trafficOf } from '../core/report/meaning.ts';
import { parseMessage, trailers } from '../core/trailers.ts';
import type { Plan } from './effect.ts';
import { historyOf } from './history.ts';
import type { Commit, Repository } from './ports.ts';
import { UNFINISHED_TRAILER } from './progress.ts';
import type { Ends } from './publication-facts.ts';
import { fetchStandings } from './standing.ts';
import type { WaitStep } from './step.ts';

/** So many of the newest commits' pull requests are told how it goes on, and so many releases of each. */
const COMMITS = 3;
const RELEASES = 10;

/** Plans to say on merged pull requests how far the cluster has come with what they brought. */
export async function planFollowing(
  repository: Repository,
  { tip, settings, published, target }: Ends,
  waiting: readonly WaitStep[],
): Promise<Plan> {
  if (!tip) return [];
  const history = historyOf(repository, tip);
  let seen = 0;
  const recent = (await history.backTo(() => ++seen >= COMMITS)).filter((commit) => pullsOf(commit).length > 0);
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
  const nameOf = shortNames(idsOn(published.files));
  const waits = new Map(waiting.map((step) => [identityOf(step.id), step]));
  const pulls = new Map<number, readonly string[]>();
  for (const [owner, commit] of newest)
    for (const pull of pullsOf(commit)) pulls.set(pull, [...(pulls.get(pull) ?? []), owner]);
  return [...pulls].flatMap(([pull, own]) => {
    const followed = releases
      .filter(({ id }) => own.includes(identityOf(id)))
      .flatMap(({ id, published: texts }) => {
        const [commit, standing, wait] = [
          newest.get(identityOf(id)),
          standings.get(identityOf(id)),
          waits.get(identityOf(id)),
        ];
        if (!commit || !standing) return [];
        const part = partOf(commit, identityOf(id));
        return {
          name: nameOf(id),
          commit: commit.sha,
          ...(part === undefined ? {} : { part }),
          applied: standing.applied,
          standing,
          serving: sharesText(trafficOf(id, texts)),
          ...(wait ? { until: wait.until } : {}),
        };
      });
    if (followed.length === 0) return [];
    const section = formatFollowing(followed);
    return { kind: 'section', pull, marker: REVIEW_MARKER, sectionMarker: FOLLOWING_MARKER, section } as const;
  });
}

/** The pull requests that a commit of the gitops branch says it carries. */
export function pullsOf({ message }: Commit): readonly number[] {
  return trailers(parseMessage(message), 'Pull-Request').flatMap((text) => {
    const number = /^#(\d+)$/.exec(text)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

/** The identities of the releases that it says it changes. */
export function releasesOf({ message }: Commit): readonly string[] {
  return trailers(parseMessage(message), 'Release');
}

function partOf({ message }: Commit, identity: string): string | undefined {
  const progress = trailers(parseMessage(message), UNFINISHED_TRAILER).find((text) => text.startsWith(`${identity} `));
  const [, number, of] = / (\d+)\/(\d+)$/.exec(progress ?? '') ?? [];
  return number === undefined ? undefined : `${number} of ${of}`;
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
