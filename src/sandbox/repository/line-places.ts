import { diffFiles } from './diff.ts';
import { movedLine, type ShownLine, shownLines } from './patch-lines.ts';

/** The lines of a file that the diff of two commits shows, by their number in the later commit. */
export async function fetchShownLines(
  folder: string,
  { base, commit, path }: { readonly base: string; readonly commit: string; readonly path: string },
): Promise<ReadonlyMap<number, ShownLine>> {
  const patch = await patchOf(folder, base, commit, path);
  return patch === undefined ? new Map() : shownLines(patch);
}

/** The place of a file's line in a later commit; undefined if it was removed or changed. */
export async function fetchMovedLine(
  folder: string,
  {
    from,
    to,
    path,
    line,
  }: { readonly from: string; readonly to: string; readonly path: string; readonly line: number },
): Promise<number | undefined> {
  if (from === to) return line;
  const patch = await patchOf(folder, from, to, path);
  return patch === undefined ? line : movedLine(patch, line);
}

async function patchOf(folder: string, before: string, after: string, path: string): Promise<string | undefined> {
  return (await diffFiles(folder, before, after)).find((file) => file.path === path)?.patch;
}
