import { compare } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest.ts';
import { routesFolder, workloadsFolder } from '../model/places.ts';
import { identityOf, type ReleaseId } from '../model/release.ts';
import { readGlooTraffic, type Traffic } from '../targets/gloo/render.ts';
import { readManifest } from '../targets/manifest-set.ts';

/** What a change of a release's manifests means to people. */
export interface Meaning {
  readonly id: ReleaseId;
  readonly headline: string; // 'canary v2 25% -> 50%'
  readonly starts: readonly string[]; // versions
  readonly changes: readonly string[];
  readonly stops: readonly string[];
  readonly before?: Traffic;
  readonly after?: Traffic;
}

/** Says what happens when a release's manifests go from one set to the other. Either may be empty. */
export function meaningOf(id: ReleaseId, before: ManifestSet, after: ManifestSet): Meaning {
  const [old, now] = [trafficOf(id, before), trafficOf(id, after)];
  const [ran, runs] = [deploymentsOf(id, before), deploymentsOf(id, after)];
  const starts = [...runs.keys()].filter((version) => !ran.has(version)).sort(compare);
  const stops = [...ran.keys()].filter((version) => !runs.has(version)).sort(compare);
  const changes = [...runs]
    .filter(([version, text]) => ran.has(version) && ran.get(version) !== text)
    .map(([version]) => version);
  const what =
    before.size === 0
      ? [`first publication, ${sharesText(now)}`]
      : after.size === 0
        ? ['removed']
        : [
            ...trafficChanges(old, now),
            ...worded('starts', starts),
            ...worded('changes', changes.sort(compare)),
            ...worded('stops', stops),
          ];
  return {
    id,
    starts,
    stops,
    changes,
    headline: what.join(', ') || 'its objects change, its traffic does not',
    ...(old ? { before: old } : {}),
    ...(now ? { after: now } : {}),
  };
}

/** The traffic that a release's published or rendered routes describe; undefined without routes. */
export function trafficOf(id: ReleaseId, manifests: ManifestSet): Traffic | undefined {
  const text = manifests.get(`${routesFolder(id)}routetable-${id.name}-routes.yaml`);
  const manifest = text === undefined ? undefined : readManifest(text);
  try {
    return manifest && readGlooTraffic(id, manifest);
  } catch {
    return undefined; // a RouteTable that somebody edited into something else
  }
}

/** The shares of a release's versions in percent, the primary's first; zeros are left out. */
export function sharesOf({ primary, canary }: Traffic): readonly (readonly [version: string, percent: number])[] {
  const weight = canary?.weight ?? 0;
  return [[primary, 100 - weight] as const, ...(canary ? [[canary.version, weight] as const] : [])].filter(
    ([, percent]) => percent > 0,
  );
}

/** `v1 75% v2 25%`, or `none`. */
export function sharesText(traffic: Traffic | undefined): string {
  if (!traffic) return 'none';
  return sharesOf(traffic)
    .map(([version, percent]) => `${version} ${percent}%`)
    .join(' ');
}

/** How traffic changes, in words. */
export function trafficChanges(before: Traffic | undefined, after: Traffic | undefined): readonly string[] {
  if (!before || !after)
    return before === after ? [] : [after ? `takes traffic, ${sharesText(after)}` : 'takes no traffic any more'];
  const primary = before.primary === after.primary ? [] : [`primary ${before.primary} -> ${after.primary}`];
  return [
    ...primary,
    ...canaryChange(before, after),
    ...headerChange(before, after),
    ...changed('shadow', shadowText(before), shadowText(after)),
    ...changed('path', before.paths.join(', ') || 'none', after.paths.join(', ') || 'none'),
  ];
}

function changed(what: string, before: string, after: string): readonly string[] {
  return before === after ? [] : [`${what} ${before} -> ${after}`];
}

function shadowText({ shadow }: Traffic): string {
  return shadow ? `${shadow.version} ${shadow.percentage}%` : 'none';
}

function canaryChange({ canary: before }: Traffic, { canary: after, primary }: Traffic): readonly string[] {
  if (before && after && before.version === after.version) {
    return before.weight === after.weight ? [] : [`canary ${after.version} ${before.weight}% -> ${after.weight}%`];
  }
  const gone = before && before.version !== primary ? [`canary ${before.version} ${before.weight}% -> none`] : [];
  return [
    ...(before && !after && gone.length === 0 ? ['canary done'] : gone),
    ...(after ? [`canary ${after.version} none -> ${after.weight}%`] : []),
  ];
}

function headerChange({ headers: before }: Traffic, { headers: after }: Traffic): readonly string[] {
  if (!before || !after) return []; // comes or goes with its canary
  return headersText(before) === headersText(after)
    ? []
    : [`header route ${headersText(before)} -> ${headersText(after)}`];
}

/** `stage: canary`, several joined by "and". */
export function headersText({ match }: NonNullable<Traffic['headers']>): string {
  return [...match].map(([name, value]) => `${name}: ${value}`).join(' and ');
}

function worded(verb: string, versions: readonly string[]): readonly string[] {
  return versions.length === 0 ? [] : [`${verb} ${versions.join(', ')}`];
}

/** The text of each version's Deployment. */
export function deploymentsOf(id: ReleaseId, manifests: ManifestSet): ReadonlyMap<string, string> {
  const start = `${workloadsFolder(id)}deployment-${id.name}-`;
  return new Map(
    [...manifests]
      .filter(([path]) => path.startsWith(start) && path.endsWith('.yaml'))
      .map(([path, text]) => [path.slice(start.length, -'.yaml'.length), text]),
  );
}

/** The name to call a release by: the short one, unless another release is called the same. */
export function shortNames(ids: readonly ReleaseId[]): (id: ReleaseId) => string {
  const count = new Map<string, number>();
  for (const { name } of ids) count.set(name, (count.get(name) ?? 0) + 1);
  return (id) => ((count.get(id.name) ?? 0) > 1 ? identityOf(id) : id.name);
}
