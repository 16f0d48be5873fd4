import type { ReleaseId } from '../model/release.ts';
import type { FluxEvent } from './event.ts';

/** The two parts of a release that Flux applies apart. */
export type Part = 'workloads' | 'routes';

/** Which release's workloads or routes a Kustomization is. */
export interface PartOfRelease {
  readonly id: ReleaseId;
  readonly part: Part;
}

/**
 * What a Kustomization is, among these releases; undefined for any other, and where no namespace tells which of several
 * it is. Only the end of its name counts: `x-routes` are the routes of x, also where a release is called x-routes.
 */
export function partOf(
  { name, namespace }: FluxEvent['kustomization'],
  published: readonly ReleaseId[],
): PartOfRelease | undefined {
  const [, release, part] = /^(.+)-(workloads|routes)$/.exec(name) ?? [];
  const found = published.filter(
    (id) => id.name === release && (namespace === undefined || id.namespace === namespace),
  );
  const [id, ...more] = found;
  return id && more.length === 0 ? { id, part: part as Part } : undefined;
}
