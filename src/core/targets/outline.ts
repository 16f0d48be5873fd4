import { load } from 'js-yaml';
import type { Draft } from '../model/draft.ts';
import { compare } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest.ts';
import { releaseIdFrom, routesFolder, workloadsFolder } from '../model/places.ts';
import { identityOf, type ReleaseId, type TakenPath } from '../model/release.ts';
import type { UpstreamRef } from '../model/version/upstream.ts';
import { type Settings, stageSettings } from '../settings/settings.ts';
import { pathsFrom } from '../values/to-release.ts';
import { serialize } from '../yaml/serialize.ts';
import { TARGETS } from './list.ts';
import { manifestsIn } from './objects.ts';
import { readRoutes, targetOf } from './targets.ts';

/** All that other releases need to know of one: what it takes, what it offers, and on whom it leans. */
export interface Outline {
  readonly id: ReleaseId;
  readonly apiGroup: string;
  readonly paths: readonly TakenPath[];
  readonly renders: readonly UpstreamRef[]; // backends that exist because of it
  readonly names: readonly UpstreamRef[]; // those that its routes name and that exist without it
}

/** Outlines by the identity of their release. */
export type Outlines = ReadonlyMap<string, Outline>;

/** The outline of what the author wrote, as far as it has the right shape. */
export function outlineOf(draft: Draft, settings: Settings): Outline {
  const own = stageSettings(settings, draft.id.stage);
  const apiGroup = draft.apiGroup ?? 'example';
  const outside = [...(draft.versions?.values() ?? [])].flatMap(({ upstream }) => upstream ?? []);
  return {
    id: draft.id,
    apiGroup,
    paths: pathsFrom(draft, own.domains.get(apiGroup)?.prefix ?? '/').map(({ kind, path }) => ({ kind, path })),
    renders: targetOf(apiGroup, own).offeredBy(draft),
    names: unique(outside),
  };
}

/** The outline of what is published of a release; undefined where it has no routes. */
export function outlinePublished(id: ReleaseId, manifests: ManifestSet): Outline | undefined {
  const routes = readRoutes(id, manifestsIn(manifests, routesFolder(id)));
  if (!routes) return undefined;
  const { apiGroup, paths, backends } = routes;
  const workloads = manifestsIn(manifests, workloadsFolder(id));
  const renders = TARGETS.flatMap((target) => target.offeredIn(id, workloads));
  const own = new Set(renders.map(upstreamText));
  return { id, apiGroup, paths, renders, names: unique(backends.filter((each) => !own.has(upstreamText(each)))) };
}

/** Both outlines of a release that is on its way from one to the other. */
export function joinOutlines(one: Outline | undefined, other: Outline | undefined): Outline | undefined {
  if (!one || !other) return one ?? other;
  const paths = [...one.paths, ...other.paths].map((path) => [JSON.stringify(path), path] as const);
  return {
    ...other,
    paths: [...new Map(paths).values()],
    renders: unique([...one.renders, ...other.renders]),
    names: unique([...one.names, ...other.names]),
  };
}

function unique(upstreams: readonly UpstreamRef[]): readonly UpstreamRef[] {
  return [...new Map(upstreams.map((upstream) => [upstreamText(upstream), upstream])).values()];
}

/** `gloo-system/default-petstore-v1-8080`. */
export function upstreamText({ namespace, name }: UpstreamRef): string {
  return `${namespace}/${name}`;
}

/**
 * The outlines of one stage as a file: by release a line for each path (`example prefix /echo`) and backend. It is on
 * the gitops branch so that a review needs not read every values file to know who takes what.
 */
export function formatOutlines(outlines: Iterable<Outline>): string {
  const sorted = [...outlines].map((outline) => [nameIn(outline.id), linesOf(outline)] as const);
  return serialize(Object.fromEntries(sorted.sort(([a], [b]) => compare(a, b))));
}

function nameIn({ namespace, name }: ReleaseId): string {
  return identityOf({ namespace, name });
}

function linesOf({ apiGroup, paths, renders, names }: Outline): readonly string[] {
  return [
    ...paths.map(({ kind, path }) => `${apiGroup} ${kind} ${path}`),
    ...renders.map((upstream) => `renders upstream ${upstreamText(upstream)}`),
    ...names.map((upstream) => `names upstream ${upstreamText(upstream)}`),
  ];
}

/** Reads such a file back; undefined for one that isn't ours. */
export function readOutlines(text: string, stage?: string): readonly Outline[] | undefined {
  let entries: readonly (readonly [string, unknown])[];
  try {
    entries = Object.entries(load(text) ?? {});
  } catch {
    return undefined;
  }
  const outlines = entries.map(([name, lines]) => {
    return Array.isArray(lines)
      ? outlineFrom(releaseIdFrom(stage === undefined ? name : `${stage}/${name}`), lines)
      : undefined;
  });
  return outlines.every((outline) => outline !== undefined) ? outlines : undefined;
}

function outlineFrom(id: ReleaseId, lines: readonly unknown[]): Outline | undefined {
  let apiGroup = '';
  const paths: TakenPath[] = [];
  const upstreams = { renders: [] as UpstreamRef[], names: [] as UpstreamRef[] };
  for (const line of lines) {
    const [, first = '', second = '', rest = ''] = /^(\S+) (\S+) (.*)$/s.exec(String(line)) ?? [];
    if (second === 'upstream' && (first === 'renders' || first === 'names')) {
      const [namespace = '', name = ''] = rest.split('/');
      upstreams[first].push({ namespace, name });
    } else if (second === 'exact' || second === 'regex' || second === 'prefix') {
      apiGroup = first;
      paths.push({ kind: second, path: rest });
    } else return undefined;
  }
  return { id, apiGroup, paths, ...upstreams };
}
