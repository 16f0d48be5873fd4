import { listed } from '../model/names.ts';
import { sourceOf } from '../readiness/sources.ts';
import type { ReadinessSettings } from '../settings/settings.ts';
import { type Diagnosis, note, ok, problem } from './diagnosis.ts';

/** What was ever heard from clusters. */
export interface Heard {
  readonly clusters: ReadonlyMap<string, string>; // since when
  readonly silent: readonly string[]; // published releases of which nothing was ever heard
}

/** Whether a cluster has ever answered, and all that should. */
export function diagnoseReadiness(
  readiness: ReadinessSettings,
  { clusters: spoken, silent }: Heard,
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

/** Maximum number of releases that are named. */
const MAX_NAMED = 5;
