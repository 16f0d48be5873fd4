import { type Finding, findingsOf, isError } from './finding.ts';
import type { Release, ReleaseId } from './release.ts';
import type { Charts } from './render/charts.ts';
import { renderGloo } from './render/gloo.ts';
import { guard } from './render/guard.ts';
import { type ManifestSet, manifestSetOf } from './render/manifest-set.ts';
import type { Settings } from './settings/settings.ts';
import { readValues, type ValuesFile } from './values/read.ts';

/** A values file after read, check, render and guard. A broken one has findings and no manifests. */
export interface Built {
  readonly id: ReleaseId;
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly release?: Release;
  readonly manifests?: ManifestSet;
}

/** Values at rest -> what they render to: the one way from text to manifests. Pure; never throws at bad input. */
export function build(values: ValuesFile, settings: Settings, charts: Charts): Built {
  const { id, file } = values;
  const read = readValues(values, settings);
  const findings = findingsOf(read);
  if (!read.ok) return { id, file, findings };

  const rendered = renderGloo(read.value, charts);
  const breaches = guard(read.value, rendered);
  if (breaches.some(isError)) return { id, file, findings: [...findings, ...breaches] };
  const release = read.value;
  let written: ManifestSet | undefined; // only when somebody asks: a check alone needs no text
  return {
    id,
    file,
    findings,
    release,
    get manifests() {
      written ??= manifestSetOf(release, rendered, settings, charts);
      return written;
    },
  };
}
