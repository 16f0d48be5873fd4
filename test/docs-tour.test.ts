import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRepository, type Project } from './support/cli.ts';
import { blocksOf, readPage } from './support/pages.ts';

const PAGE = 'docs/getting-started.md';
const VALUES = 'charts-values/echo.yaml';

/** Runs a line of the tour, and gives what a terminal would show of it. */
async function runLine({ folder, git, run }: Project, line: string): Promise<string> {
  const [program = '', ...words] = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, word]) => quoted ?? word ?? '',
  );
  if (program === 'git') return git(...words);
  if (program === 'npx' && words[0] === 'coalmine') {
    const { stdout, stderr } = await run(...words.slice(1));
    return `${stdout}${stderr}`;
  }
  const [, before, after = ''] = /^s\/(.+)\/(.+)\/$/.exec(words[1] ?? '') ?? [];
  if (program !== 'sed' || before === undefined) throw new Error(`the tour has a line that no test runs: ${line}`);
  const file = join(folder, words[2] ?? '');
  writeFileSync(file, readFileSync(file, 'utf8').replace(before, after));
  return '';
}

test('the tour in a terminal prints what Getting started shows', async () => {
  const text = readPage(PAGE);
  const start = text.indexOf('## In a terminal');
  const blocks = blocksOf(PAGE).filter((block) => text.indexOf(block.text) > start);
  const [values] = blocks.filter(({ language }) => language === 'yaml');
  const project = await createRepository({ [VALUES]: values?.text ?? '' });
  let shown = text;
  for (const block of blocks.filter(({ language }) => language === 'console')) {
    const lines = [...block.text.matchAll(/^\$ (.+)$/gm)].map(([, line = '']) => line);
    const outputs: string[] = [];
    for (const line of lines) outputs.push(`$ ${line}\n${await runLine(project, line)}`);
    shown = shown.replace(block.text, () => outputs.join(''));
  }
  expect(blocks.length).toBeGreaterThan(3);
  await expect(shown).toMatchFileSnapshot(join(import.meta.dirname, '..', PAGE)); // npm test -- -u writes it anew
});
