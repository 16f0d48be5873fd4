import { COMMENT_LIMIT, sizeOf } from './budget.ts';

export interface Section {
  readonly section: string; // Markdown, begins with a marker of its own
  readonly sectionMarker: string;
}

/**
 * A comment that says this at its end, in place of what began there with that marker. What GitHub wouldn't take is left
 * out of the section, by whole lines, and the section says so; where there is no room for that the comment stays as it is.
 */
export function withSection(comment: string, { section, sectionMarker }: Section): string {
  const lines = comment.split('\n');
  const start = lines.findIndex((line) => line.startsWith(sectionMarker)); // quoted or indented it is somebody's text
  const kept = `${(start < 0 ? lines : lines.slice(0, start)).join('\n').trimEnd()}\n\n`;
  const fitted = cutLines(section, COMMENT_LIMIT - sizeOf(kept));
  return fitted === undefined ? comment : kept + fitted;
}

const CUT = '_The rest of this is too long for a comment._';

/** As many lines as fit. The word about it stands above them: below, an open fence or tag would swallow it. */
export function cutLines(text: string, limit: number): string | undefined {
  if (sizeOf(text) <= limit) return text;
  const [first = '', ...rest] = text.split('\n');
  let cut = `${first}\n\n${CUT}\n`;
  let size = sizeOf(cut);
  if (size > limit) return undefined;
  for (const line of rest) {
    size += sizeOf(line) + 1;
    if (size > limit) break;
    cut += `\n${line}`;
  }
  return cut;
}
