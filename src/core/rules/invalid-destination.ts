import { compare, type Finding } from '../finding.ts';
import { nearest } from '../nearest.ts';
import type { Draft } from '../values/draft.ts';
import { quote } from '../yaml/scalar.ts';

/** A route may send traffic only to a version that the release deploys. */
export function invalidDestination(draft: Draft): readonly Finding[] {
  const { versions } = draft;
  if (!versions || versions.size === 0) return []; // the schema says so already
  const known = [...versions.keys()].sort(compare);
  return [
    { path: '/routes/primary/version', version: draft.primary, other: draft.canary?.version },
    { path: '/routes/canary/version', version: draft.canary?.version, other: draft.primary },
  ].flatMap(({ path, version, other }) => {
    if (version === undefined || versions.has(version)) return [];
    const meant = nearest(
      version,
      known.filter((name) => name !== other),
    ); // nobody means the same version twice
    return [
      {
        rule: 'invalid-destination',
        severity: 'error',
        file: draft.file,
        path,
        range: draft.rangeOf(path),
        message:
          `"${version}" is not in the deployment map; known versions: ${listed(known)}.` +
          (meant === undefined ? '' : ` Did you mean "${meant}"?`) +
          ` In the cluster its requests would fail: Gloo's InvalidDestinationWarning,` +
          ` "*v1.Upstream { ${draft.id.namespace}.${draft.id.name}-${version} } not found", or, picked by label, a 503 without a word`,
        ...(meant === undefined ? {} : { replacement: quote(meant) }),
      } satisfies Finding,
    ];
  });
}

const LISTED = 20;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
