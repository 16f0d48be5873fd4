import { diff } from '../../core/model/diff.ts';
import { compare, type Finding, sortFindings } from '../../core/model/finding.ts';
import type { ManifestSet } from '../../core/model/manifest.ts';
import { shortNames } from '../../core/model/names.ts';
import { holdFile, placeOf, releaseIdFrom, routesFolder } from '../../core/model/places.ts';
import { oneLine } from '../../core/model/printable.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { sharesText } from '../../core/model/traffic.ts';
import type { Charts } from '../../core/targets/charts.ts';
import { sharedNamespaces } from '../../core/targets/manifest-set.ts';
import { joined, type Outline, type Outlines, outlinePublished } from '../../core/targets/outline.ts';
import { trafficOf } from '../../core/targets/traffic.ts';
import type { Standing } from '../cluster/standing.ts';
import type { Listing } from '../gitops/published.ts';
import { BROKEN_TRAILER, formatProgress, UNFINISHED_TRAILER } from './progress.ts';
import { refusalOf } from './refusal.ts';
import { domainIn, sharedChanges } from './shared-files.ts';
import { type PartStep, stepOf, type WaitStep } from './step.ts';

/** One release that may have to move: what is published of it, what is desired, and where the clusters may stand. */
export interface Moving {
  readonly id: ReleaseId;
  readonly published: ManifestSet;
  readonly desired: ManifestSet | undefined; // undefined: broken, it keeps what is published
  readonly outline?: Outline; // of desired
  readonly findings: readonly Finding[];
  readonly standing: Standing;
  readonly takenOver: boolean; // of a deleted one: whether its paths have somebody else who is live, or nobody
  readonly done: number; // parts of this publication that were published before
  readonly byPerson: boolean; // by time alone: what removes something waits for somebody to say so
  readonly changed: boolean; // its values or the settings, since what is published
}

/** What somebody has let go in spite of a refusal, or confirmed: everything, or these releases. */
export type Resumed = 'everything' | ReadonlySet<string>;

export interface PublicationFacts {
  readonly branch: string;
  readonly expectedHead: string | undefined;
  readonly last: string | undefined; // Source-Commit of what is published
  readonly moving: readonly Moving[];
  readonly domains: ManifestSet | undefined; // desired; undefined: they stay as they are
  readonly files: Listing; // everything on the branch
  readonly outlines?: Outlines; // of what is published; none: nothing moves
  readonly idOf: (text: string) => string;
  readonly hasValues: boolean;
  readonly resumed?: Resumed;
  readonly atOnce?: boolean; // no cluster follows: no order matters
}

/** What a publication comes to. */
export type Decision =
  | {
      readonly kind: 'publish';
      readonly branch: string;
      readonly expectedHead: string | undefined;
      readonly last: string | undefined;
      readonly files: ReadonlyMap<string, string | undefined>;
      readonly subject: string;
      readonly trailers: readonly (readonly [string, string])[];
      readonly headlines: readonly string[];
      readonly findings: readonly Finding[];
      readonly published: readonly PartStep[];
      readonly waiting: readonly WaitStep[];
    }
  | {
      readonly kind: 'equal'; // nothing can be published now
      readonly branch: string;
      readonly findings: readonly Finding[];
      readonly touched: boolean;
      readonly waiting: readonly WaitStep[];
    }
  | {
      readonly kind: 'refused';
      readonly reason: string;
      readonly asks: readonly string[]; // the releases that somebody's word lets go; none: no word helps
      readonly findings: readonly Finding[];
    };

/** Decides the next commit of the gitops branch, or why there is none. Pure. */
export function decidePublication(facts: PublicationFacts, charts: Charts): Decision {
  const findings = sortFindings(facts.moving.flatMap((release) => release.findings));
  const nameOf = shortNames([...idsOf(facts).values()]);
  const { resumed, atOnce = false } = facts;
  const stepping = { resumed, atOnce, many: isMany(facts), nameOf, charts };
  const steps = facts.moving.flatMap((moving) => stepOf(moving, stepping) ?? []);
  const published = steps.filter((step) => step.kind === 'part');
  const waiting = steps.filter((step) => step.kind === 'wait');
  const refusal = refusalOf(facts, published);
  if (refusal) return { kind: 'refused', ...refusal, findings };

  const files = new Map<string, string | undefined>();
  for (const { changes } of published) for (const { path, after } of changes) files.set(path, after);
  for (const { id, tree } of published) {
    const isHeld = facts.files.has(holdFile(id));
    if (tree.size === 0 && isHeld) files.set(holdFile(id), undefined); // one of that name may come: nobody holds it
  }
  const ids = idsAfter(facts, published);
  const outlines = facts.outlines && outlinesAfter(facts, published);
  const shared = sharedChanges(facts, { ids, outlines }, sharedNamespaces(ids, charts));
  for (const [path, text] of shared) files.set(path, text);
  const nothingYet = facts.files.size === 0 && published.length === 0 && !facts.domains?.size;
  if (files.size === 0 || nothingYet) {
    return { kind: 'equal', branch: facts.branch, findings, touched: facts.moving.length > 0, waiting };
  }
  const headlines = published.map(({ name, text }) => `${name}: ${text}`);
  return {
    kind: 'publish',
    branch: facts.branch,
    expectedHead: facts.expectedHead,
    last: facts.last,
    files,
    findings,
    headlines,
    published,
    waiting,
    subject: subjectOf(headlines, [...shared.keys()]),
    get trailers() {
      return trailersOf(facts, steps); // routes are read back for them, and who writes a folder needs none
    },
  };
}

