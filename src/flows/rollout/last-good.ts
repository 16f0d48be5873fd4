import { isError } from '../../core/finding.ts';
import type { Charts } from '../../core/render/charts.ts';
import { sourceOf } from '../history.ts';
import type { Repository } from '../ports.ts';
import type { Ends } from '../publication-facts.ts';
import { fetchBuilt } from '../snapshot.ts';
import { fetchText } from './content.ts';
import { fetchRolling, type RolloutFacts } from './facts.ts';

/**
 * The release as its values were when it was last published: what a way back starts from where they have errors now, for
 * nothing of those would be published. Undefined where that can't be found.
 */
export async function fetchLastGood(
  repository: Repository,
  facts: RolloutFacts,
  { ends: { settings }, charts }: { readonly ends: Ends; readonly charts: Charts },
): Promise<RolloutFacts | undefined> {
  const { entry, newest, past } = facts;
  const source = newest && sourceOf(newest);
  const commit = source === undefined ? undefined : await repository.fetchCommit(source);
  if (!commit) return undefined;
  const tree = repository.treeOf(commit.sha);
  const text = await fetchText(tree, entry.file);
  const file =
    text === undefined
      ? undefined
      : (await tree.list(entry.file.slice(0, Math.max(0, entry.file.lastIndexOf('/'))))).get(entry.file);
  const [built] = file ? await fetchBuilt(tree, [{ ...entry, ...file }], settings, charts) : [];
  if (text === undefined || !built?.draft || !built.manifests || built.findings.some(isError)) return undefined;
  return { ...facts, text, built, rolling: await fetchRolling(past, built.draft, built.manifests) };
}
