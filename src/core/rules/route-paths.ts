import type { Draft } from '../model/draft.ts';
import type { Finding } from '../model/finding.ts';
import { pathProblem } from '../model/path-problem.ts';

/** An entry of `routes.paths` names one kind of path, and asks of it what Gloo can do. */
export function routePaths(draft: Draft): readonly Finding[] {
  return (draft.paths ?? []).flatMap((path, index) => {
    const message = pathProblem(path);
    if (message === undefined) return [];
    const at = `/routes/paths/${index}`;
    return [{ rule: 'schema', severity: 'error', file: draft.file, path: at, range: draft.rangeOf(at), message }];
  });
}
