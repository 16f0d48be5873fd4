/** One line of a patch: its number in the old file, the new one, or both. */
interface PatchLine {
  readonly old: number | undefined;
  readonly now: number | undefined;
  readonly position: number; // counted from the first hunk's header, as on GitHub
  readonly hunk: string; // from its header down to this line
}

/** A line of the new file in a patch. */
export type ShownLine = Pick<PatchLine, 'position' | 'hunk'>;

/** The lines of the new file in a patch, by their number. */
export function shownLines(patch: string): ReadonlyMap<number, ShownLine> {
  const lines = [...readLines(patch)];
  return new Map(lines.flatMap(({ now, ...line }) => (now === undefined ? [] : [[now, line] as const])));
}

/** The place of an old file's line in the new one; undefined if it was removed. */
export function movedLine(patch: string, line: number): number | undefined {
  let shift = 0;
  for (const { old, now } of readLines(patch)) {
    if (old === line) return now;
    if (old !== undefined && old > line) break;
    if (old === undefined) shift += 1;
    if (now === undefined) shift -= 1;
  }
  return line + shift;
}

function* readLines(patch: string): Generator<PatchLine> {
  let [old, now] = [0, 0];
  let hunk = '';
  for (const [position, line] of patch.split('\n').entries()) {
    const header = /^@@ -(\d+)(,0)?(?:,\d+)? \+(\d+)(,0)?(?:,\d+)? @@/.exec(line);
    hunk = header ? line : `${hunk}\n${line}`;
    if (header) {
      // A side without lines is named by the line before it.
      old = Number(header[1]) + (header[2] ? 1 : 0);
      now = Number(header[3]) + (header[4] ? 1 : 0);
    } else if (/^[ +-]/.test(line)) {
      const [isOld, isNow] = [!line.startsWith('+'), !line.startsWith('-')];
      yield { old: isOld ? old : undefined, now: isNow ? now : undefined, position, hunk };
      if (isOld) old += 1;
      if (isNow) now += 1;
    }
  }
}
