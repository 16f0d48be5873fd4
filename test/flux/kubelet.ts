import type { Kubernetes, KubernetesObject } from './kubernetes.ts';
import type { Record } from './record.ts';

/** Plays Deployment controller and kubelet: pods of a Deployment start a moment after it was applied. */
export interface Kubelet {
  /** Pods with this image never become ready. */
  refuse(image: string): void;
  close(): void;
}

/** What a Deployment says of its pods, as far as it is asked. */
interface Spec {
  readonly replicas?: number;
  readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
}

const START = 400; // ms

export function startKubelet(kubernetes: Kubernetes, record: Record): Kubelet {
  const refused = new Set<string>();
  const timers = new Set<NodeJS.Timeout>();

  async function start({ metadata, spec }: KubernetesObject): Promise<void> {
    const { replicas = 1, template } = spec as unknown as Spec;
    const isReady = !template.spec.containers.some(({ image }) => refused.has(image));
    const path = `/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${metadata.name}`;
    const now = record.world.get(`Deployment/${metadata.namespace}/${metadata.name}`);
    if (now?.metadata.generation !== metadata.generation) return; // gone, or changed since
    await kubernetes.patch(`${path}/status`, { status: statusOf(metadata.generation, replicas, isReady) });
  }

  record.onChange(({ key, object }) => {
    if (!key.startsWith('Deployment/') || !object || object.metadata.deletionTimestamp) return;
    if (object.status?.observedGeneration === object.metadata.generation) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(object).catch(() => undefined); // it went meanwhile, or the lab did
    }, START);
    timers.add(timer);
  });
  return {
    refuse: (image) => void refused.add(image),
    close: () => timers.forEach(clearTimeout),
  };
}

function statusOf(observedGeneration: number | undefined, replicas: number, isReady: boolean): object {
  const ready = isReady ? replicas : 0;
  const condition = (type: string, is: boolean, reason: string) => ({
    type,
    status: is ? 'True' : 'False',
    reason,
    message: reason,
    lastUpdateTime: new Date().toISOString(),
    lastTransitionTime: new Date().toISOString(),
  });
  return {
    observedGeneration,
    replicas,
    updatedReplicas: replicas,
    readyReplicas: ready,
    availableReplicas: ready,
    unavailableReplicas: replicas - ready,
    conditions: [
      condition('Available', isReady, isReady ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable'),
      condition('Progressing', true, isReady ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated'),
    ],
  };
}
