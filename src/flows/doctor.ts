import {
  diagnoseInstallation,
  diagnoseMerge,
  diagnosePush,
  type Installed,
  type NeededAccess,
} from '../core/doctor/access.ts';
import { type BranchFacts, diagnoseRemoteBranch } from '../core/doctor/branch.ts';
import { type Diagnosis, note, ok, problem } from '../core/doctor/diagnosis.ts';
import { diagnoseReadiness, type HeardClusters } from '../core/doctor/readiness.ts';
import { findingsOf, isError } from '../core/model/finding.ts';
import { isMarked, releasesOn } from '../core/model/places.ts';
import { identityOf } from '../core/model/release.ts';
import { LIVE_REF, liveFile } from '../core/readiness/live-file.ts';
import { sourceOf } from '../core/readiness/sources.ts';
import { isStaged } from '../core/settings/pattern.ts';
import { SETTINGS_FILE, type Settings, stageSettings } from '../core/settings/settings.ts';
import { fetchBehind, fetchBranchLog } from './cluster/behind.ts';
import { fetchWrittenLive } from './cluster/live.ts';
import { fetchPublished, NOTHING_PUBLISHED } from './gitops/published.ts';
import { fetchIndex, fetchSettings } from './gitops/snapshot.ts';
import type { Access, FileTree, Pulls, Repository } from './ports.ts';

/** What a tree says of itself: whether its settings read, and whether there is anything to release. */
export async function diagnoseTree(
  tree: FileTree,
): Promise<{ readonly settings?: Settings; readonly diagnoses: readonly Diagnosis[] }> {
  const read = await fetchSettings(tree);
  const [first] = findingsOf(read).filter(isError);
  if (!read.ok) {
    const says = `${SETTINGS_FILE}:${first?.range.line ?? 1} ${first?.message ?? 'has errors'}`;
    return { diagnoses: [problem('settings', says, 'coalmine validate shows where, and what else')] };
  }
  const settings = read.value;
  const count = (await fetchIndex(tree, settings)).size;
  const written = (await tree.list('.github')).has(SETTINGS_FILE);
  return {
    settings,
    diagnoses: [
      ok('settings', written ? `${SETTINGS_FILE} reads` : `there is no ${SETTINGS_FILE}; the defaults hold`),
      count > 0
        ? ok('values', `${count} ${count === 1 ? 'file' : 'files'} (${settings.values})`)
        : problem(
            'values',
            `no file matches ${settings.values}`,
            `add one, or set the pattern in ${SETTINGS_FILE} (values)`,
          ),
    ],
  };
}

/** What stands on a branch, at a commit or where its name leads. */
export async function fetchBranchFacts(
  repository: Repository,
  name: string,
  rev = `refs/heads/${name}`,
): Promise<BranchFacts> {
  const tip = await repository.fetchCommit(rev);
  if (!tip) return { name, state: 'absent' };
  const files = await repository.treeOf(tip.sha).list('');
  return { name, state: files.size === 0 ? 'empty' : isMarked(files) ? 'marked' : 'foreign' };
}

/** Whether clusters have answered, stage by stage; `isComplete`: what isn't written down here was never said. */
export async function diagnoseClusters(
  repository: Repository,
  settings: Settings,
  { isComplete, now }: { readonly isComplete: boolean; readonly now: Date },
): Promise<readonly Diagnosis[]> {
  const tip = await repository.fetchCommit(`refs/heads/${settings.gitops}`);
  const published = tip ? await fetchPublished(repository.treeOf(tip.sha)) : NOTHING_PUBLISHED;
  const releases = [...releasesOn(published.files).values()];
  const live = await fetchWrittenLive(repository);
  const files = live.head === undefined ? new Map() : await repository.treeOf(live.head).list('releases');
  const silent = releases.filter((id) => !files.has(liveFile(id)));
  const named = [...settings.stages.keys(), ...releases.map(({ stage }) => stage)].filter(
    (stage) => stage !== undefined,
  );
  const stages = isStaged(settings) ? [...new Set(named)].sort() : [undefined];
  const listed = new Set(stages.flatMap((stage) => stageSettings(settings, stage).readiness.clusters));
  const log = await fetchBranchLog(repository, tip);
  const diagnoses = stages.map(async (stage): Promise<readonly Diagnosis[]> => {
    const { readiness } = stageSettings(settings, stage);
    const { waitsFor } = sourceOf(readiness);
    if (live.head === undefined && !isComplete && waitsFor === 'reports') return [notHere(stage)];
    const ofOthers = (cluster: string) => listed.has(cluster) && !readiness.clusters.includes(cluster);
    const clusters = new Map([...live.clusters].filter(([cluster]) => !ofOthers(cluster)));
    const own = releases.filter((id) => id.stage === stage);
    const written = { ...live, clusters };
    const heard: HeardClusters = {
      clusters,
      silent: silent.filter((id) => id.stage === stage).map(identityOf),
      behind: waitsFor === 'time' ? [] : await fetchBehind({ log, releases: own, readiness, written, now }),
    };
    return diagnoseReadiness(readiness, heard).map((each) => inStage(each, stage));
  });
  return (await Promise.all(diagnoses)).flat();
}

function notHere(stage: string | undefined): Diagnosis {
  const says = `what clusters have answered isn't here; to look at it: git fetch origin ${LIVE_REF}:${LIVE_REF}`;
  return inStage(note('cluster', says), stage);
}

function inStage(diagnosis: Diagnosis, stage: string | undefined): Diagnosis {
  return stage === undefined ? diagnosis : { ...diagnosis, about: `${diagnosis.about} in ${stage}` };
}

export interface HostFacts {
  readonly installed: Installed;
  readonly wanted: NeededAccess;
  readonly listens: boolean; // whether the App takes Flux's events
  readonly now: Date;
}

/** What stands in the App's way on the host. */
export async function diagnoseHost(
  { repository, pulls, access }: { readonly repository: Repository; readonly pulls: Pulls; readonly access: Access },
  { installed, wanted, listens, now }: HostFacts,
): Promise<readonly Diagnosis[]> {
  const installation = diagnoseInstallation(installed, wanted);
  if (installed.suspended || installed.permissions.contents === undefined) return installation; // nothing else can be asked
  const base = await pulls.fetchDefaultBranch();
  const source = await repository.fetchCommit(`refs/heads/${base}`);
  if (!source) return [...installation, problem(`branch ${base}`, "isn't there yet", 'push the first values file')];
  const { settings, diagnoses } = await diagnoseTree(repository.treeOf(source.sha));
  if (!settings) return [...installation, ...diagnoses];
  const [push, merge] = await Promise.all([settings.gitops, base].map(access.fetchBranchAccess));
  const toApp = [settings, ...settings.stages.values()]
    .map(({ readiness }) => sourceOf(readiness))
    .find((source) => source.waitsFor === 'reports' && source.sentTo === 'app');
  return [
    ...installation,
    ...diagnoses.map((each) => ({ ...each, about: `${each.about} on ${base}` })),
    diagnoseRemoteBranch(await fetchBranchFacts(repository, settings.gitops)),
    ...(push ? [diagnosePush(push)] : []),
    ...(merge ? [diagnoseMerge(merge, settings.merge)] : []),
    ...(toApp && !listens
      ? [
          problem(
            'events',
            `FLUX_WEBHOOK_TOKEN is not set, so the App takes no events, and readiness.by is ${toApp.name}`,
            "start the App with the token of the Provider's Secret",
          ),
        ]
      : []),
    ...(await diagnoseClusters(repository, settings, { isComplete: true, now })),
  ];
}
