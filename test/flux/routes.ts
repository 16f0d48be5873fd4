import type { World } from './record.ts';

interface Route {
  readonly matchers: readonly { readonly headers?: unknown }[];
  readonly routeAction: {
    readonly single?: Destination;
    readonly multi?: {
      readonly destinations: readonly { readonly destination: Destination; readonly weight: number }[];
    };
  };
}

interface Destination {
  readonly upstream: { readonly name: string };
  readonly subset?: { readonly values: { readonly version: string } };
}

/** How the API's RouteTable of a release shares out requests without headers: `v1 75, v2 25`; undefined without one. */
export function trafficOf(world: World, namespace: string, release: string): string | undefined {
  const routes = world.get(`RouteTable/${namespace}/${release}-routes`)?.spec?.routes as readonly Route[] | undefined;
  const plain = routes?.find(({ matchers }) => matchers.every(({ headers }) => headers === undefined));
  const { single, multi } = plain?.routeAction ?? {};
  if (single) return `${nameOf(single)} 100`;
  return multi?.destinations.map(({ destination, weight }) => `${nameOf(destination)} ${weight}`).join(', ');
}

function nameOf({ upstream, subset }: Destination): string {
  return subset?.values.version ?? upstream.name;
}
