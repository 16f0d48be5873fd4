import { releasesOn } from '../../core/model/places.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { formatMessage } from '../../core/model/trailers.ts';
import type { FluxEvent } from '../../core/readiness/event.ts';
import { type PartOfRelease, partOf } from '../../core/readiness/kustomization.ts';
import { type ClusterReport, type Live, liveOf, type ReportFacts, reportOf } from '../../core/readiness/live.ts';
import {
  CLUSTERS_FILE,
  formatClusters,
  formatLive,
  LIVE_REF,
  liveFile,
  parseClusters,
  parseLive,
  type ReleaseLive,
} from '../../core/readiness/live-file.ts';
import { type Confirmed, record } from '../../core/readiness/record.ts';
import { type Settings, stageSettings } from '../../core/settings/settings.ts';
import type { Effect, Plan } from '../effect.ts';
import { atOnce } from '../fetching.ts';
import type { History } from '../gitops/history.ts';
import { fetchDefaultSettings } from '../gitops/snapshot.ts';
import type { Ports, Repository } from '../ports.ts';
import { type EventFactsSource, fetchEventFacts, openBranch } from './event-facts.ts';

/** What was written down of what is live. */
export interface WrittenLive {
  readonly head: string | undefined;
  /** When each cluster was first heard of. */
  readonly clusters: ReadonlyMap<string, string>;
  fetchRelease(id: ReleaseId): Promise<ReleaseLive>;
}

/** Maximum size of a file there, in bytes: a larger one is not as we write it, and is as if it were never said. */
const MAX_LIVE_FILE = 1024 * 1024;

/**
 * The newest commit that any cluster has confirmed of any release, by when it was heard; undefined where none has ever
 * reported. What was written down and can't be read any more is `unreadable`: something was confirmed.
 */
export async function fetchNewestConfirmed(repository: Repository): Promise<Confirmed | 'unreadable' | undefined> {
  const head = await repository.fetchCommit(LIVE_REF);
  if (!head) return undefined;
  const tree = repository.treeOf(head.sha);
  const listed = [...(await tree.list('releases')).values()];
  if (listed.length === 0) return undefined;
  const entries = listed.filter(({ size }) => size <= MAX_LIVE_FILE);
  const texts = await tree.read(entries.map(({ id }) => id));
  const words = [...texts.values()]
    .flatMap((bytes) => [...parseLive(new TextDecoder().decode(bytes)).values()])
    .flatMap(({ workloads, routes }) => [...(workloads?.applied ?? []), ...(routes?.applied ?? [])]);
  return words.reduce<Confirmed | undefined>((a, b) => (a && a.at >= b.at ? a : b), undefined) ?? 'unreadable';
}

/** Reads what is known to be live; only the files of the releases that are asked for. */
export async function fetchWrittenLive(repository: Repository): Promise<WrittenLive> {
  const head = await repository.fetchCommit(LIVE_REF);
  if (!head) return { head: undefined, clusters: new Map(), fetchRelease: async () => new Map() };
  const tree = repository.treeOf(head.sha);
  const files = await tree.list('');
  const read = atOnce((ids) => tree.read(ids));
  const fetchText = async (path: string): Promise<string> => {
    const entry = files.get(path);
    return entry && entry.size <= MAX_LIVE_FILE ? new TextDecoder().decode((await read([entry.id])).get(entry.id)) : '';
  };
  return {
    head: head.sha,
    clusters: parseClusters(await fetchText(CLUSTERS_FILE)),
    fetchRelease: async (id) => parseLive(await fetchText(liveFile(id))),
  };
}

/** What a release is at in all clusters, and what each has reported itself. */
export interface ReportedLive extends Live {
  readonly reports: readonly ClusterReport[];
}

/** What releases are known to be at, as seen from the branch's tip: what `next` starts from. */
export async function fetchLive(
  repository: Repository,
  ids: readonly ReleaseId[],
  { branch, ...facts }: Omit<ReportFacts, 'spoken' | 'history'> & { readonly branch: History },
): Promise<ReadonlyMap<string, ReportedLive>> {
  const written = await fetchWrittenLive(repository);
  const spoken = [...written.clusters.keys()];
  const entries = ids.map(async (id): Promise<[string, ReportedLive]> => {
    const live = await written.fetchRelease(id);
    const history = await fetchBackTo(branch, commitsIn(live));
    const known = new Set(history);
    const all = liveOf(live, { ...facts, spoken, history });
    return [identityOf(id), { ...all, reports: all.clusters.map((cluster) => reportOf(live, cluster, known)) }];
  });
  return new Map(await Promise.all(entries));
}

/** The branch's commits from its tip back to the oldest of some, newest first; those that it hasn't are left out. */
async function fetchBackTo(branch: History, commits: readonly string[]): Promise<readonly string[]> {
  const walks = await Promise.all(
    commits.map(async (sha) => {
      const since = await branch.since(sha);
      return since ? [...since.map((commit) => commit.sha), sha] : [];
    }),
  );
  return walks.reduce((longest, each) => (each.length > longest.length ? each : longest), []);
}

