import { isError } from '../../core/model/finding.ts';
import { identityOf } from '../../core/model/release.ts';
import { parseMessage } from '../../core/model/trailers.ts';
import { readUnfinished } from '../../core/publication/progress.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { Targets } from '../../core/targets/targets.ts';
import { sourceOf } from '../gitops/history.ts';
import { fetchBuilt } from '../gitops/snapshot.ts';
import type { Repository } from '../ports.ts';
import type { PublicationState } from '../publish/publication-state.ts';
import { fetchText } from './content.ts';
import { fetchRolling, type RolloutFacts } from './facts.ts';

/** Maximum number of publications that are looked back at for one whose values were good. */
const LOOKED_AT = 20;

/**
 * The release as its values were when it was last published whole: what a way back starts from where they have errors now,
 * for nothing of those would be published. Undefined where that can't be found.
 */
export async function fetchLastGood(
  repository: Repository,
  facts: RolloutFacts,
  { ends, targets }: { readonly ends: PublicationState; readonly targets: Targets },
): Promise<RolloutFacts | undefined> {
  const identity = identityOf(facts.entry.release);
  const seen = new Set<string>();
  for (const commit of facts.past.commits.slice(0, LOOKED_AT)) {
    const { unfinished, broken } = readUnfinished(parseMessage(commit.message));
    const source = sourceOf(commit);
    if (source === undefined || seen.has(source) || unfinished.has(identity) || broken.has(identity)) continue;
    seen.add(source);
    const good = await fetchAt(repository, facts, { source, settings: ends.settings, targets });
    if (good) return good;
  }
  return undefined;
}

interface At {
  readonly source: string;
  readonly settings: Settings;
  readonly targets: Targets;
}

/** The release with the values of that commit; undefined where they are not there, or have errors. */
async function fetchAt(
  repository: Repository,
  facts: RolloutFacts,
  { source, settings, targets }: At,
): Promise<RolloutFacts | undefined> {
  const { entry, past } = facts;
  const commit = await repository.fetchCommit(source);
  if (!commit) return undefined;
  const tree = repository.treeOf(commit.sha);
  const file = (await tree.list(entry.file.slice(0, Math.max(0, entry.file.lastIndexOf('/'))))).get(entry.file);
  const text = file && (await fetchText(tree, entry.file));
  const [built] = file ? await fetchBuilt(tree, [{ ...entry, ...file }], settings, targets) : [];
  if (text === undefined || !built?.draft || !built.manifests || built.findings.some(isError)) return undefined;
  return { ...facts, text, built, rolling: await fetchRolling(past, built.draft, built.manifests) };
}
