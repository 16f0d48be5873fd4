import { type DraftPath, kindsOf } from './draft.ts';
import { regexProblem } from './regex.ts';

/** What is wrong with an entry of `routes.paths` or of a domain's `claims`, in words; undefined for a right one. */
export function pathProblem(path: DraftPath): string | undefined {
  const { regex, rewrite } = path;
  const kinds = kindsOf(path).length;
  if (kinds !== 1)
    return `a path is one of "prefix", "exact" and "regex"; ${kinds === 0 ? 'none' : 'several'} of them stand here`;
  if (rewrite !== undefined && regex !== undefined) return 'Gloo rewrites a prefix or an exact path, not a "regex"';
  const problem = regex === undefined ? undefined : regexProblem(regex);
  if (problem !== undefined)
    return `${JSON.stringify(regex)} is no regular expression that Envoy can read (RE2): ${problem}; Gloo would freeze the routes of everybody in the domain`;
  return undefined;
}
