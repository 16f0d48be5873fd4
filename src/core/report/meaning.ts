import { compare } from '../model/finding.ts';
import type { ManifestSet } from '../model/manifest.ts';
import type { ReleaseId } from '../model/release.ts';
import { sharesText, type Traffic } from '../model/traffic.ts';
import { deploymentsOf, trafficOf } from '../targets/traffic.ts';

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
