/** What a class of Unicode characters counts, as `\pL`, alone or in brackets: it is a table of hundreds of ranges. */
const UNICODE_CLASS = 8;

interface Group {
  size: number; // of what stands in it so far
  last: number; // of its last piece, which a repetition multiplies
}

/**
 * About how many instructions a regular expression compiles to, found by reading it once, without compiling it. Never less
 * than a twentieth of what it is; what isn't a regular expression gets some number as well. Takes time in proportion to the
 * text: it reads no further than to a bracket or brace that is never closed, where RE2 refuses the whole.
 */
export function regexSize(text: string): number {
  const groups: Group[] = [{ size: 0, last: 0 }];
  const add = (group: Group, size: number) => {
    group.size += size;
    group.last = size;
  };
  const repeat = (group: Group, times: number) => {
    const repeated = Math.max(1, group.last) * times + 1;
    group.size += repeated - group.last;
    group.last = repeated;
  };
  for (let at = 0; at < text.length; ) {
    const group = groups.at(-1) as Group;
    const [piece = '', kind, least, most] = pieceAt(text, at);
    if (kind === 'unclosed') break;
    at += piece.length;
    if (kind === 'open') groups.push({ size: 2, last: 0 });
    else if (kind === 'close') {
      if (groups.length > 1) add(groups.at(-2) as Group, group.size);
      if (groups.length > 1) groups.pop();
    } else if (kind === 'repeat') repeat(group, Math.max(1, Number(least), Number(most)));
    else add(group, kind === 'unicode' ? unicodeSize(piece) : kind === 'literal' ? piece.length : 1);
  }
  return groups.reduce((sum, { size }) => sum + size, 0);
}

/** The size of a piece by the tables in it, each of which is read anew: brackets may hold hundreds. */
function unicodeSize(piece: string): number {
  return UNICODE_CLASS * (piece.match(/\\[pP]/g)?.length ?? 1);
}

type Kind = 'open' | 'close' | 'repeat' | 'unicode' | 'literal' | 'one' | 'unclosed';

/** The start of a group: plain, with flags, or with a name. What the group holds is no part of it. */
const GROUP_START = /\((?:\?(?:P?<\w*>|[a-zA-Z-]*:?))?/y;

/** What stands at a place: its text, what it is, and of a repetition how often. */
function pieceAt(text: string, at: number): readonly [piece: string, kind: Kind, least?: string, most?: string] {
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const [counted, least = '', most = ''] = match(/\{(\d{1,5})(?:,(\d{0,5}))?\}\??/y) ?? [];
  if (counted !== undefined) return [counted, 'repeat', least, most];
  const [quoted] = match(/\\Q[\s\S]*?(?:\\E|$)/y) ?? [];
  if (quoted !== undefined) return [quoted, 'literal'];
  const [unicode] = match(/\\[pP](?:\{[^}]*\}|[^{])/suy) ?? [];
  if (unicode !== undefined) return [unicode, 'unicode'];
  const [bracket] = match(/\[\^?\]?(?:\\.|\[:\^?[a-z]+:\]|[^\]\\])*\]/sy) ?? [];
  if (bracket !== undefined) return [bracket, /\\[pP]/.test(bracket) ? 'unicode' : 'one'];
  if (match(/\[|\\[pPx]\{(?![^}]*\})/y)) return ['', 'unclosed'];
  const [escaped] = match(/\\(?:x\{[^}]*\}|.)/sy) ?? [];
  if (escaped !== undefined) return [escaped, 'one'];
  const character = text[at] ?? '';
  if (character === '(') return [match(GROUP_START)?.[0] ?? character, 'open'];
  if (character === ')') return [character, 'close'];
  if (character === '*' || character === '+' || character === '?') return [character, 'repeat', '1', '1'];
  return [character, 'one'];
}
