import { lstat, readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Built } from '../core/build/build.ts';
import type { Finding } from '../core/model/finding.ts';
import { identityOf } from '../core/model/release.ts';
import { releaseIdOf, valuesFolder } from '../core/settings/pattern.ts';
import type { Settings } from '../core/settings/settings.ts';
import { parseYaml } from '../core/yaml/document.ts';
import { LIMITS } from '../core/yaml/limits.ts';
import { fetchSettings } from '../flows/gitops/snapshot.ts';
import type { FileTree } from '../flows/ports.ts';
import { UsageError } from './command.ts';
import { openWorkspace, requireOnly } from './workspace.ts';

/** A release with the current text of its values file. */
export interface OpenedRelease {
  readonly built: Built;
  readonly settings: Settings;
  readonly path: string;
  readonly text: string;
  readonly values: unknown;
}

/** Reads the values file of a release from a writable tree; returns findings if the file cannot be read. */
export async function openRelease(
  root: string,
  tree: FileTree,
  name: string,
): Promise<OpenedRelease | { readonly findings: readonly Finding[] }> {
  const { settings, builds, findings } = await openWorkspace(tree, [name]).catch(async (error: unknown) => {
    if (error instanceof UsageError) await refuseLink(root, tree, name);
    throw error;
  });
  if (!settings) return { findings };
  const built = requireOnly(builds, name, ({ id }) => id);
  const path = join(root, built.file);
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile())
    throw new UsageError(`${built.file} is not a regular file of a working tree, so Coalmine cannot write it`);
  const bytes = found.size > LIMITS.bytes ? { length: found.size } : await readFile(path);
  const parsed = parseYaml(built.file, bytes);
  if (!parsed.ok || !(bytes instanceof Uint8Array)) return { findings: parsed.ok ? [] : parsed.findings };
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return { built, settings, path, text, values: parsed.document.value };
}

/** Throws UsageError if the release is missing only because its file is a symbolic link. */
async function refuseLink(root: string, tree: FileTree, name: string): Promise<void> {
  const settings = await fetchSettings(tree);
  if (!settings.ok) return;
  const folder = join(root, valuesFolder(settings.value));
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const file = relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
    const id = entry.isSymbolicLink() ? releaseIdOf(settings.value, file) : undefined;
    if (id && [id.name, identityOf(id)].includes(name))
      throw new UsageError(
        `${file} is a symbolic link, which Coalmine does not follow; change the file that it points to`,
      );
  }
}
