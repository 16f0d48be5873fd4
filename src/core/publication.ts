import { diff } from './diff.ts';
import type { ManifestSet } from './render/manifest-set.ts';

/** What the cluster may stand at: a release's published tree, and the trees that it may not have left behind yet. */
export interface Pending {
  readonly published: ManifestSet; // empty: nothing published
}

/** The next part of a publication. */
export type Next =
  | { readonly kind: 'tree'; readonly tree: ManifestSet }
  | { readonly kind: 'wait'; readonly for: string }
  | { readonly kind: 'done' };

/** The next tree to publish for one release on the way to desired. */
export function next({ published }: Pending, desired: ManifestSet): Next {
  return diff(published, desired).length === 0 ? { kind: 'done' } : { kind: 'tree', tree: desired };
}
