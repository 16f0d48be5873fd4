import { distance } from '../nearest.ts';
import { COMMANDS, type Verb } from './index.ts';
import { commandLines } from './lines.ts';

/** What one line of a comment asks for: one of our commands, or a word that was most likely meant to be one. */
export type Parsed =
  | { readonly kind: 'run'; readonly verb: Verb; readonly words: readonly string[] }
  | { readonly kind: 'unknown'; readonly word: string; readonly meant: Verb };

/** So many letters off a command a word is taken for it, mistyped; further off it is another bot's. */
const LETTERS = 2;

/** Longer words aren't mistyped: nobody waits for them to be compared. */
const LONGEST = 20;

/** Reads a comment's commands, in order; what isn't meant for us is silent. */
export function parseComment(text: string): readonly Parsed[] {
  return commandLines(text).flatMap((line) => parseLine(line) ?? []);
}

function parseLine(line: string): Parsed | undefined {
  const [, word = '', rest = ''] = /^\/([A-Za-z-]+)(\s.*)?$/.exec(line) ?? [];
  const verb = word.toLowerCase();
  if (verb === '' || verb.length > LONGEST) return undefined;
  const known = COMMANDS.find((command) => command.verb === verb);
  if (known) return { kind: 'run', verb: known.verb, words: rest.split(/[\s,`]+/).filter((each) => each !== '') };
  const [meant] = COMMANDS.map((command) => ({ command, apart: distance(verb, command.verb) }))
    .filter(({ apart }) => apart <= LETTERS)
    .sort((a, b) => a.apart - b.apart);
  return meant && { kind: 'unknown', word, meant: meant.command.verb };
}
