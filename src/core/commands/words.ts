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
  if (!tokens) return wrong('a quotation mark is missing: a reason stands between two of them');
  const names: string[] = [];
  const options: { -readonly [Key in keyof Options]: Options[Key] } = {};
  for (let at = 0; at < tokens.length; at++) {
    const { text: word, quoted } = tokens[at] as Token;
    const next = tokens[at + 1];
    if (quoted) {
      if (!takes.why)
        return wrong(`"${word}" ${takes.force ? 'has no --force before it' : 'is in quotes, and it takes no reason'}`);
      if (options.why !== undefined) return wrong('it takes one reason');
      options.why = word;
    } else if (word.startsWith('--')) {
      if (word !== '--force' || !takes.force) return wrong(`there is no option ${word}`);
      if (options.force !== undefined) return wrong('it takes one --force');
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
    } else if (takes.version && word === 'to') {
      if (!next || next.quoted) return wrong('"to" takes the name of a version');
    } else names.push(word);
  }
  return { ok: true, names, options };
}

function wrong(problem: string): Words {
  return { ok: false, problem };
}

/**
 * Words are apart by spaces and commas; telephones write quotes and dashes in their own way. Undefined where a quotation
 * mark has no other one.
 */
function tokensOf(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  for (const [, inside, word, lone] of text.matchAll(/["“”„]([^"“”„]*)["“”]|([^\s,`"“”„]+)|(["“”„])/g)) {
    if (lone !== undefined) return undefined;
    if (inside !== undefined) tokens.push({ text: inside.trim(), quoted: true });
    else if (word !== undefined) tokens.push({ text: optionOf(word), quoted: false });
  }
  return tokens;
}

/** `--force` as people write it: `—force`, `--force="why"`. */
function optionOf(word: string): string {
  const written = word.replace(/^[—–]+-?/, '--');
  return written.startsWith('--') ? written.replace(/=$/, '') : written;
}

function weightOf(token: Token | undefined): number | undefined {
  const written = token?.quoted === false ? token.text.replace(/%$/, '') : '';
  const weight = isPlainInteger(written) ? Number(written) : Number.NaN;
  return weight >= 0 && weight <= 100 ? weight : undefined;
}
