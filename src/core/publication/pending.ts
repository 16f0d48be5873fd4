import type { ManifestSet } from '../model/manifest.ts';
import { routesFolder, workloadsFolder } from '../model/places.ts';
import type { ReleaseId } from '../model/release.ts';
import { templatesOf } from '../targets/kubernetes/read.ts';
import { objectsOf } from '../targets/objects.ts';
import type { ObjectKey } from '../targets/target.ts';

/**
 * What the clusters may stand at: a release's published tree, and the trees that they may not have left behind yet.
 * Workloads and routes come apart, since Flux applies them apart. A tree may be whole or its folder alone; the
 * published one need not be repeated, the order is the history's.
 */
export interface Pending {
  readonly id: ReleaseId;
  readonly published: ManifestSet; // empty: nothing published
  /** Workloads from the last that every cluster confirmed applied, up to the published. */
  readonly workloads: readonly ManifestSet[];
  /** Routes from the last confirmed applied for the drain, up to the published. */
  readonly routes: readonly ManifestSet[];
  /** Workloads left behind less than the drain ago: a Service that selects a single version drains as routes do. */
  readonly draining: readonly ManifestSet[];
  /** The pod templates with which every cluster's last word called a Deployment ready, as `podTemplates` has them. */
  readonly ready: ReadonlyMap<ObjectKey, ReadonlySet<string>>;
  /** Of a deleted release: whether the release that takes over its paths is live, or none takes over. */
  readonly takenOver: boolean;
}

/** The pod templates of a release's workloads: what a confirmation of this tree calls ready. */
export function podTemplates(id: ReleaseId, tree: ManifestSet): ReadonlyMap<ObjectKey, string> {
  return templatesOf(objectsOf(tree, workloadsFolder(id)));
}

/** A release whose published tree every cluster has confirmed: applied, drained and ready. */
export function confirmedPending(id: ReleaseId, published: ManifestSet): Pending {
  const templates = podTemplates(id, published);
  return {
    id,
    published,
    workloads: [published],
    routes: [published],
    draining: [],
    ready: new Map([...templates].map(([key, text]) => [key, new Set([text])] as const)),
    takenOver: true,
  };
}

/** The distinct trees of one folder, oldest first and the published one last. */
function distinct(trees: readonly ManifestSet[], folder: string): readonly ManifestSet[] {
  const byText = new Map<string, ManifestSet>();
  for (const tree of trees) {
    const files = [...tree].filter(([path]) => path.startsWith(folder)).sort(([a], [b]) => (a < b ? -1 : 1));
    const text = JSON.stringify(files);
    byText.delete(text); // the newest place counts
    byText.set(text, new Map(files));
  }
  return [...byText.values()];
}

export function workloadsOf({ id, published, workloads }: Pending): readonly ManifestSet[] {
  return distinct([...workloads, published], workloadsFolder(id));
}

export function routesOf({ id, published, routes }: Pending): readonly ManifestSet[] {
  return distinct([...routes, published], routesFolder(id));
}

export function drainingOf({ id, draining }: Pending): readonly ManifestSet[] {
  return distinct(draining, workloadsFolder(id));
}
