import { load } from 'js-yaml';
import type { Manifest, ManifestSet } from '../model/manifest.ts';
import { LIST_FILE, readManifest } from '../targets/manifest-set.ts';
import { keyOf, type ObjectKey } from '../targets/target.ts';
import { serialize } from '../yaml/serialize.ts';

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

/** A Deployment's pod template as text: pods are new where it differs. */
export function templateOf({ manifest }: Placed): string {
  const { spec } = manifest as { spec?: { template?: unknown } | null };
  return serialize({ template: spec?.template });
}

/** The pod templates of a workloads tree by Deployment, as `Pending.ready` has them. */
export function templatesOf(objects: Objects): ReadonlyMap<ObjectKey, string> {
  return new Map(
    [...objects]
      .filter(([, { manifest }]) => manifest.kind === 'Deployment')
      .map(([key, placed]) => [key, templateOf(placed)] as const),
  );
}

/** The one version that a Service selects; undefined for one that selects them all. */
export function pinnedTo({ manifest }: Placed): string | undefined {
  const { spec } = manifest as { spec?: { selector?: Readonly<Record<string, unknown>> | null } | null };
  const version = spec?.selector?.version;
  return version === undefined || version === null ? undefined : String(version);
}
