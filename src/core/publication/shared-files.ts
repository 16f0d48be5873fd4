import type { ManifestSet } from '../model/manifest.ts';
import { formatFile, outlinesFile, placeOf } from '../model/places.ts';
import type { ReleaseId } from '../model/release.ts';
import { FORMAT_TEXT } from '../targets/manifest-set.ts';
import { formatOutlines, type Outlines } from '../targets/outline.ts';
import type { PublicationFacts } from './decision.ts';

/** What belongs to no single release: our mark, the outlines, domains, and Namespaces that several releases share. */
export function sharedChanges(
  { files, domains, idOf }: Pick<PublicationFacts, 'files' | 'domains' | 'idOf'>,
  { ids, outlines }: { readonly ids: readonly ReleaseId[]; readonly outlines: Outlines | undefined },
  namespaces: ManifestSet,
): ReadonlyMap<string, string | undefined> {
  const domainPaths = domains ? domains.keys() : [...files.keys()].filter((path) => placeOf(path)?.kind === 'domain');
  const stages = new Set([...ids.map(({ stage }) => stage), ...[...domainPaths].map((path) => placeOf(path)?.stage)]);
  const ours = [...(stages.size > 0 ? stages : [undefined])].flatMap((stage) => {
    const mark = [formatFile(stage), FORMAT_TEXT] as const;
    if (!outlines) return [mark];
    const own = [...outlines.values()].filter(({ id }) => id.stage === stage);
    return [mark, [outlinesFile(stage), formatOutlines(own)] as const];
  });
  const desired = new Map<string, string>([...ours, ...(domains ?? []), ...namespaces]);
  const stale = [...files.keys()].filter((path) => {
    return (
      !desired.has(path) && isShared(path, { withDomains: domains !== undefined, withOutlines: outlines !== undefined })
    );
  });
  const changed = [...desired].filter(([path, text]) => files.get(path)?.id !== idOf(text));
  return new Map<string, string | undefined>([...changed, ...stale.map((path) => [path, undefined] as const)]);
}

function isShared(
  path: string,
  { withDomains, withOutlines }: { readonly withDomains: boolean; readonly withOutlines: boolean },
): boolean {
  switch (placeOf(path)?.kind) {
    case 'format':
    case 'namespace':
      return true;
    case 'domain':
      return withDomains;
    case 'outlines':
      return withOutlines;
    default:
      return false;
  }
}
