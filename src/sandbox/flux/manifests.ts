import { loadAll } from 'js-yaml';
import { gitRepository } from '../../git/repository.ts';

/** A Kubernetes object in a file of the branch. */
export interface Manifest {
  readonly id: string; // Deployment/echo/echo-v2, as Flux writes it
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  readonly file: string; // content id of its file
  readonly object: Readonly<Record<string, unknown>>;
}

/** A Kustomization that Flux follows. */
export interface Kustomization {
  readonly namespace: string;
  readonly name: string;
  readonly path: string; // without slashes around it
  readonly wait: boolean;
  readonly prune: boolean;
}

/** Why a commit cannot be applied: Flux's reason and message. */
export class BuildProblem extends Error {
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The Kustomizations that the files below `flux/` define, by namespace and name. */
export async function fetchKustomizations(folder: string, commit: string): Promise<readonly Kustomization[]> {
  const tree = gitRepository(folder).treeOf(commit);
  const files = [...(await tree.list('flux'))].filter(([path]) => path.endsWith('.yaml'));
  const manifests = await fetchManifests(folder, commit, new Map(files));
  return manifests
    .filter(({ kind, object }) => kind === 'Kustomization' && String(object.apiVersion).includes('toolkit.fluxcd.io'))
    .map(({ namespace, name, object }) => {
      const { path, wait, prune } = fieldsOf(object.spec);
      const plain = String(path).replace(/^\.?\/+|\/+$/g, '');
      return { namespace, name, path: plain, wait: wait === true, prune: prune === true };
    })
    .sort((a, b) => (`${a.namespace}/${a.name}` < `${b.namespace}/${b.name}` ? -1 : 1));
}

/** Fetches the objects listed in a folder's `kustomization.yaml`. */
export async function fetchObjects(folder: string, commit: string, path: string): Promise<readonly Manifest[]> {
  const files = await gitRepository(folder).treeOf(commit).list(path);
  if (files.size === 0) throw new BuildProblem('ArtifactFailed', `kustomization path not found: ${path}`);
  const list = files.get(`${path}/kustomization.yaml`);
  if (!list) return fetchManifests(folder, commit, files);
  const [text = ''] = await fetchTexts(folder, commit, [list.id]);
  const { resources } = fieldsOf(parse(text, 'kustomization.yaml')[0]);
  const named = (Array.isArray(resources) ? resources : []).map((name) => {
    const entry = files.get(`${path}/${name}`);
    if (!entry) throw new BuildProblem('BuildFailed', `kustomize build failed: no such file: ${path}/${name}`);
    return [`${path}/${name}`, entry] as const;
  });
  return fetchManifests(folder, commit, new Map(named));
}

async function fetchManifests(
  folder: string,
  commit: string,
  files: ReadonlyMap<string, { readonly id: string }>,
): Promise<readonly Manifest[]> {
  const entries = [...files];
  const texts = await fetchTexts(
    folder,
    commit,
    entries.map(([, { id }]) => id),
  );
  return entries.flatMap(([path, { id }], index) => {
    return parse(texts[index] ?? '', path).map((value) => toManifest(value, path, id));
  });
}

async function fetchTexts(folder: string, commit: string, ids: readonly string[]): Promise<readonly string[]> {
  const contents = await gitRepository(folder)
    .treeOf(commit)
    .read([...new Set(ids)]);
  return ids.map((id) => new TextDecoder().decode(contents.get(id)));
}

function parse(text: string, path: string): readonly unknown[] {
  try {
    return loadAll(text).filter((value) => value !== null && value !== undefined);
  } catch (problem) {
    const words = problem instanceof Error ? problem.message.split('\n')[0] : '';
    throw new BuildProblem('BuildFailed', `kustomize build failed: ${path}: ${words}`);
  }
}

function toManifest(value: unknown, path: string, file: string): Manifest {
  const object = fieldsOf(value);
  const { name, namespace = '' } = fieldsOf(object.metadata);
  const { kind } = object;
  if (typeof kind !== 'string' || typeof name !== 'string' || typeof namespace !== 'string') {
    throw new BuildProblem('BuildFailed', `kustomize build failed: ${path} holds something that is no object`);
  }
  const id = [kind, ...(namespace === '' ? [] : [namespace]), name].join('/');
  return { id, kind, name, namespace, file, object };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? { ...value } : {};
}
