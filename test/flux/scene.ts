import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { type Story, startStory } from '../support/story.ts';
import { type EventRelay, startEventRelay } from './events.ts';
import { type Kubelet, startKubelet } from './kubelet.ts';
import { type Lab, startLab } from './lab.ts';
import { onceInACluster } from './once.ts';
import { type Record, startRecord, type World } from './record.ts';
import { startUsers, type Users } from './users.ts';

/** A repository in the sandbox, the App beside it, and a cluster whose Flux follows the repository. */
export interface Scene extends Users {
  readonly story: Story;
  readonly lab: Lab;
  readonly record: Record;
  readonly kubelet: Kubelet;
  readonly relay: EventRelay;
  /** What a Receiver does when the gitops branch was pushed to. */
  nudge(): Promise<void>;
  close(): Promise<void>;
}

interface AppFile {
  readonly fluxToken: string;
}

const SETTINGS = `domains:
  example:
    render: true
readiness:
  by: flux
  drain: 2s
upstreams:
  - name: outside
`;

/** Where Gloo would be, and the kind that notification-controller would bring, whose part the relay plays. */
const SURROUNDINGS = `apiVersion: v1
kind: Namespace
metadata:
  name: gloo-system
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: alerts.notification.toolkit.fluxcd.io
spec:
  group: notification.toolkit.fluxcd.io
  scope: Namespaced
  names: { kind: Alert, listKind: AlertList, plural: alerts, singular: alert }
  versions:
    - name: v1beta3
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              x-kubernetes-preserve-unknown-fields: true
              properties:
                eventMetadata:
                  type: object
                  additionalProperties: { type: string }
`;

const ALERTS = '/apis/notification.toolkit.fluxcd.io/v1beta3/namespaces/flux-system/alerts';

/** How long something may take, that takes no part in what is measured. */
export const SOON = { timeout: 60_000, interval: 500 };

/** The GitRepository, by its place in the API. */
export const SOURCE = '/apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/coalmine';

/**
 * Starts all of it, and waits until the cluster has what the seeded repository says. Flux looks for commits after each
 * interval, since nothing wakes it by itself.
 */
export async function startScene(interval: string): Promise<Scene> {
  const started: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const relay = await startEventRelay();
    started.push(relay.close);
    const lab = await startLab(relay.url);
    started.push(lab.close);
    const record = await startRecord(lab.kubernetes, (world) => `${explain(world)}\n${lastSaid(relay)}`);
    const kubelet = startKubelet(lab.kubernetes, record);
    started.push(kubelet.close);
    const dataDir = join(lab.folder, 'sandbox');
    const story = await startStory(dataDir);
    started.push(story.close);
    const { fluxToken } = JSON.parse(await readFile(join(dataDir, 'app.json'), 'utf8')) as AppFile;
    const url = () => `${story.app().fluxUrl}?repository=canary/shop`;
    relay.passTo({ token: fluxToken, url, alerts: () => lab.kubernetes.list(ALERTS) });
    const users = await startUsers(story);

    await users.merge('Flux tells what is live', { '.github/coalmine.yml': SETTINGS });
    await lab.apply(SURROUNDINGS);
    await vi.waitFor(async () => expect(await lab.kubernetes.get(ALERTS)).toBeDefined(), SOON); // a kind takes a while
    await lab.apply(await onceInACluster((await story.clone('admin')).folder, story.app().url));
    await lab.kubernetes.patch(SOURCE, { spec: { interval } });
    await record.until('the seeded releases are in the cluster', hasSeeds);
    const nudge = () =>
      lab.kubernetes.patch(SOURCE, {
        metadata: { annotations: { 'reconcile.fluxcd.io/requestedAt': new Date().toISOString() } },
      });
    return { story, lab, record, kubelet, relay, nudge, close, ...users };
  } catch (error) {
    await close();
    throw error;
  }
}

function hasSeeds(world: World): boolean {
  const routes = ['RouteTable/echo/echo-routes', 'RouteTable/foxtrot/foxtrot-routes', 'VirtualService/gloo-system/app'];
  const deployments = ['echo/echo-v1', 'echo/echo-v2', 'foxtrot/foxtrot-v1'];
  return routes.every((key) => world.has(key)) && deployments.every((name) => isReady(world, name));
}

/** Whether a Deployment is there and all its pods are ready. */
export function isReady(world: World, name: string): boolean {
  const { metadata, spec, status } = world.get(`Deployment/${name}`) ?? {};
  return status?.observedGeneration === metadata?.generation && Number(status?.readyReplicas) >= Number(spec?.replicas);
}

/** What Flux says of its Kustomizations, for a person who wonders why something didn't happen. */
function explain(world: World): string {
  return [...world]
    .filter(([key]) => /^(Kustomization|GitRepository)\//.test(key))
    .map(([key, { status }]) => {
      const conditions = (status?.conditions ?? []) as readonly { type: string; status: string; message: string }[];
      const said = conditions.map((each) => `${each.type}=${each.status} ${each.message}`).join('; ');
      return `${key} at ${status?.lastAppliedRevision}: ${said}`;
    })
    .concat(
      [...world.keys()].filter((key) =>
        /^(Deployment|RouteTable|Upstream|Service|ConfigMap|ServiceAccount|RoleBinding)\//.test(key),
      ),
    )
    .join('\n');
}

function lastSaid({ said }: EventRelay): string {
  return said
    .slice(-10)
    .map(
      ({ involvedObject, reason, message }) =>
        `${involvedObject.namespace}/${involvedObject.name} ${reason}: ${message}`,
    )
    .join('\n');
}
