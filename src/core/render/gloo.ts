import type { Release, ReleaseId, Version } from '../release.ts';
import type { Domain } from '../settings/settings.ts';
import type { Charts, Manifest } from './charts.ts';
import { routesOf, versionOf, weightedDestinations } from './gloo-routes.ts';

/** The objects of a release, by the part of the gitops branch that they belong to. */
export interface RenderedRelease {
  readonly workloads: readonly Manifest[];
  readonly routes: readonly Manifest[];
}

/** The kinds that the templates of this target write; the guard refuses any other. */
export const RELEASE_KINDS = [
  'Deployment',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Service',
  'Upstream',
  'RouteTable',
] as const;

/** Renders a release for Gloo: for each version a Deployment and what belongs to it, one Service, Upstream and RouteTable. */
export function renderGloo(release: Release, charts: Charts): RenderedRelease {
  const { name, namespace } = release.id;
  const view = { release: name, namespace, service: release.service };
  return {
    workloads: [
      ...[...release.versions.values()].flatMap((version) => renderVersion(version, view, charts)),
      charts('gloo/service', view),
      charts('gloo/upstream', view),
    ],
    routes: [charts('gloo/routetable', { ...view, ...routesView(release) })],
  };
}

function renderVersion(version: Version, view: { readonly release: string }, charts: Charts): readonly Manifest[] {
  const whole = { args: [], replicas: null, autoscaling: null, disruption: null, ...version };
  const versionView = { ...view, fullName: `${view.release}-${version.name}`, version: whole };
  return [
    charts('gloo/deployment', versionView),
    ...(version.autoscaling ? [charts('gloo/horizontalpodautoscaler', versionView)] : []),
    ...(version.disruption ? [charts('gloo/poddisruptionbudget', versionView)] : []),
  ];
}

function routesView({ id, apiGroup, prefix, primary, canary }: Release): object {
  return {
    routeTable: `${id.name}-routes`,
    apiGroup,
    prefix,
    primary,
    canary: canary ?? null,
    canaryHeaders: [...(canary?.headers ?? [])].map(([name, value]) => ({ name, value })),
    destinations: canary && [
      { version: primary.version, weight: 100 - canary.weight },
      { version: canary.version, weight: canary.weight },
    ],
  };
}

/** Renders the VirtualService that delegates a domain to the teams' RouteTables, by label and in any namespace. */
export function renderGlooDomain(domain: Domain, charts: Charts): Manifest {
  return charts('gloo/virtualservice', domain);
}

/** What a release's routes say, read back from the rendered object. Shares add up to 100. */
export interface Traffic {
  readonly path?: string; // prefix of the requests that it is about
  readonly primary: string;
  readonly canary?: { readonly version: string; readonly weight: number };
  readonly headers?: { readonly version: string; readonly match: ReadonlyMap<string, string> };
}

/** Reads back which versions a RouteTable that we rendered names, and with what shares; undefined where it has no routes. */
export function readGlooTraffic(id: ReleaseId, routeTable: Manifest): Traffic | undefined {
  const routes = routesOf(routeTable);
  const main = routes.find(({ matchers }) => !matchers[0]?.headers);
  const [first, second] = main ? weightedDestinations(main) : [];
  const path = main?.matchers[0]?.prefix;
  if (!first) return undefined;

  const header = routes.find(({ matchers }) => matchers[0]?.headers);
  const match = new Map(header?.matchers[0]?.headers?.map(({ name, value = '' }) => [name, value]));
  const [tested] = header ? weightedDestinations(header) : [];
  return {
    ...(path === undefined ? {} : { path }),
    primary: versionOf(first.destination, id),
    ...(second ? { canary: { version: versionOf(second.destination, id), weight: second.weight } } : {}),
    ...(tested ? { headers: { version: versionOf(tested.destination, id), match } } : {}),
  };
}
