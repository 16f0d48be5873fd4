import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { expect } from 'vitest';

/** What Helm renders for the seven steps of part 3, and the values that it renders it from. */
const HELM = join(import.meta.dirname, '../reference/helm');

export const STEPS = [1, 2, 3, 4, 5, 6, 7] as const;
export type Step = (typeof STEPS)[number];

// biome-ignore lint/suspicious/noExplicitAny: any Kubernetes object
export type Any = any;

/** A change that we make to one kind of Helm's objects, on purpose: the README says why. */
export const DIFFERENCES: readonly { readonly what: string; readonly apply: (object: Any) => void }[] = [
  {
    what: 'the port of the Upstream is that of the Service, not that of the container',
    apply: ({ kind, spec }) => {
      if (kind === 'Upstream') spec.kube.servicePort = 80;
    },
  },
  {
    what: 'a subset without pods falls back to no other version',
    apply: ({ kind, spec }) => {
      if (kind === 'Upstream') spec.kube.subsetSpec.fallbackPolicy = 'NO_FALLBACK';
    },
  },
  {
    what: 'the header route exists only with headers',
    apply: ({ kind, spec }) => {
      if (kind === 'RouteTable')
        spec.routes = spec.routes.filter((route: Any) => route.matchers[0].headers?.length !== 0);
    },
  },
  {
    what: 'every object says who manages it',
    apply: ({ metadata }) => {
      metadata.labels = { ...metadata.labels, 'app.kubernetes.io/managed-by': 'coalmine' };
    },
  },
];

export const helmValues = (step: Step): string => readFileSync(join(HELM, `step-${step}/values.yaml`), 'utf8');

/** What Helm renders for a step. */
export function helmObjects(step: Step): readonly Any[] {
  return (loadAll(readFileSync(join(HELM, `step-${step}/rendered.yaml`), 'utf8')) as Any[]).filter(Boolean);
}

/** That these files of a release hold the objects that Helm renders, but for the differences that we mean. */
export function expectAsHelm(texts: Iterable<string>, helm: readonly Any[]): void {
  const expected = structuredClone(helm);
  for (const object of expected) for (const { apply } of DIFFERENCES) apply(object);
  const ours = [...texts].flatMap((text) => loadAll(text) as Any[]);
  expect(ours.length).toBeGreaterThanOrEqual(4);
  expect(byName(ours)).toEqual(byName(expected));
}

const nameOf = ({ kind, metadata }: Any): string => `${kind} ${metadata.namespace}/${metadata.name}`;

function byName(objects: readonly Any[]): ReadonlyMap<string, Any> {
  const map = new Map(objects.map((object) => [nameOf(object), object]));
  expect(map.size).toBe(objects.length);
  return new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));
}
