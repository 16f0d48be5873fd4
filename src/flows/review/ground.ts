import { holdsFolder } from '../../core/model/places.ts';
import { SETTINGS_FILE, SETTINGS_FOLDER, type Settings } from '../../core/settings/settings.ts';
import type { Listing } from '../gitops/published.ts';
import { fetchIndex, fetchSettings, releasesIn } from '../gitops/snapshot.ts';
import type { Repository } from '../ports.ts';
import type { Ground } from './basis.ts';

/** How much of the gitops branch is looked at: what it says of releases, or their manifests, too. */
export type Depth = 'notes' | 'manifests';

/** Looks at what reviews of pull requests into a branch rest on. `tip`: its commit. */
export async function fetchGround(
  repository: Pick<Repository, 'fetchCommit' | 'treeOf'>,
  { base, tip, depth }: { readonly base: string; readonly tip: string; readonly depth: Depth },
): Promise<Ground> {
  const tree = repository.treeOf(tip);
  const settings = (await tree.list(SETTINGS_FOLDER)).get(SETTINGS_FILE)?.id;
  const ground = { base, settings, idOf: tree.idOf };
  const read = await fetchSettings(tree);
  if (!read.ok) return { ...ground, index: new Map(), gitops: new Map() };
  const index = await fetchIndex(tree, read.value);
  const stages = new Set(releasesIn(index).map(({ stage }) => stage));
  return { ...ground, index, gitops: await fetchGitops(repository, read.value, { stages, depth }) };
}

async function fetchGitops(
  repository: Pick<Repository, 'fetchCommit' | 'treeOf'>,
  { gitops }: Settings,
  { stages, depth }: { readonly stages: ReadonlySet<string | undefined>; readonly depth: Depth },
): Promise<Listing> {
  const tip = await repository.fetchCommit(`refs/heads/${gitops}`);
  if (!tip) return new Map();
  const tree = repository.treeOf(tip.sha);
  if (depth === 'manifests') return tree.list('');
  const folders = [...stages].map((stage) => holdsFolder(stage).replace(/\/[^/]+$/, ''));
  const listings = await Promise.all(folders.map((folder) => tree.list(folder)));
  return new Map(listings.flatMap((listing) => [...listing]));
}