function commitsIn(live: ReleaseLive): readonly string[] {
  const words = [...live.values()].flatMap(({ workloads, routes }) => [workloads, routes]);
  const marks = words.flatMap((word) => (word ? [...word.applied, ...Object.values(word.ready)] : []));
  return [...new Set(marks.map(({ commit }) => commit))];
}

/** What is needed of the world to write down what Flux has said. */
export interface Recording extends Pick<Ports, 'repository' | 'now'> {
  readonly pulls: Pick<Ports['pulls'], 'fetchDefaultBranch'>;
}

/**
 * Plans to write down what Flux has said, in one commit: of releases that have something pending, since the rest is known
 * already. What was written down before, what is of another branch, and what is of no release of ours plan nothing.
 */
export async function recordFluxEvents(
  { repository, pulls, now }: Recording,
  events: readonly FluxEvent[],
): Promise<Plan> {
  const settings = await fetchDefaultSettings({ repository, pulls });
  const branch = settings && (await openBranch(repository, settings));
  if (!settings || !branch) return [];
  const written = await fetchWrittenLive(repository);
  const [clusters, releases] = [new Map(written.clusters), new Map<string, Changing>()];
  const at = now();
  const heard = await fetchHeard(branch, events, settings);
  const ids = new Map(heard.map(({ found: { id } }) => [identityOf(id), id]));
  const known = new Map(
    // of all of them at once
    await Promise.all([...ids].map(async ([identity, id]) => [identity, await written.fetchRelease(id)] as const)),
  );
  for (const { event, found, commit } of heard) {
    if (!clusters.has(event.cluster)) clusters.set(event.cluster, at.toISOString());
    const { drain } = stageSettings(settings, found.id.stage).readiness;
    await take({ event, found, commit, releases, known, facts: { now: at, drain: drain * 1000 } });
  }
  return planWrite(written, clusters, [...releases.values()]);
}

/** An event about a release of ours, and the commit that it speaks of. */
interface Heard {
  readonly event: FluxEvent;
  readonly found: PartOfRelease;
  readonly commit: EventFactsSource;
}

async function fetchHeard(
  branch: NonNullable<Awaited<ReturnType<typeof openBranch>>>,
  events: readonly FluxEvent[],
  settings: Settings,
): Promise<readonly Heard[]> {
  const heard: Heard[] = [];
  for (const event of events) {
    const { revision } = event;
    if (revision.branch !== undefined && revision.branch !== settings.gitops) continue;
    const commit = await branch.find(revision.sha);
    const found =
      commit &&
      partOf(event.kustomization, inStagesOf(event.cluster, [...releasesOn(commit.files).values()], settings));
    if (!commit || !found || event.by !== stageSettings(settings, found.id.stage).readiness.by) continue;
    heard.push({ event, found, commit });
  }
  return heard;
}

/** The releases that a cluster may speak of: where stages name their clusters, those of its stages. */
function inStagesOf(cluster: string, ids: readonly ReleaseId[], settings: Settings): readonly ReleaseId[] {
  const named = ids.filter(({ stage }) => stageSettings(settings, stage).readiness.clusters.includes(cluster));
  return named.length > 0 ? named : ids;
}

/** A release while events are taken. */
interface Changing {
  readonly id: ReleaseId;
  readonly before: ReleaseLive;
  readonly live: ReleaseLive;
}

async function take({
  event,
  found: { id, part },
  commit,
  releases,
  known,
  facts,
}: Heard & {
  readonly releases: Map<string, Changing>;
  readonly known: ReadonlyMap<string, ReleaseLive>; // as it is written down
  readonly facts: { readonly now: Date; readonly drain: number };
}): Promise<void> {
  const identity = identityOf(id);
  const before = known.get(identity) ?? new Map();
  const live = releases.get(identity)?.live ?? before;
  const parts = live.get(event.cluster);
  const word = parts?.[part];
  const after = record(word, event, { ...(await fetchEventFacts(commit, { id, part }, word)), ...facts });
  const changed = after === word ? live : new Map([...live, [event.cluster, { ...parts, [part]: after }]]);
  releases.set(identity, { id, before, live: changed });
}

function planWrite(
  { head, clusters: known }: WrittenLive,
  clusters: ReadonlyMap<string, string>,
  releases: readonly Changing[],
): Plan {
  const changed = releases.filter(({ before, live }) => before !== live);
  const files = new Map([
    ...(clusters.size > known.size ? [[CLUSTERS_FILE, formatClusters(clusters)] as const] : []),
    ...changed.map(({ id, live }) => [liveFile(id), formatLive(live)] as const),
  ]);
  if (files.size === 0) return [];
  const names = changed.map(({ id }) => identityOf(id)).sort();
  const subject = names.length === 1 ? `Live: ${names[0]}` : `Live: ${names.length} releases`;
  const message = formatMessage({ subject, trailers: names.map((name) => ['Release', name] as const) });
  const effect: Effect = { kind: 'record', ref: LIVE_REF, expectedHead: head, files, message };
  return [effect];
}
