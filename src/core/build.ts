import { type Finding, findingsOf, isError, sortFindings } from './finding.ts';
import type { Release, ReleaseId } from './release.ts';
import type { Charts } from './render/charts.ts';
import { renderGloo } from './render/gloo.ts';
import { guard } from './render/guard.ts';
import { type ManifestSet, manifestSetOf } from './render/manifest-set.ts';
import type { Settings } from './settings/settings.ts';
import { firstOf, readValues, type ValuesFile } from './values/read.ts';
import { releaseFrom } from './values/to-release.ts';

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
  const said = findingsOf(read);
  if (!read.draft) return { id, file, findings: firstOf(said) };

  const release = read.ok ? read.value : releaseFrom(read.draft, settings);
  const rendered = renderGloo(release, charts);
  const judged = guard({ release, objects: rendered, draft: read.draft, settings, said });
  const findings = firstOf(judged === said ? said : sortFindings(judged));
  if (findings.some(isError)) return { id, file, findings };
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
