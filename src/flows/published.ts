import { FORMAT_FILE, ownerOf } from '../core/places.ts';
import { FORMAT_TEXT, type ManifestSet } from '../core/render/manifest-set.ts';
import type { FileTree, TreeEntry } from './ports.ts';

/** Ids of files by path. */
export type Listing = ReadonlyMap<string, TreeEntry>;

/** What is on the gitops branch, listed but not read. */
export interface Published {
  readonly files: Listing;
  readonly byOwner: ReadonlyMap<string, Listing>; // identity of a release or `domains/<apiGroup>` -> its files
  readonly byThisRenderer: boolean; // whether our mark is there, as this version writes it
  /** Whether these files are exactly what is published for that owner. */
  equals(owner: string, manifests: ManifestSet): boolean;
  idOf(text: string): string;
  /** The texts that are published for an owner. What equals `known` is taken from there and not read. */
  fetchTexts(owner: string, known?: ManifestSet): Promise<ManifestSet>;
}

const NOTHING: Listing = new Map();

/** Lists a tree of the gitops branch. */
export async function fetchPublished(tree: FileTree): Promise<Published> {
  const files = await tree.list('');
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
    byThisRenderer: files.get(FORMAT_FILE)?.id === tree.idOf(FORMAT_TEXT),
    idOf: (text) => tree.idOf(text),
    equals: (owner, manifests) => {
      const own = byOwner.get(owner) ?? NOTHING;
      return (
        own.size === manifests.size && [...manifests].every(([path, text]) => own.get(path)?.id === tree.idOf(text))
      );
    },
    fetchTexts: async (owner, known = new Map()) => {
      const own = byOwner.get(owner) ?? NOTHING;
      const texts = new Map([...known.values()].map((text) => [tree.idOf(text), text]));
      const contents = await tree.read(
        [...new Set([...own.values()].map(({ id }) => id))].filter((id) => !texts.has(id)),
      );
      const decoder = new TextDecoder();
      return new Map([...own].map(([path, { id }]) => [path, texts.get(id) ?? decoder.decode(contents.get(id))]));
    },
  };
}

/** What there is before the first publication. */
export const NOTHING_PUBLISHED: Published = {
  files: NOTHING,
  byOwner: new Map(),
  byThisRenderer: false,
  equals: (_, manifests) => manifests.size === 0,
  idOf: () => '',
  fetchTexts: async () => new Map(),
};
