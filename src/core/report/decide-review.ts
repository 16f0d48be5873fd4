import type { Built } from '../build/build.ts';
import { diff } from '../model/diff.ts';
import type { Finding } from '../model/finding.ts';
import { compare, sortFindings } from '../model/finding.ts';
import type { Hold } from '../model/hold.ts';
import type { ManifestSet } from '../model/manifest.ts';
import { shortNames } from '../model/names.ts';
import { identityOf } from '../model/release.ts';
import { parts } from '../publication/parts.ts';
import { confirmedPending } from '../publication/pending.ts';
import type { Targets } from '../targets/targets.ts';
import { meaningOf } from './meaning.ts';
import { partsText } from './part.ts';
import type { Excerpt, Review, ReviewedRelease } from './review.ts';
/** One side of a review: values files that matter, what they render to, and the shared objects beside them. */
export interface Side {
  readonly builds: readonly Built[];
  readonly domains: ManifestSet;
}

/** What a review is decided from. */
export interface ReviewFacts {
  readonly base: string;
  readonly head: string;
  readonly before: Side;
  readonly after: Side;
  readonly changedFiles: ReadonlySet<string>; // values files whose content the change replaces
  readonly besides: readonly Finding[]; // in values files that it leaves alone, because of it
  readonly settingsFindings: readonly Finding[];
  readonly holds: ReadonlyMap<string, Hold>; // by identity
  readonly notes: readonly string[];
  readonly excerpt?: Excerpt; // none: it is about all files that change
}

/** Maximum number of releases, on both sides, of which the parts are counted. */
const COUNTED = 100;

/** Compares both sides; pure. A release is reviewed when its file changes, its manifests differ, or it breaks. */
export function decideReview(
  { before, after, changedFiles, besides, settingsFindings, holds, base, head, notes, excerpt }: ReviewFacts,
  targets: Targets,
): Review {
  const counted = after.builds.length + before.builds.length <= COUNTED;
  const nameOf = shortNames([
    ...new Map([...before.builds, ...after.builds].map(({ id }) => [identityOf(id), id])).values(),
  ]);
  const old = new Map(before.builds.map((built) => [identityOf(built.id), built]));
  const now = new Map(after.builds.map((built) => [identityOf(built.id), built]));
  const releases = [...new Set([...old.keys(), ...now.keys()])]
    .sort(compare)
    .flatMap((identity): readonly ReviewedRelease[] => {
      const [was, is] = [old.get(identity), now.get(identity)];
      const { id, file } = (is ?? was) as Built;
      const broken = is !== undefined && is.manifests === undefined;
      const [from, to] = [was?.manifests ?? new Map(), is?.manifests ?? new Map()];
      const changes = broken ? [] : diff(from, to);
      const hold = holds.get(identity);
      const breaks = broken && was?.release !== undefined;
      if (!changedFiles.has(file) && changes.length === 0 && !breaks) return [];
      return [
        {
          name: nameOf(id),
          changes,
          findings: is?.findings ?? [],
          ...(hold ? { hold } : {}),
          ...(changes.length > 0 ? { meaning: meaningOf(id, from, to) } : {}),
          ...(changes.length > 0 && counted
            ? { parts: partsText(id, parts(confirmedPending(id, from), to, targets)) }
            : {}),
        },
      ];
    });
  return {
    base,
    head,
    releases,
    notes,
    ...(excerpt ? { excerpt } : {}),
    others: diff(before.domains, after.domains),
    findings: sortFindings([...settingsFindings, ...besides, ...releases.flatMap(({ findings }) => findings)]),
  };
}
