import { charts } from '../charts/charts.ts';
import { isError } from '../core/finding.ts';
import { domainsOf } from '../core/render/domains.ts';
import { type Command, EXIT } from './command.ts';
import { describeFindings, openFolder, openWorkspace, workingTree } from './workspace.ts';
import { writeTree } from './write-tree.ts';

export const render: Command = {
  usage: 'render [RELEASE...] [--out DIR]',
  help: `Prints the Kubernetes objects of the releases and domains as one YAML stream.

  --out DIR  write the whole tree of the gitops branch there instead; stale files go.
             With names, only those releases are written and the others left alone.
             A folder that holds something else is refused.`,
  options: { out: { type: 'string' } },
  arguments: Number.POSITIVE_INFINITY,
  async run({ folder, args, options, terminal }) {
    const tree = workingTree(await openFolder(folder));
    const { settings, builds, findings } = await openWorkspace(tree, args);
    const errors = [...findings, ...builds.flatMap((built) => built.findings)].filter(isError);
    if (errors.length > 0) terminal.err(await describeFindings(errors, tree));
    if (!settings) return EXIT.findings;

    const domains = args.length === 0 ? domainsOf(settings, charts) : new Map<string, string>();
    if (typeof options.out === 'string') {
      const written = await writeTree(options.out, { builds, domains, whole: args.length === 0 });
      terminal.out(
        `${options.out}: ${written.changed} files written, ${written.removed} removed, ${written.same} as they were\n`,
      );
    } else {
      const files = [...builds.flatMap(({ manifests }) => [...(manifests ?? [])]), ...domains].filter(([path]) =>
        isObject(path),
      );
      terminal.out(
        files
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([path, text]) => `---\n# Source: ${path}\n${text}`)
          .join(''),
      );
    }
    return errors.length > 0 ? EXIT.findings : EXIT.fine;
  },
};

/** What the cluster runs: not Flux's own objects, nor Kustomize's lists of files. */
function isObject(path: string): boolean {
  return /^(?:.+\/)?(?:apps|domains)\//.test(path) && !path.endsWith('/kustomization.yaml');
}
