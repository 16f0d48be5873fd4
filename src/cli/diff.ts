import { charts } from '../charts/charts.ts';
import { type Change, kindOf, patchOf } from '../core/diff.ts';
import { isError } from '../core/finding.ts';
import { formatDiff, trafficBar } from '../core/report/comment.ts';
import { oneLine, printable } from '../core/report/escape.ts';
import type { Review } from '../core/report/review.ts';
import { decideReview, fetchComparison } from '../flows/review.ts';
import { gitRepository } from '../git/repository.ts';
import { type Command, choice, EXIT } from './command.ts';
import { commitNamed, describeFindings, openRepository, workingTree } from './workspace.ts';

export const diff: Command = {
  usage: 'diff [BASE [HEAD]] [--format text|markdown|json]',
  help: `Says what changes in the cluster between two commits, or between a commit
(default HEAD) and the working tree.

  --format text      a summary and the manifests' differences (default)
  --format markdown  as on a pull request
  --format json      {"releases": [...], "shared": [...], "findings": [...]}`,
  options: { format: { type: 'string' } },
  arguments: 2,
  async run({ folder, args, options, terminal }) {
    const format = choice('format', options.format, 'text', 'markdown', 'json');
    const root = await openRepository(folder);
    const repository = gitRepository(root);
    const [base = 'HEAD', head] = args;
    const before = repository.treeOf(await commitNamed(root, base));
    const after = head === undefined ? workingTree(root) : repository.treeOf(await commitNamed(root, head));
    const review = decideReview(await fetchComparison(before, after, charts, { base, head: head ?? 'working tree' }));
    const errors = review.findings.filter(isError);
    if (errors.length > 0 && format === 'text') terminal.err(await describeFindings(errors, after));
    terminal.out(
      format === 'json'
        ? `${JSON.stringify(asJson(review))}\n`
        : format === 'markdown'
          ? formatDiff(review)
          : asText(review),
    );
    return EXIT.fine;
  },
};

function asText({ releases, others, findings }: Review): string {
  const blocks = releases.map(({ name, meaning, changes, findings: own }) => {
    if (!meaning)
      return `${oneLine(name)}: ${own.some(isError) ? "can't be rendered" : 'nothing changes in the cluster'}\n`;
    return `${oneLine(name)}: ${oneLine(meaning.headline)}\n${indented(trafficBar(meaning))}\n${changes.map(patchOf).map(printable).join('')}`;
  });
  const shared = others.length > 0 ? [`shared objects\n\n${others.map(patchOf).map(printable).join('')}`] : [];
  if (blocks.length + shared.length === 0 && findings.length === 0) return 'nothing changes in the cluster\n';
  return [...blocks, ...shared].join('\n');
}

function indented(text: string): string {
  return text === ''
    ? ''
    : `${text
        .split('\n')
        .map((line) => `  ${line}`)
        .join('\n')}\n`;
}

function asJson({ releases, others, findings }: Review): object {
  return {
    releases: releases.map(({ name, meaning, changes }) => ({
      release: name,
      summary: meaning?.headline ?? null,
      starts: meaning?.starts ?? [],
      changes: meaning?.changes ?? [],
      stops: meaning?.stops ?? [],
      manifests: changes.map(changeAsJson),
    })),
    shared: others.map(changeAsJson),
    findings: findings.map(({ range, ...finding }) => ({ ...finding, ...range })),
  };
}

function changeAsJson(change: Change): object {
  return { path: change.path, change: kindOf(change), diff: patchOf(change) };
}
