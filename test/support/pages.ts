import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** Every page of the documentation, by its path from the root of the repository. */
export const PAGES: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];

/** The text of a page, or of any file of the repository. */
export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The rows of all tables with this head in their first column, each as its cells. */
export function rowsOf(page: string, head: string): readonly (readonly string[])[] {
  const [, ...tables] = readPage(page).split(`| ${head} |`);
  return tables.flatMap((table) => {
    const rows = table.split('\n').slice(2);
    const end = rows.findIndex((row) => !row.startsWith('|'));
    return rows.slice(0, end).map((row) => row.slice(2, -2).split(' | '));
  });
}

/** The text of a page without its fenced blocks. */
export function proseOf(page: string): string {
  return readPage(page).replaceAll(/^((?:> )?[ ]*)(`{3,}).*?^\1\2$/gms, '');
}

/** What stands in a text as code. */
export function codeIn(text = ''): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The names in the first column of a page's tables, or of one row; `.b` behind `a.x` is `a.b`. */
export function namesIn(page: string, head: string, row?: readonly string[]): readonly string[] {
  return (row ? [row] : rowsOf(page, head)).flatMap(([names]) => {
    let before = '';
    return codeIn(names).map((name) => {
      const whole = name.startsWith('.') ? before.replace(/\.[^.]*$/, name) : name;
      before = whole;
      return whole;
    });
  });
}

/** A fenced block of a page, without its indentation or quotation marks. */
export interface Block {
  readonly page: string;
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page in their order, also those in quotes and lists. */
export function blocksOf(page: string): readonly Block[] {
  const blocks = readPage(page).matchAll(/^((?:> )?[ ]*)(`{3,})(\w*)\n(.*?)^\1\2$/gms);
  return [...blocks].map(([, indent = '', , language = '', text = '']) => ({
    page,
    language,
    text: text
      .split('\n')
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line.slice(indent.trimEnd().length)))
      .join('\n'),
  }));
}

/** The names once each, in order. */
export function sorted(names: Iterable<string>): readonly string[] {
  return [...new Set(names)].sort();
}
