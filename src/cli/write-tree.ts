import { lstatSync, mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { targets } from '../charts/targets.ts';
import type { ManifestSet } from '../core/model/manifest.ts';
import { formatFile, isMarked } from '../core/model/places.ts';
import { refusalText } from '../core/report/refusal.ts';
import { toPlain } from '../core/report/sentence.ts';
import type { Settings } from '../core/settings/settings.ts';
import { fetchPublished } from '../flows/gitops/published.ts';
import { decideWholeTree } from '../flows/publish/whole-tree.ts';
import { folderTree } from '../git/folder.ts';
import { UsageError } from './command.ts';
import type { Workspace } from './workspace.ts';

/** Numbers of files written, removed and left as they were. */
export interface WriteCounts {
  readonly written: number;
  readonly removed: number;
  readonly same: number;
}

/**
 * Writes the tree of the gitops branch into a folder at once, by the same decision as a publication: removes stale files, keeps
 * the files of a release with errors, and, unless the tree is whole (`domains` given), keeps the files of all other releases too.
 */
export async function writeTree(
  root: string,
  { builds, index, settings }: Pick<Workspace, 'builds' | 'index'> & { readonly settings: Settings },
  domains: ManifestSet | undefined,
): Promise<WriteCounts> {
  const published = await fetchPublished(folderTree(root));
  await refuseForeign(root, isMarked(published.files));
  const decision = await decideWholeTree({ builds, index, settings, domains, published }, targets);
  if (decision.kind === 'refused')
    throw new UsageError(`nothing was written: ${toPlain(refusalText(decision.refusal))}`);
  if (decision.kind === 'equal') return { written: 0, removed: 0, same: published.files.size };
  writeFiles(root, decision.files);
  const texts = [...decision.files.values()];
  return {
    written: texts.filter((text) => text !== undefined).length,
    removed: texts.filter((text) => text === undefined).length,
    same: [...published.files.keys()].filter((path) => !decision.files.has(path)).length,
  };
}

async function refuseForeign(root: string, marked: boolean): Promise<void> {
  const entries = await readdir(root).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(
      error.code === 'ENOTDIR' ? `${root} is not a folder` : `cannot read ${root}: ${error.message}`,
    );
  });
  if (!marked && entries.some((name) => name !== '.git')) {
    throw new UsageError(
      `nothing was written: ${root} has files that Coalmine did not write (no ${formatFile()}); name an empty or a new folder`,
    );
  }
}

/** Writes and removes files. Synchronous: with tens of thousands of small files, the thread pool takes ten times as long. */
function writeFiles(root: string, files: ReadonlyMap<string, string | undefined>): void {
  const folders = new Set([...files.keys()].map((path) => dirname(path)));
  refuseObstacles(root, folders);
  for (const [path, text] of files) {
    if (text !== undefined) continue;
    rmSync(join(root, path), { force: true });
    removeEmptyFolders(root, dirname(path));
  }
  const made = new Set<string>();
  for (const [path, text] of files) {
    if (text === undefined) continue;
    const folder = dirname(path);
    if (!made.has(folder)) mkdirSync(join(root, folder), { recursive: true });
    made.add(folder);
    writeNewFile(join(root, path), text);
  }
}

/** Writes a new file in place of an old one, never through a symbolic link. */
function writeNewFile(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    rmSync(file);
    writeFileSync(file, text, { flag: 'wx' });
  }
}

/** Throws UsageError if a link, or a file with a folder's name, would lead a write elsewhere. */
function refuseObstacles(root: string, folders: ReadonlySet<string>): void {
  const seen = new Set<string>();
  for (const folder of folders) {
    const segments = folder.split('/');
    for (let depth = 1; depth <= segments.length; depth++) {
      const path = join(root, ...segments.slice(0, depth));
      if (seen.has(path)) continue;
      seen.add(path);
      const found = lstatSync(path, { throwIfNoEntry: false });
      if (!found) break; // nothing exists below it either
      if (!found.isDirectory()) {
        throw new UsageError(`nothing was written: ${path} is in the way and is not a folder`);
      }
    }
  }
}

function removeEmptyFolders(root: string, start: string): void {
  for (let folder = start; folder !== '.'; folder = dirname(folder)) {
    if (readdirSync(join(root, folder)).length > 0) return;
    rmdirSync(join(root, folder));
  }
}
