import { compare, type Finding } from '../finding.ts';
import { nearest } from '../nearest.ts';
import { join } from '../pointer.ts';
import type { Settings } from '../settings/settings.ts';
import type { Draft } from '../values/draft.ts';
import { needsUpstreams } from '../values/to-release.ts';
import { quote } from '../yaml/scalar.ts';

/** A route may send traffic only to a version that the release deploys, or to an upstream that is known to be there. */
export function invalidDestination(draft: Draft, settings: Settings): readonly Finding[] {
  return [...unknownVersions(draft), ...unknownUpstreams(draft, settings), ...labelsOutOfReach(draft)];
}

function unknownVersions(draft: Draft): readonly Finding[] {
  const { versions } = draft;
  if (!versions || versions.size === 0) return []; // the schema says so already
  const known = [...versions.keys()].sort(compare);
  return [
    { path: '/routes/primary/version', version: draft.primary, other: draft.canary?.version },
    { path: '/routes/canary/version', version: draft.canary?.version, other: draft.primary },
    { path: '/routes/shadow/version', version: draft.shadow?.version, other: draft.primary },
  ].flatMap(({ path, version, other }) => {
    if (version === undefined || versions.has(version)) return [];
    const meant = nearest(
      version,
      known.filter((name) => name !== other),
    ); // nobody means the same version twice
    return [
      invalid(draft, path, meant, [
        `"${version}" is not in the deployment map; known versions: ${listed(known)}.`,
        ` In the cluster its requests would fail: Gloo's InvalidDestinationWarning,`,
        ` "${notFound(draft.id.namespace, `${draft.id.name}-${version}`)}", or, picked by label, a 503 without a word`,
      ]),
    ];
  });
}

/** An upstream outside is there only if the settings say so: nobody renders it, and Gloo would drop its routes. */
function unknownUpstreams(draft: Draft, { upstreams }: Settings): readonly Finding[] {
  return [...(draft.versions ?? [])].flatMap(([version, { upstream }]) => {
    if (
      !upstream ||
      upstreams.some(({ name, namespace }) => name === upstream.name && namespace === upstream.namespace)
    ) {
      return [];
    }
    const inNamespace = upstreams.filter(({ namespace }) => namespace === upstream.namespace).map(({ name }) => name);
    const meant = nearest(upstream.name, inNamespace);
    return [
      invalid(draft, `${join('/deployment', version)}/upstream/name`, meant, [
        `nobody knows the upstream "${upstream.name}" in ${upstream.namespace}; list it under "upstreams" in the settings if it is there.`,
        ` Known ones: ${listed(upstreams.map(({ name, namespace }) => `${namespace}/${name}`)) || 'none'}.`,
        ` Gloo's InvalidDestinationWarning: "${notFound(upstream.namespace, upstream.name)}"`,
      ]),
    ];
  });
}

function labelsOutOfReach(draft: Draft): readonly Finding[] {
  if (draft.destinations !== 'subset' || !needsUpstreams(draft)) return [];
  return [
    invalid(draft, '/routes/destinations', 'upstream', [
      'a shadow, and a version that is an upstream of its own, can\'t be picked by label; write "upstream" or leave it out',
    ]),
  ];
}

/** As Gloo says it, so that a search finds it. */
function notFound(namespace: string, name: string): string {
  return `*v1.Upstream { ${namespace}.${name} } not found`;
}

function invalid(draft: Draft, path: string, meant: string | undefined, said: readonly string[]): Finding {
  const [first = '', ...rest] = said;
  const hint = meant === undefined || rest.length === 0 ? '' : ` Did you mean "${meant}"?`;
  return {
    rule: 'invalid-destination',
    severity: 'error',
    file: draft.file,
    path,
    range: draft.rangeOf(path),
    message: `${first}${hint}${rest.join('')}`,
    ...(meant === undefined ? {} : { replacement: quote(meant) }),
  };
}

const LISTED = 20;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
