import { listed } from '../model/names.ts';
import { durationText, timeText } from '../model/time.ts';
import { sourceOf } from '../readiness/sources.ts';
import { type ReadinessSettings, SETTINGS_FILE } from '../settings/settings.ts';
import { type Diagnosis, note, ok, problem } from './diagnosis.ts';

/** What was ever heard from clusters. */
export interface HeardClusters {
  readonly clusters: ReadonlyMap<string, string>; // since when
  readonly silent: readonly string[]; // published releases of which nothing was ever heard
  readonly behind: readonly BehindCluster[];
}

/** A cluster that has not confirmed what is published of these releases. */
export interface BehindCluster {
  readonly cluster: string;
  readonly heardAt?: string; // the time of its newest report, of any release
  readonly overdue: readonly string[]; // published longer ago than the settings allow
  readonly waiting: readonly string[];
}

/** Whether a cluster has ever answered, and all that should. */
export function diagnoseReadiness(
  readiness: ReadinessSettings,
  { clusters: spoken, silent, behind }: HeardClusters,
): readonly Diagnosis[] {
  const about = 'cluster';
  const { by, clusters, after } = readiness;
  const source = sourceOf(readiness);
  if (source.waitsFor === 'time') return [note(about, source.describe(after))];
  if (spoken.size === 0) {
    return [problem(about, `none has ever answered (readiness.by: ${by})`, source.remedy)];
  }
  const missing = clusters.filter((name) => !spoken.has(name));
  const others = [...spoken.keys()].filter((name) => clusters.length > 0 && !clusters.includes(name)).sort();
  return [
    ...[...spoken].sort().map(([name, since]) => ok(about, `${name} has answered, first at ${since}`)),
    ...(others.length === 0
      ? []
      : [note(about, `readiness.clusters doesn't list ${others.join(', ')}, who doesn't count`)]),
    ...(missing.length === 0
      ? []
      : [
          problem(
            about,
            `${missing.join(', ')} never answered`,
            `apply there what coalmine flux --cluster ${missing[0]} prints; until it speaks, it doesn't count`,
          ),
        ]),
    ...behind.flatMap((each) => diagnoseBehind(each, [...spoken.keys()], readiness)),
    ...(silent.length === 0
      ? []
      : [
          problem(
            about,
            `nothing was ever heard of ${listed(silent, MAX_NAMED)}`,
            'look at its Kustomizations and its Alert in the cluster, and at the root Kustomization of coalmine flux',
          ),
        ]),
  ];
}

/** What a publication waits for; of a cluster that is silent for too long also the way out. */
function diagnoseBehind(
  { cluster, heardAt, overdue, waiting }: BehindCluster,
  spoken: readonly string[],
  { clusters, deadline }: ReadinessSettings,
): readonly Diagnosis[] {
  const at = heardAt === undefined ? undefined : new Date(heardAt);
  const heard = at === undefined || Number.isNaN(at.getTime()) ? 'never heard' : `last heard ${timeText(at)}`;
  const left = (clusters.length > 0 ? clusters : spoken).filter((name) => name !== cluster).toSorted();
  const gone =
    left.length === 0
      ? ''
      : `; if it was renamed or removed, write clusters: [${left.join(', ')}] under readiness in ${SETTINGS_FILE}`;
  const look =
    'look at its Flux: flux get kustomizations -A, and kubectl -n flux-system logs deploy/notification-controller';
  return [
    ...(overdue.length === 0
      ? []
      : [
          problem(
            'cluster',
            `${cluster} (${heard}) has been silent for longer than readiness.deadline (${durationText(deadline)}) on ${listed(overdue, MAX_NAMED)}, which waits for it`,
            `${look}${gone}`,
          ),
        ]),
    ...(waiting.length === 0
      ? []
      : [note('cluster', `${cluster} (${heard}) is waited for, by ${listed(waiting, MAX_NAMED)}`)]),
  ];
}

/** Maximum number of releases that are named. */
const MAX_NAMED = 5;
