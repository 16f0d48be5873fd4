import { diff } from '../model/diff.ts';
import { compare, sortFindings } from '../model/finding.ts';
import { shortNames } from '../model/names.ts';
import { holdFile, releasesOn } from '../model/places.ts';
import { identityOf, type ReleaseId } from '../model/release.ts';
import { sharedNamespaces } from '../targets/manifest-set.ts';
import { joinOutlines, type Outlines, outlinePublished } from '../targets/outline.ts';
import type { Targets } from '../targets/targets.ts';
import type { Decision, PartStep, PublicationFacts } from './decision.ts';
import { refusalOf } from './refusal.ts';
import { sharedChanges } from './shared-files.ts';
import { stepOf } from './step.ts';

/** Decides the next commit of the gitops branch, or why there is none. Pure. */
export function decidePublication(facts: PublicationFacts, targets: Targets): Decision {
  const findings = sortFindings(facts.moving.flatMap((release) => release.findings));
  const nameOf = shortNames([...idsOf(facts).values()]);
  const { resumed, atOnce = false } = facts;
  const stepping = { resumed, atOnce, many: isMany(facts), nameOf, targets };
  const steps = facts.moving.flatMap((moving) => stepOf(moving, stepping) ?? []);
  const published = steps.filter((step) => step.kind === 'part');
  const waiting = steps.filter((step) => step.kind === 'wait');
  const refusal = refusalOf(facts, published);
  if (refusal) return { kind: 'refused', ...refusal, findings };

  const files = new Map<string, string | undefined>();
  for (const { changes } of published) for (const { path, after } of changes) files.set(path, after);
  for (const { id, tree } of published) {
    const isHeld = facts.files.has(holdFile(id));
    if (tree.size === 0 && isHeld) files.set(holdFile(id), undefined); // a new release of that name is not on hold
  }
  const ids = idsAfter(facts, published);
  const outlines = facts.outlines && outlinesAfter(facts, published);
  const shared = sharedChanges(facts, { ids, outlines }, sharedNamespaces(ids, targets));
  for (const [path, text] of shared) files.set(path, text);
  const nothingYet = facts.files.size === 0 && published.length === 0 && !facts.domains?.size;
  if (files.size === 0 || nothingYet) {
    return { kind: 'equal', branch: facts.branch, findings, touched: facts.moving.length > 0, waiting };
  }
  return {
    kind: 'publish',
    branch: facts.branch,
    expectedHead: facts.expectedHead,
    last: facts.last,
    files,
    shared: [...shared.keys()],
    broken: facts.moving.filter(({ desired }) => !desired).map(({ id }) => id),
    findings,
    published,
    waiting,
  };
}

/** Maximum number of releases for which "part 2 of 3" is worked out. */
const MANY = 50;

function isMany({ moving }: PublicationFacts): boolean {
  return moving.length > MANY;
}

/** Every release on the branch or on its way there. */
function idsOf({ files, moving }: PublicationFacts): ReadonlyMap<string, ReleaseId> {
  const ids = new Map(releasesOn(files));
  for (const { id } of moving) ids.set(identityOf(id), id);
  return ids;
}

/** The releases on the branch once this is published. */
function idsAfter(facts: PublicationFacts, published: readonly PartStep[]): readonly ReleaseId[] {
  const ids = new Map(idsOf(facts));
  const there = releasesOn(facts.files);
  for (const { id, desired, published: before } of facts.moving) {
    // What is published of a broken release isn't read: whether there is anything, the branch says.
    const isBroken = !desired && there.has(identityOf(id));
    if (before.size === 0 && !isBroken) ids.delete(identityOf(id));
  }
  for (const { id, tree } of published) {
    if (tree.size === 0) ids.delete(identityOf(id));
    else ids.set(identityOf(id), id);
  }
  return [...ids].sort(([a], [b]) => compare(a, b)).map(([, id]) => id);
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
    const taken = isThere ? outline : joinOutlines(outlinePublished(id, tree), tree.size > 0 ? outline : undefined);
    if (taken) after.set(identity, taken);
    else after.delete(identity);
  }
  return after;
}
