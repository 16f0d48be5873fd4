import { mkdir, readdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { charts } from '../charts/charts.ts';
import type { Built } from '../core/build.ts';
import { FORMAT_FILE, ownerOf } from '../core/places.ts';
import { identityOf } from '../core/release.ts';
import { FORMAT_TEXT, type ManifestSet, sharedNamespaces } from '../core/render/manifest-set.ts';
import { folderTree } from '../git/folder.ts';
import { UsageError } from './command.ts';

export interface Written {
  readonly changed: number;
  readonly removed: number;
  readonly same: number;
}

/**
 * Writes the tree of the gitops branch into a folder. What is stale goes; of a broken release everything stays as it
 * was; unless the tree is whole, so do all others. A folder with content and without our mark is refused.
 */
export async function writeTree(
  out: string,
  {
    builds,
    domains,
    whole,
  }: { readonly builds: readonly Built[]; readonly domains: ManifestSet; readonly whole: boolean },
): Promise<Written> {
  const root = resolve(out);
  const tree = folderTree(root);
  const there = await tree.list('').catch((error: unknown) => {
    throw new UsageError(`${root} can't be read: ${error instanceof Error ? error.message : error}`);
  });
  if (there.size > 0 && !there.has(FORMAT_FILE)) {
    throw new UsageError(
      `${root} has files and no ${FORMAT_FILE}: it isn't a tree of ours, and nothing was written; choose an empty folder`,
    );
  }
  const named = new Set(builds.map(({ id }) => identityOf(id)));
  const broken = new Set(builds.filter(({ manifests }) => !manifests).map(({ id }) => identityOf(id)));
  const ids = builds.filter(({ manifests }) => manifests).map(({ id }) => id);
  const desired = new Map([
    ...builds.flatMap(({ manifests }) => [...(manifests ?? [])]),
    ...domains,
    ...sharedNamespaces(ids, charts),
    [FORMAT_FILE, FORMAT_TEXT] as const,
  ]);
  const stale = [...there.keys()].filter((path) => {
    const owner = ownerOf(path);
    if (desired.has(path) || (owner !== undefined && broken.has(owner))) return false;
    return whole ? /^(?:apps|domains|flux)\//.test(path) : owner !== undefined && named.has(owner);
  });
  const changed = [...desired].filter(([path, text]) => there.get(path)?.id !== tree.idOf(text));
  await mkdir(root, { recursive: true });
  for (const path of stale) await removeFile(root, path);
  for (const [path, text] of changed) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return { changed: changed.length, removed: stale.length, same: desired.size - changed.length };
}

/** Removes a file, and the folders that it leaves empty. */
async function removeFile(root: string, path: string): Promise<void> {
  await rm(join(root, path));
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    if ((await readdir(join(root, folder))).length > 0) return;
    await rmdir(join(root, folder));
  }
}
