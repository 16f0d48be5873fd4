import { identityOf, type ReleaseId } from './release.ts';

/** Where things are on the gitops branch. Folders end with a slash. */
export const FORMAT_FILE = '.coalmine/format.yml';

const rootOf = ({ stage }: ReleaseId): string => (stage === undefined ? '' : `${stage}/`);

export function releaseFolder(id: ReleaseId): string {
  return `${rootOf(id)}apps/${id.namespace}/${id.name}/`;
}

export function workloadsFolder(id: ReleaseId): string {
  return `${releaseFolder(id)}workloads/`;
}

export function routesFolder(id: ReleaseId): string {
  return `${releaseFolder(id)}routes/`;
}

/** The file that makes Flux follow a release. */
export function fluxFile(id: ReleaseId): string {
  return `${rootOf(id)}flux/${id.namespace}/${id.name}.yaml`;
}

/** The Namespace of releases that aren't named like it; no Kubernetes name begins with "_". */
export function namespaceFile(id: ReleaseId): string {
  return `${rootOf(id)}flux/${id.namespace}/_namespace.yaml`;
}

export function domainFolder(apiGroup: string): string {
  return `domains/${apiGroup}/`;
}

export function domainFluxFile(apiGroup: string): string {
  return `flux/domains/${apiGroup}.yaml`;
}

/** Whose a path on the gitops branch is: a release's identity, `domains/<apiGroup>`, or nobody's in particular. */
export function ownerOf(path: string): string | undefined {
  const [top, first, second, ...rest] = path.split('/');
  if (top === 'apps' && first !== undefined && second !== undefined && rest.length > 0) {
    return identityOf({ namespace: first, name: second });
  }
  if (top === 'domains' && first !== undefined && second !== undefined) return `domains/${first}`;
  const named = /^([^_].*)\.yaml$/.exec(second ?? '')?.[1];
  if (top !== 'flux' || first === undefined || named === undefined || rest.length > 0) return undefined;
  return first === 'domains' ? `domains/${named}` : identityOf({ namespace: first, name: named });
}

/** The release that an identity names. */
export function releaseIdFrom(identity: string): ReleaseId {
  const [name = '', namespace = '', stage] = identity.split('/').reverse();
  return stage === undefined ? { namespace, name } : { stage, namespace, name };
}
