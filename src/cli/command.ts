import { isPlainInteger } from '../core/yaml/scalar.ts';

/** How a command ended: fine, findings of severity error, or usage and what can't be read. */
export const EXIT = { fine: 0, findings: 1, usage: 2 } as const;

/** Where a command prints. */
export interface Terminal {
  out(text: string | Uint8Array): void;
  err(text: string): void;
}

/** What was typed is wrong, or can't be read: said in one line, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The options that a command takes, as node:util's parseArgs wants them. */
export type OptionTypes = Readonly<
  Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string; readonly multiple?: boolean }>
>;

/** What was given for an option; a list where it may be given several times. */
type OptionValue = string | boolean | readonly string[] | undefined;

/** What a command line is run in. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string; // absolute: what relative paths are relative to
}

/** One command line, read. */
export interface Invocation extends Surroundings {
  readonly folder: string; // -C, absolute
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** One command of the terminal: its help, its options, and what it does. */
export interface Command {
  readonly usage: string; // one line
  readonly help: string;
  readonly options: OptionTypes;
  readonly arguments: number; // how many at most
  run(invocation: Invocation): Promise<number>;
}

/** One of several words that an option may be; the first is the default. */
export function choice<T extends string>(name: string, value: OptionValue, ...words: readonly [T, ...T[]]): T {
  if (value === undefined) return words[0];
  const word = words.find((each) => each === value);
  if (word === undefined) throw new UsageError(`--${name} takes ${words.join(', ')}, not "${value}"`);
  return word;
}

/** A whole number that an option may be; undefined where it wasn't given. */
export function wholeNumber(name: string, value: OptionValue, most: number): number | undefined {
  if (typeof value !== 'string') return undefined;
  const number = Number(value);
  if (!isPlainInteger(value) || number < 0 || number > most) {
    const range = most === 100 ? ' from 0 to 100' : '';
    throw new UsageError(`--${name} takes a whole number${range}, not "${value}"`);
  }
  return number;
}
