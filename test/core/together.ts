import { targets } from '../../src/charts/targets.ts';
import { build, withClashes } from '../../src/core/build/build.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import { identityOf } from '../../src/core/model/release.ts';
import { releaseIdOf } from '../../src/core/settings/pattern.ts';
import type { Settings } from '../../src/core/settings/settings.ts';
import type { Outlines } from '../../src/core/targets/outline.ts';
import { judgeBuilds, outlinedOf } from '../../src/flows/gitops/outlines.ts';
import { bytesOf, defaults } from './support.ts';

/** Values files by the name of their release (or `stage/name`, where the settings have stages). */
export type Files = Readonly<Record<string, string>>;

/** The findings of releases that stand beside each other, by the name they were given with, after what there was before. */
export function checkTogether(
  files: Files,
  settings: Settings = defaults,
  {
    files: before = {},
    settings: settingsBefore = settings,
  }: { readonly files?: Files; readonly settings?: Settings } = {},
): Readonly<Record<string, readonly Finding[]>> {
  const judged = judgeFiles(files, settings, judgeFiles(before, settingsBefore).outlines);
  return Object.fromEntries(
    judged.builds.map(({ name, built }) => [
      name,
      withClashes(built, judged.clashes.get(identityOf(built.id)) ?? []).findings,
    ]),
  );
}

function judgeFiles(files: Files, settings: Settings, before: Outlines = new Map()) {
  const builds = Object.entries(files).map(([name, text]) => {
    const file = settings.values.replace(/\{stage\}\/\{release\}|\{release\}/, name);
    const id = releaseIdOf(settings, file);
    if (!id) throw new Error(`${file} is no values file`);
    return { name, built: build({ file, id, bytes: bytesOf(text) }, settings, targets) };
  });
  const proposed = builds.map(({ built }) => outlinedOf(settings)(built));
  const gone = [...before.keys()].filter((identity) => !proposed.some((each) => each.identity === identity));
  return { builds, ...judgeBuilds(proposed, { before, gone, settings }) };
}
