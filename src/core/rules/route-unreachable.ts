import { type Draft, kindsOf } from '../model/draft.ts';
import { compare } from '../model/finding.ts';
import { nearest } from '../model/nearest.ts';
import { regexProblem } from '../model/regex.ts';
import type { StageSettings } from '../settings/settings.ts';
import { quote } from '../yaml/scalar.ts';
import type { Breach, DraftRule } from './rule.ts';

/** Routes that no domain selects, and a path that its domain doesn't take, get no request, and nothing says so. */
export const routeUnreachable: DraftRule = {
  id: 'route-unreachable',
  severity: 'error',
  about: 'draft',
  check: ({ draft, settings }) => findUnreachable(draft, settings),
};

function findUnreachable(draft: Draft, { domains }: StageSettings): readonly Breach[] {
  const apiGroup = draft.apiGroup ?? 'example';
  const domain = domains.get(apiGroup);
  if (!domain) return [unselected(draft, apiGroup, [...domains.keys()].sort(compare))];
  return (draft.paths ?? []).flatMap((written, index) => {
    const [kind, path] = kindsOf(written)[0] ?? [];
    if (kind === undefined || path === undefined || path.startsWith(domain.prefix)) return [];
    if (kind === 'regex' ? regexProblem(path) !== undefined : !path.startsWith('/')) return []; // no path at all, which is said already
    return [
      {
        path: `/routes/paths/${index}/${kind}`,
        message: `${path} is outside ${domain.prefix}, which is all that the domain ${apiGroup} takes: Gloo would leave this route out; begin it with ${domain.prefix}`,
      },
    ];
  });
}

function unselected(draft: Draft, apiGroup: string, known: readonly string[]): Breach {
  const meant = nearest(apiGroup, known);
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  const message = `no domain selects the API group "${apiGroup}": the service would get no request; known ones: ${known.join(', ') || 'none'}.${hint}`;
  if (draft.apiGroup === undefined) return { path: '/routes', shownAt: 'key', message };
  return { path: '/routes/apiGroup', message, ...(meant === undefined ? {} : { replacement: quote(meant) }) };
}
