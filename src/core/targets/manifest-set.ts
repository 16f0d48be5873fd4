import { load } from 'js-yaml';
import type { Manifest, ManifestSet } from '../model/manifest.ts';
import {
  domainFluxFile,
  domainFolder,
  fluxFile,
  namespaceFile,
  routesFolder,
  workloadsFolder,
} from '../model/places.ts';
import type { Release, ReleaseId } from '../model/release.ts';
import type { ReportSource } from '../readiness/source.ts';
import { sourceOf } from '../readiness/sources.ts';
import type { Domain, StageSettings } from '../settings/settings.ts';
import { serialize } from '../yaml/serialize.ts';
import { rootName, SPEAKING_CLUSTER } from './flux/cluster.ts';
import type { RenderedRelease } from './target.ts';
import { type Targets, targetOf } from './targets.ts';

/** Format of the gitops branch, and of what we render: raise `renderer` with every change of the output. */
const FORMAT = { format: 1, renderer: 1 };

/** Our mark on the gitops branch. It changes only with the renderer, so that publishing a weight changes one file. */
export const FORMAT_TEXT = serialize(FORMAT);

/** The objects of a release as files: what the cluster gets, without what makes Flux fetch it. */
export function objectFiles({ id }: Release, { workloads, routes }: RenderedRelease): ManifestSet {
  return new Map([...filesIn(workloadsFolder(id), workloads), ...filesIn(routesFolder(id), routes)]);
}

/** Every file of a release on the gitops branch: its objects, and what makes Flux follow them. */
export function manifestSetOf(
  { id }: Release,
  objects: ManifestSet,
  { settings, targets }: { readonly settings: StageSettings; readonly targets: Targets },
): ManifestSet {
  return new Map([
    ...withList(workloadsFolder(id), objects, targets),
    ...withList(routesFolder(id), objects, targets),
    [fluxFile(id), streamOf(fluxObjects(id, settings, targets))],
  ]);
}

/** Every file of a domain whose entry point we render. Flux never prunes it: it is everybody's way in. */
export function domainManifestSet(
  domain: Domain,
  {
    stage,
    settings,
  }: { readonly stage: string | undefined; readonly settings: Pick<StageSettings, 'domains' | 'flux'> },
  targets: Targets,
): ManifestSet {
  const folder = domainFolder(domain.apiGroup, stage);
  const follow = targets.fill('flux/kustomization', {
    name: `domain-${domain.apiGroup.toLowerCase().replace(/[^a-z0-9.]+/g, '-')}`,
    namespace: settings.flux.namespace,
    path: `./${folder.replace(/\/$/, '')}`,
    prune: false,
    wait: false,
    account: '',
    cluster: '',
    flux: settings.flux,
  });
  return new Map([
    ...withList(
      folder,
      filesIn(folder, targetOf(domain.apiGroup, settings).renderDomain(domain, targets.fill)),
      targets,
    ),
    [domainFluxFile(domain.apiGroup, stage), streamOf([follow])],
  ]);
}

/**
 * The Namespaces of releases that aren't named like their namespace. Several releases may share one, and Kustomize
 * refuses an object that stands in two files, so it has a file of its own.
 */
export function sharedNamespaces(ids: readonly ReleaseId[], targets: Targets): ManifestSet {
  const own = new Set(ids.filter(({ name, namespace }) => name === namespace).map(({ namespace }) => namespace));
  return new Map(
    ids
      .filter(({ namespace }) => !own.has(namespace))
      .map((id) => [namespaceFile(id), streamOf([targets.fill('flux/namespace', { namespace: id.namespace })])]),
  );
}

function fluxObjects(id: ReleaseId, { flux, readiness }: StageSettings, targets: Targets): readonly Manifest[] {
  const { name, namespace } = id;
  const account = `coalmine-${name}`;
  const source = sourceOf(readiness);
  const kustomization = (part: string, folder: string, wait: boolean) =>
    targets.fill('flux/kustomization', {
      name: `${name}-${part}`,
      namespace,
      path: `./${folder.replace(/\/$/, '')}`,
      prune: true,
      wait,
      account,
      cluster: '',
      flux,
    });
  return [
    ...(name === namespace ? [targets.fill('flux/namespace', { namespace })] : []),
    targets.fill('flux/serviceaccount', { account, namespace }),
    targets.fill('flux/rolebinding', { account, namespace }),
    kustomization('workloads', workloadsFolder(id), true),
    kustomization('routes', routesFolder(id), false), // waits for nothing: a rollback must not stand behind a crash loop
    ...(source.waitsFor === 'reports' ? [releaseAlert(id, { flux, source }, targets)] : []),
  ];
}

/**
 * What makes Flux tell us of a release. It has no word for all namespaces, so each release brings its own Alert; which
 * cluster speaks, the cluster's root Kustomization fills in.
 */
function releaseAlert(
  { stage, name, namespace }: ReleaseId,
  { flux, source }: { readonly flux: StageSettings['flux']; readonly source: ReportSource },
  targets: Targets,
): Manifest {
  return targets.fill('flux/alert', {
    name: `${flux.name}.${namespace}.${name}`, // a dot, which neither has: a-b and c are not a and b-c
    namespace: flux.namespace,
    provider: rootName({ flux, stage }),
    sources: [`${name}-workloads`, `${name}-routes`].map((source) => ({ name: source, namespace })),
    cluster: source.isClusterInAlert ? SPEAKING_CLUSTER : '',
  });
}

function filesIn(folder: string, manifests: readonly Manifest[]): ManifestSet {
  return new Map(manifests.map((manifest) => [`${folder}${fileName(manifest)}`, serialize(labelled(manifest))]));
}

/** The files that are in a folder, and the list of them. */
function withList(folder: string, files: ManifestSet, targets: Targets): ManifestSet {
  const own = [...files].filter(([path]) => path.startsWith(folder));
  return folderOf(folder, new Map(own.map(([path, text]) => [path.slice(folder.length), text])), targets);
}

/** The list of a folder's files, which Kustomize goes by. */
export const LIST_FILE = 'kustomization.yaml';

/** A folder for Flux: these files, by name, and the list of them. Without any Flux prunes what was there before. */
export function folderOf(folder: string, files: ReadonlyMap<string, string>, targets: Targets): ManifestSet {
  const list = serialize(targets.fill('flux/folder', { files: [...files.keys()].sort() }));
  return new Map([...files, [LIST_FILE, list] as const].map(([name, text]) => [`${folder}${name}`, text]));
}

/** `<kind>-<name>.yaml` in lower case. */
export function fileName({ kind, metadata }: Manifest): string {
  return `${kind}-${metadata.name}.yaml`.toLowerCase();
}

function labelled(manifest: Manifest): object {
  const labels = (manifest.metadata as { labels?: object }).labels;
  return {
    ...manifest,
    metadata: { ...manifest.metadata, labels: { ...labels, 'app.kubernetes.io/managed-by': 'coalmine' } },
  };
}

/** Objects as one YAML stream, ready to be applied. */
export function streamOf(manifests: readonly Manifest[]): string {
  return manifests.map((manifest) => serialize(labelled(manifest))).join('---\n');
}

/** Reads a manifest of ours back; undefined for text that isn't one (the branch was edited by hand). */
export function readManifest(text: string): Manifest | undefined {
  try {
    const value = load(text);
    return value !== null && typeof value === 'object' && 'kind' in value && 'metadata' in value
      ? (value as Manifest)
      : undefined;
  } catch {
    return undefined;
  }
}
