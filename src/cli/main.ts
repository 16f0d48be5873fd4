import { resolve } from 'node:path';
import manifest from '../../package.json' with { type: 'json' };
import { nearest } from '../core/model/nearest.ts';
import { oneLine } from '../core/model/printable.ts';
import { parseArguments, splitCommand } from './arguments.ts';
import { type Command, type CommandContext, EXIT, UsageError } from './command.ts';
import { COMMANDS } from './commands.ts';

/** Runs one command of the terminal and gives its exit code; never throws. */
export async function main(argv: readonly string[], surroundings: CommandContext): Promise<number> {
  try {
    return await dispatch(argv, surroundings);
  } catch (error) {
    surroundings.terminal.err(`coalmine: ${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    return EXIT.usage;
  }
}

async function dispatch(argv: readonly string[], surroundings: CommandContext): Promise<number> {
  const { terminal } = surroundings;
  const { name, rest } = splitCommand(argv);
  if (name === undefined) {
    terminal.err(await formatHelp());
    return EXIT.usage;
  }
  if (['help', '--help', '-h'].includes(name)) {
    const [about] = rest.filter((word) => !word.startsWith('-'));
    terminal.out(about === undefined ? await formatHelp() : formatCommandHelp(await loadCommand(about)));
    return EXIT.fine;
  }
  if (name === '--version') {
    terminal.out(`${manifest.version}\n`);
    return EXIT.fine;
  }
  return runCommand(await loadCommand(name), rest, surroundings);
}

async function loadCommand(name: string): Promise<Command> {
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (load) return load();
  const meant = nearest(name, Object.keys(COMMANDS));
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  throw new UsageError(`unknown command "${name}"${hint} (all commands: coalmine --help)`);
}

async function runCommand(
  command: Command,
  argv: readonly string[],
  { terminal, environment, cwd }: CommandContext,
): Promise<number> {
  const { args, options } = parseArguments(argv, {
    ...command.options,
    directory: { type: 'string', short: 'C' },
    help: { type: 'boolean', short: 'h' },
  });
  if (options.help === true) {
    terminal.out(formatCommandHelp(command));
    return EXIT.fine;
  }
  if (args.length > command.arguments) throw new UsageError(`too many arguments; usage: coalmine ${command.usage}`);
  const folder = resolve(cwd, typeof options.directory === 'string' ? options.directory : '.');
  return command.run({ folder, args, options, terminal, environment, cwd });
}

async function formatHelp(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return `coalmine: safe canary releases from small values files

Usage: npx coalmine COMMAND [-C DIR] ...

${commands.map(({ usage }) => `  ${usage}`).join('\n')}

  -C DIR     work in this folder: a git repository or a plain folder (default: the current one)
  --help     print this text, or after a command the help of that command
  --version  print the version

Exit codes: 0 success, 1 errors in the files or a refusal, 2 wrong usage or unreadable input.
`;
}

function formatCommandHelp({ usage, help }: Command): string {
  return `Usage: npx coalmine ${usage} [-C DIR]\n\n${help}\n`;
}
