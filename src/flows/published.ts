import { ownerOf } from '../core/places.ts';
import type { ManifestSet } from '../core/render/manifest-set.ts';
import type { Commit, Repository, TreeEntry } from './ports.ts';

/** Ids of files by path. */
export type Listing = ReadonlyMap<string, TreeEntry>;

/** What is on the gitops branch, listed but not read. */
export interface Published {
  readonly files: Listing;
  readonly byOwner: ReadonlyMap<string, Listing>; // identity of a release or `domains/<apiGroup>` -> its files
  /** Whether these files are exactly what is published for that owner. */
  equals(owner: string, manifests: ManifestSet): boolean;
  idOf(text: string): string;
  fetchTexts(owner: string): Promise<ManifestSet>;
}

const NOTHING: Listing = new Map();

/** Lists a commit of the gitops branch; without one nothing is published yet. */
export async function fetchPublished(repository: Repository, tip: Commit | undefined): Promise<Published> {
  const tree = repository.treeOf(tip?.sha ?? '');
  const files = tip ? await tree.list('') : NOTHING;
  const byOwner = new Map<string, Map<string, TreeEntry>>();
  for (const [path, entry] of files) {
    const owner = ownerOf(path);
    if (owner === undefined) continue;
    const own = byOwner.get(owner) ?? new Map<string, TreeEntry>();
    byOwner.set(owner, own.set(path, entry));
  }
  return {
    files,
    byOwner,
    idOf: (text) => tree.idOf(text),
    equals: (owner, manifests) => {
      const own = byOwner.get(owner) ?? NOTHING;
      return (
        own.size === manifests.size && [...manifests].every(([path, text]) => own.get(path)?.id === tree.idOf(text))
      );
    },
    fetchTexts: async (owner) => {
      const own = byOwner.get(owner) ?? NOTHING;
      const contents = await tree.read([...new Set([...own.values()].map(({ id }) => id))]);
      const decoder = new TextDecoder();
      return new Map([...own].map(([path, { id }]) => [path, decoder.decode(contents.get(id))]));
    },
  };
}
