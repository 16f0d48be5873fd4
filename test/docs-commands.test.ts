import { describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { parseArguments, splitCommand } from '../src/cli/arguments.ts';
import { type Command, UsageError } from '../src/cli/command.ts';
import { COMMANDS as TERMINAL_COMMANDS } from '../src/cli/commands.ts';
import { COMMANDS } from '../src/core/commands/index.ts';
import { parseComment } from '../src/core/commands/parse.ts';
import { PERMISSIONS } from '../src/core/settings/settings.ts';
import { blocksOf, codeIn, PAGES, proseOf, readPage, rowsOf } from './support/pages.ts';

// What the pages tell a reader to type is something that Coalmine takes.

test('docs/commands.md has every command of a comment, with what it does and who may', () => {
  const rows = COMMANDS.map(({ usage, help, verb }) => [`\`${usage}\``, help, `\`${PERMISSIONS[verb]}\``]);
  expect(rowsOf('docs/commands.md', 'line')).toEqual(rows);
});

describe('docs/cli.md', () => {
  const page = 'docs/cli.md';

  test('has a section for every command of the terminal', () => {
    const headings = [...readPage(page).matchAll(/^## coalmine (\w+)$/gm)].map(([, name]) => name);
    expect(headings).toEqual(Object.keys(TERMINAL_COMMANDS));
  });

  test('names each of them in its table, which links to the section', () => {
    const links = rowsOf(page, 'command').map(([cell]) => cell);
    expect(links).toEqual(Object.keys(TERMINAL_COMMANDS).map((name) => `[\`${name}\`](#coalmine-${name})`));
  });

  test.each(Object.entries(TERMINAL_COMMANDS))('the help of %s names each of its options', async (_, load) => {
    const { usage, help, options }: Command = await load();
    const words = `${usage}\n${help}`;
    expect(Object.keys(options).filter((option) => !new RegExp(`--${option}\\b`).test(words))).toEqual([]);
  });
});

/** The command lines of a page, with where each stands: lines of consoles behind `$ `, and code within sentences. */
function linesOf(page: string): readonly string[] {
  const blocks = blocksOf(page).filter(({ language }) => ['console', 'bash', 'sh', 'yaml'].includes(language));
  const typed = blocks.flatMap(({ language, text }) => {
    const lines = text.replaceAll('\\\n', ' ').split('\n');
    return language === 'console' ? lines.flatMap((line) => /^\$ (.+)$/.exec(line)?.[1] ?? []) : lines;
  });
  return [...typed, ...codeIn(proseOf(page))];
}

const LINES = PAGES.filter((page) => page !== 'CHANGELOG.md').flatMap((page) =>
  linesOf(page).map((line) => [page, line] as const),
);

/** A command line as a shell would take it apart, without what stands behind a pipe, a redirection or a comment. */
function wordsIn(line: string): readonly string[] {
  const [words = ''] = line.split(/ (?:[|>#]|&&) ?/);
  return [...words.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, word]) => single ?? double ?? word ?? '',
  );
}

/** What is wrong with a command line of coalmine; undefined if it would be run. */
async function problemOf(argv: readonly string[]): Promise<string | undefined> {
  const { name, rest } = splitCommand(argv);
  if (name === undefined || ['--help', '--version', 'COMMAND'].includes(name)) return undefined;
  const load = Object.hasOwn(TERMINAL_COMMANDS, name) ? TERMINAL_COMMANDS[name] : undefined;
  if (!load) return `no command ${name}`;
  const command = await load();
  try {
    const options = { directory: { type: 'string', short: 'C' }, help: { type: 'boolean', short: 'h' } } as const;
    const { args } = parseArguments(rest, { ...command.options, ...options });
    return args.length > command.arguments ? `too many arguments: ${args.join(' ')}` : undefined;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}

test('every line with coalmine names a command and options that there are', async () => {
  const lines = LINES.flatMap(([page, line]) => {
    const words = wordsIn(line.replace(/^(?:npx |bin\/)(?=coalmine)/, ''));
    return words[0] === 'coalmine' ? [[page, line, words.slice(1)] as const] : [];
  });
  expect(lines.length).toBeGreaterThan(20);
  const problems = await Promise.all(lines.map(async ([page, line, argv]) => [page, line, await problemOf(argv)]));
  expect(problems.filter(([, , problem]) => problem !== undefined)).toEqual([]);
});

test('every line with npm names a script that there is', () => {
  const OWN = ['ci', 'install', 'pack', 'test', 'start'];
  const lines = LINES.flatMap(([page, line]) => {
    const [, run, name = ''] = /(?:^|\s)npm (run )?([\w:-]+)/.exec(line) ?? [];
    return name === '' ? [] : [{ page, line, isKnown: run ? name in manifest.scripts : OWN.includes(name) }];
  });
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.filter(({ isKnown }) => !isKnown)).toEqual([]);
});

test('every line with a command of a comment is one that Coalmine takes', () => {
  const verbs = COMMANDS.map(({ verb }) => verb).join('|');
  const usages = COMMANDS.map(({ usage }) => usage as string);
  const lines = LINES.filter(([, line]) => new RegExp(`^/(?:${verbs})(?:\\s|$)`).test(line) && !usages.includes(line));
  expect(lines.length).toBeGreaterThan(20);
  const wrong = lines.filter(([, line]) => parseComment(line).some(({ kind }) => kind !== 'run'));
  expect(wrong).toEqual([]);
});
