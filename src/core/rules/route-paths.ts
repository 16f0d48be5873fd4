import { pathProblem } from '../model/path-problem.ts';
import type { DraftRule } from './rule.ts';

/** An entry of `routes.paths` names one kind of path, and asks of it what Gloo can do. */
export const routePaths: DraftRule = {
  id: 'schema',
  severity: 'error',
  about: 'draft',
  check: ({ draft }) =>
    (draft.paths ?? []).flatMap((path, index) => {
      const message = pathProblem(path);
      return message === undefined ? [] : [{ path: `/routes/paths/${index}`, message }];
    }),
};
