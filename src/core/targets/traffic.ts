import type { ManifestSet } from '../model/manifest.ts';
import { routesFolder, workloadsFolder } from '../model/places.ts';
import type { ReleaseId } from '../model/release.ts';
import type { Traffic } from '../model/traffic.ts';
import { readGlooTraffic } from './gloo/render.ts';
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
  const start = `${workloadsFolder(id)}deployment-${id.name}-`;
  return new Map(
    [...manifests]
      .filter(([path]) => path.startsWith(start) && path.endsWith('.yaml'))
      .map(([path, text]) => [path.slice(start.length, -'.yaml'.length), text]),
  );
}
