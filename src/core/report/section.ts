import { COMMENT_LIMIT, sizeOf } from './budget.ts';

/** What is said at the beginning of a comment of ours, and edited there. */
export interface Section {
  readonly section: string; // Markdown, begins with a marker of its own
  readonly sectionMarker: string;
}

/** Ends a section: what follows is the comment as it was without one. */
const SECTION_END = '<!-- coalmine:asked -->';

/**
 * A comment that says this first, in place of what it said there before. Of a comment that would be longer than GitHub
 * takes, lines at its end are left out, and it says so.
 */
export function withSection(comment: string, { section, sectionMarker }: Section): string {
  const [marker = '', ...lines] = comment.split(/\r?\n/);
  const kept = withoutSection(lines, sectionMarker).join('\n').trim();
  const head = `${marker}\n\n${section.trimEnd()}\n\n${SECTION_END}\n**Asked for:**\n\n`;
  const tail = cutLines(`${kept}\n`, COMMENT_LIMIT - sizeOf(head));
  return tail === undefined ? comment : head + tail;
}

/** A section stands at the beginning, up to its end; one of an earlier version at the end of the comment. */
function withoutSection(lines: readonly string[], sectionMarker: string): readonly string[] {
  const start = lines.findIndex((line) => line.startsWith(sectionMarker)); // quoted or indented it is text of a person
  if (start < 0) return lines;
  const end = lines.indexOf(SECTION_END, start);
  return end < 0 ? lines.slice(0, start) : lines.slice(end + 2); // with the word under it
}

/** The two parts of a comment: what such a section says, and what was asked for; '' where there is none. */
export function splitSection(
  comment: string,
  sectionMarker: string,
): { readonly section: string; readonly asked: string } {
  const [before = '', rest] = comment.split(`${sectionMarker}\n`);
  if (rest === undefined) return { section: '', asked: before };
  const [section = '', asked = ''] = rest.split(`${SECTION_END}\n**Asked for:**\n`);
  return { section: section.trim(), asked: asked.trim() };
}

const CUT = '_The rest of this is too long for a comment._';

/** As many lines as fit. The word about it stands above them: below, an open fence or tag would swallow it. */
export function cutLines(text: string, limit: number): string | undefined {
  if (sizeOf(text) <= limit) return text;
  const [first = '', ...rest] = text.split('\n').filter((line) => line !== CUT);
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
