import { listed } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { identityOf } from '../model/release.ts';
import type { UpstreamRef } from '../model/version/upstream.ts';
import { upstreamText } from '../targets/outline.ts';
import { MAX_NAMES, upstreamNotFound, withMeant } from './destination-words.ts';
import type { NeighbourBreach, Neighbours, NeighboursRule } from './rule.ts';

/** An upstream outside is there only if a release renders it or the settings say so: Gloo would drop its routes. */
export const unknownUpstream: NeighboursRule = {
  id: 'invalid-destination',
  severity: 'error',
  about: 'neighbours',
  check: findUnknownUpstreams,
};

function findUnknownUpstreams({ outlines, settings: { upstreams } }: Neighbours): readonly NeighbourBreach[] {
  let all: ReadonlyMap<string, UpstreamRef> | undefined; // only where it is needed
  const known = () => {
    const rendered = [...outlines.values()].flatMap(({ renders }) => renders);
    all ??= new Map([...upstreams, ...rendered].map((upstream) => [upstreamText(upstream), upstream]));
    return all;
  };
  return [...outlines.values()].flatMap(({ id, names }) =>
    names
      .filter((upstream) => !known().has(upstreamText(upstream)))
      .map((upstream): NeighbourBreach => {
        const meant = nearest(
          upstream.name,
          [...known().values()].filter(({ namespace }) => namespace === upstream.namespace).map(({ name }) => name),
        );
        const outside = upstreams.map(upstreamText);
        return {
          release: identityOf(id),
          about: { kind: 'upstream', upstream },
          ...withMeant(meant, [
            `nobody knows the upstream "${upstream.name}" in ${upstream.namespace}; list it under "upstreams" in the settings if it is there.`,
            ` The settings list ${listed(outside, MAX_NAMES) || 'none'}, and no release here renders it.`,
            ` Gloo's InvalidDestinationWarning: "${upstreamNotFound(upstream.namespace, upstream.name)}"`,
          ]),
        };
      }),
  );
}
