import { charts } from '../charts/charts.ts';
import type { Built } from '../core/build.ts';
import { compare, isError } from '../core/finding.ts';
import { domainsOf } from '../core/render/domains.ts';
import type { ManifestSet } from '../core/render/manifest-set.ts';
import { type Command, EXIT } from './command.ts';
import { describeFindings, noteIfEmpty, openTree, openWorkspace } from './workspace.ts';
import { writeTree } from './write-tree.ts';

export const render: Command = {
  usage: 'render [RELEASE...] [--out DIR]',
  help: `Prints the Kubernetes objects of the releases and domains as one YAML stream.

  --out DIR  write the whole tree of the gitops branch there instead (relative to the
             current folder); stale files go. With names, only those releases are
             written and the others left alone. A folder that holds something else
             is refused.

A release with errors is named on stderr; the others are rendered.`,
  options: { out: { type: 'string' } },
  arguments: Number.POSITIVE_INFINITY,
  async run({ folder, args, options, terminal }) {
    const tree = await openTree(folder);
    const workspace = await openWorkspace(tree, args);
    const { settings, builds, findings } = workspace;
    const errors = [...findings, ...builds.flatMap((built) => built.findings)].filter(isError);
    if (errors.length > 0) terminal.err(await describeFindings(errors, tree));
    if (!settings) return EXIT.findings;
    noteIfEmpty(workspace, folder, terminal);

    const domains = args.length === 0 ? domainsOf(settings, charts) : undefined;
    if (typeof options.out === 'string') {
      const { written, removed, same } = await writeTree(options.out, workspace, domains);
      terminal.out(
        `${options.out}: ${written} ${written === 1 ? 'file' : 'files'} written, ${removed} removed, ${same} as they were\n`,
      );
    } else {
      terminal.out(streamOf(builds, domains ?? new Map()));
    }
    return errors.length > 0 ? EXIT.findings : EXIT.fine;
  },
};

/** What the cluster runs, as one YAML stream: without Flux's own objects and Kustomize's lists of files. */
function streamOf(builds: readonly Built[], domains: ManifestSet): string {
  return [...builds.flatMap(({ manifests }) => [...(manifests ?? [])]), ...domains]
    .filter(([path]) => /^(?:apps|domains)\//.test(path) && !path.endsWith('/kustomization.yaml'))
    .sort(([a], [b]) => compare(a, b))
    .map(([path, text]) => `---\n# Source: ${path}\n${text}`)
    .join('');
}
