import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMANDS } from '../src/cli/commands.ts';
import { AT_ONCE, publish } from './cli/published.ts';
import { coalmine, createRepository, type Project } from './support/cli.ts';
import { type Block, blocksOf, readPage } from './support/pages.ts';
import { values } from './support/values.ts';

// The pages show what the program prints. npm test -- -u writes them anew.
const TOUR = 'docs/getting-started.md';
const REFERENCE = 'docs/cli.md';
const ECHO = 'charts-values/echo.yaml';

/** Runs a line that a page tells to type, and gives what a terminal would show of it. */
async function runLine({ folder, git, run }: Project, line: string): Promise<string> {
  const words = [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word ?? '');
  const [program, ...args] = words;
  if (program === 'git') return git(...args);
  if (program === 'npx' && args[0] === 'coalmine') {
    const { stdout, stderr } = await run(...args.slice(1));
    return `${stdout}${stderr}`;
  }
  const [, before, after = ''] = /^s\/(.+)\/(.+)\/$/.exec(args[1] ?? '') ?? [];
  if (program !== 'sed' || before === undefined) throw new Error(`the page has a line that no test runs: ${line}`);
  const file = join(folder, args[2] ?? '');
  writeFileSync(file, readFileSync(file, 'utf8').replace(before, after));
  return '';
}

/** What a console of a page shows when its lines are typed in that folder. */
async function replay(project: Project, { text }: Block): Promise<string> {
  const shown: string[] = [];
  for (const [, line = ''] of text.matchAll(/^\$ (.+)$/gm)) shown.push(`$ ${line}\n${await runLine(project, line)}`);
  return shown.join('').replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, '2026-11-25 22:35:19 UTC');
}

test('Getting started: the tour in a terminal', async () => {
  const text = readPage(TOUR);
  const start = text.indexOf('## In a terminal');
  const blocks = blocksOf(TOUR).filter((block) => text.indexOf(block.text) > start);
  const [file] = blocks.filter(({ language }) => language === 'yaml');
  const project = await createRepository({ [ECHO]: file?.text ?? '' });
  let shown = text;
  for (const block of blocks.filter(({ language }) => language === 'console')) {
    const output = await replay(project, block);
    shown = shown.replace(block.text, () => output);
  }
  expect(blocks.length).toBeGreaterThan(3);
  await expect(shown).toMatchFileSnapshot(join(import.meta.dirname, '..', TOUR));
});

/** A service with a canary, published, with a gate that a terminal cannot see. */
async function createShop(): Promise<Project> {
  const settings = `${AT_ONCE}rollout: { gates: [metrics] }\n`;
  const project = await createRepository({ [ECHO]: WITH_CANARY, '.github/coalmine.yml': settings });
  await publish(project);
  return project;
}

const WITH_CANARY = `${values(25)}    headers:\n      stage: canary\n`;

test('the command line: the help of each command, and the examples', async () => {
  let shown = readPage(REFERENCE);
  const help = blocksOf(REFERENCE).filter(({ text }) => text.startsWith('Usage: '));
  const names = Object.keys(COMMANDS);
  expect(help.length).toBe(names.length);
  const typed = WITH_CANARY.replace('version: v2\n    weight', 'version: v3\n    weight');
  for (const [index, name] of names.entries()) {
    const { stdout } = await coalmine('.', name, '--help');
    shown = shown.replace(help[index]?.text ?? '', () => `${stdout.trimEnd()}\n`);
  }
  const examples = blocksOf(REFERENCE).filter(({ text }) => /^\$ npx coalmine [a-z]/.test(text));
  expect(examples.length).toBe(3);
  for (const block of examples) {
    const project = await createShop();
    if (block.text.includes('coalmine validate')) project.write({ [ECHO]: typed });
    const output = await replay(project, block);
    shown = shown.replace(block.text, () => output);
  }
  await expect(shown).toMatchFileSnapshot(join(import.meta.dirname, '..', REFERENCE));
});
