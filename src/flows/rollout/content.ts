import { parseYaml } from '../../core/yaml/document.ts';
import { LIMITS } from '../../core/yaml/limits.ts';
import type { FileTree } from '../ports.ts';

/** The text of a values file; undefined where there is none, or it is too large for one. */
export async function fetchText(tree: FileTree, path: string): Promise<string | undefined> {
  const bytes = await fetchBytes(tree, path);
  return bytes && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** What a YAML file holds; undefined where there is none, or it can't be read. */
export async function fetchValues(tree: FileTree, path: string): Promise<unknown> {
  const bytes = await fetchBytes(tree, path);
  const parsed = bytes && parseYaml(path, bytes);
  return parsed?.ok ? parsed.document.value : undefined;
}

async function fetchBytes(tree: FileTree, path: string): Promise<Uint8Array | undefined> {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const entry = (await tree.list(folder)).get(path);
  if (!entry || entry.size > LIMITS.bytes) return undefined;
  return (await tree.read([entry.id])).get(entry.id);
}
