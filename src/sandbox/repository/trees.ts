import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runGit, runGitText } from '../../git/program.ts';
import { zeroSha } from './refs.ts';
import { askOnce } from './remember.ts';

export interface TreeEntry {
  readonly mode: string;
  readonly type: string;
  readonly sha: string;
  readonly size: number | undefined;
  readonly path: string;
}

/** A change of a tree: a blob or tree set at a path, or, without a SHA, the path removed. */
export interface TreeEdit {
  readonly path: string;
  readonly mode: string;
  readonly sha: string | undefined;
}

/** Whether a text is a valid path of a file in a tree: not absolute, without `..` and `.git`. */
export function isFilePath(path: string): boolean {
  return !path
    .split('/')
    .some((part) => ['', '.', '..'].includes(part) || /^\.git$/i.test(part) || part.includes('\0'));
}

/** Finds a tree's entry at a path; undefined if there is none. */
export async function findEntry(folder: string, tree: string, path: string): Promise<TreeEntry | undefined> {
  if (!isFilePath(path)) return undefined;
  return (await listTree(folder, tree, { path })).at(0);
}

/** Lists a tree's entries, one level or all; `path` selects one entry. */
export async function listTree(
  folder: string,
  tree: string,
  { recursive = false, path }: { recursive?: boolean; path?: string } = {},
): Promise<TreeEntry[]> {
  const options = ['-z', '-l', ...(recursive ? ['-r', '-t'] : [])];
  const question = ['--literal-pathspecs', 'ls-tree', ...options, tree, ...(path ? ['--', path] : [])];
  return (await askOnce(folder, question, [tree]))
    .toString()
    .split('\0')
    .filter(Boolean)
    .map((line) => {
      const [, mode = '', type = '', sha = '', size = '', name = ''] =
        /^(\d+) (\w+) ([0-9a-f]+) +(\S+)\t([\s\S]*)$/.exec(line) ?? [];
      return { mode, type, sha, size: size === '-' ? undefined : Number(size), path: name };
    });
}

/** Reads the bytes of a blob. */
export async function readBlob(folder: string, sha: string): Promise<Buffer> {
  return askOnce(folder, ['cat-file', 'blob', sha], [sha]);
}

/** Reads the bytes of many blobs with one process, by SHA; leaves out missing ones and other objects. */
export async function readBlobs(folder: string, shas: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
  const wanted = [...new Set(shas)];
  const output = await runGit(folder, ['cat-file', '--batch'], { input: wanted.map((sha) => `${sha}\n`).join('') });
  const found = new Map<string, Buffer>();
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(0x0a, at);
    const [sha = '', type, size] = output.subarray(at, end).toString().split(' ');
    at = end + 1;
    if (type === 'missing') continue;
    if (type === 'blob') found.set(sha, output.subarray(at, at + Number(size)));
    at += Number(size) + 1;
  }
  return found;
}

/** Writes many blobs with one process; returns their SHAs in order. */
export async function writeBlobs(folder: string, contents: readonly (Uint8Array | string)[]): Promise<string[]> {
  if (contents.length === 0) return [];
  const stream = contents.flatMap((content, index) => {
    const bytes = Buffer.from(content);
    const mark = `:${index + 1}`;
    return [Buffer.from(`blob\nmark ${mark}\ndata ${bytes.length}\n`), bytes, Buffer.from(`\nget-mark ${mark}\n`)];
  });
  const text = await runGitText(folder, ['fast-import', '--quiet', '--done'], {
    input: Buffer.concat([...stream, Buffer.from('done\n')]),
  });
  return text.split('\n');
}

/** Writes a tree from a base tree (or none) and edits, in a temporary index. */
export async function editTree(folder: string, base: string | undefined, edits: readonly TreeEdit[]): Promise<string> {
  const index = join(folder, `index.${randomUUID()}.tmp`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await runGit(folder, ['read-tree', ...(base ? [base] : ['--empty'])], { env });
    const held = base ? await listTree(folder, base, { recursive: true }) : [];
    const added = await Promise.all(edits.map((edit) => additions(folder, edit)));
    const lines = [...edits.flatMap((edit) => removals(edit, held)), ...added.flat()];
    await runGit(folder, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    return await runGitText(folder, ['write-tree'], { env });
  } finally {
    await rm(index, { force: true });
  }
}

/** The paths to remove: removed paths and replaced folders, with everything below. */
function removals({ path, mode, sha }: TreeEdit, held: readonly TreeEntry[]): string[] {
  if (sha && mode !== '040000') return [];
  return held
    .filter((entry) => entry.type !== 'tree' && (entry.path === path || entry.path.startsWith(`${path}/`)))
    .map((entry) => `0 ${zeroSha}\t${entry.path}\0`);
}

/** The entries to add: a blob, or all entries of a tree. */
async function additions(folder: string, { path, mode, sha }: TreeEdit): Promise<string[]> {
  if (!sha) return [];
  if (mode !== '040000') return [`${mode} ${sha}\t${path}\0`];
  const entries = await listTree(folder, sha, { recursive: true });
  return entries
    .filter(({ type }) => type !== 'tree')
    .map((entry) => `${entry.mode} ${entry.sha}\t${path}/${entry.path}\0`);
}

/** Writes a tree of plain files, on top of a base tree if given. */
export async function writeFiles(folder: string, files: ReadonlyMap<string, string>, base?: string): Promise<string> {
  const shas = await writeBlobs(folder, [...files.values()]);
  const edits = [...files.keys()].map((path, index) => ({ path, mode: '100644', sha: shas[index] }));
  return editTree(folder, base, edits);
}
