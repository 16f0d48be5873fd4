import { compare } from '../model/finding.ts';
import { placeOf, routesFolder } from '../model/places.ts';
import { oneLine } from '../model/printable.ts';
import { identityOf } from '../model/release.ts';
import { sharesText } from '../model/traffic.ts';
import type { Decision, PartStep } from '../publication/decision.ts';
import { BROKEN_TRAILER, formatProgress, UNFINISHED_TRAILER } from '../publication/progress.ts';
import { trafficOf } from '../targets/traffic.ts';
import { stepText, waitingRelease } from './part.ts';
import type { PublicationReport } from './publication.ts';

type Publish = Extract<Decision, { kind: 'publish' }>;

/** What a publication says of each release that it changes, a line each: `echo: canary v2 25% -> 50%`. */
function headlinesOf({ published }: Pick<Publish, 'published'>): readonly string[] {
  return published.map((step) => `${step.name}: ${stepText(step)}`);
}

/** Maximum length, in characters, of a subject that lists what each release does. */
const SUBJECT = 72;

/** The subject of a publication's commit. */
export function subjectOf(decision: Pick<Publish, 'published' | 'shared'>): string {
  const headlines = headlinesOf(decision);
  const all = oneLine(headlines.join('; '));
  if (headlines.length === 1 || (headlines.length > 0 && all.length <= SUBJECT)) return all;
  if (headlines.length > 0) return `publish ${headlines.length} releases`;
  const domains = [...new Set(decision.shared.flatMap((path) => domainIn(path) ?? []))].sort(compare);
  return domains.length > 0 ? `publish ${domains.join(', ')}` : 'publish shared objects';
}

/** What a decision has to say in the check run of the merged commit. */
export function publicationReport(decision: Exclude<Decision, { kind: 'refused' }>): PublicationReport {
  const { kind, branch, findings } = decision;
  const waiting = decision.waiting.map(waitingRelease);
  if (decision.kind === 'equal') return { kind, branch, findings, waiting };
  const { published } = decision;
  return { kind, branch, findings, waiting, published, subject: subjectOf(decision), headlines: headlinesOf(decision) };
}

/** Whose domain a path belongs to: `[stage/]domains/<apiGroup>`. */
function domainIn(path: string): string | undefined {
  const place = placeOf(path);
  return place?.kind === 'domain' ? place.owner : undefined;
}

/** What a publication's commit says for machines: its releases, their traffic, and what it leaves to do. */
export function trailersOf({
  published,
  waiting,
  broken,
}: Pick<Publish, 'published' | 'waiting' | 'broken'>): readonly (readonly [string, string])[] {
  const unfinished = [...published, ...waiting].filter(({ number, of }) => number < of);
  return [
    ...published.map(({ id }) => ['Release', oneLine(identityOf(id))] as const),
    ...published.filter(changesRoutes).map(({ id, name, tree }) => {
      return ['Traffic', oneLine(`${name} ${sharesText(trafficOf(id, tree))}`)] as const;
    }),
    ...broken.map((id) => [BROKEN_TRAILER, oneLine(identityOf(id))] as const),
    ...unfinished.map((step) => [UNFINISHED_TRAILER, oneLine(formatProgress(step))] as const),
  ];
}

function changesRoutes({ id, changes, tree, standing }: PartStep): boolean {
  const hasRoutes = trafficOf(id, tree) !== undefined || trafficOf(id, standing.pending.published) !== undefined;
  return hasRoutes && changes.some(({ path }) => path.startsWith(routesFolder(id)));
}
