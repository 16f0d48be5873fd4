import { escapeInvisible } from '../model/invisible.ts';

/**
 * Unquoted words that YAML 1.1, YAML 1.2 or the YAML reader of Kubernetes (go-yaml: it takes `y` as true, `1e3` and
 * `+.5` as numbers) does not read as a string. yaml.org/type (1.1), the core schema of YAML 1.2.2 (section 10.3), and
 * go-yaml's resolve.go.
 */
const NOT_A_STRING: readonly RegExp[] = [
  /^(?:~|null|Null|NULL)?$/,
  /^(?:y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF|true|True|TRUE|false|False|FALSE)$/,
  /^[-+]?0[bB][01_]+$/,
  /^[-+]?0[oO]?[0-7_]+$/,
  /^[-+]?0[xX][0-9a-fA-F_]+$/,
  /^[-+]?(?:\.[0-9_]*|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/, // sexagesimal: 1:30 is 90
  /^[-+]?\.(?:inf|Inf|INF)$/,
  /^\.(?:nan|NaN|NAN)$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?$/, // a date
  /^(?:<<|=)$/,
];

/** Whether some reader of YAML takes this text, unquoted, as something else than a string. */
export function isAmbiguous(text: string): boolean {
  return NOT_A_STRING.some((pattern) => pattern.test(text));
}

/** A whole number as everybody writes and reads it. */
export function isPlainInteger(text: string): boolean {
  return /^(?:0|-?[1-9][0-9]{0,14})$/.test(text);
}

// Letters, digits and marks that mean nothing to YAML in these places; all else is quoted.
const PLAIN =
  /^[A-Za-z0-9_/.$(][A-Za-z0-9_/.$()=+@~^;<>-]*(?:[ :][A-Za-z0-9_/.$()=+@~^;<>-]+)*$|^-+[A-Za-z0-9_/.$(][A-Za-z0-9_/.$()=+@~^;<>-]*(?::[A-Za-z0-9_/.$()=+@~^;<>-]+)*$/;

// Only one library's YAML 1.1 reads a number here: no finding for the author, but Coalmine writes quotes.
const BARE_EXPONENT = /^[-+]?[eE][-+]?[0-9]+$/;

/** Text as a YAML scalar that every reader takes as exactly this string: plain where that is safe, else quoted. */
export function quote(text: string): string {
  if (text.length < 200 && PLAIN.test(text) && !isAmbiguous(text) && !BARE_EXPONENT.test(text)) return text;
  return doubleQuoted(text);
}

/** Text as a double-quoted scalar on one line, with everything escaped that a terminal or a reader may trip over. */
export function doubleQuoted(text: string): string {
  return escapeInvisible(JSON.stringify(text));
}
