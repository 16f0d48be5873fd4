import { load } from 'js-yaml';
import type { ManifestSet } from '../../../src/core/model/manifest.ts';
import { fluxFile, routesFolder, workloadsFolder } from '../../../src/core/model/places.ts';
import { podTemplates } from '../../../src/core/publication/pending.ts';
import { echo } from '../support.ts';

/** A Kubernetes object, as a cluster keeps it. */
export interface Kept {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  // biome-ignore lint/suspicious/noExplicitAny: any Kubernetes object
  readonly spec?: any;
}

type Half = 'workloads' | 'routes';
const FOLDERS = { workloads: workloadsFolder(echo.id), routes: routesFolder(echo.id) };

/** The order in which Flux applies kinds: FACTS, "Order". */
const KINDS = ['Service', 'Deployment', 'HorizontalPodAutoscaler', 'PodDisruptionBudget', 'RouteTable', 'Upstream'];

const parsed = new Map<string, Kept>();
function parse(text: string): Kept {
  const known = parsed.get(text) ?? (load(text) as Kept);
  parsed.set(text, known);
  return known;
}

const trees = new WeakMap<ManifestSet, Map<Half, readonly Kept[] | undefined>>();

/** The objects that Flux would apply, in its order; undefined where the folder isn't there. */
function objectsIn(tree: ManifestSet, half: Half): readonly Kept[] | undefined {
  const known = trees.get(tree) ?? new Map<Half, readonly Kept[] | undefined>();
  trees.set(tree, known);
  if (!known.has(half)) known.set(half, readFolder(tree, FOLDERS[half]));
  return known.get(half);
}

function readFolder(tree: ManifestSet, folder: string): readonly Kept[] | undefined {
  const list = tree.get(`${folder}kustomization.yaml`);
  if (list === undefined) return undefined;
  const names = (load(list) as { resources: readonly string[] }).resources;
  const there = [...tree.keys()].filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length));
  const missing = [...names, 'kustomization.yaml'].filter((name) => !there.includes(name));
  if (missing.length > 0 || there.length !== names.length + 1)
    throw new Error(`the list of ${folder} names ${names.join(', ')}; there are ${there.join(', ')}`);
  return names
    .map((name) => parse(tree.get(`${folder}${name}`) ?? ''))
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (keyOf(a) < keyOf(b) ? -1 : 1));
}

const keyOf = ({ kind, metadata }: Kept) => `${kind}/${metadata.name}`;
const templateOf = (deployment: Kept) => JSON.stringify(deployment.spec.template);

interface Running {
  readonly object: Kept;
  ready: boolean; // with its present template
  wasReady: boolean; // since it was made
}

/** A word of Flux: a half was applied at a commit; these Deployments aren't ready. */
export interface Word {
  readonly half: Half;
  readonly commit: number;
  readonly unready: ReadonlySet<string>;
}

/**
 * One cluster: two Kustomizations that apply any commit at any time, object by object, then prune; a root that makes
 * and removes the two; Deployments that become ready when told to. After each single write it looks whether every
 * route in force, or still draining, has what it names.
 */
export class Cluster {
  private readonly objects = new Map<string, Kept>();
  private readonly deployments = new Map<string, Running>();
  private readonly inventory = { workloads: new Set<string>(), routes: new Set<string>() };
  private readonly at = { workloads: -1, routes: -1, root: -1 };
  private followed = false;
  private readonly answering = new Set<string>(); // Services that have had the moment that endpoints need
  private draining: Kept[] = []; // RouteTables and Services that still answer, though they were replaced
  readonly breaches: string[] = [];

  private readonly isGood: (template: string) => boolean;

  constructor(isGood: (template: string) => boolean) {
    this.isGood = isGood;
  }

  /** Applies a commit, or begins to: after `writes` of them it is interrupted. True once all of it is applied. */
  apply(half: Half, history: readonly ManifestSet[], commit: number, writes = Number.POSITIVE_INFINITY): boolean {
    if (!this.followed || commit < this.at[half]) return false;
    const objects = objectsIn(history[commit] ?? new Map(), half);
    if (!objects) return false; // the path isn't there: Flux fails and changes nothing
    const wanted = new Set(objects.map(keyOf));
    const stale = [...this.inventory[half]].filter((key) => !wanted.has(key)).reverse();
    const steps = [
      ...objects.map((object) => () => {
        this.inventory[half].add(keyOf(object));
        this.write(object);
      }),
      ...stale.map((key) => () => this.prune(half, key)),
    ];
    for (const step of steps.slice(0, writes)) step();
    if (writes < steps.length) return false;
    this.at[half] = commit;
    return true;
  }

  /** The root Kustomization: a release whose file goes is pruned whole, by its own Kustomizations' finalizers. */
  applyRoot(history: readonly ManifestSet[], commit: number): void {
    if (commit < this.at.root) return;
    this.at.root = commit;
    const before = this.followed;
    this.followed = history[commit]?.has(fluxFile(echo.id)) ?? false;
    if (!before || this.followed) return;
    for (const half of ['workloads', 'routes'] as const) {
      for (const key of [...this.inventory[half]].reverse()) this.prune(half, key);
      this.at[half] = -1;
    }
  }

