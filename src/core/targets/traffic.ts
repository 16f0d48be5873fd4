import type { ManifestSet } from '../model/manifest.ts';
import { routesFolder } from '../model/places.ts';
import type { ReleaseId } from '../model/release.ts';
import type { Traffic } from '../model/traffic.ts';
import { versionIn } from './kubernetes/names.ts';
import { manifestsIn } from './objects.ts';
import type { ReleaseRoutes, Routing } from './target.ts';
import { readRoutes } from './targets.ts';

/** The traffic that a release's published or rendered routes describe; undefined without routes. */
export function trafficOf(id: ReleaseId, manifests: ManifestSet): Traffic | undefined {
  const routes = readRoutes(id, manifestsIn(manifests, routesFolder(id)));
  return routes && trafficIn(routes);
}

/** The same of routes that are read already; undefined where no primary can be read. */
export function trafficIn({ paths, routing }: ReleaseRoutes): Traffic | undefined {
  if (!routing) return undefined;
  const { primary, canary, header, shadow } = routing;
  return {
    paths: paths.map(({ path }) => path),
    primary: primary.version,
    ...(canary ? { canary: { version: canary.destination.version, weight: canary.weight } } : {}),
    ...(header ? { headers: { version: header.destination.version, match: matchOf(header) } } : {}),
    ...(shadow ? { shadow: { version: shadow.destination.version, percentage: shadow.percentage } } : {}),
  };
}

function matchOf({ match }: NonNullable<Routing['header']>): ReadonlyMap<string, string> {
  return new Map(match.map(({ name, value = '' }) => [name, value]));
}

/** The text of each version's Deployment. */
export function deploymentsOf(id: ReleaseId, manifests: ManifestSet): ReadonlyMap<string, string> {
  return new Map(
    [...manifests].flatMap(([path, text]) => {
      const version = versionIn(id, path);
      return version === undefined ? [] : [[version, text] as const];
    }),
  );
}
