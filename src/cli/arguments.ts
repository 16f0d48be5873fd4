import { parseArgs } from 'node:util';
import { nearest } from '../core/model/nearest.ts';
import { type OptionTypes, UsageError } from './command.ts';

/** What was typed: which command, and everything else in its order. */
export interface CommandLine {
  readonly name: string | undefined;
  readonly rest: readonly string[];
}

/** Finds the command's name; -C may stand before it as well. */
export function splitCommand(argv: readonly string[]): CommandLine {
  let at = 0;
  while (/^(?:-C|--directory(?:=|$))/.test(argv[at] ?? '')) at += /^(?:-C|--directory)$/.test(argv[at] ?? '') ? 2 : 1;
  return { name: argv[at], rest: argv.filter((_, index) => index !== at) };
}

export interface Arguments {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
}

/** Reads a command's options and arguments; refuses what it doesn't know, and says what was most likely meant. */
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
    if (type === undefined) throw new UsageError(unknownOption(rawName, name, types));
    if (type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value`);
    const missing = value === undefined || value === '' || (!inlineValue && /^-./.test(value));
    if (type === 'string' && missing) throw new UsageError(`${rawName} needs a value`);
  }
  return { args: positionals, options: values as Arguments['options'] };
}

function unknownOption(rawName: string, name: string, types: OptionTypes): string {
  const meant = nearest(name, Object.keys(types));
  return `there is no option ${rawName}${meant === undefined ? '' : `; did you mean --${meant}?`}`;
}
