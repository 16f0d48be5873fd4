import type { Manifest } from '../model/manifest.ts';
import type { Release, ReleaseId } from '../model/release.ts';
import type { Domain, StageSettings } from '../settings/settings.ts';
import { renderWorkloads } from './kubernetes/workloads.ts';
import { TARGETS } from './list.ts';
import type { ObjectKey, ReleaseRoutes, RenderedRelease, RenderTarget, Routing } from './target.ts';
import { compileTemplates, type FillTemplate } from './templates.ts';

/** What renders: the render targets with their templates. Reading back what was rendered takes none. */
export interface Targets {
  readonly fill: FillTemplate;
}

/** Makes the render targets with these templates, by name ('kubernetes/deployment'). */
export function compileTargets(templates: ReadonlyMap<string, string>): Targets {
  return { fill: compileTemplates(templates) };
}

const LAST = TARGETS.at(-1) as RenderTarget;

/** The target of a domain. */
export function targetServing(domain: Domain): RenderTarget {
  return TARGETS.find((target) => target.serves(domain)) ?? LAST;
}

/** The target of the releases with that API group. */
export function targetOf(apiGroup: string, { domains }: Pick<StageSettings, 'domains'>): RenderTarget {
  const domain = domains.get(apiGroup);
  return domain ? targetServing(domain) : LAST;
}

/** Renders a release: its workloads, what its target's routes stand on, and these. */
export function renderRelease(release: Release, target: RenderTarget, { fill }: Targets): RenderedRelease {
  const { workloads, routes } = target.render(release, fill);
  return { workloads: [...renderWorkloads(release, fill), ...workloads], routes };
}

/** What a release's routes say, whatever target they are of; undefined where it has none. */
export function readRoutes(id: ReleaseId, routes: readonly Manifest[]): ReleaseRoutes | undefined {
  const found = TARGETS.flatMap((target) => target.readRoutes(id, routes) ?? []);
  const best = found.find(({ routing }) => routing !== undefined) ?? found[0];
  return best && { ...best, named: found.flatMap(({ named }) => named) };
}

/** These routes with these roles in place of their own. */
export function writeRouting(routes: readonly Manifest[], routing: Routing): readonly Manifest[] {
  return TARGETS.reduce((written, target) => target.writeRouting(written, routing), routes);
}

/** The Service that a backend takes its endpoints from; undefined for what isn't one. */
export function serviceOf(backend: Manifest): ObjectKey | undefined {
  for (const target of TARGETS) {
    const service = target.serviceOf(backend);
    if (service !== undefined) return service;
  }
  return undefined;
}
