import { diff } from '../core/diff.ts';
import { compare, type Finding, sortFindings } from '../core/finding.ts';
import { formatOutlines, type Outline, type Outlines, outlinePublished } from '../core/outline.ts';
import { formatFile, outlinesFile, placeOf, releaseIdFrom, routesFolder } from '../core/places.ts';
import { identityOf, type ReleaseId } from '../core/release.ts';
import type { Charts } from '../core/render/charts.ts';
import { FORMAT_TEXT, type ManifestSet, sharedNamespaces } from '../core/render/manifest-set.ts';
import { oneLine } from '../core/report/escape.ts';
import { type Meaning, meaningOf, sharesText, shortNames } from '../core/report/meaning.ts';
import { isMarked, type Listing } from './published.ts';

/** One release that may have to move: what is published of it, and what is desired. */
export interface Moving {
  readonly id: ReleaseId;
  readonly published: ManifestSet;
  readonly desired: ManifestSet | undefined; // undefined: broken, it keeps what is published
  readonly outline?: Outline; // of desired
  readonly findings: readonly Finding[];
}

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
    }
  | {
      readonly kind: 'equal';
      readonly branch: string;
      readonly findings: readonly Finding[];
      readonly touched: boolean;
    }
  | { readonly kind: 'refused'; readonly reason: string; readonly findings: readonly Finding[] };

/** Names a release that had errors: the next publication looks at it again, for what was in its way may have gone. */
export const BROKEN_TRAILER = 'Broken';

/** Decides the next commit of the gitops branch, or why there is none. Pure. */
export function decidePublication(facts: PublicationFacts, charts: Charts): Decision {
  const findings = sortFindings(facts.moving.flatMap((release) => release.findings));
  const refusal = refusalOf(facts);
  if (refusal !== undefined) return { kind: 'refused', reason: refusal, findings };

  const files = new Map<string, string | undefined>();
  const meanings: Meaning[] = [];
  const rerouted = new Set<string>();
  const outlines = new Map(facts.outlines);
  for (const { id, published, desired, outline } of facts.moving) {
    if (!desired) continue;
    const tree = allPartsAtOnce(desired);
    const taken = outline && tree === desired ? outline : outlinePublished(id, tree);
    if (taken) outlines.set(identityOf(id), taken);
    else outlines.delete(identityOf(id));
    const changes = diff(published, tree);
    if (changes.length === 0) continue;
    for (const { path, after } of changes) files.set(path, after);
    meanings.push(meaningOf(id, published, tree));
    if (changes.some(({ path }) => path.startsWith(routesFolder(id)))) rerouted.add(identityOf(id));
  }
  const ids = idsAfter(facts, meanings);
  const shared = sharedChanges(facts, { ids, outlines }, sharedNamespaces(ids, charts));
  for (const [path, text] of shared) files.set(path, text);
  const nothingYet = facts.files.size === 0 && meanings.length === 0 && !facts.domains?.size;
  if (files.size === 0 || nothingYet) {
    return { kind: 'equal', branch: facts.branch, findings, touched: facts.moving.length > 0 };
  }
  const nameOf = shortNames([
    ...new Map([...ids, ...meanings.map(({ id }) => id)].map((id) => [identityOf(id), id])).values(),
  ]);
  const headlines = meanings.map(({ id, headline }) => `${nameOf(id)}: ${headline}`);
  return {
    kind: 'publish',
    branch: facts.branch,
    expectedHead: facts.expectedHead,
    last: facts.last,
    files,
    findings,
    headlines,
    subject: subjectOf(headlines, [...shared.keys()]),
    trailers: [
      ...meanings.map(({ id }) => ['Release', oneLine(identityOf(id))] as const),
      ...meanings
        .filter(({ id }) => rerouted.has(identityOf(id)))
        .map(({ id, after }) => ['Traffic', oneLine(`${nameOf(id)} ${sharesText(after)}`)] as const),
      ...facts.moving
        .filter(({ desired }) => !desired)
        .map(({ id }) => [BROKEN_TRAILER, oneLine(identityOf(id))] as const),
    ],
  };
}

/**
 * Until readiness is known, all parts of a publication are one commit, and its tree is desired. With readiness this is
 * `next` with what is pending of the release.
 */
function allPartsAtOnce(desired: ManifestSet): ManifestSet {
  return desired;
}

function refusalOf({ files, hasValues, branch }: PublicationFacts): string | undefined {
  if (files.size > 0 && !isMarked(files)) {
    return `the branch ${branch} has files and no ${formatFile()}: it isn't ours to write to; name another branch in the settings (gitops), or empty this one`;
  }
  const holdsReleases = [...files.keys()].some((path) => placeOf(path)?.kind === 'release');
  if (!hasValues && holdsReleases) {
    return `there is no values file any more, but ${branch} holds releases: publishing would remove all of them; check the pattern in the settings (values)`;
  }
  return undefined;
}

/** The releases on the branch once this is published. */
function idsAfter({ files, moving }: PublicationFacts, meanings: readonly Meaning[]): readonly ReleaseId[] {
  const ids = new Map<string, ReleaseId>();
  for (const path of files.keys()) {
    const place = placeOf(path);
    if (place?.kind === 'release' && !ids.has(place.owner)) ids.set(place.owner, releaseIdFrom(place.owner));
  }
  const moved = new Set(meanings.map(({ id }) => identityOf(id)));
  for (const { id, desired } of moving) {
    if (desired?.size === 0) ids.delete(identityOf(id));
    else if (moved.has(identityOf(id))) ids.set(identityOf(id), id);
  }
  return [...ids].sort(([a], [b]) => compare(a, b)).map(([, id]) => id);
}

/** What belongs to no single release: our mark, the outlines, domains, and Namespaces that several releases share. */
function sharedChanges(
  { files, domains, idOf, outlines: published }: PublicationFacts,
  { ids, outlines }: { readonly ids: readonly ReleaseId[]; readonly outlines: Outlines },
  namespaces: ManifestSet,
): ReadonlyMap<string, string | undefined> {
  const known = published !== undefined;
  const domainPaths = domains ? domains.keys() : [...files.keys()].filter((path) => placeOf(path)?.kind === 'domain');
  const stages = new Set([...ids.map(({ stage }) => stage), ...[...domainPaths].map((path) => placeOf(path)?.stage)]);
  const ours = [...(stages.size > 0 ? stages : [undefined])].flatMap((stage) => {
    const own = [...outlines.values()].filter(({ id }) => id.stage === stage);
    const mark = [formatFile(stage), FORMAT_TEXT] as const;
    return known ? [mark, [outlinesFile(stage), formatOutlines(own)] as const] : [mark];
  });
  const desired = new Map<string, string>([...ours, ...(domains ?? []), ...namespaces]);
  const stale = [...files.keys()].filter(
    (path) => !desired.has(path) && isShared(path, { withDomains: domains !== undefined, withOutlines: known }),
  );
  const changed = [...desired].filter(([path, text]) => files.get(path)?.id !== idOf(text));
  return new Map<string, string | undefined>([...changed, ...stale.map((path) => [path, undefined] as const)]);
}

function isShared(
  path: string,
  { withDomains, withOutlines }: { readonly withDomains: boolean; readonly withOutlines: boolean },
): boolean {
  const kind = placeOf(path)?.kind;
  return (
    kind !== undefined &&
    kind !== 'release' &&
    (kind !== 'domain' || withDomains) &&
    (kind !== 'outlines' || withOutlines)
  );
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

function domainIn(path: string): string | undefined {
  const place = placeOf(path);
  return place?.kind === 'domain' ? place.owner : undefined;
}
