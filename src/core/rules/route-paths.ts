import { type Draft, type DraftPath, kindsOf } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';
import { regexProblem } from '../model/regex.ts';

/** An entry of `routes.paths` names one kind of path, and asks of it what Gloo can do. */
export function routePaths(draft: Draft): readonly Finding[] {
  return (draft.paths ?? []).flatMap((path, index) => {
    const message = pathProblem(path);
    if (message === undefined) return [];
    const at = `/routes/paths/${index}`;
    return [{ rule: 'schema', severity: 'error', file: draft.file, path: at, range: draft.rangeOf(at), message }];
  });
}

/** What is wrong with an entry, in words. */
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
