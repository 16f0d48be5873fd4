import { isPlainInteger } from '../core/yaml/scalar.ts';

/** Exit codes: success; errors in the files or a refusal; wrong usage or unreadable input. */
export const EXIT = { fine: 0, findings: 1, usage: 2 } as const;

/** Where a command prints. */
export interface Terminal {
  out(text: string | Uint8Array): void;
  err(text: string): void;
}

/** Wrong usage or unreadable input: printed as one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options of a command, in the form that node:util's parseArgs takes. */
export type OptionTypes = Readonly<
  Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple?: boolean }>
>;

/** The value given for an option; a list for an option that may be repeated. */
type OptionValue = string | boolean | readonly string[] | undefined;

/** The surroundings of one run: terminal, environment and current folder. */
export interface CommandContext {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string; // absolute path of the current folder
}

/** A command line after parsing. */
export interface Invocation extends CommandContext {
  readonly folder: string; // -C, absolute
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** One command of the terminal: its help, its options, and what it does. */
export interface Command {
  readonly usage: string; // one line
  readonly help: string;
  readonly options: OptionTypes;
  readonly arguments: number; // maximum
  run(invocation: Invocation): Promise<number>;
}

/** Reads an option that takes one of several words; the first word is the default. */
export function readChoice<T extends string>(name: string, value: OptionValue, ...words: readonly [T, ...T[]]): T {
  if (value === undefined) return words[0];
  const word = words.find((each) => each === value);
  if (word === undefined) throw new UsageError(`--${name} takes ${words.join(', ')}, not "${value}"`);
  return word;
}

/** Reads an option that takes a whole number; undefined if the option is absent. */
export function readWholeNumber(name: string, value: OptionValue, most: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const number = Number(value);
  if (!isPlainInteger(value) || number < 0 || number > most) {
    const range = most === 100 ? ' from 0 to 100' : '';
    throw new UsageError(`--${name} takes a whole number${range}, not "${value}"`);
  }
  return number;
}
