import type { Settings } from '../settings/settings.ts';
import type { Charts } from './charts.ts';
import { domainManifestSet, type ManifestSet } from './manifest-set.ts';

/** The files of all domains whose VirtualService this repository renders. */
export function domainsOf(settings: Settings, charts: Charts): ManifestSet {
  const rendered = [...settings.domains.values()].filter(({ render }) => render);
  return new Map(rendered.flatMap((domain) => [...domainManifestSet(domain, settings, charts)]));
}
