import type { ManifestSet } from '../model/manifest.ts';
import type { ReleaseId } from '../model/release.ts';
import { isStaged } from '../settings/pattern.ts';
import { type Settings, stageSettings } from '../settings/settings.ts';
import { domainManifestSet } from './manifest-set.ts';
import type { Targets } from './targets.ts';

/** The files of all domains whose entry point this repository renders, in every stage that has a release. */
export function domainsOf(settings: Settings, releases: Iterable<ReleaseId>, targets: Targets): ManifestSet {
  const stages = isStaged(settings) ? new Set([...releases].map(({ stage }) => stage)) : [undefined];
  return new Map(
    [...stages].flatMap((stage) => {
      const own = stageSettings(settings, stage);
      const rendered = [...own.domains.values()].filter(({ render }) => render);
      return rendered.flatMap((domain) => [...domainManifestSet(domain, { stage, settings: own }, targets)]);
    }),
  );
}
