import { load } from 'js-yaml';
import type { Manifest, ManifestSet } from '../model/manifest.ts';
import { LIST_FILE, readManifest } from './manifest-set.ts';
import { keyOf, type ObjectKey } from './target.ts';

/** A manifest where it stands on the branch. */
export interface Placed {
  readonly path: string;
  readonly text: string;
  readonly manifest: Manifest;
}

/** The objects that a folder holds, by kind and name. */
export type Objects = ReadonlyMap<ObjectKey, Placed>;

/**
 * The objects of a folder that Flux would apply: those that its list names. A file that can't be read holds none;
 * without a list, or with one that can't be read, every file counts.
 */
export function objectsOf(files: ManifestSet, folder: string): Objects {
  const listed = listOf(files.get(`${folder}${LIST_FILE}`));
  const found = new Map<ObjectKey, Placed>();
  for (const [path, text] of files) {
    const name = path.slice(folder.length);
    if (!path.startsWith(folder) || name === LIST_FILE || (listed && !listed.has(name))) continue;
    const manifest = readOnce(text);
    if (isNamed(manifest)) found.set(keyOf(manifest), { path, text, manifest });
  }
  return found;
}

/** Texts that were just read: the pending trees of a release, and desired, have most of theirs in common. */
const read = new Map<string, Manifest | undefined>();
const MAX_READ = 200;

function readOnce(text: string): Manifest | undefined {
  if (read.has(text)) return read.get(text);
  const manifest = readManifest(text);
  if (read.size >= MAX_READ) read.clear();
  read.set(text, manifest);
  return manifest;
}

/** Kind and name become a file's name again. */
function isNamed(manifest: Manifest | undefined): manifest is Manifest {
  const [kind, name] = [manifest?.kind, manifest?.metadata?.name];
  return (
    typeof kind === 'string' &&
    /^[A-Za-z]+$/.test(kind) &&
    typeof name === 'string' &&
    /^[a-z0-9][a-z0-9.-]*$/.test(name)
  );
}

function listOf(text: string | undefined): ReadonlySet<unknown> | undefined {
  try {
    const list = text === undefined ? undefined : (load(text) as { resources?: unknown } | null | undefined);
    return Array.isArray(list?.resources) ? new Set(list.resources) : undefined;
  } catch {
    return undefined;
  }
}

/** The same as manifests alone. */
export function manifestsIn(files: ManifestSet, folder: string): readonly Manifest[] {
  return [...objectsOf(files, folder).values()].map(({ manifest }) => manifest);
}
