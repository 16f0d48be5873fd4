import { diff } from '../model/diff.ts';
import { fluxFile, routesFolder, workloadsFolder } from '../model/places.ts';
import type { ReleaseId } from '../model/release.ts';
import { sharesText, type Traffic } from '../model/traffic.ts';
import type { PartStep, WaitStep } from '../publication/decision.ts';
import type { Part } from '../publication/parts.ts';
import type { Obstacle } from '../publication/wait.ts';
import { type Meaning, meaningOf, trafficChanges } from './meaning.ts';
import type { WaitingRelease } from './publication.ts';

/** A publication in words, part by part: `switch routes to v2, once v2 is ready (Deployment echo-v2)`. */
export function partsText(id: ReleaseId, parts: readonly Part[]): readonly string[] {
  return parts.map((part, index) => {
    const { waits = [] } = parts[index - 1] ?? {};
    return waits.length === 0 ? partText(id, part) : `${partText(id, part)}, once ${waitText(waits)}`;
  });
}

/** What a part that is published now does: the headline of a single one, else `switch routes to v2 (2/3)`. */
export function stepText({ id, tree, standing, number, of }: PartStep): string {
  const { published } = standing.pending;
  const text = of === 1 ? meaningOf(id, published, tree).headline : partText(id, { before: published, after: tree });
  return numberedPart(text, number, of);
}

/** The same as the reports show it. */
export function waitingRelease(step: WaitStep): WaitingRelease {
  const { name, number, of, standing, waitsFor } = step;
  return { name, number, of, standing, until: untilText(step), person: waitsFor.kind === 'person' };
}

/** What a release waits for, after "until": `v2 is ready (Deployment echo-v2)`. */
export function untilText({ id, standing, waitsFor }: WaitStep): string {
  if (waitsFor.kind === 'clusters') return waitText(waitsFor.obstacles);
  return `somebody confirms to ${partText(id, { before: standing.pending.published, after: waitsFor.tree })}`;
}

/** What one part does, and which it is: `switch routes to v2 (2/3)`; a single part has no number. */
export function numberedPart(text: string, number: number, of: number): string {
  return of === 1 ? text : `${text} (${number}/${of})`;
}

/** What one part of a publication does, as an order: `start v2`, `switch routes to v2`, `stop v1`. */
export function partText(id: ReleaseId, { before, after }: Pick<Part, 'before' | 'after'>): string {
  if (after.size === 0) return 'remove its folders and what Flux has of it';
  const meaning = meaningOf(id, before, after);
  const what = [
    ...listed('start', meaning.starts),
    ...listed('change', meaning.changes),
    ...routesText(meaning),
    ...listed('stop', meaning.stops),
  ];
  return what.length > 0 ? what.join(', ') : otherText(id, before, after);
}

function listed(verb: string, versions: readonly string[]): readonly string[] {
  return versions.length === 0 ? [] : [`${verb} ${versions.join(' and ')}`];
}

function routesText({ before, after }: Meaning): readonly string[] {
  if (!after) return before ? ['take its routes away'] : [];
  if (!before) return [`send traffic to ${sharesText(after)}`];
  const [primary] = before.primary === after.primary ? [] : [`switch routes to ${after.primary}`];
  const others = trafficChanges(before, after).filter((text) => !primary || !isPrimary(text, after));
  return primary ? [primary, ...others] : others;
}

/** What the words "switch routes to" say already. */
function isPrimary(text: string, { canary }: Traffic): boolean {
  return text.startsWith('primary ') || (text === 'canary done' && !canary);
}

function otherText(id: ReleaseId, before: Part['before'], after: Part['after']): string {
  const paths = diff(before, after).map(({ path }) => path);
  const isIn = (folder: string) => paths.some((path) => path.startsWith(folder));
  if (isIn(routesFolder(id))) return 'change its routes';
  if (isIn(workloadsFolder(id))) return 'change its Services and backends';
  return paths.includes(fluxFile(id)) ? 'change how Flux follows it' : 'change its files';
}

/** What a publication waits for, after "until". */
export function waitText(obstacles: readonly Obstacle[]): string {
  return obstacles.map(obstacleText).join(' and ');
}

function obstacleText(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'ready':
      return `${obstacle.version} is ready (Deployment ${obstacle.deployment})`;
    case 'workloads':
      return 'the published workloads are applied';
    case 'routes':
      return obstacle.versions.length > 0
        ? `the published routes are applied and ${obstacle.versions.join(', ')} has drained`
        : 'the published routes are applied and drained';
    case 'takeover':
      return 'the release that takes over its paths is live';
    default:
      return obstacle satisfies never;
  }
}
