import type { Draft } from '../../model/draft.ts';
import { compare } from '../../model/finding.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Release, RoutePath } from '../../model/release.ts';
import type { UpstreamRef } from '../../model/version/upstream.ts';
import type { Domain } from '../../settings/settings.ts';
import { destinationsOf } from '../../values/to-release.ts';
import { deployedVersions, renderService } from '../kubernetes/workloads.ts';
import type { RenderedRelease } from '../target.ts';
import type { FillTemplate } from '../templates.ts';
import { VERSIONS_ANNOTATION } from './routes.ts';

/** Renders what Gloo needs of a release beside its workloads: Upstreams, and one RouteTable. */
export function renderGloo(release: Release, fill: FillTemplate): RenderedRelease {
  return {
    workloads: renderUpstreams(release, fill),
    routes: [fill('gloo/routetable', routesView(release))],
  };
}

/**
 * The Upstreams of what is deployed. Where the Service selects the primary alone, a second one selects all, since Gloo
 * takes endpoints from it.
 */
function renderUpstreams(release: Release, fill: FillTemplate): readonly Manifest[] {
  const { id, service, destinations } = release;
  const deployed = deployedVersions(release);
  if (deployed.length === 0) return [];
  const serviceName = service.selects === 'all' ? id.name : `${id.name}-all`;
  const all = serviceName === id.name ? [] : [renderService(release, { name: serviceName, version: '' }, fill)];
  const view = { release: id.name, namespace: id.namespace, service, serviceName };
  const upstreams =
    destinations === 'subset'
      ? [fill('gloo/upstream', { ...view, name: id.name, version: '' })]
      : deployed.map(({ name }) => fill('gloo/upstream', { ...view, name: `${id.name}-${name}`, version: name }));
  return [...all, ...upstreams];
}

function routesView(release: Release): object {
  const { id, apiGroup, paths } = release;
  const outside = [...release.versions.values()].filter(({ upstream }) => upstream !== undefined);
  const names = outside.map(({ name, upstream }) => [`${upstream?.namespace}/${upstream?.name}`, name] as const);
  return {
    namespace: id.namespace,
    routeTable: `${id.name}-routes`,
    apiGroup,
    versions: names.length > 0 ? JSON.stringify(Object.fromEntries(names)) : '',
    versionsAnnotation: VERSIONS_ANNOTATION,
    routes: paths.flatMap((path) => routesOfPath(release, path)),
  };
}

/** The routes of one path: the header's comes first, or no request would reach it. */
function routesOfPath(release: Release, path: RoutePath): readonly object[] {
  const { primary, canary, shadow } = release;
  const matcher = { [path.kind]: path.path };
  const headers = [...(canary?.headers ?? [])].map(([name, value]) => ({ name, value }));
  const to = (version: string) => destinationOf(release, version, path);
  const rewritten = path.rewrite === undefined ? {} : { prefixRewrite: path.rewrite };
  const mirrored = shadow
    ? { shadowing: { upstream: upstreamOf(release, shadow.version), percentage: shadow.percentage } }
    : {};
  const tested =
    canary && headers.length > 0 ? [{ ...toOne(to(canary.version)), matcher: { ...matcher, headers } }] : [];
  const shared = canary
    ? toSeveral([
        { destination: to(primary.version), weight: 100 - canary.weight },
        { destination: to(canary.version), weight: canary.weight },
      ])
    : toOne(to(primary.version));
  return [
    ...tested.map((route) => ({ ...route, options: orNull(rewritten) })),
    { ...shared, matcher, options: orNull({ ...rewritten, ...mirrored }) },
  ];
}

// What the template asks for must be there, be it nothing.
const toOne = (single: object) => ({ single, destinations: null });
const toSeveral = (destinations: readonly object[]) => ({ single: null, destinations });

function orNull(options: object): object | null {
  return Object.keys(options).length > 0 ? options : null;
}

function destinationOf(release: Release, version: string, { function: called }: RoutePath): object {
  return {
    upstream: upstreamOf(release, version),
    ...(release.destinations === 'subset' ? { subset: { values: { version } } } : {}),
    ...(called === undefined ? {} : { destinationSpec: { rest: { functionName: called } } }),
  };
}

function upstreamOf({ id, destinations, versions }: Release, version: string): UpstreamRef {
  const outside = versions.get(version)?.upstream;
  if (outside) return outside;
  return { name: destinations === 'subset' ? id.name : `${id.name}-${version}`, namespace: id.namespace };
}

/** The Upstreams that a release with this draft renders. */
export function renderedUpstreams(draft: Draft): readonly UpstreamRef[] {
  const { name, namespace } = draft.id;
  const deployed = [...(draft.versions ?? [])].filter(([, { upstream }]) => upstream === undefined);
  if (deployed.length === 0) return [];
  if (destinationsOf(draft) === 'subset') return [{ namespace, name }];
  return deployed
    .map(([version]) => version)
    .sort(compare)
    .map((version) => ({ namespace, name: `${name}-${version}` }));
}

/** Renders the VirtualService that delegates a domain to the teams' RouteTables, by label and in any namespace. */
export function renderGlooDomain(domain: Domain, fill: FillTemplate): Manifest {
  return fill('gloo/virtualservice', domain);
}
