import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { targets } from '../../src/charts/targets.ts';
import { withClashes } from '../../src/core/build/build.ts';
import { findingsOf, sortFindings } from '../../src/core/model/finding.ts';
import { identityOf } from '../../src/core/model/release.ts';
import { formatReviewCheck } from '../../src/core/report/check-run.ts';
import { formatComment } from '../../src/core/report/comment.ts';
import { decideReview } from '../../src/core/report/decide-review.ts';
import { formatFindings } from '../../src/core/report/terminal.ts';
import { judgeBuilds, outlinedOf } from '../../src/flows/gitops/outlines.ts';
import { fetchBuilt, fetchIndex, fetchSettings } from '../../src/flows/gitops/snapshot.ts';
import type { FileTree, Repository } from '../../src/flows/ports.ts';
import { fetchWholeCommit } from '../../src/flows/publish/whole-tree.ts';
import { fetchComparison } from '../../src/flows/review/comparison.ts';
import { memoryTree, NOTHING_PUBLISHED } from '../support/memory-tree.ts';

const CASES = join(import.meta.dirname, '../cases');

/** The files below a folder by their path in it. */
function filesIn(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => relative(folder, join(entry.parentPath, entry.name))).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** The gitops branch as a first publication of these files makes it. */
async function publishedTree(files: FileTree): Promise<ReadonlyMap<string, string>> {
  const source = { sha: 'a'.repeat(40), parents: [], message: 'A change', date: new Date(0) };
  const repository = { ...NOTHING_PUBLISHED, treeOf: () => files } as unknown as Repository;
  const commit = await fetchWholeCommit(repository, source, targets).catch(() => undefined);
  return new Map(
    [...(commit?.files ?? [])].flatMap(([path, text]) => (text === undefined ? [] : [[path, text] as const])),
  );
}

/** Everything that a case produces, by its path below `expected`. */
async function produce(name: string): Promise<ReadonlyMap<string, string>> {
  const files = filesIn(join(CASES, name, 'after'));
  const [before, after] = [memoryTree(filesIn(join(CASES, name, 'before'))), memoryTree(files)];
  const names = { base: 'main', head: '0123456789abcdef0123456789abcdef01234567' };
  const review = decideReview(await fetchComparison(NOTHING_PUBLISHED, { before, after, ...names }, targets), targets);

  const tree = await publishedTree(after);
  const settings = await fetchSettings(after);
  if (!settings.ok) throw new Error(`the settings of ${name} have findings`);
  const index = await fetchIndex(after, settings.value);
  const alone = await fetchBuilt(after, [...index.values()], settings.value, targets);
  const { clashes } = judgeBuilds(alone.map(outlinedOf(settings.value)), {
    before: new Map(),
    settings: settings.value,
  });
  const builds = alone.map((built) => withClashes(built, clashes.get(identityOf(built.id)) ?? []));
  const findings = sortFindings([...findingsOf(settings), ...builds.flatMap((built) => built.findings)]);
  const { annotations, ...check } = formatReviewCheck(review);
  return new Map([
    ['findings.txt', formatFindings(findings, (file) => files.get(file))],
    ['comment.md', formatComment(review)],
    ['check.md', `${check.conclusion}: ${check.title}\n\n${check.summary}\n\nannotations: ${annotations.length}\n`],
    ...[...tree].map(([path, text]) => [`tree/${path}`, text] as const),
  ]);
}

describe.each(readdirSync(CASES))('%s', (name) => {
  test('gives what is expected', async () => {
    const produced = await produce(name);
    const expected = join(CASES, name, 'expected');
    for (const [path, text] of produced) await expect(text).toMatchFileSnapshot(join(expected, path));
    expect([...filesIn(expected).keys()]).toEqual([...produced.keys()].sort());
  });
});
