import type { ManifestSet } from '../model/manifest.ts';
import { routesFolder } from '../model/places.ts';
import type { ReleaseId } from '../model/release.ts';
import type { Traffic } from '../model/traffic.ts';
import { readGlooTraffic } from './gloo/render.ts';
import { versionIn } from './kubernetes/names.ts';
import { readManifest } from './manifest-set.ts';

/** The traffic that a release's published or rendered routes describe; undefined without routes. */
export function trafficOf(id: ReleaseId, manifests: ManifestSet): Traffic | undefined {
  const text = manifests.get(`${routesFolder(id)}routetable-${id.name}-routes.yaml`);
  const manifest = text === undefined ? undefined : readManifest(text);
  try {
    return manifest && readGlooTraffic(id, manifest);
  } catch {
    return undefined; // a RouteTable that somebody edited into something else
  }
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
