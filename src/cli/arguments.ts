import { parseArgs } from 'node:util';
import { nearest } from '../core/model/nearest.ts';
import { type OptionTypes, UsageError } from './command.ts';

/** A command line: the command's name, and the other words in their order. */
export interface CommandLine {
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** Splits the command's name off a command line; -C may come before it. */
export function splitCommand(argv: readonly string[]): CommandLine {
  let at = 0;
  while (/^(?:-C|--directory(?:=|$))/.test(argv[at] ?? '')) at += /^(?:-C|--directory)$/.test(argv[at] ?? '') ? 2 : 1;
  return { name: argv[at], rest: argv.filter((_, index) => index !== at) };
}

/** A command's arguments and options. */
export interface Arguments {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** Reads a command's options and arguments. Throws UsageError for an unknown option, with the nearest known one. */
export function parseArguments(argv: readonly string[], types: OptionTypes): Arguments {
  const { values, positionals, tokens } = parseArgs({
    args: [...argv],
    options: types,
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { rawName, name, value, inlineValue } = token;
    const type = Object.hasOwn(types, name) ? types[name]?.type : undefined;
    if (type === undefined) throw new UsageError(describeUnknownOption(rawName, name, types));
    if (type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value`);
    const missing = value === undefined || value === '' || (!inlineValue && /^-./.test(value));
    if (type === 'string' && missing) throw new UsageError(`${rawName} needs a value`);
  }
  return { args: positionals, options: values as Arguments['options'] };
}

function describeUnknownOption(rawName: string, name: string, types: OptionTypes): string {
  const meant = nearest(name, Object.keys(types));
  return `unknown option ${rawName}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
}
