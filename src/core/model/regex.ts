import { RE2JS } from 're2js';
import { regexSize } from './regex-size.ts';

// Gloo hands a regex to Envoy, whose engine is RE2: it knows no look-around and no back-references, and takes time in
// proportion to the text, whatever the author wrote. What compiling costs is limited by the size of the program.

/** Maximum size of a compiled regex, in instructions: `regexMaxProgramSize` in the Settings of Gloo's own Helm chart. */
export const MAX_REGEX_SIZE = 1024;

/** Maximum length of a regex in characters: the most that a path of the Gateway API may have. */
export const MAX_REGEX_LENGTH = 1024;

/** Maximum size of all regexes that are kept compiled, in instructions of about 100 bytes each. */
const MAX_KEPT = 128 * 1024;

interface Compiled {
  readonly size: number;
  readonly regex?: RE2JS;
  readonly problem?: string; // why there is none
}

/** Compiled regexes by their text, the oldest first. */
const compiled = new Map<string, Compiled>();
let kept = 0;

/** Why Envoy can't take a regular expression; undefined where it can. Gloo then freezes the whole virtual host. */
export function regexProblem(text: string): string | undefined {
  return compile(text).problem;
}

/** Whether a regular expression matches the whole of a text; one that Envoy can't take matches nothing. */
export function matchesWhole(regex: string, text: string): boolean {
  return compile(regex).regex?.matches(text) === true;
}

function compile(text: string): Compiled {
  if (text.length > MAX_REGEX_LENGTH) {
    return { size: 0, problem: `it has ${text.length} characters, and at most ${MAX_REGEX_LENGTH} are taken` };
  }
  const before = compiled.get(text);
  if (before) return before;
  const now = compileAnew(text);
  compiled.set(text, now);
  kept += now.size;
  for (const [oldest, { size }] of compiled) {
    if (kept <= MAX_KEPT) break;
    compiled.delete(oldest);
    kept -= size;
  }
  return now;
}

function compileAnew(text: string): Compiled {
  const expected = regexSize(text); // before compiling: (?:a{1000}){500} is half a million instructions
  if (expected > MAX_REGEX_SIZE) return { size: text.length, problem: tooLarge(expected) };
  try {
    const regex = RE2JS.compile(text);
    const size = regex.programSize();
    return size > MAX_REGEX_SIZE ? { size: text.length, problem: tooLarge(size) } : { size, regex };
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { size: text.length, problem: said.replace(/^error parsing regexp: /, '') };
  }
}

function tooLarge(size: number): string {
  const text = size > MAX_REGEX_SIZE * 1000 ? 'more than a million' : `about ${size}`;
  return `it compiles to ${text} instructions, and Gloo's limit is ${MAX_REGEX_SIZE} (regexMaxProgramSize); repeat less ("[0-9]+" for "[0-9]{500}"), or split it into several paths`;
}
