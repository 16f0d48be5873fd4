import type { Hold } from '../../core/model/hold.ts';
import type { ManifestSet } from '../../core/model/manifest.ts';
import { formatFile, holdFile, holdsFolder, outlinesFile, placeOf, releaseIdFrom } from '../../core/model/places.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { readHold } from '../../core/rollout/hold.ts';
import { FORMAT_TEXT } from '../../core/targets/manifest-set.ts';
import { type Outline, type Outlines, outlinePublished, readOutlines } from '../../core/targets/outline.ts';
import { atOnce } from '../fetching.ts';
import type { FileTree, TreeEntry } from '../ports.ts';

/** Ids of files by path. */
export type Listing = ReadonlyMap<string, TreeEntry>;

/** The files of one release or domain. */
export interface Owned {
  readonly kind: 'release' | 'domain';
  readonly files: Listing;
}

/** What is on the gitops branch, listed but not read. */
export interface Published {
  readonly files: Listing;
  readonly byOwner: ReadonlyMap<string, Owned>; // by identity of a release, or `[stage/]domains/<apiGroup>`
  readonly byThisRenderer: boolean; // whether our mark is there, as this version writes it
  /** Whether these files are exactly what is published for that owner. */
  equals(owner: string, manifests: ManifestSet): boolean;
  idOf(text: string): string;
  /** The texts that are published for an owner. What equals `known` is taken from there and not read. */
  fetchTexts(owner: string, known?: ManifestSet): Promise<ManifestSet>;
  /** Who takes and offers what, as the branch says itself; where it doesn't, as its manifests do. */
  fetchOutlines(): Promise<Outlines>;
  /** What holds a release; undefined where nothing does. */
  fetchHold(id: ReleaseId): Promise<Hold | undefined>;
}

/** Maximum size of a hold's file, in bytes: a larger one is not read, and holds. */
const HOLD_BYTES = 256 * 1024;

/** Maximum size of a file that is published, in bytes: what is larger isn't ours, and isn't read. */
const PUBLISHED_BYTES = 16 * 1024 * 1024;

const NOTHING: Listing = new Map();

/** Lists a tree of the gitops branch. */
export async function fetchPublished(tree: FileTree): Promise<Published> {
  const files = await tree.list('');
  const byOwner = new Map<string, { readonly kind: Owned['kind']; readonly files: Map<string, TreeEntry> }>();
  const stages = new Set<string | undefined>();
  for (const [path, entry] of files) {
    const place = placeOf(path);
    if (place?.kind !== 'release' && place?.kind !== 'domain') continue;
    stages.add(place.stage);
    const own = byOwner.get(place.owner) ?? { kind: place.kind, files: new Map() };
    own.files.set(path, entry);
    byOwner.set(place.owner, own);
  }
  const ours = tree.idOf(FORMAT_TEXT);
  const read = atOnce((ids) => tree.read(ids));
  return {
    files,
    byOwner,
    byThisRenderer: [...(stages.size > 0 ? stages : [undefined])].every((stage) => {
      return files.get(formatFile(stage))?.id === ours && files.has(outlinesFile(stage));
    }),
    idOf: (text) => tree.idOf(text),
    equals: (owner, manifests) => {
      const own = byOwner.get(owner)?.files ?? NOTHING;
      return (
        own.size === manifests.size && [...manifests].every(([path, text]) => own.get(path)?.id === tree.idOf(text))
      );
    },
    fetchTexts,
    fetchOutlines: async () => (await readOutlineFiles(tree, stages)) ?? outlinesFromTexts(byOwner, fetchTexts),
    fetchHold: (id) => fetchHoldIn(files, id, read),
  };

  async function fetchTexts(owner: string, known: ManifestSet = new Map()): Promise<ManifestSet> {
    const own = byOwner.get(owner)?.files ?? NOTHING;
    const texts = new Map([...known.values()].map((text) => [tree.idOf(text), text]));
    for (const { id, size } of own.values())
      if (size > PUBLISHED_BYTES) texts.set(id, `# ${size} bytes: too large to read, and not of Coalmine\n`);
    const contents = await read([...own.values()].map(({ id }) => id).filter((id) => !texts.has(id)));
    const decoder = new TextDecoder();
    return new Map([...own].map(([path, { id }]) => [path, texts.get(id) ?? decoder.decode(contents.get(id))]));
  }
}

async function fetchHoldIn(files: Listing, id: ReleaseId, read: FileTree['read']): Promise<Hold | undefined> {
  const entry = files.get(holdFile(id));
  if (!entry) return undefined;
  if (entry.size > HOLD_BYTES) return readHold(''); // not ours, but it holds
  return readHold(new TextDecoder().decode((await read([entry.id])).get(entry.id)));
}

/** What holds these releases on a tree of the gitops branch, by identity, without a look at anything else there. */
export async function fetchHolds(tree: FileTree, ids: readonly ReleaseId[]): Promise<ReadonlyMap<string, Hold>> {
  const folders = new Map<string, Promise<Listing>>();
  const listed = (folder: string): Promise<Listing> => {
    const found = folders.get(folder) ?? tree.list(folder);
    folders.set(folder, found);
    return found;
  };
  const holds = await Promise.all(
    ids.map(async (id) => {
      const hold = await fetchHoldIn(await listed(holdsFolder(id.stage)), id, (blobs) => tree.read(blobs));
      return hold ? [[identityOf(id), hold] as const] : [];
    }),
  );
  return new Map(holds.flat());
}

/** The outlines of these stages as a tree of the gitops branch says them; undefined if any is missing or unreadable. */
export async function readOutlineFiles(
  tree: FileTree,
  stages: Iterable<string | undefined>,
): Promise<Outlines | undefined> {
  const outlines = new Map<string, Outline>();
  for (const stage of stages) {
    const path = outlinesFile(stage);
    const entry = (await tree.list(path.slice(0, path.lastIndexOf('/')))).get(path);
    if (!entry || entry.size > PUBLISHED_BYTES) return undefined;
    const bytes = (await tree.read([entry.id])).get(entry.id);
    const read = bytes && readOutlines(new TextDecoder().decode(bytes), stage);
    if (!read) return undefined;
    for (const outline of read) outlines.set(identityOf(outline.id), outline);
  }
  return outlines;
}

async function outlinesFromTexts(
  byOwner: Published['byOwner'],
  fetchTexts: Published['fetchTexts'],
): Promise<Outlines> {
  const outlines = new Map<string, Outline>();
  for (const [owner, { kind }] of byOwner) {
    const outline = kind === 'release' ? outlinePublished(releaseIdFrom(owner), await fetchTexts(owner)) : undefined;
    if (outline) outlines.set(owner, outline);
  }
  return outlines;
}

/** What there is before the first publication. */
export const NOTHING_PUBLISHED: Published = {
  files: NOTHING,
  byOwner: new Map(),
  byThisRenderer: false,
  equals: (_, manifests) => manifests.size === 0,
  idOf: () => '',
  fetchTexts: async () => new Map(),
  fetchOutlines: async () => new Map(),
  fetchHold: async () => undefined,
};
