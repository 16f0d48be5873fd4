import type { Draft } from '../model/draft.ts';
import { compare } from '../model/finding.ts';
import { listed } from '../model/names.ts';
import { nearest } from '../model/nearest.ts';
import { needsUpstreams } from '../values/to-release.ts';
import { MAX_NAMES, upstreamNotFound, withMeant } from './destination-words.ts';
import type { Breach, DraftRule } from './rule.ts';

/** A route may send traffic only to a version that the release deploys. */
export const invalidDestination: DraftRule = {
  id: 'invalid-destination',
  severity: 'error',
  about: 'draft',
  check: ({ draft }) => [...findUnknownVersions(draft), ...findLabelsOutOfReach(draft)],
};

function findUnknownVersions(draft: Draft): readonly Breach[] {
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
    ); // the same version is not meant twice
    return [
      {
        path,
        ...withMeant(meant, [
          `"${version}" is not in the deployment map; known versions: ${listed(known, MAX_NAMES)}.`,
          ` In the cluster its requests would fail: Gloo's InvalidDestinationWarning,`,
          ` "${upstreamNotFound(draft.id.namespace, `${draft.id.name}-${version}`)}", or, picked by label, a 503 without a word`,
        ]),
      },
    ];
  });
}

function findLabelsOutOfReach(draft: Draft): readonly Breach[] {
  if (draft.destinations !== 'subset' || !needsUpstreams(draft)) return [];
  return [
    {
      path: '/routes/destinations',
      ...withMeant('upstream', [
        'a shadow, and a version that is an upstream of its own, can\'t be picked by label; write "upstream" or leave it out',
      ]),
    },
  ];
}
