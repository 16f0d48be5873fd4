import manifest from '../package.json' with { type: 'json' };
import { parseArguments, splitCommand } from './cli/arguments.ts';
import { type Command, EXIT, type Terminal, UsageError } from './cli/command.ts';
import { deploy } from './cli/deploy.ts';
import { diff } from './cli/diff.ts';
import { doctor } from './cli/doctor.ts';
import { explain } from './cli/explain.ts';
import { flux } from './cli/flux.ts';
import { history } from './cli/history.ts';
import { promote } from './cli/promote.ts';
import { publish } from './cli/publish.ts';
import { render } from './cli/render.ts';
import { rollback } from './cli/rollback.ts';
import { schema } from './cli/schema.ts';
import { set } from './cli/set.ts';
import { status } from './cli/status.ts';
import { validate } from './cli/validate.ts';
import { nearest } from './core/nearest.ts';
import { oneLine } from './core/report/escape.ts';

const COMMANDS: Readonly<Record<string, Command>> = {
  render,
  validate,
  diff,
  explain,
  set,
  deploy,
  promote,
  rollback,
  publish,
  status,
  history,
  schema,
  flux,
  doctor,
};

const HELP = `coalmine: safe canary releases from small values files

Usage: npx coalmine COMMAND [-C DIR] ...

${Object.values(COMMANDS)
  .map(({ usage }) => `  ${usage}`)
  .join('\n')}

  -C DIR     work on this folder: a git repository or a plain folder (default: the current one)
  --help     this text, or with a command its own
  --version  the version of this program

Exit codes: 0 fine, 1 findings of severity error or a refusal, 2 usage or cannot read.
`;

/** Runs one command of the terminal and gives its exit code. */
async function main(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    return await dispatch(argv, terminal);
  } catch (error) {
    terminal.err(`coalmine: ${oneLine(error instanceof Error ? error.message : String(error))}\n`);
    return EXIT.usage;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { name, rest } = splitCommand(argv);
  if (name === undefined) {
    terminal.err(HELP);
    return EXIT.usage;
  }
  if (['help', '--help', '-h'].includes(name)) {
    const [about] = rest.filter((word) => !word.startsWith('-'));
    terminal.out(about === undefined ? HELP : helpOf(commandNamed(about)));
    return EXIT.fine;
  }
  if (name === '--version') {
    terminal.out(`${manifest.version}\n`);
    return EXIT.fine;
  }
  return run(commandNamed(name), rest, terminal);
}

function commandNamed(name: string): Command {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command) return command;
  const meant = nearest(name, Object.keys(COMMANDS));
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`;
  throw new UsageError(`there is no command "${name}"${hint} (coalmine --help lists them)`);
}

async function run(command: Command, argv: readonly string[], terminal: Terminal): Promise<number> {
  const { args, options } = parseArguments(argv, {
    ...command.options,
    directory: { type: 'string', short: 'C' },
    help: { type: 'boolean', short: 'h' },
  });
  if (options.help === true) {
    terminal.out(helpOf(command));
    return EXIT.fine;
  }
  if (args.length > command.arguments) throw new UsageError(`too many arguments; usage: coalmine ${command.usage}`);
  const folder = typeof options.directory === 'string' ? options.directory : '.';
  return command.run({ folder, args, options, terminal, environment: process.env });
}

function helpOf({ usage, help }: Command): string {
  return `Usage: npx coalmine ${usage} [-C DIR]\n\n${help}\n`;
}

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(EXIT.usage); // a full disk, say
    // A reader that closed the pipe (head, less) has seen enough; the exit code is still the command's.
  });
}

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
});
