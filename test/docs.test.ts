import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { PAGES, proseOf, readPage } from './support/pages.ts';

const ROOT = join(import.meta.dirname, '..');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  return [...proseOf(page).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

test.each(PAGES)('what %s links to is there', (page) => {
  const links = [...readPage(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
  const dead = links.filter(([, path = '', anchor]) => {
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(ROOT, target))) return true;
    return anchor !== undefined && !anchorsOf(target).includes(anchor);
  });
  expect(dead.map(([link]) => link)).toEqual([]);
});

test('the README is short', () => expect(readPage('README.md').split('\n').length).toBeLessThanOrEqual(151));

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached)
    for (const [, path = ''] of readPage(page).matchAll(/\]\((?!https?:)([^)#]+)/g))
      if (path.endsWith('.md')) reached.add(join(dirname(page), path));
  expect(PAGES.filter((page) => !reached.has(page))).toEqual([]);
});

test.each(PAGES.filter((page) => page.startsWith('docs/decisions/') && !page.endsWith('README.md')))(
  '%s says what, why, and what it rules out',
  (page) => {
    const headings = [...readPage(page).matchAll(/^#{1,6} .+$/gm)].map(([heading]) => heading);
    expect(headings.slice(1)).toEqual(['## What', '## Why', '## What it rules out']);
    expect(readPage('docs/decisions/README.md')).toContain(`[${headings[0]?.slice(2)}](`);
  },
);

test('each threat names tests that are there', () => {
  const rows = readPage('docs/threats.md')
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:who|---) \|/.test(line));
  expect(rows.length).toBeGreaterThan(15);
  for (const row of rows) {
    const tests = [...row.matchAll(/`(test\/[^`]+)`/g)].map(([, path = '']) => path);
    expect(tests, row).not.toEqual([]);
    expect(tests.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  }
});
