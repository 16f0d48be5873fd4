import type { Kubernetes, KubernetesObject } from './kubernetes.ts';

/** Objects by `Kind/namespace/name`. */
export type World = ReadonlyMap<string, KubernetesObject>;

/** One change of the API: `object` is undefined where it went. */
export interface Change {
  readonly version: bigint; // of the whole API: every change has one of its own, so they tell the order
  readonly at: number;
  readonly key: string;
  readonly object: KubernetesObject | undefined;
}

/** Everything that happens to the objects that matter. */
export interface Record {
  readonly world: World;
  /** Every change so far, in the order in which the API took them. */
  changes(): readonly Change[];
  /** Resolves as soon as the world is so, with the time of the change that made it so. */
  until(what: string, isSo: (world: World) => boolean): Promise<number>;
  /** Called with each change, as it comes. */
  onChange(take: (change: Change) => void): void;
}

const WATCHED = [
  '/apis/apps/v1/deployments',
  '/api/v1/services',
  '/api/v1/configmaps',
  '/api/v1/serviceaccounts',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings',
  '/apis/gloo.solo.io/v1/upstreams',
  '/apis/gateway.solo.io/v1/routetables',
  '/apis/gateway.solo.io/v1/virtualservices',
  '/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations',
  '/apis/source.toolkit.fluxcd.io/v1/gitrepositories',
];

const PATIENCE = 60_000;

/** Watches the API from now on; `explain` adds to what is said when something doesn't come about. */
export async function startRecord(kubernetes: Kubernetes, explain: (world: World) => string): Promise<Record> {
  const world = new Map<string, KubernetesObject>();
  const changes: Change[] = [];
  const takers: ((change: Change) => void)[] = [];
  const problems: string[] = [];

  for (const path of WATCHED) {
    await kubernetes.watch(
      path,
      ({ type, object }) => {
        if (type === 'ERROR' || !object) return void problems.push(JSON.stringify(object));
        const { namespace = '', name, resourceVersion } = object.metadata;
        const key = [object.kind, namespace, name].join('/');
        const now = type === 'DELETED' ? undefined : object;
        if (now) world.set(key, now);
        else world.delete(key);
        const change = { version: BigInt(resourceVersion), at: Date.now(), key, object: now };
        changes.push(change);
        for (const take of takers) take(change);
      },
      (why) => problems.push(why),
    );
  }

  return {
    world,
    changes: () => {
      if (problems.length > 0) throw new Error(`not everything was seen: ${problems.join('; ')}`);
      return changes.toSorted((a, b) => (a.version < b.version ? -1 : 1));
    },
    onChange: (take) => void takers.push(take),
    until: (what, isSo) =>
      new Promise((resolve, reject) => {
        if (isSo(world)) return resolve(Date.now());
        const isOver = (): void => void takers.splice(takers.indexOf(look), 1);
        const timer = setTimeout(() => {
          isOver();
          reject(new Error(`${what}: not so within ${PATIENCE / 1000} s\n${explain(world)}\n${problems.join('\n')}`));
        }, PATIENCE);
        const look = ({ at }: Change): void => {
          if (!isSo(world)) return;
          clearTimeout(timer);
          isOver();
          resolve(at);
        };
        takers.push(look);
      }),
  };
}
