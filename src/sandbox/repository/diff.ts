import { askOnce } from './remember.ts';

/** One file that differs between two trees. */
export interface FileDiff {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'changed';
  readonly path: string;
  readonly previousPath: string | undefined;
  /** The blob on the new side; of a removed file the old one. */
  readonly sha: string;
  readonly additions: number;
  readonly deletions: number;
  /** The hunks; none for binary files. */
  readonly patch: string | undefined;
}

const words: Readonly<Record<string, FileDiff['status']>> = {
  A: 'added',
  D: 'removed',
  M: 'modified',
  R: 'renamed',
  T: 'changed',
};

/** Lists the files that differ between two commits or trees, with renames. */
export async function diffFiles(folder: string, before: string, after: string): Promise<FileDiff[]> {
  const options = ['diff-tree', '-r', '-M', '--full-index', '--no-ext-diff', '--no-textconv', '--no-color'];
  const ask = (question: readonly string[]) => askOnce(folder, question, [before, after]);
  const raw = (await ask([...options, '-z', '--raw', '--numstat', before, after])).toString();
  const patches = splitPatches((await ask([...options, '-p', before, after])).toString());
  const parts = raw.split('\0');
  const files = readRaw(parts);
  const counts = readCounts(parts, files.length);
  return files.map((file, index) => ({
    ...file,
    additions: counts[index]?.additions ?? 0,
    deletions: counts[index]?.deletions ?? 0,
    patch: patches[index],
  }));
}

type RawFile = Pick<FileDiff, 'status' | 'path' | 'previousPath' | 'sha'>;

/** `-z --raw`: ":mode mode sha sha status", then one path, or for a rename two. Removes its parts from the list. */
function readRaw(parts: string[]): RawFile[] {
  const files: RawFile[] = [];
  while (parts[0]?.startsWith(':')) {
    const [, , before = '', after = '', letters = ''] = (parts.shift() ?? '').split(' ');
    const status = words[letters.charAt(0)] ?? 'modified';
    const first = parts.shift() ?? '';
    const path = status === 'renamed' ? (parts.shift() ?? '') : first;
    files.push({
      status,
      path,
      previousPath: status === 'renamed' ? first : undefined,
      sha: status === 'removed' ? before : after,
    });
  }
  return files;
}

/** `-z --numstat`: "added, tab, removed, tab, path", for a rename with no path, and the two after it. */
function readCounts(parts: readonly string[], count: number): { additions: number; deletions: number }[] {
  const counts: { additions: number; deletions: number }[] = [];
  for (let at = 0; counts.length < count && at < parts.length; at += 1) {
    const [, additions = '', deletions = '', path = ''] = /^(\d+|-)\t(\d+|-)\t([\s\S]*)$/.exec(parts[at] ?? '') ?? [];
    counts.push({ additions: Number(additions) || 0, deletions: Number(deletions) || 0 });
    if (path === '') at += 2;
  }
  return counts;
}

/** The hunks of each file of a patch, in its order. Lines of files never begin with "diff", only headers do. */
function splitPatches(text: string): (string | undefined)[] {
  return text
    .split(/^diff --git /m)
    .slice(1)
    .map((part) => {
      const at = part.search(/^@@ /m);
      return at < 0 ? undefined : part.slice(at).replace(/\n$/, '');
    });
}

/** Counts the changes between two trees. */
export async function diffSize(
  folder: string,
  before: string,
  after: string,
): Promise<{ readonly files: number; readonly additions: number; readonly deletions: number }> {
  const text = (
    await askOnce(folder, ['diff-tree', '-r', '-M', '--shortstat', before, after], [before, after])
  ).toString();
  const count = (word: string): number => Number(new RegExp(`(\\d+) ${word}`).exec(text)?.[1] ?? 0);
  return { files: count('file'), additions: count('insertion'), deletions: count('deletion') };
}
