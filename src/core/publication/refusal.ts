import { formatFile, isMarked, releasesOn } from '../model/places.ts';
import { identityOf, type ReleaseId } from '../model/release.ts';
import type { Refusal } from '../refusal.ts';
import type { PartStep, PublicationFacts, RefusedPublication } from './decision.ts';

/** Above this number of releases, and above this share of them, an unrequested removal or change needs an approval. */
const MANY = 5;
const SHARE = 0.1;

type RefusedReleases = Pick<RefusedPublication, 'refusal' | 'asks'>;

/** Why nothing is published, and which releases a person may approve; undefined where nothing stands against it. */
export function refusalOf(facts: PublicationFacts, published: readonly PartStep[]): RefusedReleases | undefined {
  const refusal = worldRefusal(facts);
  return refusal ? { refusal, asks: [] } : massRefusal(facts, published);
}

/** A state of the branch or of the values that no approval makes good. */
function worldRefusal(facts: PublicationFacts): Refusal | undefined {
  const { files, hasValues, branch } = facts;
  if (files.size > 0 && !isMarked(files)) return { code: 'foreign-branch', branch, mark: formatFile() };
  return !hasValues && releasesOn(files).size > 0 ? { code: 'no-values', branch } : undefined;
}

/** What the author may have meant, but is worth a question. */
function massRefusal(facts: PublicationFacts, published: readonly PartStep[]): RefusedReleases | undefined {
  const { moving, resumed, files } = facts;
  const of = releasesOn(files).size;
  const isApproved = (id: ReleaseId) => resumed === 'everything' || resumed?.has(identityOf(id)) === true;
  const isMass = (ids: readonly ReleaseId[]) => ids.length > MANY && ids.length > SHARE * of && !ids.every(isApproved);
  const refused = (code: 'mass-removal' | 'mass-change', ids: readonly ReleaseId[]) => {
    return { refusal: { code, count: ids.length, of }, asks: ids.map(identityOf) };
  };
  const going = moving.filter(({ desired, done }) => desired?.size === 0 && done === 0).map(({ id }) => id);
  if (isMass(going)) return refused('mass-removal', going);
  const unasked = new Set(moving.filter(({ changed, done }) => !changed && done === 0).map(({ id }) => identityOf(id)));
  const changing = published.filter(({ id }) => unasked.has(identityOf(id))).map(({ id }) => id);
  return isMass(changing) ? refused('mass-change', changing) : undefined;
}