/** Beyond this many at once nobody reads which part of how many each is. */
const MANY = 50;

function isMany({ moving }: PublicationFacts): boolean {
  return moving.length > MANY;
}

function trailersOf(
  { moving }: PublicationFacts,
  steps: readonly (PartStep | WaitStep)[],
): readonly (readonly [string, string])[] {
  const published = steps.filter((step) => step.kind === 'part');
  const rerouted = published.filter(({ id, changes, tree, standing }) => {
    const hasRoutes = trafficOf(id, tree) !== undefined || trafficOf(id, standing.pending.published) !== undefined;
    return hasRoutes && changes.some(({ path }) => path.startsWith(routesFolder(id)));
  });
  return [
    ...published.map(({ id }) => ['Release', oneLine(identityOf(id))] as const),
    ...rerouted.map(({ id, name, tree }) => {
      return ['Traffic', oneLine(`${name} ${sharesText(trafficOf(id, tree))}`)] as const;
    }),
    ...moving.filter(({ desired }) => !desired).map(({ id }) => [BROKEN_TRAILER, oneLine(identityOf(id))] as const),
    ...steps
      .filter(({ number, of }) => number < of)
      .map((step) => [UNFINISHED_TRAILER, oneLine(formatProgress(step))] as const),
  ];
}

/** Every release on the branch or on its way there. */
function idsOf({ files, moving }: PublicationFacts): ReadonlyMap<string, ReleaseId> {
  const ids = new Map<string, ReleaseId>();
  for (const path of files.keys()) {
    const place = placeOf(path);
    if (place?.kind === 'release' && !ids.has(place.owner)) ids.set(place.owner, releaseIdFrom(place.owner));
  }
  for (const { id } of moving) ids.set(identityOf(id), id);
  return ids;
}

/** The releases on the branch once this is published. */
function idsAfter(facts: PublicationFacts, published: readonly PartStep[]): readonly ReleaseId[] {
  const ids = new Map(idsOf(facts));
  for (const moving of facts.moving)
    if (moving.published.size === 0 && !isBroken(moving, facts)) ids.delete(identityOf(moving.id));
  for (const { id, tree } of published) {
    if (tree.size === 0) ids.delete(identityOf(id));
    else ids.set(identityOf(id), id);
  }
  return [...ids].sort(([a], [b]) => compare(a, b)).map(([, id]) => id);
}

/** What is published of a broken release isn't read: whether there is anything, the branch says. */
function isBroken({ id, desired }: Moving, { files }: PublicationFacts): boolean {
  if (desired) return false;
  const identity = identityOf(id);
  return [...files.keys()].some((path) => {
    const place = placeOf(path);
    return place?.kind === 'release' && place.owner === identity;
  });
}

/** Who takes and offers what, of all that is published then: a release on its way both what it had and what it will have. */
function outlinesAfter({ outlines, moving }: PublicationFacts, published: readonly PartStep[]): Outlines {
  const after = new Map(outlines);
  const trees = new Map(published.map(({ id, tree }) => [identityOf(id), tree]));
  for (const { id, desired, outline, published: before } of moving) {
    if (!desired) continue;
    const identity = identityOf(id);
    const tree = trees.get(identity) ?? before;
    const isThere = tree === desired || diff(tree, desired).length === 0;
    const taken = isThere ? outline : joined(outlinePublished(id, tree), tree.size > 0 ? outline : undefined);
    if (taken) after.set(identity, taken);
    else after.delete(identity);
  }
  return after;
}

/** Characters that a log shows of a subject without cutting it. */
const SUBJECT = 72;

function subjectOf(headlines: readonly string[], shared: readonly string[]): string {
  const all = oneLine(headlines.join('; '));
  if (headlines.length === 1 || (headlines.length > 0 && all.length <= SUBJECT)) return all;
  if (headlines.length > 0) return `publish ${headlines.length} releases`;
  const domains = [...new Set(shared.flatMap((path) => domainIn(path) ?? []))].sort(compare);
  return domains.length > 0 ? `publish ${domains.join(', ')}` : 'publish shared objects';
}
