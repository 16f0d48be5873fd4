import { type Finding, isError, sortFindings } from '../core/finding.ts';
import { countText } from '../core/report/review.ts';
import { formatWorkflowCommands } from '../core/report/terminal.ts';
import { fetchIndex, fetchSettings, sameSettings } from '../flows/snapshot.ts';
import { gitRepository } from '../git/repository.ts';
import { type Command, choice, EXIT } from './command.ts';
import {
  commitNamed,
  describeFindings,
  noteIfEmpty,
  openRepository,
  openTree,
  openWorkspace,
  type Workspace,
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
    const workspace = await openWorkspace(tree, args);
    noteIfEmpty(workspace, folder, terminal);
    const changed = typeof options.base === 'string' ? await changedSince(folder, options.base, workspace) : undefined;
    const judged = workspace.builds.filter(({ file }) => changed?.has(file) ?? true);
    const all = sortFindings([...workspace.findings, ...judged.flatMap((built) => built.findings)]);

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

/** The values files that differ from a commit; all of them where the settings do. */
async function changedSince(
  folder: string,
  name: string,
  { settings, index }: Workspace,
): Promise<ReadonlySet<string>> {
  const { root } = await openRepository(folder);
  const base = gitRepository(root).treeOf(await commitNamed(root, name));
  const old = await fetchSettings(base);
  if (!settings || !old.ok || !sameSettings(old.value, settings)) return new Set(index.keys());
  const before = await fetchIndex(base, settings);
  return new Set([...index.values()].filter(({ file, id }) => before.get(file)?.id !== id).map(({ file }) => file));
}

function flat({ range, rule, severity, file, path, message, replacement }: Finding): object {
  return { rule, severity, file, path, ...range, message, ...(replacement === undefined ? {} : { replacement }) };
}
