import type { Release, Version } from '../release.ts';
import type { Domain } from '../settings/settings.ts';
import type { Charts, Manifest } from './charts.ts';

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

interface Destination {
  readonly upstream: { readonly name: string };
  readonly subset?: { readonly values: Readonly<Record<string, string>> };
}

interface Route {
  readonly matchers: readonly {
    readonly prefix?: string;
    readonly headers?: readonly { readonly name: string; readonly value: string }[];
  }[];
  readonly routeAction: {
    readonly single?: Destination;
    readonly multi?: {
      readonly destinations: readonly { readonly destination: Destination; readonly weight?: number }[];
    };
  };
}

/** Reads back which versions a RouteTable that we rendered names, and with what shares; undefined where it has no routes. */
export function readGlooTraffic(routeTable: Manifest): Traffic | undefined {
  const { routes } = (routeTable as unknown as { spec: { routes: readonly Route[] } }).spec;
  const main = routes.find(({ matchers }) => !matchers[0]?.headers);
  const [first, second] = main?.routeAction.multi?.destinations ?? [];
  const primary = first?.destination ?? main?.routeAction.single;
  const path = main?.matchers[0]?.prefix;
  if (!primary) return undefined;

  const header = routes.find(({ matchers }) => matchers[0]?.headers);
  const match = new Map(header?.matchers[0]?.headers?.map(({ name, value }) => [name, value]));
  const tested = header?.routeAction.single;
  return {
    ...(path === undefined ? {} : { path }),
    primary: versionOf(primary),
    ...(second ? { canary: { version: versionOf(second.destination), weight: second.weight ?? 0 } } : {}),
    ...(tested ? { headers: { version: versionOf(tested), match } } : {}),
  };
}

function versionOf({ upstream, subset }: Destination): string {
  return subset?.values.version ?? upstream.name;
}
