import { type Draft, kindsOf } from '../model/draft.ts';
import { compare, type Finding } from '../model/finding.ts';
import { nearest } from '../model/nearest.ts';
import { regexProblem } from '../model/regex.ts';
import type { StageSettings } from '../settings/settings.ts';
import { quote } from '../yaml/scalar.ts';

/** A RouteTable that no domain selects, and a path that its domain doesn't take, get no request, and nothing says so. */
export function routeUnreachable(draft: Draft, { domains }: StageSettings): readonly Finding[] {
  const apiGroup = draft.apiGroup ?? 'example';
  const domain = domains.get(apiGroup);
  if (!domain) return [unselected(draft, apiGroup, [...domains.keys()].sort(compare))];
  return (draft.paths ?? []).flatMap((written, index) => {
    const [kind, path] = kindsOf(written)[0] ?? [];
    if (kind === undefined || path === undefined || path.startsWith(domain.prefix)) return [];
    if (kind === 'regex' ? regexProblem(path) !== undefined : !path.startsWith('/')) return []; // no path at all, which is said already
    return [
      unreachable(
        draft,
        `/routes/paths/${index}/${kind}`,
        `${path} is outside ${domain.prefix}, which is all that the domain ${apiGroup} takes: Gloo would leave this route out; begin it with ${domain.prefix}`,
      ),
    ];
  });
}

function unselected(draft: Draft, apiGroup: string, known: readonly string[]): Finding {
  const meant = nearest(apiGroup, known);
  const hint = meant === undefined ? '' : ` Did you mean "${meant}"?`;
  const path = draft.apiGroup === undefined ? '/routes' : '/routes/apiGroup';
  return {
    ...unreachable(
      draft,
      path,
      `no domain selects the API group "${apiGroup}": the service would get no request; known ones: ${known.join(', ') || 'none'}.${hint}`,
    ),
    ...(draft.apiGroup === undefined ? { range: draft.keyRangeOf(path) } : {}),
    ...(meant === undefined || draft.apiGroup === undefined ? {} : { replacement: quote(meant) }),
  };
}

function unreachable(draft: Draft, path: string, message: string): Finding {
  return { rule: 'route-unreachable', severity: 'error', file: draft.file, path, range: draft.rangeOf(path), message };
}
