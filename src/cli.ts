import { parseArgs } from 'node:util';
import { type Command, EXIT, type Terminal, UsageError } from './cli/command.ts';
import { diff } from './cli/diff.ts';
import { publish } from './cli/publish.ts';
import { render } from './cli/render.ts';
import { validate } from './cli/validate.ts';
import { nearest } from './core/nearest.ts';

const COMMANDS: Readonly<Record<string, Command>> = { render, validate, diff, publish };

const HELP = `coalmine: safe canary releases from small values files

Usage: npx coalmine COMMAND [-C DIR] ...

${Object.values(COMMANDS)
  .map(({ usage }) => `  ${usage}`)
  .join('\n')}

  -C DIR   work on this folder: a git repository or a plain folder (default: the current one)
  --help   this text, or with a command its own

Exit codes: 0 fine, 1 findings of severity error, 2 usage or nothing that can be read.
`;

/** Runs one command of the terminal and gives its exit code. */
async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    if (error instanceof UsageError || isParseError(error)) terminal.err(`coalmine: ${(error as Error).message}\n`);
    else terminal.err(`coalmine: ${error instanceof Error ? error.message : error}\n`);
    return EXIT.usage;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const folderFirst = argv[0] === '-C' ? argv.slice(0, 2) : [];
  const [name, ...rest] = argv.slice(folderFirst.length);
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    (name === undefined ? terminal.err : terminal.out)(HELP);
    return name === undefined ? EXIT.usage : EXIT.fine;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    const meant = nearest(name, Object.keys(COMMANDS));
    throw new UsageError(
      `there is no command "${name}"${meant === undefined ? '' : `; did you mean "${meant}"?`} (coalmine --help lists them)`,
    );
  }
  const { values, positionals } = parseArgs({
    args: [...folderFirst, ...rest],
    options: { ...command.options, directory: { type: 'string', short: 'C' }, help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help === true) {
    terminal.out(`Usage: npx coalmine ${command.usage} [-C DIR]\n\n${command.help}\n`);
    return EXIT.fine;
  }
  if (positionals.length > command.arguments)
    throw new UsageError(`too many arguments; usage: coalmine ${command.usage}`);
  return command.run({
    folder: typeof values.directory === 'string' ? values.directory : '.',
    args: positionals,
    options: values,
    terminal,
  });
}

function isParseError(error: unknown): boolean {
  return error instanceof TypeError && String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');
}

// A reader that closed the pipe (head, less) has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) =>
  process.exit(error.code === 'EPIPE' ? EXIT.fine : EXIT.usage),
);

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
