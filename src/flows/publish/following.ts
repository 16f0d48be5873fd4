import { identityOf } from '../../core/model/release.ts';
import type { ClusterState, Decision } from '../../core/publication/decision.ts';
import { stepText } from '../../core/report/part.ts';
import type { Plan } from '../effect.ts';
import { historyOf, publicationsOf, releasesOf } from '../gitops/history.ts';
import type { Commit, Ports, RepositoryRef } from '../ports.ts';
import { type Asking, fetchAskingsOf, fetchNewestOf, fetchUnpublished } from './askings.ts';
import type { PublicationState } from './publication-state.ts';
import { MAX_RELEASES, type Newest, planSections } from './sections.ts';

/** Maximum number of the newest commits whose pull requests are told how it goes on. */
const COMMITS = 3;

type FollowingPorts = Pick<Ports, 'repository' | 'pulls'>;

/**
 * Plans to say on merged pull requests, and in answers to commands, what serves now and how far the cluster has come with
 * what they brought. `decision`: what comes next of what was merged; none: all of it is published.
 */
export async function planFollowing(
  ports: FollowingPorts,
  ends: PublicationState,
  { decision, ref }: { readonly decision?: Exclude<Decision, { kind: 'publish' }>; readonly ref: RepositoryRef },
): Promise<Plan> {
  const { tip, left } = ends;
  if (!tip) return [];
  const waiting = decision?.kind === 'equal' ? decision.waiting : [];
  const [unpublished, recent] = await Promise.all([
    fetchUnpublished(ports, ends),
    fetchRecent(ports, ends, new Set(waiting.filter(({ number }) => number > 0).map(({ id }) => identityOf(id)))),
  ]);
  const newest = newestOf({ unpublished, recent, isOvertaken: (owner) => left.unfinished.has(owner) });
  for (const [owner, { unpublished: merged, published, isOvertaken }] of newest) {
    if (!merged || published || !isOvertaken) continue;
    newest.set(owner, { unpublished: merged, isOvertaken, published: await fetchPublishedAsking(ports, ends, owner) });
  }
  const told = [...newest.values()].flatMap(({ unpublished: merged = [], published = [] }) => [
    ...merged,
    ...published,
  ]);
  const { sections, standings } = await planSections(ports, ends, {
    askings: [...told, ...unpublished],
    newest,
    ...(decision ? { decision } : {}),
  });
  const unsettled = standings.filter(({ applied }) => !(applied.workloads && applied.routes));
  return [...sections, ...planLater([...waiting.map(({ standing }) => standing), ...unsettled], ref)];
}

/** Plans to say of what earlier merges and commands asked for that a publication which is about to be made overtakes it. */
export async function planOvertaken(
  ports: FollowingPorts,
  ends: PublicationState,
  { decision, pulls }: { readonly decision: Extract<Decision, { kind: 'publish' }>; readonly pulls: readonly number[] },
): Promise<Plan> {
  const { last, target } = ends;
  const { source } = target;
  if (last === source.sha) return []; // what goes out now waited, and nothing else was merged
  const begun = decision.published.filter(({ number }) => number === 1).slice(0, MAX_RELEASES);
  const found = await Promise.all(
    begun.map(async (step): Promise<[string, Newest]> => {
      const owner = identityOf(step.id);
      const published = await fetchPublishedAsking(ports, ends, owner);
      const before = new Set(published.flatMap((asking) => asking.pulls));
      const upcoming: Asking = {
        pulls: pulls.filter((pull) => !before.has(pull)), // the others are carried on
        commands: [],
        owners: [owner],
        source: source.sha,
        subject: `${step.name}: ${stepText(step)}`,
        at: source.date,
      };
      return [owner, { unpublished: [upcoming], published, isOvertaken: true }];
    }),
  );
  const askings = found.flatMap(([, { published = [] }]) => published);
  return (await planSections(ports, ends, { askings, newest: new Map(found), decision })).sections;
}

/** Who asked last for each release: of what is merged and not published yet, and of what is published. */
function newestOf({
  unpublished,
  recent,
  isOvertaken,
}: {
  readonly unpublished: readonly Asking[];
  readonly recent: readonly Asking[];
  readonly isOvertaken: (owner: string) => boolean;
}): Map<string, Newest> {
  const owners = new Set([...unpublished, ...recent].flatMap((asking) => asking.owners));
  const lastIn = (askings: readonly Asking[], owner: string) => {
    const first = askings.find((asking) => asking.owners.includes(owner));
    return first && askings.filter(({ source, owners: own }) => source === first.source && own.includes(owner));
  };
  return new Map(
    [...owners].map((owner) => {
      const [merged, published] = [lastIn(unpublished, owner), lastIn(recent, owner)];
      return [
        owner,
        {
          ...(merged ? { unpublished: merged } : {}),
          ...(published ? { published } : {}),
          isOvertaken: merged !== undefined && isOvertaken(owner),
        },
      ];
    }),
  );
}

/** Who asked for what is published of a release. */
async function fetchPublishedAsking(
  ports: FollowingPorts,
  { tip, settings }: PublicationState,
  owner: string,
): Promise<readonly Asking[]> {
  const commit = tip && (await fetchNewestOf(ports.repository, tip, owner));
  const askings = commit ? await fetchAskingsOf(ports, commit, settings) : [];
  return askings.filter(({ owners }) => owners.includes(owner));
}

/** Who asked for the newest publications, and for those behind them that brought what still waits. */
async function fetchRecent(
  ports: FollowingPorts,
  { tip, settings }: PublicationState,
  waiting: ReadonlySet<string>,
): Promise<readonly Asking[]> {
  const missing = new Set(waiting);
  let seen = 0;
  const commits = await publicationsOf(historyOf(ports.repository, tip)).backTo((commit) => {
    for (const owner of releasesOf(commit)) missing.delete(owner);
    return ++seen >= COMMITS && missing.size === 0;
  });
  const isRecent = (commit: Commit, index: number) =>
    index < COMMITS || releasesOf(commit).some((owner) => waiting.has(owner));
  const askings = await Promise.all(commits.filter(isRecent).map((commit) => fetchAskingsOf(ports, commit, settings)));
  return askings.flat();
}

/** To look again when time alone will tell more. */
function planLater(standings: readonly ClusterState[], repository: RepositoryRef): Plan {
  const times = standings.flatMap(({ dueIn }) => dueIn ?? []);
  return times.length === 0
    ? []
    : [{ kind: 'enqueue', job: { kind: 'publish', repository }, later: Math.min(...times) }];
}
