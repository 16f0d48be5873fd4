import { identityOf, type ReleaseId } from './release.ts';

// Where things are on the gitops branch. With stages all of it is below the stage's folder. Folders end with a slash.

/** What stands at the top of the branch, or of a stage's folder: no stage may be called like that. */
export const TOPS: readonly string[] = ['apps', 'domains', 'flux', '.coalmine'];

function rootOf(stage: string | undefined): string {
  return stage === undefined ? '' : `${stage}/`;
}

/** Our mark. */
export function formatFile(stage?: string): string {
  return `${rootOf(stage)}.coalmine/format.yml`;
}

/** Who takes and offers what, of all that is published. */
export function outlinesFile(stage?: string): string {
  return `${rootOf(stage)}.coalmine/outlines.yml`;
}

/** The folder of what stops releases from being moved on by a command; without a slash, to be listed. */
export function holdsFolder(stage?: string): string {
  return `${rootOf(stage)}.coalmine/holds`;
}

export function holdFile({ stage, namespace, name }: ReleaseId): string {
  return `${holdsFolder(stage)}/${namespace}/${name}.yml`;
}

export function releaseFolder({ stage, namespace, name }: ReleaseId): string {
  return `${rootOf(stage)}apps/${namespace}/${name}/`;
}

export function workloadsFolder(id: ReleaseId): string {
  return `${releaseFolder(id)}workloads/`;
}

export function routesFolder(id: ReleaseId): string {
  return `${releaseFolder(id)}routes/`;
}

/** The file that makes Flux follow a release. */
export function fluxFile({ stage, namespace, name }: ReleaseId): string {
  return `${rootOf(stage)}flux/${namespace}/${name}.yaml`;
}

/** The Namespace of releases that aren't named like it; no Kubernetes name begins with "_". */
export function namespaceFile({ stage, namespace }: ReleaseId): string {
  return `${rootOf(stage)}flux/${namespace}/_namespace.yaml`;
}

export function domainFolder(apiGroup: string, stage?: string): string {
  return `${rootOf(stage)}domains/${apiGroup}/`;
}

export function domainFluxFile(apiGroup: string, stage?: string): string {
  return `${rootOf(stage)}flux/domains/${apiGroup}.yaml`;
}

/** What a file on the gitops branch is. */
export type Place =
  | { readonly kind: 'release' | 'hold'; readonly stage?: string; readonly owner: string } // the release's identity
  | { readonly kind: 'domain'; readonly stage?: string; readonly owner: string } // `[stage/]domains/<apiGroup>`
  | { readonly kind: 'namespace' | 'format' | 'outlines'; readonly stage?: string };

/** What a path on the gitops branch holds; undefined where it belongs to no release or domain. */
export function placeOf(path: string): Place | undefined {
  const segments = path.split('/');
  const staged = !TOPS.includes(segments[0] ?? '');
  const at = staged && segments.length > 1 ? { stage: segments[0] ?? '' } : {};
  const [top, first, second, ...rest] = at.stage === undefined ? segments : segments.slice(1);
  if (first === undefined || second === undefined) {
    if (top !== '.coalmine') return undefined;
    return first === 'format.yml'
      ? { kind: 'format', ...at }
      : first === 'outlines.yml'
        ? { kind: 'outlines', ...at }
        : undefined;
  }
  const belonging = (kind: 'release' | 'hold', namespace: string, name: string): Place => ({
    kind,
    ...at,
    owner: identityOf({ ...at, namespace, name }),
  });
  const domain = (apiGroup: string): Place => ({
    kind: 'domain',
    ...at,
    owner: `${rootOf(at.stage)}domains/${apiGroup}`,
  });
  if (top === '.coalmine') {
    const held = rest.length === 1 && first === 'holds' ? /^(.+)\.yml$/.exec(rest[0] ?? '')?.[1] : undefined;
    return held === undefined ? undefined : belonging('hold', second, held);
  }
  const release = (name: string) => belonging('release', first, name);
  if (top === 'apps' && rest.length > 0) return release(second);
  if (top === 'domains') return domain(first);
  if (top !== 'flux' || rest.length > 0) return undefined;
  if (second === '_namespace.yaml') return { kind: 'namespace', ...at };
  const named = /^([^_].*)\.yaml$/.exec(second)?.[1];
  if (named === undefined) return undefined;
  return first === 'domains' ? domain(named) : release(named);
}

/** The release that an identity names. */
export function releaseIdFrom(identity: string): ReleaseId {
  const [name = '', namespace = '', stage] = identity.split('/').reverse();
  return stage === undefined ? { namespace, name } : { stage, namespace, name };
}

/** Whether Coalmine's mark is among the paths of a branch. */
export function isMarked(files: ReadonlyMap<string, unknown>): boolean {
  return [...files.keys()].some((path) => placeOf(path)?.kind === 'format');
}

/** The releases that have files on a branch, by identity, in the order of their first files. */
export function releasesOn(files: ReadonlyMap<string, unknown>): ReadonlyMap<string, ReleaseId> {
  const ids = new Map<string, ReleaseId>();
  for (const path of files.keys()) {
    const place = placeOf(path);
    if (place?.kind === 'release' && !ids.has(place.owner)) ids.set(place.owner, releaseIdFrom(place.owner));
  }
  return ids;
}
