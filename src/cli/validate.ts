import { targets } from '../charts/targets.ts';
import { type Finding, isError, sortFindings } from '../core/model/finding.ts';
import { countText } from '../core/report/review.ts';
import { formatWorkflowCommands } from '../core/report/terminal.ts';
import { type Outlined, outlinedOf } from '../flows/gitops/outlines.ts';
import { fetchBuiltInTurn, fetchIndex } from '../flows/gitops/snapshot.ts';
import type { FileTree } from '../flows/ports.ts';
import { fetchComparison } from '../flows/review/comparison.ts';
import { gitRepository } from '../git/repository.ts';
import { type Command, EXIT, readChoice } from './command.ts';
import { fetchNeighbourFindings } from './neighbours.ts';
import {
  chooseReleases,
  describeFindings,
  openRepository,
  openTree,
  openValuesSources,
  requireCommit,
  type ValuesSources,
  warnIfEmpty,
} from './workspace.ts';

export const validate: Command = {
  usage: 'validate [RELEASE...] [--base REF] [--format text|json|github]',
  help: `Checks values files and settings, and points at the lines.

  --base REF       check only the values files that differ from this commit
                   (all of them if the settings differ), and the change itself:
                   versions that change while they take traffic, too large steps
  --format text    in the style of a compiler (default)
  --format json    {"findings": [...], "releases": N}
  --format github  workflow commands, which GitHub Actions shows at the lines

The exit code is 2 if there is no values file, since nothing was checked.`,
  options: { base: { type: 'string' }, format: { type: 'string' } },
  arguments: Number.POSITIVE_INFINITY,
  async run({ folder, args, options, terminal }) {
    const format = readChoice('format', options.format, 'text', 'json', 'github');
    const tree = await openTree(folder);
    const sources = await openReadable(tree, args);
    warnIfEmpty(sources, folder, terminal);
    const { findings, releases: checked } =
      typeof options.base === 'string'
        ? await fetchChangeFindings(folder, options.base, { tree, sources, named: args.length > 0 })
        : { findings: await fetchFindings(tree, sources), releases: sources.chosen.length };
    const all = sortFindings([...sources.findings, ...findings]);

    if (format === 'json') terminal.out(`${JSON.stringify({ findings: all.map(toJson), releases: checked })}\n`);
    else if (format === 'github') terminal.out(formatWorkflowCommands(all));
    else {
      const releases = `${checked} release${checked === 1 ? '' : 's'}`;
      terminal.out(await describeFindings(all, tree));
      terminal.out(`${all.length > 0 ? '\n' : ''}${releases} checked: ${countText(all) || 'no findings'}\n`);
    }
    if (all.some(isError)) return EXIT.findings;
    return sources.index.size === 0 && options.base === undefined ? EXIT.usage : EXIT.fine; // nothing was checked
  },
};

/** Rules that depend on the settings, and are skipped if the settings are only partly readable. */
const BY_SETTINGS: ReadonlySet<string> = new Set([
  'default-image',
  'invalid-destination',
  'manifest',
  'release-name',
  'route-conflict',
  'route-overlap',
  'route-unreachable',
]);

/** Opens the sources of a tree. If the settings have errors, uses the readable part of them, so that values are still checked. */
async function openReadable(tree: FileTree, names: readonly string[]): Promise<ValuesSources> {
  const sources = await openValuesSources(tree, names);
  if (!sources.readable) return sources;
  const { settings } = sources.readable;
  const index = await fetchIndex(tree, settings);
  return { ...sources, settings, index, chosen: chooseReleases([...index.values()], names, settings) };
}

/** Checks the chosen releases by themselves and against all others. */
async function fetchFindings(tree: FileTree, sources: ValuesSources): Promise<readonly Finding[]> {
  const { settings, chosen } = sources;
  const findings: Finding[] = [];
  const outlined: Outlined[] = [];
  if (!settings) return findings;
  for await (const builds of fetchBuiltInTurn(tree, chosen, settings, targets)) {
    for (const built of builds) findings.push(...built.findings);
    outlined.push(...builds.map(outlinedOf(settings)));
  }
  const beside = await fetchNeighbourFindings(tree, sources, { outlined, settings });
  const all = [...findings, ...beside.findings];
  return sources.readable?.isWhole === false ? all.filter(({ rule }) => !BY_SETTINGS.has(rule)) : all;
}

interface ChangeFindings {
  readonly findings: readonly Finding[];
  readonly releases: number;
}

/** Checks what differs from a commit, and the change itself, like the review of a pull request. */
async function fetchChangeFindings(
  folder: string,
  name: string,
  { tree, sources, named }: { readonly tree: FileTree; readonly sources: ValuesSources; readonly named: boolean },
): Promise<ChangeFindings> {
  const { root } = await openRepository(folder);
  const repository = gitRepository(root);
  const before = repository.treeOf(await requireCommit(root, name));
  if (!sources.settings) return { findings: [], releases: 0 };
  const names = { base: name, head: 'the working tree' };
  const { after, besides } = await fetchComparison(repository, { before, after: tree, ...names }, targets);
  const files = new Set(sources.chosen.map(({ file }) => file));
  const builds = after.builds.filter(({ file }) => !named || files.has(file));
  const around = besides.filter(({ file }) => !named || files.has(file));
  return { findings: [...around, ...builds.flatMap(({ findings }) => findings)], releases: builds.length };
}

function toJson({ range, rule, severity, file, path, message, replacement }: Finding): object {
  return { rule, severity, file, path, ...range, message, ...(replacement === undefined ? {} : { replacement }) };
}
