import { isPlainInteger } from '../yaml/scalar.ts';
import type { Options, Takes } from './command.ts';

/** What stands behind a command: names of releases and versions, and options; or what is wrong with it. */
export type Words =
  | { readonly ok: true; readonly names: readonly string[]; readonly options: Options }
  | { readonly ok: false; readonly problem: string };

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

/** Reads what stands behind a command. */
export function readWords(text: string, takes: Takes): Words {
  const tokens = tokensOf(text);
  const names: string[] = [];
  const options: { -readonly [Key in keyof Options]: Options[Key] } = {};
  for (let at = 0; at < tokens.length; at++) {
    const { text: word, quoted } = tokens[at] as Token;
    const next = tokens[at + 1];
    if (quoted) {
      if (!takes.why || options.why !== undefined) return wrong(`there is nothing to say "${word}" for`);
      options.why = word;
    } else if (word.startsWith('--')) {
      if (word !== '--force' || !takes.force) return wrong(`there is no option ${word}`);
      if (!next?.quoted || next.text.trim() === '') return wrong('--force takes the reason, in double quotes');
      options.force = next.text;
      at++;
    } else if (takes.weight && word === 'full') {
      if (options.to !== undefined) return wrong('a promotion goes to one place');
      options.to = 'full';
    } else if (takes.weight && word === 'to') {
      const weight = weightOf(next);
      if (weight === undefined) return wrong('"to" takes a whole number from 0 to 100');
      if (options.to !== undefined) return wrong('a promotion goes to one place');
      options.to = weight;
      at++;
    } else names.push(word);
  }
  return { ok: true, names, options };
}

function wrong(problem: string): Words {
  return { ok: false, problem };
}

/** Words are apart by spaces and commas; telephones write quotes and dashes in their own way. */
function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(/["“”„]([^"“”„]*)["“”]|([^\s,`"“”„]+)/g)].map(([, inside, word = '']) => {
    return inside === undefined
      ? { text: word.replace(/^[—–]/, '--'), quoted: false }
      : { text: inside.trim(), quoted: true };
  });
}

function weightOf(token: Token | undefined): number | undefined {
  const written = token?.quoted === false ? token.text.replace(/%$/, '') : '';
  const weight = isPlainInteger(written) ? Number(written) : Number.NaN;
  return weight >= 0 && weight <= 100 ? weight : undefined;
}
