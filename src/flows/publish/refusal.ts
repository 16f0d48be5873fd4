import { formatFile, placeOf } from '../../core/model/places.ts';
import { identityOf, type ReleaseId } from '../../core/model/release.ts';
import { isMarked } from '../gitops/published.ts';
import type { PublicationFacts } from './decide-publication.ts';
import type { PartStep } from './step.ts';

/** So many releases, and this share of them, may go or change at once without anybody having asked for it. */
const MANY = 5;
const SHARE = 0.1;

interface Refusal {
  readonly reason: string;
  readonly asks: readonly string[]; // identities; none: no word helps
}

/** Why nothing is published, with the way out, and what somebody's word lets go; undefined where nothing stands against it. */
export function refusalOf(facts: PublicationFacts, published: readonly PartStep[]): Refusal | undefined {
  const reason = worldRefusal(facts);
  return reason === undefined ? massRefusal(facts, published) : { reason, asks: [] };
}

/** A state of the branch or the values that no word makes good. */
function worldRefusal(facts: PublicationFacts): string | undefined {
  const { files, hasValues, branch } = facts;
  if (files.size > 0 && !isMarked(files)) {
    return `the branch ${branch} has files and no ${formatFile()}: it isn't ours to write to; name another branch in the settings (gitops), or empty this one`;
  }
  if (!hasValues && countReleases(facts) > 0) {
    return `there is no values file any more, but ${branch} holds releases: publishing would remove all of them; check the pattern in the settings (values)`;
  }
  return undefined;
}

function countReleases({ files }: PublicationFacts): number {
  const releases = new Set(
    [...files.keys()].flatMap((path) => {
      const place = placeOf(path);
      return place?.kind === 'release' ? [place.owner] : [];
    }),
  );
  return releases.size;
}

/** What somebody may have meant, but is worth a question. */
function massRefusal(facts: PublicationFacts, published: readonly PartStep[]): Refusal | undefined {
  const { moving, resumed } = facts;
  const there = countReleases(facts);
  const isLetGo = (id: ReleaseId) => resumed === 'everything' || resumed?.has(identityOf(id)) === true;
  const isMass = (ids: readonly ReleaseId[]) => ids.length > MANY && ids.length > SHARE * there && !ids.every(isLetGo);
  const going = moving.filter(({ desired, done }) => desired?.size === 0 && done === 0).map(({ id }) => id);
  const wayOut = 'if that is meant, say /resume on the pull request, or run coalmine publish --resume';
  const refused = (reason: string, ids: readonly ReleaseId[]) => ({ reason, asks: ids.map(identityOf) });
  if (isMass(going)) return refused(`it would remove ${going.length} of ${there} releases at once; ${wayOut}`, going);
  const unasked = new Set(moving.filter(({ changed, done }) => !changed && done === 0).map(({ id }) => identityOf(id)));
  const changing = published.filter(({ id }) => unasked.has(identityOf(id))).map(({ id }) => id);
  if (!isMass(changing)) return undefined;
  return refused(
    `${changing.length} of ${there} releases would change though neither their values nor the settings did: this version renders differently; look at the difference (coalmine diff), and ${wayOut}`,
    changing,
  );
}
