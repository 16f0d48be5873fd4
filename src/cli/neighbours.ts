import { targets } from '../charts/targets.ts';
import { withClashes } from '../core/build/build.ts';
import { type Finding, isError } from '../core/model/finding.ts';
import { identityOf } from '../core/model/release.ts';
import type { Settings } from '../core/settings/settings.ts';
import { judgeBuilds, type Outlined, outlinedOf } from '../flows/gitops/outlines.ts';
import { fetchBuilt, fetchBuiltInTurn } from '../flows/gitops/snapshot.ts';
import type { FileTree } from '../flows/ports.ts';
import type { ValuesSources } from './workspace.ts';

/** Findings about the chosen releases that come from other releases of their tree. */
export interface NeighbourFindings {
  readonly findings: readonly Finding[];
  readonly broken: ReadonlySet<string>; // identities of the releases with an error among these
}

/**
 * Checks the chosen releases, which are built already, against all others of the tree. Reads only the others, and
 * again the files with findings.
 */
export async function fetchNeighbourFindings(
  tree: FileTree,
  { index, chosen }: Pick<ValuesSources, 'index' | 'chosen'>,
  { outlined, settings }: { readonly outlined: readonly Outlined[]; readonly settings: Settings },
): Promise<NeighbourFindings> {
  const own = new Set(chosen);
  const others = [...index.values()].filter((entry) => !own.has(entry));
  const all = [...outlined];
  for await (const builds of fetchBuiltInTurn(tree, others, settings, targets))
    all.push(...builds.map(outlinedOf(settings)));
  const { clashes } = judgeBuilds(all, { before: new Map(), settings });
  const concerned = chosen.filter(({ release }) => clashes.has(identityOf(release)));
  const found: Finding[] = [];
  const broken = new Set<string>();
  for (const built of await fetchBuilt(tree, concerned, settings, targets)) {
    const identity = identityOf(built.id);
    const { findings } = withClashes({ ...built, findings: [] }, clashes.get(identity) ?? []);
    found.push(...findings);
    if (findings.some(isError)) broken.add(identity);
  }
  return { findings: found, broken };
}
