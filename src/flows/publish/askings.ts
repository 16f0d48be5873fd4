import { releaseFolder, releaseIdFrom } from '../../core/model/places.ts';
import { identityOf } from '../../core/model/release.ts';
import { parseMessage } from '../../core/model/trailers.ts';
import { readUnfinished } from '../../core/publication/progress.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { commandsOf, historyOf, publicationsOf, pullsOf, releasesOf, sourceOf } from '../gitops/history.ts';
import { fetchReleasesChanged } from '../gitops/snapshot.ts';
import type { Commit, Ports, Pull, Repository } from '../ports.ts';
import type { PublicationState } from './publication-state.ts';

/** Who asked for a change of some releases: pull requests, and the comments that asked for these. */
export interface Asking {
  readonly pulls: readonly number[];
  readonly commands: readonly number[]; // ids of comments
  readonly owners: readonly string[]; // identities of the releases
  readonly source: string; // the commit that says so: a merge, or one of the gitops branch
  readonly subject: string; // of that commit
  readonly at: Date;
  readonly published?: Commit; // on the gitops branch
}

type AskingPorts = Pick<Ports, 'repository' | 'pulls'>;

/** Maximum number of parts of one publication that are looked past. */
const PARTS = 5;

/** Maximum number of merges behind what is published that are looked at. */
const MERGES = 20;

/** What was merged since the newest publication, newest first: it waits, has errors, or asks for what is published. */
export async function fetchUnpublished(
  { repository, pulls }: AskingPorts,
  { ours, settings, target: { source } }: Pick<PublicationState, 'ours' | 'settings' | 'target'>,
): Promise<readonly Asking[]> {
  if (ours === undefined || ours === source.sha) return [];
  const merges = await repository.fetchFirstParents(ours, source.sha, MERGES);
  const found = await Promise.all(
    merges.map(async (merge) => {
      const owners = await fetchOwnersChanged(repository, merge, settings);
      if (owners.length === 0) return [];
      const merged = await pulls.fetchMergedBy(merge.sha);
      const commands = (await Promise.all(merged.map((pull) => fetchCommandsOf(repository, pull)))).flat();
      return [{ ...sayingOf(merge), pulls: merged.map(({ number }) => number), commands, owners }];
    }),
  );
  return found.flat();
}

/**
 * Who asked for what a commit of the gitops branch published. Of several pull requests each is asked which releases it
 * changed; one that the commit carries on, and another has overtaken, is none of them.
 */
export async function fetchAskingsOf(
  ports: AskingPorts,
  commit: Commit,
  settings: Settings,
): Promise<readonly Asking[]> {
  const { broken, unfinished } = readUnfinished(parseMessage(commit.message));
  const released = releasesOf(commit);
  const all = [...new Set([...released, ...broken, ...unfinished.keys()])];
  const [pulls, commands] = [pullsOf(commit), commandsOf(commit)];
  const whole = { ...sayingOf(commit), published: commit, pulls, commands, owners: released };
  if (pulls.length === 0 || (pulls.length === 1 && all.length === released.length)) return [whole];
  const known = await Promise.all(
    pulls.map(async (number) => {
      const asking = await fetchAskingOf(ports, number, settings);
      const isKnown = asking !== undefined && asking.owners.length > 0; // a rebase brings several commits
      const owners = isKnown ? asking.owners.filter((owner) => all.includes(owner)) : released;
      return { ...whole, pulls: [number], commands: asking?.commands ?? [], owners };
    }),
  );
  const told = new Set(known.flatMap((asking) => asking.commands));
  const others = commands.filter((command) => !told.has(command));
  const askings = [...known, ...(others.length > 0 ? [{ ...whole, pulls: [], commands: others }] : [])];
  return pulls.length === 1 ? askings : withoutOvertaken(ports.repository, commit, askings);
}

/** Leaves out of a release's pull requests those that an earlier merge brought already, where another came since. */
async function withoutOvertaken(
  repository: Repository,
  commit: Commit,
  askings: readonly Asking[],
): Promise<readonly Asking[]> {
  const overtaken = new Map<string, ReadonlySet<number>>();
  for (const owner of new Set(askings.flatMap(({ owners }) => owners))) {
    const folder = releaseFolder(releaseIdFrom(owner));
    const log = await publicationsOf(historyOf(repository, commit)).touching([folder], PARTS);
    const earlier = log.find((each) => sourceOf(each) !== sourceOf(commit));
    const before = new Set(earlier ? pullsOf(earlier) : []);
    const isNew = ({ owners, pulls }: Asking) => owners.includes(owner) && pulls.some((pull) => !before.has(pull));
    if (askings.some(isNew)) overtaken.set(owner, before);
  }
  return askings.map((asking) => ({
    ...asking,
    owners: asking.owners.filter((owner) => !asking.pulls.some((pull) => overtaken.get(owner)?.has(pull))),
  }));
}

/** The newest commit of the gitops branch that changed a release, by its identity. */
export async function fetchNewestOf(repository: Repository, tip: Commit, owner: string): Promise<Commit | undefined> {
  return (await publicationsOf(historyOf(repository, tip)).touching([releaseFolder(releaseIdFrom(owner))], 1))[0];
}

function sayingOf(commit: Commit): Pick<Asking, 'source' | 'subject' | 'at'> {
  return { source: commit.sha, subject: parseMessage(commit.message).subject, at: commit.date };
}

async function fetchAskingOf(
  { repository, pulls }: AskingPorts,
  number: number,
  settings: Settings,
): Promise<Pick<Asking, 'owners' | 'commands'> | undefined> {
  const pull = await pulls.fetchPull(number);
  const merge = pull?.mergeCommit === undefined ? undefined : await repository.fetchCommit(pull.mergeCommit);
  if (!pull || !merge) return undefined;
  const [owners, commands] = await Promise.all([
    fetchOwnersChanged(repository, merge, settings),
    fetchCommandsOf(repository, pull),
  ]);
  return { owners, commands };
}

/** The releases whose values file a commit changed. */
async function fetchOwnersChanged(
  repository: Repository,
  { sha, parents: [parent] }: Commit,
  settings: Settings,
): Promise<readonly string[]> {
  if (parent === undefined) return [];
  return (await fetchReleasesChanged(repository.treeOf(parent), repository.treeOf(sha), settings)).map(identityOf);
}

/** The comments that a pull request of ours was made for: its merge says so, else the commit that it brought. */
async function fetchCommandsOf(repository: Repository, { ours, mergeCommit, head }: Pull): Promise<readonly number[]> {
  if (!ours) return [];
  for (const sha of [mergeCommit, head.sha]) {
    const commit = sha === undefined ? undefined : await repository.fetchCommit(sha);
    const commands = commit ? commandsOf(commit) : [];
    if (commands.length > 0) return commands;
  }
  return [];
}
