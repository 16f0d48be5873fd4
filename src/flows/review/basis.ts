import { holdFile, placeOf, releaseFolder } from '../../core/model/places.ts';
import type { ReleaseId } from '../../core/model/release.ts';
import { FORMAT_TEXT } from '../../core/targets/manifest-set.ts';
import type { Listing } from '../gitops/published.ts';
import type { ValuesIndex } from '../gitops/snapshot.ts';
import type { FileTree, Pull } from '../ports.ts';

/** What a review rests on beside the pull request itself, as it is at one moment. */
export interface Ground {
  readonly base: string; // branch
  readonly settings: string | undefined; // the id of the settings file's content on it
  readonly index: ValuesIndex; // of it; empty where the settings have errors
  readonly gitops: Listing; // what is there: below `.coalmine`, and of releases whose manifests were read
  readonly idOf: FileTree['idOf'];
}

/** What a review is about. */
export interface Reviewed {
  readonly files: ReadonlySet<string> | 'all'; // values files; all: the settings, or more files than can be named
  readonly readsPublished: boolean; // whether it shows what is published in place of values that have errors
}

/** How these words are made; another number makes every review be made again. */
const FORMAT = '1';
/** Maximum number of files that are named one by one. */
const MOST_FILES = 20;
const ALL = '*';

/**
 * What is kept with a review to tell later whether it would be another one: short names of the values files that it is
 * about, and a digest of all that it was read from. It never has more than 255 characters.
 */
export function formatBasis(
  { number }: Pick<Pull, 'number'>,
  { files, readsPublished }: Reviewed,
  ground: Ground,
): string {
  const isMany = files === 'all' || files.size > MOST_FILES;
  const names = isMany
    ? ALL
    : [...files]
        .map((file) => shortName(file, ground))
        .sort()
        .join();
  const scope = `${readsPublished ? 'published' : 'values'}:${names}`;
  return [FORMAT, number, scope, digestOf(scope, ground)].join(' ');
}

/** Whether a review with that basis would be the same one. `unknown`: it has none, or one of something else. */
export function compareBasis(
  basis: string | undefined,
  { number }: Pick<Pull, 'number'>,
  ground: Ground,
): 'same' | 'changed' | 'unknown' {
  const [format, pull, scope = '', digest] = (basis ?? '').split(' ');
  if (format !== FORMAT || pull !== String(number)) return 'unknown';
  return digestOf(scope, ground) === digest ? 'same' : 'changed';
}

function shortName(file: string, { idOf }: Pick<Ground, 'idOf'>): string {
  return idOf(file).slice(0, 8);
}

/** What the base and the gitops branch have of these files; neighbours matter to a review that is about any. */
function digestOf(scope: string, ground: Ground): string {
  const { base, settings, gitops, idOf } = ground;
  const [source, names = ''] = scope.split(':');
  const files = filesIn(ground);
  const wanted = names === ALL ? [...files.values()] : names.split(',').flatMap((name) => files.get(name) ?? []);
  const isOutlines = (path: string) => placeOf(path)?.kind === 'outlines';
  const lines = [
    ...wanted.flat().map(({ line }) => line),
    ...(names === '' ? [] : listed(gitops, isOutlines)),
    ...(source === 'published' ? wanted.flat().flatMap(({ release }) => publishedOf(release, ground)) : []),
  ];
  const of = [FORMAT_TEXT, base, settings ?? '', ...lines.sort()]; // another renderer shows it in another way
  return idOf(of.join('\n')).slice(0, 16);
}

function publishedOf(release: ReleaseId, { gitops }: Ground): readonly string[] {
  const folder = releaseFolder(release);
  return listed(gitops, (path) => path.startsWith(folder));
}

function listed(files: Listing, isWanted: (path: string) => boolean): readonly string[] {
  return [...files].flatMap(([path, { id }]) => (isWanted(path) ? [`${path} ${id}`] : []));
}

/** A values file with its text and its hold. */
interface FileLine {
  readonly release: ReleaseId;
  readonly line: string;
}

// By their short names, of which several may be alike: many pull requests are held against one ground.
const known = new WeakMap<Ground, ReadonlyMap<string, readonly FileLine[]>>();

function filesIn(ground: Ground): ReadonlyMap<string, readonly FileLine[]> {
  const found = known.get(ground) ?? readFiles(ground);
  known.set(ground, found);
  return found;
}

function readFiles({ index, gitops, idOf }: Ground): ReadonlyMap<string, readonly FileLine[]> {
  return Map.groupBy(
    [...index].map(([file, { id, release }]) => ({
      name: shortName(file, { idOf }),
      release,
      line: `${file} ${id} ${gitops.get(holdFile(release))?.id ?? ''}`,
    })),
    ({ name }) => name,
  );
}
