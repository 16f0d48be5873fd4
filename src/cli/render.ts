import { resolve } from 'node:path';
import { targets } from '../charts/targets.ts';
import type { Built } from '../core/build/build.ts';
import { compare, type Finding, isError, sortFindings } from '../core/model/finding.ts';
import type { ManifestSet } from '../core/model/manifest.ts';
import { releaseFolder } from '../core/model/places.ts';
import { identityOf } from '../core/model/release.ts';
import type { Settings } from '../core/settings/settings.ts';
import { domainsOf } from '../core/targets/domains.ts';
import { type Outlined, outlinedOf } from '../flows/gitops/outlines.ts';
import { fetchBuilt, fetchBuiltInTurn, releasesIn } from '../flows/gitops/snapshot.ts';
import type { FileTree } from '../flows/ports.ts';
import { type Command, EXIT, type Terminal } from './command.ts';
import { fetchNeighbourFindings } from './neighbours.ts';
import { describeFindings, openTree, openValuesSources, type ValuesSources, warnIfEmpty } from './workspace.ts';
import { writeTree } from './write-tree.ts';

export const render: Command = {
  usage: 'render [RELEASE...] [--out DIR]',
  help: `Prints the Kubernetes objects of the releases and domains as one YAML stream.

  --out DIR  write the whole tree of the gitops branch there instead (relative to the
             current folder) and remove stale files. With names, write only those
             releases and leave the others as they are. A folder with other files is
             refused.

A release with errors is named on stderr; the others are rendered.`,
  options: { out: { type: 'string' } },
  arguments: Number.POSITIVE_INFINITY,
  async run({ folder, args, options, terminal, cwd }) {
    const tree = await openTree(folder);
    const sources = await openValuesSources(tree, args);
    const { settings } = sources;
    if (!settings) return printErrors(sources.findings, tree, terminal);
    warnIfEmpty(sources, folder, terminal);
    const domains = args.length === 0 ? domainsOf(settings, releasesIn(sources.index), targets) : undefined;
    if (typeof options.out !== 'string') {
      const findings = await printStream({ tree, sources, settings, domains }, terminal);
      return printErrors([...sources.findings, ...findings], tree, terminal);
    }
    const alone = await fetchBuilt(tree, sources.chosen, settings, targets);
    const beside = await fetchNeighbourFindings(tree, sources, { outlined: alone.map(outlinedOf(settings)), settings });
    const builds = alone.map((built) => (beside.broken.has(identityOf(built.id)) ? withoutObjects(built) : built));
    const findings = [...sources.findings, ...builds.flatMap((built) => built.findings), ...beside.findings];
    const code = await printErrors(findings, tree, terminal);
    const { written, removed, same } = await writeTree(
      resolve(cwd, options.out),
      { builds, index: sources.index, settings },
      domains,
    );
    terminal.out(
      `${options.out}: ${written} ${written === 1 ? 'file' : 'files'} written, ${removed} removed, ${same} unchanged\n`,
    );
    return code;
  },
};

/** The build without its objects: the release cannot be rendered beside the others. */
function withoutObjects({ id, file, findings }: Built): Built {
  return { id, file, findings };
}

async function printErrors(findings: readonly Finding[], tree: FileTree, terminal: Terminal): Promise<number> {
  const errors = sortFindings(findings).filter(isError);
  if (errors.length > 0) terminal.err(await describeFindings(errors, tree));
  return errors.length > 0 ? EXIT.findings : EXIT.fine;
}

interface StreamSource {
  readonly tree: FileTree;
  readonly sources: ValuesSources;
  readonly settings: Settings;
  readonly domains: ManifestSet | undefined;
}

const encoder = new TextEncoder();

/** Prints the objects of the cluster in the order of their paths, after checking the releases against each other. Returns the findings. */
async function printStream(
  { tree, sources, settings, domains }: StreamSource,
  terminal: Terminal,
): Promise<readonly Finding[]> {
  const inOrder = sources.chosen
    .map((entry) => ({ entry, folder: releaseFolder(entry.release) })) // none of these folders is inside another
    .sort((a, b) => compare(a.folder, b.folder))
    .map(({ entry }) => entry);
  const findings: Finding[] = [];
  const outlined: Outlined[] = [];
  const texts: { readonly identity: string; readonly text: Uint8Array }[] = []; // as bytes, which take less memory while they wait
  for await (const builds of fetchBuiltInTurn(tree, inOrder, settings, targets)) {
    for (const { id, objects, findings: own } of builds) {
      findings.push(...own);
      if (objects) texts.push({ identity: identityOf(id), text: encoder.encode(streamOf(objects)) });
    }
    outlined.push(...builds.map(outlinedOf(settings)));
  }
  const beside = await fetchNeighbourFindings(tree, sources, { outlined, settings });
  for (const { identity, text } of texts) if (!beside.broken.has(identity)) terminal.out(text);
  terminal.out(streamOf(domains ?? new Map()));
  return [...findings, ...beside.findings];
}

function isForFlux(path: string): boolean {
  return path.endsWith('/kustomization.yaml') || /^(?:[^/]+\/)?flux\/[^/]+\/[^/]+\.yaml$/.test(path);
}

/** Formats files as a YAML stream, sorted by path, without Flux's own objects and Kustomize's lists of files. */
function streamOf(manifests: ManifestSet): string {
  return [...manifests]
    .filter(([path]) => !isForFlux(path))
    .sort(([a], [b]) => compare(a, b))
    .map(([path, text]) => `---\n# Source: ${path}\n${text}`)
    .join('');
}
