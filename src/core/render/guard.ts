import { FILE_START, type Finding } from '../finding.ts';
import type { Release } from '../release.ts';
import type { Manifest } from './charts.ts';
import { RELEASE_KINDS, type RenderedRelease } from './gloo.ts';

// RFC 1123 subdomain: the name of any Kubernetes object. It is also a file's name on the gitops branch.
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;

/** A release's objects are of the kinds that the templates declare, in its own namespace, with names of its own. */
export function guard(release: Release, { workloads, routes }: RenderedRelease): readonly Finding[] {
  return [...workloads, ...routes].flatMap((manifest) => {
    const problem = breach(release, manifest);
    if (problem === undefined) return [];
    return [
      {
        rule: 'manifest',
        severity: 'error',
        file: release.file,
        path: '',
        range: FILE_START,
        message: `rendering this file gave ${manifest.kind} "${manifest.metadata.name}", which ${problem}`,
      } satisfies Finding,
    ];
  });
}

function breach({ id }: Release, { kind, metadata }: Manifest): string | undefined {
  if (!(RELEASE_KINDS as readonly string[]).includes(kind))
    return `isn't of a kind that a release may have (${RELEASE_KINDS.join(', ')})`;
  if (metadata.namespace !== id.namespace) return `is outside the release's namespace "${id.namespace}"`;
  if (metadata.name !== id.name && !metadata.name.startsWith(`${id.name}-`))
    return `isn't named "${id.name}" or "${id.name}-..."`;
  if (!NAME.test(metadata.name) || !NAME.test(metadata.namespace)) return 'has a name that Kubernetes does not allow';
  return undefined;
}
