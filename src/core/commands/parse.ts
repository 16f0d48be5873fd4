import { distance } from '../model/nearest.ts';
import type { Command, Options } from './command.ts';
import { COMMANDS, type Verb } from './index.ts';
import { commandLines } from './lines.ts';
import { readWords } from './words.ts';

/** What one line of a comment asks for: one of our commands, one that was written wrong, or a word that was meant to be one. */
export type Parsed =
  | { readonly kind: 'run'; readonly verb: Verb; readonly names: readonly string[]; readonly options: Options }
  | { readonly kind: 'misused'; readonly verb: Verb; readonly problem: string }
  | { readonly kind: 'unknown'; readonly word: string; readonly meant: Verb };

/** So many letters off a command a word is taken for it, mistyped; further off it is another bot's. */
const LETTERS = 2;

/** Maximum length of a word that is compared with the commands: a longer one is no typo. */
const LONGEST = 20;

/** Reads a comment's commands, in order; what isn't meant for us is silent. */
export function parseComment(text: string): readonly Parsed[] {
  return commandLines(text).flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): Parsed | undefined {
  const [, word = '', rest = ''] = /^\/([A-Za-z-]+)(\s.*)?$/s.exec(line) ?? [];
  const verb = word.toLowerCase();
  if (verb === '' || verb.length > LONGEST) return undefined;
  const known: (Command & { readonly verb: Verb }) | undefined = COMMANDS.find((command) => command.verb === verb);
  if (known) {
    const words = readWords(rest, known.takes);
    return words.ok
      ? { kind: 'run', verb: known.verb, names: words.names, options: words.options }
      : { kind: 'misused', verb: known.verb, problem: words.problem };
  }
  const [meant] = COMMANDS.map((command) => ({ command, apart: distance(verb, command.verb) }))
    .filter(({ apart }) => apart <= LETTERS)
    .sort((a, b) => a.apart - b.apart);
  return meant && { kind: 'unknown', word, meant: meant.command.verb };
}
