import fc from 'fast-check';
import { targets } from '../../../src/charts/targets.ts';
import { build } from '../../../src/core/build/build.ts';
import type { ManifestSet } from '../../../src/core/model/manifest.ts';
import { type Next, next } from '../../../src/core/publication/next.ts';
import type { Pending } from '../../../src/core/publication/pending.ts';
import { podTemplates } from '../../../src/core/publication/pending.ts';
import type { ObjectKey } from '../../../src/core/targets/target.ts';
import { bytesOf, defaults, echo } from '../support.ts';
import { Cluster, type Word } from './cluster.ts';
import { BROKEN, OUTSIDE } from './wishes.ts';

// A release that names a version which it hasn't is refused, unless somebody turned that off.
const settings = { ...defaults, upstreams: OUTSIDE, rules: new Map([['invalid-destination', 'off'] as const]) };

const built = new Map<string, ManifestSet>();

/** What values render to; undefined values: the release is deleted. */
export function treeOf(values: object | undefined): ManifestSet {
  if (values === undefined) return new Map();
  const text = JSON.stringify(values);
  const known = built.get(text);
  if (known) return known;
  const { manifests, findings } = build({ ...echo, bytes: bytesOf(text) }, settings, targets);
  if (!manifests) throw new Error(`${text}: ${findings.map(({ message }) => message).join('; ')}`);
  built.set(text, manifests);
  return manifests;
}

/** Anything that may happen; `at` chooses a commit, a Deployment or how far an interrupted write comes. */
export const event = fc.record({
  kind: fc.constantFrom(
    'desire',
    'publish',
    'publish',
    'workloads',
    'workloads',
    'routes',
    'routes',
    'interrupted',
    'root',
    'ready',
    'ready',
    'tell',
    'tell',
    'tell',
    'drain',
    'drain',
    'taken over',
    'reconciled',
    'reconciled',
    'reconciled',
    'publish',
    'publish',
    'desire',
    'desire',
  ),
  cluster: fc.nat(1),
  at: fc.nat(1000),
});
export type Event = typeof event extends fc.Arbitrary<infer T> ? T : never;

interface Known {
  readonly applied: { workloads: number; routes: number };
  readonly drained: { workloads: number; routes: number };
  ready: Map<ObjectKey, Set<string>>;
}

/** A gitops branch with its clusters, and what these have told so far. */
export class World {
  readonly history: ManifestSet[] = [];
  readonly clusters: readonly Cluster[];
  private readonly known: readonly Known[];
  desired: ManifestSet = new Map();
  takenOver = false;

  constructor(clusters: number) {
    this.history.push(new Map());
    this.clusters = Array.from({ length: clusters }, () => new Cluster((template) => !template.includes(BROKEN)));
    this.known = this.clusters.map(() => ({
      applied: { workloads: 0, routes: 0 },
      drained: { workloads: 0, routes: 0 },
      ready: new Map(),
    }));
  }

  get published(): ManifestSet {
    return this.history.at(-1) ?? new Map();
  }

  pending(): Pending {
    const since = (half: 'workloads' | 'routes', what: 'applied' | 'drained') => {
      return this.history.slice(Math.min(...this.known.map((known) => known[what][half])));
    };
    const [first, ...others] = this.known.map(({ ready }) => ready);
    const ready = new Map(
      [...(first ?? [])].map(([key, texts]) => {
        return [key, new Set([...texts].filter((text) => others.every((other) => other.get(key)?.has(text))))] as const;
      }),
    );
    return {
      id: echo.id,
      published: this.published,
      workloads: since('workloads', 'applied'),
      routes: since('routes', 'drained'),
      draining: since('workloads', 'drained'),
      ready,
      takenOver: this.takenOver,
    };
  }

  /** Publishes the next part, if there is one. */
  publish(): Next {
    const step = next(this.pending(), this.desired, targets);
    if (step.kind === 'tree') this.history.push(step.tree);
    return step;
  }

  happen({ kind, cluster: which, at }: Event): void {
    const index = which % this.clusters.length;
    const cluster = this.clusters[index];
    const commit = this.history.length - 1 - (at % Math.min(3, this.history.length));
    switch (kind) {
      case 'workloads':
      case 'routes':
        cluster?.apply(kind, this.history, commit);
        break;
      case 'interrupted':
        cluster?.apply(at % 4 === 0 ? 'routes' : 'workloads', this.history, commit, at % 7);
        break;
      case 'root':
        cluster?.applyRoot(this.history, commit);
        break;
      case 'ready':
        cluster?.becomeReady(at);
        break;
      case 'tell':
        this.hear(index, cluster?.word(at % 2 === 0 ? 'workloads' : 'routes', this.history));
        break;
      case 'drain':
        this.drain(index);
        break;
      case 'reconciled':
        this.reconcile(index, at);
        break;
      case 'taken over':
        this.takenOver = true;
        break;
    }
  }

  /** A cluster catches up, as most do most of the time; then its pods start, or its routes have drained. */
  private reconcile(index: number, at: number): void {
    const cluster = this.clusters[index];
    const commit = this.history.length - 1;
    cluster?.applyRoot(this.history, commit);
    cluster?.apply('workloads', this.history, commit);
    for (const each of [0, 1, 2]) cluster?.becomeReady(each);
    cluster?.apply('routes', this.history, commit);
    this.hear(index, cluster?.word('workloads', this.history));
    this.hear(index, cluster?.word('routes', this.history));
    if (at % 2 === 0) this.drain(index);
  }

  /** Everything comes to rest: all is applied, ready, told and drained. */
  settle(): void {
    const commit = this.history.length - 1;
    for (const [index, cluster] of this.clusters.entries()) {
      cluster.applyRoot(this.history, commit);
      cluster.apply('workloads', this.history, commit);
      cluster.apply('routes', this.history, commit);
      cluster.allBecomeReady();
      this.hear(index, cluster.word('workloads', this.history));
      this.hear(index, cluster.word('routes', this.history));
      this.drain(index);
    }
  }

  private hear(index: number, word: Word | undefined): void {
    const known = this.known[index];
    if (!word || !known || word.commit < known.applied[word.half]) return;
    known.applied[word.half] = word.commit;
    if (word.half === 'routes') return;
    const templates = podTemplates(echo.id, this.history[word.commit] ?? new Map());
    const before = known.ready;
    known.ready = new Map(
      [...templates].map(([key, text]) => {
        const texts = new Set(before.get(key));
        if (word.unready.has(key)) texts.delete(text);
        else texts.add(text);
        return [key, texts] as const;
      }),
    );
  }

  private drain(index: number): void {
    this.clusters[index]?.drain();
    const known = this.known[index];
    if (!known) return;
    known.drained.workloads = known.applied.workloads;
    known.drained.routes = known.applied.routes;
  }
}
