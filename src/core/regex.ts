import { RE2JS } from 're2js';

// Gloo hands a regex to Envoy, whose engine is RE2: it knows no look-around and no back-references, and takes time in
// proportion to the text, whatever somebody wrote.

/** Compiled ones by their text; undefined: RE2 can't read it. */
const known = new Map<string, RE2JS | { readonly problem: string }>();
const MAX_KNOWN = 1000;

function compiled(text: string): RE2JS | { readonly problem: string } {
  const before = known.get(text);
  if (before) return before;
  let now: RE2JS | { readonly problem: string };
  try {
    now = RE2JS.compile(text);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    now = { problem: said.replace(/^error parsing regexp: /, '') };
  }
  if (known.size < MAX_KNOWN) known.set(text, now);
  return now;
}

/** Why Envoy can't read a regular expression; undefined where it can. Gloo then freezes the whole virtual host. */
export function regexProblem(text: string): string | undefined {
  const regex = compiled(text);
  return 'problem' in regex ? regex.problem : undefined;
}

/** Whether a regular expression matches the whole of a text; one that can't be read matches nothing. */
export function matchesWhole(regex: string, text: string): boolean {
  const found = compiled(regex);
  return !('problem' in found) && found.matches(text);
}
