import { expect, test } from 'vitest';
import { COMMANDS } from '../src/core/commands/index.ts';
import { PERMISSIONS } from '../src/core/settings/settings.ts';
import { coalmine } from './support/cli.ts';
import { namesIn, rowsOf, sorted } from './support/pages.ts';

test('every command of a comment, with what it does and who may', () => {
  const rows = COMMANDS.map(({ usage, help, verb }) => [`\`${usage}\``, help, `\`${PERMISSIONS[verb]}\``]);
  expect(rowsOf('docs/commands.md', 'line')).toEqual(rows);
});

test('every command', async () => {
  const { stdout } = await coalmine('.', '--help');
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name = '']) => name);
  expect(commands.length).toBeGreaterThan(3);
  expect(sorted(namesIn('docs/cli.md', 'command').map((usage) => usage.split(' ')[0] ?? ''))).toEqual(sorted(commands));
});
