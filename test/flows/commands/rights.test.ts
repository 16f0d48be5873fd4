import { describe, expect, test } from 'vitest';
import { CODEOWNERS_BYTES } from '../../../src/core/commands/codeowners.ts';
import { fetchNotOwner } from '../../../src/flows/commands/rights.ts';
import { fakeWorld } from '../../support/fakes.ts';
import { memoryTree } from '../../support/memory-tree.ts';

const FILE = 'charts-values/echo.yaml';
const ECHO = '# who\n\n/charts-values/echo.yaml @canary/platform @Alice\n';

/** What is said to a writer who is in these teams and shows this address. */
function ask(
  files: Readonly<Record<string, string>>,
  { teams = [], email, login = 'writer' }: { teams?: readonly string[]; email?: string; login?: string } = {},
): Promise<string | undefined> {
  const { pulls } = fakeWorld();
  for (const team of teams) pulls.teams.set(team, ['writer']);
  const ports = { pulls: { ...pulls, fetchEmail: async () => email } };
  return fetchNotOwner(ports, {
    tree: memoryTree(new Map(Object.entries(files))),
    ref: { owner: 'Canary' },
    file: FILE,
    login,
    typed: '/promote echo',
  });
}

const owned = (by: string, line = 1) => `\`${FILE}\` is owned by ${by} (\`CODEOWNERS\`, line ${line}); `;

describe('a values file with owners', () => {
  test('takes the word of one of them', async () => {
    expect(await ask({ '.github/CODEOWNERS': ECHO })).toBe(
      `\`${FILE}\` is owned by \`@canary/platform\` or \`@Alice\` (\`.github/CODEOWNERS\`, line 3); \`writer\` is none of them. Nothing was done. An owner may type it: \`/promote echo\``,
    );
    expect(await ask({ CODEOWNERS: '* @alice' })).toBe(
      `${owned('`@alice`')}not by \`writer\`. Nothing was done. An owner may type it: \`/promote echo\``,
    );
  });

  test.each<[string, string, Parameters<typeof ask>[1]]>([
    ['a user, in any case', ECHO, { login: 'aLICE' }],
    ['a member of a team', ECHO, { teams: ['platform'] }],
    ['an address, in any case', '* Writer@Example.com', { email: 'writer@example.COM' }],
    ['the last of several', '* @a @canary/b c@example.com @writer', {}],
  ])('%s is one', async (_, text, who) => {
    expect(await ask({ CODEOWNERS: text }, who)).toBeUndefined();
  });

  test('isn’t open to a team of that name elsewhere', async () => {
    expect(await ask({ CODEOWNERS: '* @other/platform' }, { teams: ['platform'] })).toContain('not by `writer`');
  });

  test('that are addresses: what can’t be seen is said', async () => {
    const text = '* a@example.com @bob';
    expect(await ask({ CODEOWNERS: text }, { email: 'b@example.com' })).toBe(
      `${owned('`a@example.com` or `@bob`')}\`writer\` is none of them. Nothing was done. An owner may type it: \`/promote echo\``,
    );
    expect(await ask({ CODEOWNERS: text })).toBe(
      `${owned('`a@example.com` or `@bob`')}\`writer\` is none of them, as far as can be seen: \`writer\` shows no e-mail address on the profile that could be one of these. Nothing was done. An owner may type it: \`/promote echo\``,
    );
  });

  test('of whom there are many: some are named', async () => {
    const all = Array.from({ length: 12 }, (_, index) => `@u${index}`);
    const named = all.slice(0, 10).map((name) => `\`${name}\``);
    expect(await ask({ CODEOWNERS: `* ${all.join(' ')}` })).toContain(owned(`${named.join(', ')} or 2 more`));
  });
});

describe('which file counts', () => {
  const mine = '* @writer';
  const theirs = '* @alice';
  test.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['none', {}, true],
    ['that in .github', { '.github/CODEOWNERS': mine, CODEOWNERS: theirs, 'docs/CODEOWNERS': theirs }, true],
    ['else that at the root', { CODEOWNERS: theirs, 'docs/CODEOWNERS': mine }, false],
    ['else that in docs', { 'docs/CODEOWNERS': theirs, 'more/CODEOWNERS': mine }, false],
    ['no other', { 'more/CODEOWNERS': theirs, codeowners: theirs }, true],
    ['one that says nothing of it', { CODEOWNERS: '*.md @alice' }, true],
    ['one that takes the owners away', { CODEOWNERS: `${theirs}\n/charts-values` }, true],
    ['one that is just small enough', { CODEOWNERS: `${theirs}\n`.padEnd(CODEOWNERS_BYTES - 1, '\n') }, false],
    [
      'not one that is too large, nor then another',
      { CODEOWNERS: `${theirs}\n`.padEnd(CODEOWNERS_BYTES, '\n'), 'docs/CODEOWNERS': theirs },
      true,
    ],
  ])('%s', async (_, files, may) => {
    expect((await ask(files)) === undefined).toBe(may);
  });
});
