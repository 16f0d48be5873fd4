import { routePathOf } from '../model/draft.ts';
import type { DraftRule } from './rule.ts';

/** One release that takes a path twice: Gloo uses the first route, the second never gets a request. */
export const routeTwice: DraftRule = {
  id: 'route-conflict',
  severity: 'error',
  about: 'draft',
  check: ({ draft }) => {
    const seen = new Map<string, number>();
    return (draft.paths ?? []).flatMap((written, index) => {
      const path = routePathOf(written);
      if (!path) return [];
      const key = JSON.stringify([path.kind, path.path]);
      const first = seen.get(key);
      seen.set(key, first ?? index);
      if (first === undefined) return [];
      return [
        {
          path: `/routes/paths/${index}/${path.kind}`,
          message: `the ${path.kind} ${path.path} is in this list already (entry ${first + 1}): Gloo would use that one alone; keep one of them`,
        },
      ];
    });
  },
};
