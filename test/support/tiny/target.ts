import type { Manifest } from '../../../src/core/model/manifest.ts';
import type { Release, ReleaseId, RoutePath } from '../../../src/core/model/release.ts';
import { definitionsOf } from '../../../src/core/schema/definitions.ts';
import type { Answer } from '../../../src/core/targets/explanation.ts';
import { deploymentOf } from '../../../src/core/targets/kubernetes/names.ts';
import type { Destination, HeaderMatch, RenderTarget, Routing } from '../../../src/core/targets/target.ts';

/*
 * The smallest render target that there can be: one kind, one template. A Weights object says which versions of a
 * release answer its paths; whatever reads it finds their pods by label, so that routes need nothing beside Deployments.
 */

interface Roles {
  readonly primary: string;
  readonly canary?: { readonly version: string; readonly weight: number } | undefined;
  readonly header?: { readonly version: string; readonly match: readonly HeaderMatch[] } | undefined;
  readonly shadow?: { readonly version: string; readonly percentage: number } | undefined;
}

type Weights = Manifest & {
  readonly spec: { readonly apiGroup: string; readonly paths: readonly RoutePath[]; readonly roles: Roles };
};

function isWeights(manifest: Manifest): manifest is Weights {
  return manifest.kind === 'Weights';
}

const checkDefinition = definitionsOf({
  $defs: {
    Weights: {
      type: 'object',
      properties: {
        spec: {
          type: 'object',
          properties: {
            paths: {
              type: 'array',
              items: { type: 'object', properties: { path: { type: 'string', maxLength: 20 } } },
            },
          },
        },
      },
    },
  },
});

export const tiny: RenderTarget = {
  name: 'tiny',
  kinds: [{ kind: 'Weights', group: 'tiny.example', resource: 'weights' }],
  domainKinds: [],
  schemas: { 'tiny.example/v1': checkDefinition },
  serves: ({ apiGroup }) => apiGroup === 'tiny',

  render: (release, fill) => ({ workloads: [], routes: [fill('tiny/weights', viewOf(release))] }),
  renderDomain: () => [],
  placesIn: () => (keys) => (keys[1] === 'paths' ? ['routes', 'paths', ...keys.slice(2, 3), 'prefix'] : []),

  readRoutes(id, routes) {
    const weights = routes.find(isWeights);
    if (!weights?.spec.roles) return undefined;
    const { apiGroup, paths, roles } = weights.spec;
    const routing = routingOf(id, roles);
    const others = [routing.canary, routing.header, routing.shadow].flatMap((role) => role?.destination ?? []);
    return { apiGroup, paths, routing, named: [routing.primary, ...others], backends: [] };
  },
  writeRouting: (routes, routing) =>
    routes.map((manifest) => {
      return isWeights(manifest) ? { ...manifest, spec: { ...manifest.spec, roles: rolesOf(routing) } } : manifest;
    }),
  serviceOf: () => undefined,
  offeredBy: () => [],
  offeredIn: () => [],

  explain({ path }, domain, { releases }) {
    const found = releases.flatMap(({ id, routes }) => routes.filter(isWeights).map((weights) => ({ id, weights })));
    const taker = found.find(({ weights: { spec } }) => {
      return spec.apiGroup === domain.apiGroup && spec.paths.some((each) => path.startsWith(each.path));
    });
    return { answer: taker ? answerOf(taker.id, taker.weights) : NOBODY, variations: [], missing: [] };
  },
};

const NOBODY: Answer = { release: null, reason: 'no Weights take it' };

function answerOf({ name }: ReleaseId, { spec: { roles } }: Weights): Answer {
  const weight = roles.canary?.weight ?? 0;
  const shares = [
    { version: roles.primary, percent: 100 - weight },
    ...(roles.canary ? [{ version: roles.canary.version, percent: weight }] : []),
  ];
  return { release: name, route: 0, destinations: shares.filter(({ percent }) => percent > 0) };
}

function viewOf({ id, apiGroup, paths, primary, canary, shadow }: Release): object {
  const match = [...(canary?.headers ?? [])].map(([name, value]) => ({ name, value }));
  const roles: Roles = {
    primary: primary.version,
    ...(canary ? { canary: { version: canary.version, weight: canary.weight } } : {}),
    ...(canary && match.length > 0 ? { header: { version: canary.version, match } } : {}),
    ...(shadow ? { shadow } : {}),
  };
  return { name: id.name, namespace: id.namespace, apiGroup, paths, roles };
}

function routingOf(id: ReleaseId, { primary, canary, header, shadow }: Roles): Routing {
  const to = (version: string): Destination => ({
    key: version,
    version,
    backends: [],
    deployment: deploymentOf(id, version),
    named: { version },
  });
  return {
    primary: to(primary),
    ...(canary ? { canary: { destination: to(canary.version), weight: canary.weight } } : {}),
    ...(header ? { header: { destination: to(header.version), match: header.match } } : {}),
    ...(shadow ? { shadow: { destination: to(shadow.version), percentage: shadow.percentage } } : {}),
  };
}

function rolesOf({ primary, canary, header, shadow }: Routing): Roles {
  return {
    primary: primary.version,
    ...(canary ? { canary: { version: canary.destination.version, weight: canary.weight } } : {}),
    ...(header ? { header: { version: header.destination.version, match: header.match } } : {}),
    ...(shadow ? { shadow: { version: shadow.destination.version, percentage: shadow.percentage } } : {}),
  };
}
