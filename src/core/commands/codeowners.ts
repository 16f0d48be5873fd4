// CODEOWNERS as GitHub reads it: patterns like those of .gitignore, but for some that don't work there.

/** Where the file may be. The first that is there counts, and no other. */
export const CODEOWNERS_FILES: readonly string[] = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];

/** GitHub loads only a file that is smaller: with a larger one nothing has an owner. */
export const CODEOWNERS_BYTES = 3 * 1024 * 1024;

export type Owner =
  | { readonly kind: 'user'; readonly login: string }
  | { readonly kind: 'team'; readonly org: string; readonly slug: string }
  | { readonly kind: 'email'; readonly address: string };

/** Who owns a path, and which line (1-based) says so. A line without owners takes them away: the path has none. */
export interface Ownership {
  readonly line: number;
  readonly owners: readonly Owner[];
}

/** The last line that matches a path decides alone; undefined where none does. Lines that GitHub can't read are skipped. */
export function ownersOf(text: string, path: string): Ownership | undefined {
  const names = path.split('/').map((name) => [...name]);
  const lines = text.split('\n');
  for (let index = lines.length - 1; index >= 0; index--) {
    const entry = readEntry(lines[index] ?? '');
    if (entry && matches(entry.pattern, names)) return { line: index + 1, owners: entry.owners };
  }
  return undefined;
}

interface Entry {
  readonly pattern: Pattern;
  readonly owners: readonly Owner[];
}

function readEntry(line: string): Entry | undefined {
  const letters = [...line.replace(/^[ \t]+/, '')];
  if (letters[0] === undefined || letters[0] === '#') return undefined;
  const end = endOfPattern(letters);
  const pattern = readPattern(letters.slice(0, end));
  const owners = pattern && readOwners(letters.slice(end).join(''));
  return pattern && owners && { pattern, owners };
}

const SPACE: ReadonlySet<string> = new Set([' ', '\t', '\r', '\v', '\f']);

/** A pattern ends at the first white space without a backslash before it. */
function endOfPattern(letters: readonly string[]): number {
  let at = 0;
  while (at < letters.length && !SPACE.has(letters[at] ?? '')) at += letters[at] === '\\' ? 2 : 1;
  return Math.min(at, letters.length);
}

function readOwners(text: string): readonly Owner[] | undefined {
  const [before = ''] = text.split('#', 1); // a comment may follow
  const words = before.split(/[ \t\r\v\f]+/).filter((word) => word !== '');
  const owners = words.map(readOwner);
  return owners.every((owner) => owner !== undefined) ? owners : undefined;
}

function readOwner(word: string): Owner | undefined {
  const [before = '', after = '', ...more] = word.split('@');
  if (more.length > 0) return undefined;
  if (before !== '') return after.includes('.') ? { kind: 'email', address: word } : undefined;
  const [login = '', slug, ...deeper] = after.split('/');
  if (!/^[A-Za-z\d][\w-]*$/.test(login) || deeper.length > 0) return undefined;
  if (slug === undefined) return { kind: 'user', login };
  return /^[\w.-]+$/.test(slug) ? { kind: 'team', org: login, slug } : undefined;
}

const RUN = Symbol('any letters of one name');
const ONE = Symbol('any letter');
const FOLDERS = Symbol('any folders');

type NamePattern = readonly (string | typeof RUN | typeof ONE)[];

interface Pattern {
  readonly names: readonly (NamePattern | typeof FOLDERS)[];
  readonly covers: 'folder' | 'file' | 'both'; // what the pattern itself names; of a folder it covers all below
}

/** Undefined for what doesn't work in CODEOWNERS: negation, ranges of letters, an escaped `#` at the beginning. */
function readPattern(letters: readonly string[]): Pattern | undefined {
  if (letters[0] === '!' || (letters[0] === '\\' && letters[1] === '#')) return undefined;
  const names: NamePattern[] = [];
  let name: (string | typeof RUN | typeof ONE)[] = [];
  let stars = 0; // without a break, up to here
  const isFolders = new Set<NamePattern>();
  const end = () => {
    if (stars === 2 && name.length === 1) isFolders.add(name); // `**` alone between slashes
    names.push(name);
    name = [];
  };
  for (let at = 0; at < letters.length; at++) {
    const letter = letters[at] ?? '';
    if (letter === '[' || letter === ']') return undefined;
    if (letter === '/') end();
    else if (letter === '*') {
      if (name.at(-1) !== RUN) name.push(RUN); // a run of stars is one
    } else if (letter === '?') name.push(ONE);
    else if (letter !== '\\') name.push(letter);
    else if (++at < letters.length) name.push(letters[at] ?? '');
    else return undefined; // nothing is escaped
    stars = letter === '*' ? stars + 1 : 0;
  }
  end();
  return patternOf(names, isFolders);
}

function patternOf(names: readonly NamePattern[], isFolders: ReadonlySet<NamePattern>): Pattern {
  const isFolder = names.length > 1 && names.at(-1)?.length === 0;
  const written = isFolder ? names.slice(0, -1) : names;
  const isAnchored = written.length > 1; // a slash anywhere but at the end
  const inside = isAnchored && written[0]?.length === 0 ? written.slice(1) : written;
  const last = inside.at(-1);
  const isStar = last?.length === 1 && last[0] === RUN && !isFolders.has(last);
  const all: Pattern['names'] = inside.map((name) => (isFolders.has(name) ? FOLDERS : name));
  const placed: Pattern['names'] = isAnchored ? all : [FOLDERS, ...all];
  return {
    names: placed.filter((name, index) => name !== FOLDERS || placed[index - 1] !== FOLDERS),
    covers: isFolder ? 'folder' : isStar ? 'file' : 'both', // `docs/*`: what is directly in it, unlike .gitignore
  };
}

/** How far into the path the names lead is followed in all ways at once, so that no pattern takes long. */
function matches({ names, covers }: Pattern, path: readonly (readonly string[])[]): boolean {
  let reached: readonly number[] = [0]; // so many names of the path, ascending
  for (const [index, name] of names.entries()) {
    const [first] = reached;
    if (first === undefined) return false;
    if (name === FOLDERS) {
      const isInside = index === names.length - 1 && covers !== 'folder'; // `docs/**` isn't the file docs
      const from = first + (isInside ? 1 : 0);
      reached = Array.from({ length: path.length + 1 - from }, (_, further) => from + further);
    } else {
      reached = reached.flatMap((count) => {
        const next = path[count];
        return next && isLike(next, name) ? [count + 1] : [];
      });
    }
  }
  return reached.some((count) => {
    if (count === 0) return false;
    return covers === 'both' || (covers === 'file') === (count === path.length);
  });
}

/** After a star that took too little the next try begins one letter on: at most letters times pattern. */
function isLike(name: readonly string[], pattern: NamePattern): boolean {
  if (pattern.length > 2 * name.length + 1) return false; // no two stars are neighbours: more letters than there are
  let [at, letter] = [0, 0];
  let star: { readonly at: number; readonly letter: number } | undefined;
  while (letter < name.length) {
    const wanted = pattern[at];
    if (wanted === RUN) {
      star = { at, letter };
      at++;
    } else if (wanted === ONE || wanted === name[letter]) {
      at++;
      letter++;
    } else if (star) {
      star = { at: star.at, letter: star.letter + 1 };
      at = star.at + 1;
      letter = star.letter;
    } else return false;
  }
  while (pattern[at] === RUN) at++;
  return at === pattern.length;
}
