import { workloadsFolder } from '../../model/places.ts';
import type { ReleaseId } from '../../model/release.ts';
import type { ObjectKey } from '../target.ts';

/** The name of a version's Deployment, and of all that belongs to it: `echo-v1`. */
export function deploymentName({ name }: ReleaseId, version: string): string {
  return `${name}-${version}`;
}

/** The Deployment of a version. */
export function deploymentOf(id: ReleaseId, version: string): ObjectKey {
  return deploymentCalled(deploymentName(id, version));
}

/** The Deployment of that name. */
export function deploymentCalled(name: string): ObjectKey {
  return `Deployment/${name}`;
}

/** The version whose Deployment this is; undefined for any other object. */
export function versionDeployedBy({ name }: ReleaseId, key: ObjectKey): string | undefined {
  const start = deploymentCalled(`${name}-`);
  return key.startsWith(start) ? key.slice(start.length) : undefined;
}

/** The file of a version's Deployment on the gitops branch. */
export function deploymentFile(id: ReleaseId, version: string): string {
  return `${workloadsFolder(id)}deployment-${deploymentName(id, version)}.yaml`;
}

/** The name of the Deployment that a file of a release's workloads holds; undefined for any other file. */
export function deploymentIn(id: ReleaseId, path: string): string | undefined {
  const folder = workloadsFolder(id);
  return path.startsWith(folder) ? /^deployment-(.+)\.yaml$/.exec(path.slice(folder.length))?.[1] : undefined;
}

/** The version whose Deployment a file of a release's workloads holds; undefined for any other file. */
export function versionIn(id: ReleaseId, path: string): string | undefined {
  const name = deploymentIn(id, path);
  return name === undefined ? undefined : versionDeployedBy(id, deploymentCalled(name));
}
