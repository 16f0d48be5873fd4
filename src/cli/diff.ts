import { targets } from '../charts/targets.ts';
import { type Change, kindOf, patchOf } from '../core/model/diff.ts';
import { isError } from '../core/model/finding.ts';
import { oneLine, printable } from '../core/model/printable.ts';
import { formatDiff, trafficBar } from '../core/report/comment.ts';
import { decideReview } from '../core/report/decide-review.ts';
import type { Review } from '../core/report/review.ts';
import { fetchComparison } from '../flows/review/comparison.ts';
import { folderTree } from '../git/folder.ts';
import { gitRepository } from '../git/repository.ts';
import { type Command, EXIT, readChoice, UsageError } from './command.ts';
import { describeFindings, openRepository, requireCommit } from './workspace.ts';

export const diff: Command = {
  usage: 'diff [BASE [HEAD]] [--format text|markdown|json]',
  help: `Shows what changes in the cluster between two commits, or between a commit
(default HEAD) and the working tree.

  --format text      a summary and a diff of the manifests (default)
  --format markdown  as in the comment on a pull request
  --format json      {"releases": [...], "shared": [...], "findings": [...]}

The exit code is 0 whether or not they differ, 1 if a changed release has errors.`,
  options: { format: { type: 'string' } },
  arguments: 2,
  async run({ folder, args, options, terminal }) {
    const format = readChoice('format', options.format, 'text', 'markdown', 'json');
    const { root, bare } = await openRepository(folder);
    const [base = 'HEAD', head] = args;
    if (bare && head === undefined) {
      throw new UsageError(
        `${root} is a bare repository without a working tree; name two commits: coalmine diff BASE HEAD`,
      );
    }
    const repository = gitRepository(root);
    const before = repository.treeOf(await requireCommit(root, base));
    const after = head === undefined ? folderTree(root) : repository.treeOf(await requireCommit(root, head));
    const names = { base, head: head ?? 'the working tree' };
    const review = decideReview(await fetchComparison(repository, { before, after, ...names }, targets), targets);
    const errors = review.findings.filter(isError);
    if (errors.length > 0 && format === 'text') terminal.err(await describeFindings(errors, after));
    for (const note of review.notes) terminal.err(`note: ${oneLine(note)}\n`);
    const formatted = { text: formatText, markdown: formatDiff, json: formatJson }[format](review);
    terminal.out(formatted);
    return errors.length > 0 ? EXIT.findings : EXIT.fine;
  },
};

function formatText({ releases, others, findings }: Review): string {
  const blocks = releases.map(({ name, meaning, changes, findings: own }) => {
    if (!meaning)
      return `${oneLine(name)}: ${own.some(isError) ? "can't be rendered" : 'nothing changes in the cluster'}\n`;
    const bar = trafficBar(meaning);
    return `${oneLine(name)}: ${oneLine(meaning.headline)}\n${bar === '' ? '' : `${bar.replace(/^/gm, '  ')}\n`}\n${formatPatches(changes)}`;
  });
  const shared = others.length > 0 ? [`shared objects\n\n${formatPatches(others)}`] : [];
  if (blocks.length + shared.length === 0 && findings.length === 0) return 'nothing changes in the cluster\n';
  return [...blocks, ...shared].join('\n');
}

function formatPatches(changes: readonly Change[]): string {
  return changes.map(patchOf).map(printable).join('');
}

function formatJson({ releases, others, findings }: Review): string {
  const data = {
    releases: releases.map(({ name, meaning, changes }) => ({
      release: name,
      summary: meaning?.headline ?? null,
      starts: meaning?.starts ?? [],
      changes: meaning?.changes ?? [],
      stops: meaning?.stops ?? [],
      manifests: changes.map(changeToJson),
    })),
    shared: others.map(changeToJson),
    findings: findings.map(({ range, ...finding }) => ({ ...finding, ...range })),
  };
  return `${JSON.stringify(data)}\n`;
}

function changeToJson(change: Change): object {
  return { path: change.path, change: kindOf(change), diff: patchOf(change) };
}
