import type { Draft } from '../model/draft.ts';
import { type Finding, findingsOf, isError, sortFindings } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest.ts';
import type { Release, ReleaseId } from '../model/release.ts';
import { checkChange } from '../rules/check.ts';
import { type Clash, findingOf } from '../rules/together.ts';
import { type Settings, stageSettings } from '../settings/settings.ts';
import { guard } from '../targets/guard.ts';
import { manifestSetOf, objectFiles } from '../targets/manifest-set.ts';
import { renderRelease, type Targets, targetOf } from '../targets/targets.ts';
import { trafficOf } from '../targets/traffic.ts';
import { releaseFrom } from '../values/to-release.ts';
import { firstOf, readValues, type ValuesFile } from './read-values.ts';

/** A values file after read, check, render and guard. A broken one has findings and no manifests. */
export interface Built {
  readonly id: ReleaseId;
  readonly file: string;
  readonly findings: readonly Finding[];
  readonly draft?: Draft; // none: it isn't YAML, or there is no file
  readonly release?: Release;
  readonly objects?: ManifestSet | undefined; // what the cluster gets
  readonly manifests?: ManifestSet | undefined; // every file on the gitops branch
}

/** Values at rest -> what they render to: the one way from text to manifests. Pure; never throws at bad input. */
export function build(values: ValuesFile, settings: Settings, targets: Targets): Built {
  const { id, file } = values;
  const read = readValues(values, settings);
  const said = findingsOf(read);
  const { draft } = read;
  if (!draft) return { id, file, findings: firstOf(said) };

  const own = stageSettings(settings, id.stage);
  const release = read.ok ? read.value : releaseFrom(draft, own);
  const target = targetOf(release.apiGroup, own);
  const rendered = renderRelease(release, target, targets);
  const judged = guard({ release, objects: rendered, target, draft, settings: own, said });
  const findings = firstOf(judged === said ? said : sortFindings(judged));
  if (findings.some(isError)) return { id, file, findings, draft };
  let [written, whole]: (ManifestSet | undefined)[] = []; // only when it is needed: a check alone needs no text
  const objects = () => {
    written ??= objectFiles(release, rendered);
    return written;
  };
  return {
    id,
    file,
    findings,
    draft,
    release,
    get objects() {
      return objects();
    },
    get manifests() {
      whole ??= manifestSetOf(release, objects(), { settings: own, targets });
      return whole;
    },
  };
}

/** A release with what is wrong with it because of others; an error there breaks it like one of its own. */
export function withClashes(built: Built, clashes: readonly Clash[]): Built {
  const { id, file, draft } = built;
  if (!draft || clashes.length === 0) return built;
  const found = clashes.map((clash) => findingOf(clash, draft));
  const findings = sortFindings([...built.findings, ...found]);
  if (found.some(isError)) return { id, file, draft, findings };
  return {
    id,
    file,
    draft,
    findings,
    ...(built.release ? { release: built.release } : {}),
    get objects() {
      return built.objects;
    },
    get manifests() {
      return built.manifests;
    },
  };
}

/** A release with what is wrong with the way from `before`. It can be rendered all the same. */
export function withChange(built: Built, before: Built | undefined, settings: Settings): Built {
  const { id, draft, release, manifests } = built;
  if (!draft || !manifests || !before?.manifests) return built;
  const [old, now] = [trafficOf(id, before.manifests), trafficOf(id, manifests)];
  if (!old || !now) return built;
  const found = checkChange({
    before: { manifests: before.manifests, traffic: old, ...(before.release ? { release: before.release } : {}) },
    after: { manifests, traffic: now, ...(release ? { release } : {}) },
    draft,
    settings: stageSettings(settings, id.stage),
  });
  return found.length === 0 ? built : { ...built, findings: sortFindings([...built.findings, ...found]) };
}
