import type { KubernetesObject } from './kubernetes.ts';
import type { Change, World } from './record.ts';

/** What a RouteTable sends requests to: an Upstream, and by its subset one version. */
export interface Named {
  readonly upstream: string; // namespace/name
  readonly version?: string;
}

/** Every destination that a RouteTable names anywhere, at any weight, by header or as shadow. */
export function namedIn(value: unknown): readonly Named[] {
  if (Array.isArray(value)) return value.flatMap(namedIn);
  if (value === null || typeof value !== 'object') return [];
  const { upstream, subset } = value as {
    readonly upstream?: { readonly name: string; readonly namespace: string };
    readonly subset?: { readonly values: { readonly version: string } };
  };
  const named = upstream
    ? [{ upstream: `${upstream.namespace}/${upstream.name}`, ...(subset ? { version: subset.values.version } : {}) }]
    : [];
  return [...named, ...Object.values(value).flatMap(namedIn)];
}

/** What an Upstream of ours says of its endpoints. */
interface Kube {
  readonly serviceName: string;
  readonly serviceNamespace: string;
  readonly selector: { readonly app: string; readonly version?: string };
}

/**
 * Replays the API's changes one by one, and says of each moment where a RouteTable named a destination without its
 * Upstream, its Service or its Deployment, or one whose Deployment hadn't been ready since it was made.
 */
export function breachesIn(changes: readonly Change[], since: number): readonly string[] {
  const world = new Map<string, KubernetesObject>();
  const everReady = new Set<string>(); // ids of Deployments
  const breaches: string[] = [];
  let before = new Set<string>();
  for (const { key, object, at } of changes) {
    if (object) world.set(key, object);
    else world.delete(key);
    if (object && isReady(object)) everReady.add(object.metadata.uid);
    const now = new Set(breachesOf(world, everReady));
    const fresh = [...now].filter((breach) => !before.has(breach));
    if (at >= since) breaches.push(...fresh.map((breach) => `${new Date(at).toISOString()} after ${key}: ${breach}`));
    before = now;
  }
  return breaches;
}

function breachesOf(world: World, everReady: ReadonlySet<string>): readonly string[] {
  return [...world].flatMap(([key, table]) => {
    if (!key.startsWith('RouteTable/')) return [];
    return namedIn(table.spec).flatMap((named) => {
      const missing = missingOf(world, everReady, named);
      return missing === undefined ? [] : [`${key} names ${named.upstream} ${named.version ?? ''}: ${missing}`];
    });
  });
}

/** What of a destination isn't there. */
function missingOf(world: World, everReady: ReadonlySet<string>, { upstream, version }: Named): string | undefined {
  if (upstream.startsWith('gloo-system/')) return undefined; // exists outside
  const kube = world.get(`Upstream/${upstream}`)?.spec?.kube as Kube | undefined;
  if (!kube) return 'no Upstream';
  const { serviceName, serviceNamespace, selector } = kube;
  if (!world.has(`Service/${serviceNamespace}/${serviceName}`)) return 'no Service';
  const wanted = version ?? selector.version;
  if (wanted === undefined) return undefined;
  const deployment = world.get(`Deployment/${serviceNamespace}/${selector.app}-${wanted}`);
  if (!deployment || deployment.metadata.deletionTimestamp) return 'no Deployment';
  return everReady.has(deployment.metadata.uid) ? undefined : 'its Deployment was never ready';
}

function isReady({ kind, spec, status, metadata }: KubernetesObject): boolean {
  if (kind !== 'Deployment' || status?.observedGeneration !== metadata.generation) return false;
  return Number(status?.readyReplicas ?? 0) >= Number(spec?.replicas ?? 1);
}
