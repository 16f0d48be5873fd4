import { targets } from '../charts/targets.ts';
import { shortNames } from '../core/model/names.ts';
import { oneLine } from '../core/model/printable.ts';
import type { ReleaseId } from '../core/model/release.ts';
import { LIVE_REF } from '../core/readiness/live-file.ts';
import { sourceOf } from '../core/readiness/sources.ts';
import { stageSettings } from '../core/settings/settings.ts';
import { fetchIndex, releasesIn, type ValuesEntry, type ValuesIndex } from '../flows/gitops/snapshot.ts';
import type { Commit, Repository } from '../flows/ports.ts';
import { fetchPublicationState } from '../flows/publish/publication-facts.ts';
import type { PublicationState } from '../flows/publish/publication-state.ts';
import { fetchLocalRollout, type LocalRollout } from '../flows/rollout/local.ts';
import { fetchRemoteBranches, findRemote } from '../git/branches.ts';
import { gitRepository } from '../git/repository.ts';
import { EXIT, type Terminal, UsageError } from './command.ts';
import { fetchRemoteBranch } from './remote-branch.ts';
import { describeFindings, openRepository, requireCommit } from './workspace.ts';

/** A local repository with what HEAD has and what is published: the input of the commands on a rollout. */
export interface RolloutWorkspace {
  readonly root: string;
  readonly bare: boolean;
  readonly repository: Repository;
  readonly ends: PublicationState;
  readonly index: ValuesIndex;
  readonly nameOf: (id: ReleaseId) => string;
  readonly published: string | undefined; // the published branch's name here: gitops or origin/gitops
  readonly notes: readonly string[]; // what this clone lacks, with the command that fetches it
}

/** Reads HEAD and the gitops branch. If the settings have errors, prints them and returns an exit code. */
export async function openRolloutWorkspace(folder: string, terminal: Terminal): Promise<RolloutWorkspace | number> {
  const { root, bare } = await openRepository(folder);
  const repository = gitRepository(root);
  const source = await repository.fetchCommit(await requireCommit(root, 'HEAD'));
  if (!source) throw new UsageError('git does not know the commit HEAD');
  const target = { source, now: new Date() };
  const here = await fetchPublicationState(repository, target);
  if (here.kind === 'refused') {
    terminal.err(await describeFindings(here.findings, repository.treeOf(source.sha)));
    return EXIT.findings;
  }
  const remote = here.tip ? undefined : await fetchRemoteBranch(root, here.branch);
  const there = remote ? await fetchPublicationState(repository, { ...target, onto: { tip: remote.tip } }) : here;
  const ends = there.kind === 'refused' ? here : there;
  const index = await fetchIndex(ends.tree, ends.settings);
  const published = remote?.name ?? (here.tip ? here.branch : undefined);
  return {
    root,
    bare,
    repository,
    ends,
    index,
    nameOf: shortNames(releasesIn(index)),
    published,
    notes: await fetchNotes(root, { repository, ends, published }),
  };
}

/** Notes on how fresh or complete the published branch is in this clone. */
async function fetchNotes(
  root: string,
  { repository, ends: { branch, tip }, published }: Pick<RolloutWorkspace, 'repository' | 'ends' | 'published'>,
): Promise<readonly string[]> {
  const origin = (await findRemote(root)) ?? 'origin';
  const fetch = `git fetch ${origin} ${branch}:${branch}`;
  if (!tip) {
    return [
      `there is no branch ${branch} here, so the published state is unknown; if a remote has it: ${fetch}. Earlier versions are read from the values file's own history`,
    ];
  }
  if (published !== branch) return [`the published state is that of ${published} as last fetched`];
  for (const remote of await fetchRemoteBranches(root, branch)) {
    const isHere = (await repository.fetchMergeBase(tip.sha, remote.tip.sha)) === remote.tip.sha;
    if (!isHere) return [`${branch} here lacks commits of ${remote.name}; to get them: ${fetch}`];
  }
  return [];
}

/** Fetches the facts of one release. */
export function fetchReleaseFacts(
  { repository, ends, nameOf }: RolloutWorkspace,
  entry: ValuesEntry,
): Promise<LocalRollout> {
  return fetchLocalRollout(repository, { ends, entry, name: nameOf(entry.release), targets });
}

/** Prints to stderr what this clone lacks for these releases, with the command that fetches it. */
export async function printNotes(
  { root, notes, ends, repository }: RolloutWorkspace,
  entries: readonly ValuesEntry[],
  terminal: Terminal,
): Promise<void> {
  const { settings, tip } = ends;
  const isHeard = entries.some(
    ({ release }) => sourceOf(stageSettings(settings, release.stage).readiness).waitsFor === 'reports',
  );
  const live = isHeard && tip ? describeLive(await findRemote(root), await repository.fetchCommit(LIVE_REF)) : [];
  for (const note of [...notes, ...live]) terminal.err(`note: ${oneLine(note)}\n`);
}

function describeLive(remote: string | undefined, live: Commit | undefined): readonly string[] {
  const fetch = `git fetch ${remote ?? 'origin'} ${LIVE_REF}:${LIVE_REF}`;
  if (!live) return [`cluster reports were not fetched; to see them: ${fetch}`];
  return remote === undefined ? [] : [`cluster reports are as last fetched; to update them: ${fetch}`];
}
