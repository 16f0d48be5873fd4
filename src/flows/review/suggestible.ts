import type { Finding } from '../../core/model/finding.ts';
import { type FileChange, isOffer } from '../../core/report/suggestion.ts';
import { LIMITS } from '../../core/yaml/limits.ts';
import type { FileTree } from '../ports.ts';

/** The findings of one folder, and whether a file of it was judged as it is at the head: any other text has other lines. */
interface CheckedFolder {
  readonly folder: string;
  readonly findings: readonly Finding[];
  readonly isOfHead: (file: string) => boolean;
}

/** Files by path, as the branch of a pull request found them and as it has them. */
export type FileChanges = ReadonlyMap<string, FileChange>;

/** Of more files than this none of the suggestions would be made. */
const FILES = 50;

/** Reads both texts of the files for whose findings a pull request may get suggestions, and of no others. */
export async function fetchSuggestible(
  { base, head }: { readonly base: FileTree; readonly head: FileTree },
  { folder, findings, isOfHead }: CheckedFolder,
): Promise<FileChanges> {
  const files = new Set(findings.filter(isOffer).map(({ file }) => file));
  const asked = [...files].filter(isOfHead).slice(0, FILES);
  if (asked.length === 0) return new Map();

  const [old, now] = await Promise.all([base.list(folder), head.list(folder)]);
  const pairs = asked.flatMap((file) => {
    const [from, to] = [old.get(file), now.get(file)];
    return to && from?.id !== to.id && Math.max(from?.size ?? 0, to.size) <= LIMITS.bytes ? [{ file, from, to }] : [];
  });
  const [before, after] = await Promise.all([
    base.read([...new Set(pairs.flatMap(({ from }) => from?.id ?? []))]),
    head.read([...new Set(pairs.map(({ to }) => to.id))]),
  ]);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true }); // as findings count their columns
  const text = (bytes: Uint8Array | undefined) => decoder.decode(bytes);
  return new Map(
    pairs.map(({ file, from, to }) => [
      file,
      { ...(from ? { before: text(before.get(from.id)) } : {}), after: text(after.get(to.id)) },
    ]),
  );
}
