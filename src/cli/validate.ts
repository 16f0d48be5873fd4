import { charts } from '../charts/charts.ts';
import { type Finding, isError, sortFindings } from '../core/finding.ts';
import { countText } from '../core/report/review.ts';
import { formatWorkflowCommands } from '../core/report/terminal.ts';
import type { Settings } from '../core/settings/settings.ts';
import type { FileTree } from '../flows/ports.ts';
import {
  changedEntries,
  fetchBuiltInTurn,
  fetchIndex,
  fetchSettings,
  sameSettings,
  type ValuesEntry,
} from '../flows/snapshot.ts';
import { gitRepository } from '../git/repository.ts';
import { type Command, choice, EXIT } from './command.ts';
import {
  commitNamed,
  describeFindings,
  noteIfEmpty,
  openRepository,
  openSources,
  openTree,
  type Sources,
} from './workspace.ts';

export const validate: Command = {
  usage: 'validate [RELEASE...] [--base REF] [--format text|json|github]',
  help: `Checks values files and settings, and points at the lines.

  --base REF       check only the values files that differ from this commit
                   (all of them where the settings do)
  --format text    as a compiler prints errors (default)
  --format json    {"findings": [...], "releases": N}
  --format github  workflow commands, which GitHub Actions shows at the lines`,
  options: { base: { type: 'string' }, format: { type: 'string' } },
  arguments: Number.POSITIVE_INFINITY,
  async run({ folder, args, options, terminal }) {
    const format = choice('format', options.format, 'text', 'json', 'github');
    const tree = await openTree(folder);
    const sources = await openSources(tree, args);
    noteIfEmpty(sources, folder, terminal);
    const changed = typeof options.base === 'string' ? await changedSince(folder, options.base, sources) : undefined;
    const judged = sources.chosen.filter(({ file }) => changed?.has(file) ?? true);
    const all = sortFindings([...sources.findings, ...(await fetchFindings(tree, judged, sources.settings))]);

    if (format === 'json') terminal.out(`${JSON.stringify({ findings: all.map(flat), releases: judged.length })}\n`);
    else if (format === 'github') terminal.out(formatWorkflowCommands(all));
    else {
      const releases = `${judged.length} release${judged.length === 1 ? '' : 's'}`;
      terminal.out(await describeFindings(all, tree));
      terminal.out(`${all.length > 0 ? '\n' : ''}${releases} checked: ${countText(all) || 'no findings'}\n`);
    }
    return all.some(isError) ? EXIT.findings : EXIT.fine;
  },
};

async function fetchFindings(
  tree: FileTree,
  entries: readonly ValuesEntry[],
  settings: Settings | undefined,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  if (!settings) return findings;
  for await (const builds of fetchBuiltInTurn(tree, entries, settings, charts))
    for (const built of builds) findings.push(...built.findings);
  return findings;
}

/** The values files that differ from a commit; all of them where the settings do. */
async function changedSince(folder: string, name: string, { settings, index }: Sources): Promise<ReadonlySet<string>> {
  const { root } = await openRepository(folder);
  const base = gitRepository(root).treeOf(await commitNamed(root, name));
  const old = await fetchSettings(base);
  if (!settings || !old.ok || !sameSettings(old.value, settings)) return new Set(index.keys());
  const before = await fetchIndex(base, settings);
  return new Set(changedEntries(index, before).map(({ file }) => file));
}

function flat({ range, rule, severity, file, path, message, replacement }: Finding): object {
  return { rule, severity, file, path, ...range, message, ...(replacement === undefined ? {} : { replacement }) };
}