  /** What Flux says of a half, if anything is applied of it. */
  word(half: Half, history: readonly ManifestSet[]): Word | undefined {
    this.takeAMoment();
    const commit = this.at[half];
    if (commit < 0 || !this.followed) return undefined;
    const unready = [...this.deployments].filter(([, { ready }]) => !ready).map(([key]) => key);
    const there = podTemplates(echo.id, history[commit] ?? new Map());
    return { half, commit, unready: new Set(unready.filter((key) => there.has(key as `${string}/${string}`))) };
  }

  /** The kubelet: the nth Deployment becomes ready, if its pods can. */
  becomeReady(index: number): void {
    this.takeAMoment();
    const one = [...this.deployments.values()][index % Math.max(1, this.deployments.size)];
    if (one) this.tryReady(one);
  }

  /** And whatever was wrong with their pods is mended. */
  allBecomeReady(): void {
    for (const one of this.deployments.values()) {
      one.ready = true;
      one.wasReady = true;
    }
  }

  /** Longer than any request takes has passed. */
  drain(): void {
    this.draining = [];
  }

  /** Whether a Deployment runs with this template, ready. */
  isReady(key: string, template: unknown): boolean {
    const one = this.deployments.get(key);
    return one?.ready === true && templateOf(one.object) === JSON.stringify(template);
  }

  /** What the cluster holds of a release, by kind and name. */
  keys(): readonly string[] {
    return [...this.objects.keys()].sort();
  }

  private takeAMoment(): void {
    for (const { kind, metadata } of this.objects.values()) if (kind === 'Service') this.answering.add(metadata.name);
  }

  private tryReady(one: Running): void {
    if (!this.isGood(templateOf(one.object))) return;
    one.ready = true;
    one.wasReady = true;
  }

  private write(object: Kept): void {
    const key = keyOf(object);
    const before = this.objects.get(key);
    if (before === object) return;
    if (before && isRoute(before)) this.draining.push(before);
    this.objects.set(key, object);
    if (object.kind === 'Deployment') {
      const one = this.deployments.get(key);
      const same = one !== undefined && templateOf(one.object) === templateOf(object);
      this.deployments.set(key, { object, ready: same && one.ready, wasReady: one?.wasReady ?? false });
    }
    this.look(`after ${key}`);
  }

  private prune(half: Half, key: string): void {
    const before = this.objects.get(key);
    if (before && isRoute(before)) this.draining.push(before);
    this.inventory[half].delete(key);
    this.objects.delete(key);
    if (before?.kind === 'Service') this.answering.delete(before.metadata.name);
    this.deployments.delete(key);
    this.look(`after pruning ${key}`);
  }

  private look(when: string): void {
    for (const object of this.objects.values()) {
      if (object.kind === 'RouteTable') this.lookAtRoutes(object, true, when);
      if (isPinned(object)) this.lookAtPods(object.spec.selector, object.metadata.name, true, when);
    }
    for (const object of this.draining) {
      if (object.kind === 'RouteTable') this.lookAtRoutes(object, false, `${when}, draining`);
      else this.lookAtPods(object.spec.selector, object.metadata.name, false, `${when}, draining`);
    }
  }

  private lookAtRoutes(table: Kept, inForce: boolean, when: string): void {
    for (const { upstream, subset } of destinationsIn(table.spec)) {
      if (upstream.namespace !== echo.id.namespace) continue;
      const name = `${upstream.name}${subset ? ` ${subset.values.version}` : ''}`;
      const found = this.objects.get(`Upstream/${upstream.name}`);
      if (!found) {
        this.breaches.push(`${when}: no Upstream ${name}`);
        continue;
      }
      const service = this.objects.get(`Service/${found.spec.kube.serviceName}`);
      if (!service) {
        this.breaches.push(`${when}: no Service for ${name}`);
        continue;
      }
      if (!this.answering.has(service.metadata.name)) this.breaches.push(`${when}: the Service of ${name} is too new`);
      const selector = { ...found.spec.kube.selector, ...subset?.values };
      const { version = selector.version } = service.spec.selector;
      if (version !== selector.version) this.breaches.push(`${when}: the Service of ${name} selects ${version}`);
      this.lookAtPods(selector, name, inForce, when);
    }
  }

  private lookAtPods(selector: Readonly<Record<string, string>>, name: string, inForce: boolean, when: string): void {
    const found = [...this.deployments.values()].filter(({ object }) => {
      return Object.entries(selector).every(([label, value]) => object.spec.template.metadata.labels[label] === value);
    });
    if (found.length === 0) this.breaches.push(`${when}: no Deployment behind ${name}`);
    else if (inForce && !found.some(({ wasReady }) => wasReady)) this.breaches.push(`${when}: ${name} was never ready`);
  }
}

function isPinned({ kind, spec }: Kept): boolean {
  return kind === 'Service' && spec.selector.version !== undefined;
}

function isRoute(object: Kept): boolean {
  return object.kind === 'RouteTable' || isPinned(object);
}

interface Named {
  readonly upstream: { readonly name: string; readonly namespace: string };
  readonly subset?: { readonly values: { readonly version: string } };
}

function destinationsIn(value: unknown): readonly Named[] {
  if (value === null || typeof value !== 'object') return [];
  const own = 'upstream' in value ? [value as Named] : [];
  return [...own, ...Object.values(value).flatMap(destinationsIn)];
}
