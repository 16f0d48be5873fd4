import type { Draft } from '../model/draft.ts';
import { compare, type Finding } from '../model/finding.ts';
import { nearest } from '../model/nearest.ts';
import { identityOf, type UpstreamRef } from '../model/release.ts';
import { upstreamText } from '../targets/outline.ts';
import { needsUpstreams } from '../values/to-release.ts';
import { quote } from '../yaml/scalar.ts';
import type { Clash, Neighbours } from './together.ts';

/** A route may send traffic only to a version that the release deploys. */
export function invalidDestination(draft: Draft): readonly Finding[] {
  return [...unknownVersions(draft), ...labelsOutOfReach(draft)];
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

/** An upstream outside is there only if a release renders it or the settings say so: Gloo would drop its routes. */
export function unknownUpstreams({ outlines, settings: { upstreams } }: Neighbours): readonly Clash[] {
  let all: ReadonlyMap<string, UpstreamRef> | undefined; // only where somebody asks
  const known = () => {
    const rendered = [...outlines.values()].flatMap(({ renders }) => renders);
    all ??= new Map([...upstreams, ...rendered].map((upstream) => [upstreamText(upstream), upstream]));
    return all;
  };
  return [...outlines.values()].flatMap(({ id, names }) =>
    names
      .filter((upstream) => !known().has(upstreamText(upstream)))
      .map((upstream): Clash => {
        const meant = nearest(
          upstream.name,
          [...known().values()].filter(({ namespace }) => namespace === upstream.namespace).map(({ name }) => name),
        );
        const outside = upstreams.map(upstreamText);
        return {
          release: identityOf(id),
          rule: 'invalid-destination',
          severity: 'error',
          about: { kind: 'upstream', upstream },
          ...said(meant, [
            `nobody knows the upstream "${upstream.name}" in ${upstream.namespace}; list it under "upstreams" in the settings if it is there.`,
            ` The settings list ${listed(outside) || 'none'}, and no release here renders it.`,
            ` Gloo's InvalidDestinationWarning: "${notFound(upstream.namespace, upstream.name)}"`,
          ]),
        };
      }),
  );
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

function invalid(draft: Draft, path: string, meant: string | undefined, words: readonly string[]): Finding {
  return {
    rule: 'invalid-destination',
    severity: 'error',
    file: draft.file,
    path,
    range: draft.rangeOf(path),
    ...said(meant, words),
  };
}

/** A message in which what was meant stands behind the first sentence, and the text to write instead. */
function said(
  meant: string | undefined,
  [first = '', ...rest]: readonly string[],
): Pick<Finding, 'message' | 'replacement'> {
  const hint = meant === undefined || rest.length === 0 ? '' : ` Did you mean "${meant}"?`;
  return {
    message: `${first}${hint}${rest.join('')}`,
    ...(meant === undefined ? {} : { replacement: quote(meant) }),
  };
}

const LISTED = 20;

function listed(names: readonly string[]): string {
  const more = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
